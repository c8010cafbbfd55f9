"""Honest figures: promises kept by one formula for everybody, endings that never share a word.

On time ÷ (on time + late + currently overdue): what is past its limit today counts against, so
that not closing a report makes no figure better. Times are medians and ninth deciles by the class
they fall into, so that anybody gets the same from the open data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.report import CLOSED
from chalicelib.services.tallies import Key
from chalicelib.services.views import LONGER

ENDINGS = ("closed_confirmed", "closed_automatic", "referred", "rejected", "merged", "withdrawn")


@dataclass(frozen=True, slots=True)
class Promise:
    """How promises were kept by one agency, category or place."""

    key: str
    on_time: int
    late: int
    overdue: int

    @property
    def whole(self) -> int:
        """Everything that was promised and is due."""
        return self.on_time + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """The share on time, 0 to 1; None where nothing was due."""
        return self.on_time / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long something took: upper ends of classes in minutes (``LONGER``: beyond them all)."""

    key: str
    count: int
    half: int
    nine_tenths: int


@dataclass(frozen=True, slots=True)
class Endings:
    """What became of all reports; the parts add up to ``reports`` without a rest."""

    reports: int
    open: int
    by_status: Mapping[str, int]


def same(value: str) -> str:
    """Count each value by itself."""
    return value


def promises(
    group: str, counts: Mapping[Key, int], fold: Callable[[str], str] = same
) -> tuple[Promise, ...]:
    """Return how promises were kept per value of *group*, most reports first.

    fold: from a value to what it is counted under (a category's dimension).
    """
    found: dict[str, Counter[str]] = {}
    for (kind, _, value, state), count in counts.items():
        if kind == f"promise-{group}" and count:
            found.setdefault(fold(value), Counter())[state] += count
    rows = [
        Promise(value, states["on_time"], states["late"], states["overdue"])
        for value, states in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.whole, row.key)))


def together(rows: Iterable[Promise], key: str = "") -> Promise:
    """Return *rows* added up."""
    known = list(rows)
    return Promise(
        key,
        sum(row.on_time for row in known),
        sum(row.late for row in known),
        sum(row.overdue for row in known),
    )


def waiting(
    name: str, counts: Mapping[Key, int], by: str = "", fold: Callable[[str], str] = same
) -> tuple[Waiting, ...]:
    """Return how long *name* took per category, and under the empty key for all together.

    by: ``kelurahan`` for the same per kelurahan. fold: as in `promises`.
    """
    found: dict[str, Counter[int]] = {"": Counter()}
    for (kind, _, value, most), count in counts.items():
        if kind == (f"time-{name}-{by}" if by else f"time-{name}") and count:
            found.setdefault(fold(value), Counter())[int(most)] += count
            found[""][int(most)] += count
    return tuple(
        Waiting(
            category,
            classes.total(),
            quantile(classes, Fraction(1, 2)),
            quantile(classes, Fraction(9, 10)),
        )
        for category, classes in sorted(found.items())
        if classes
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """How fast help was at the scene of emergencies, by area or by hour of the day.

    within: at most `ARRIVAL_MINUTES` after filing; kept: within the limit of their own SOP; half
    and nine_tenths as for `Waiting`. Past its limit with nobody there counts as the slowest.
    """

    key: str
    count: int
    within: int
    kept: int
    half: int
    nine_tenths: int

    @property
    def share(self) -> float | None:
        """The share within the target, 0 to 1; None where there was nothing."""
        return self.within / self.count if self.count else None


#: The fire service's response time as the city's studies asked for it (Permendagri 114/2018).
ARRIVAL_MINUTES = 15


def arrivals(by: str, counts: Mapping[Key, int]) -> tuple[Arrival, ...]:
    """Return arrivals by ``area`` (kecamatan), ``hour`` (``00`` to ``23``), or ``all``."""
    found: dict[str, Counter[tuple[int, bool]]] = {}
    for (kind, _, value, how), count in counts.items():
        if kind != "arrival" or not count:
            continue
        area, _, hour = value.partition("#")
        most, _, kept = how.partition(".")
        key = {"area": area, "hour": hour}.get(by, "")
        found.setdefault(key, Counter())[int(most), kept == "k"] += count
    return tuple(_arrival(key, rows) for key, rows in sorted(found.items()))


def _arrival(key: str, rows: Counter[tuple[int, bool]]) -> Arrival:
    classes: Counter[int] = Counter()
    for (most, _), count in rows.items():
        classes[most] += count
    return Arrival(
        key,
        classes.total(),
        sum(count for most, count in classes.items() if most <= ARRIVAL_MINUTES),
        sum(count for (_, kept), count in rows.items() if kept),
        quantile(classes, Fraction(1, 2)),
        quantile(classes, Fraction(9, 10)),
    )


def quantile(classes: Mapping[int, int], share: Fraction) -> int:
    """Return the class within which *share* of all lie: the smallest that reaches it."""
    total, reached = sum(classes.values()), 0
    for most in sorted(classes):
        reached += classes[most]
        if reached >= share * total:
            return most
    return LONGER


def endings(counts: Mapping[Key, int]) -> Endings:
    """Return what became of all reports, from the counters by status."""
    by_status: Counter[str] = Counter()
    for (kind, _, _, status), count in counts.items():
        if kind == "status":
            by_status[status] += count
    still = sum(count for status, count in by_status.items() if status not in CLOSED)
    return Endings(by_status.total(), still, dict(by_status))


def per_residents(
    reports: Mapping[str, int], residents: Mapping[str, int], base: int = 10_000
) -> Sequence[tuple[str, int, int, float]]:
    """Return area, reports, residents and reports per *base* residents, most first."""
    rows = [
        (area, reports.get(area, 0), people, reports.get(area, 0) * base / people)
        for area, people in residents.items()
        if people
    ]
    return sorted(rows, key=lambda row: -row[3])
