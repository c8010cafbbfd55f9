"""What the run showed, and whether that is what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.load.lateness import Lateness
from bench.load.standing import Memory

#: Growth of our own processes from the middle to the last third that still counts as flat.
FLAT = 1.15


@dataclass
class Found:
    """All that the run showed."""

    minutes: float
    rows: list[dict[str, Any]]
    filed: int
    kept: int
    again: int
    lateness: Lateness
    unfired: int
    repeated: int
    messages: int
    memory: list[Memory]

    @property
    def failures(self) -> int:
        return sum(int(row["failed"]) for row in self.rows)

    def growth(self) -> float:
        """Return how many times our processes grew since the last start, once warm."""
        sizes = [one.product for one in self.memory if one.start == self.memory[-1].start]
        third = len(sizes) // 3
        if not third:
            return 1.0
        return round(median(sizes[-third:]) / median(sizes[third : 2 * third]), 2)

    def verdicts(self) -> dict[str, bool]:
        """Return what was promised, and whether it was kept."""
        return {
            "no answer was an error": self.failures == 0,
            "every report that was answered is there": self.filed == self.kept,
            "steps fired within 60 s, none twice": self.lateness.kept and not self.unfired,
            "no message was said twice": self.repeated == 0,
            "memory is flat": self.growth() <= FLAT,
        }


def repeated(messages: list[dict[str, Any]]) -> int:
    """Return how many messages say to the same address what one before said already."""
    said = Counter((one["channel"], one["to"], one["subject"], one["text"]) for one in messages)
    return sum(times - 1 for times in said.values())


def table(found: Found) -> str:
    """Return what is printed."""
    lines = [
        f"{'request':44}{'asked':>8}{'failed':>8}{'median ms':>11}{'p95 ms':>8}{'bytes':>9}",
        *(
            f"{row['request']:44}{row['asked']:>8}{row['failed']:>8}{row['median_ms']:>11}"
            f"{row['p95_ms']:>8}{row['bytes']:>9}"
            for row in found.rows
        ),
    ]
    late = found.lateness
    lines += [
        f"\n{found.minutes} minutes; {found.filed} reports filed, {found.kept} read back; "
        f"{found.again} requests sent again after the restart; {found.messages} messages",
        f"{late.steps} steps fired: median {late.median} s late, 99th percentile {late.p99} s, "
        f"worst {late.worst} s; {late.in_time:.3%} within 60 s; {late.twice} twice; "
        f"{found.unfired} due and unfired",
        f"most in one second: {late.same_second}, the last of them {late.same_second_worst} s late",
        f"\n{'minute':>8}{'product MB':>12}{'embedded AWS MB':>17}",
        *(
            f"{one.minute:>8}{one.product:>12}{one.embedded:>17}"
            for one in found.memory[:: max(1, len(found.memory) // 12)]
        ),
        f"our processes grew {found.growth()} times since the restart (middle to last third)\n",
        *(f"{'kept  ' if kept else 'BROKEN'} {name}" for name, kept in found.verdicts().items()),
    ]
    return "\n".join(lines)
