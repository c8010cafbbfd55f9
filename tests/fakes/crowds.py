"""Members, counts and bursts in memory, with the guarantees of the real store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from chalicelib.adapters.crowd_store import counted
from chalicelib.services.crowds import Burst, Member


class MemoryCrowdStore:
    """Dictionaries; counts are taken when asked for."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Member]] = {}
        self.open: dict[tuple[str, str], Burst] = {}

    def join(self, main: str, member: Member) -> bool:
        known = self.kept.setdefault(main, {})
        if known.get(member.number) == member:
            return False
        known[member.number] = member
        return True

    def part(self, main: str, number: str) -> Member | None:
        return self.kept.get(main, {}).pop(number, None)

    def members(self, main: str, after: str, limit: int) -> Sequence[Member]:
        numbers = sorted(n for n in self.kept.get(main, {}) if n > after)
        return [self.kept[main][n] for n in numbers[:limit]]

    def counts(self, main: str) -> Mapping[str, int]:
        members = self.kept.get(main, {}).values()
        return dict(Counter(name for member in members for name in counted(member)))

    def bursts(self, cells: Sequence[str], category: str) -> Sequence[Burst]:
        return [self.open[c, category] for c in cells if (c, category) in self.open]

    def put_burst(self, burst: Burst) -> None:
        self.open[burst.cell, burst.category] = burst
