"""Counters of other systems' calls in memory."""

from __future__ import annotations

from collections import Counter


class MemoryUsage:
    """Counts for ever."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, key: str, expires_at: int) -> int:
        self.counts[key] += 1
        return self.counts[key]
