"""Who follows what, in memory; the contract suite holds both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.services.following import Follower


class MemoryFollowStore:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[Follower, bool]] = {}

    def ask(self, follower: Follower, until: datetime) -> None:
        key = (follower.topic, follower.id)
        if key not in self.rows or not self.rows[key][1]:
            self.rows[key] = (follower, False)

    def join(self, topic: str, id: str) -> bool:
        if (topic, id) not in self.rows:
            return False
        self.rows[topic, id] = (self.rows[topic, id][0], True)
        return True

    def leave(self, topic: str, id: str) -> None:
        self.rows.pop((topic, id), None)

    def followers(self, topic: str) -> Iterator[Follower]:
        for (of, _), (follower, active) in sorted(self.rows.items()):
            if of == topic and active:
                yield follower

    def address(self, topic: str, id: str) -> str:
        found = self.rows.get((topic, id))
        return found[0].address if found else ""
