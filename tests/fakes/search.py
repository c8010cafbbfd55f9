"""The search's postings in memory; the contract suite holds both."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.services.searching import Posting


class MemorySearchStore:
    def __init__(self) -> None:
        self.last: dict[str, Posting] = {}
        self.lists: dict[str, dict[str, Posting]] = {}
        self.looked: list[tuple[str, int]] = []

    def posted(self, number: str) -> Posting | None:
        return self.last.get(number)

    def post(self, old: Posting | None, new: Posting | None) -> None:
        for key in old.keys if old else ():
            self.lists.get(key, {}).pop(old.place, None)
        for key in new.keys if new else ():
            self.lists.setdefault(key, {})[new.place] = new
        if old:
            self.last.pop(old.number, None)
        if new:
            self.last[new.number] = new

    def look(self, key: str, before: str, limit: int) -> Sequence[Posting]:
        rows = sorted(self.lists.get(key, {}).items(), reverse=True)
        found = [one for place, one in rows if not before or place < before][:limit]
        self.looked.append((key, len(found)))
        return found
