"""Cards, updates and cells in memory, with the guarantees of the real store."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.services.cards import Card, Update


class MemoryCardStore:
    """Dictionaries."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.kept: dict[str, Card] = {}
        self.steps: dict[tuple[str, str, int], Update] = {}

    def put_card(self, card: Card) -> bool:
        with self._lock:
            known = self.kept.get(card.number)
            if known is not None and known.version >= card.version:
                return False
            self.kept[card.number] = card
            return True

    def settle(self, card: Card) -> None:
        """Nothing to do: what is near is looked for among the cards themselves."""

    def card(self, number: str) -> Card | None:
        return self.kept.get(number)

    def cards(self, start: str, end: str) -> Iterator[Card]:
        rows = sorted(self.kept.values(), key=lambda c: (c.filed_at, c.number), reverse=True)
        for card in rows:
            if card.shown is not None and start <= card.filed_at <= end:
                yield card

    def put_updates(self, updates: Sequence[Update]) -> None:
        with self._lock:
            for update in updates:
                self.steps[update.at, update.number, update.seq] = update

    def updates(self, start: str, end: str) -> Iterator[Update]:
        for key in sorted(self.steps):
            if start <= key[0] <= end and self.steps[key].shown is not None:
                yield self.steps[key]

    def near(
        self, cells: Sequence[str], category: str, since: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        newest = sorted(self.kept.values(), key=lambda c: (c.filed_at, c.number), reverse=True)
        alike = [card for card in newest if card.category == category and card.filed_at >= since]
        found: list[Mapping[str, Any]] = []
        for cell in cells:
            there = [card.neighbour for card in alike if card.cell == cell]
            found += [one for one in there if one is not None][:limit]
        return sorted(found, key=lambda one: (one["filed_at"], one["number"]), reverse=True)
