"""What the city has laid down: categories, who owns them where and when, which SOP serves them.

Ownership and service are dated tables outside the immutable SOPs: parks moved from one agency to
another at a year's end, and school enrolment has an SOP for its season.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """One of the kinds of report that citizens can send."""

    code: str
    name: Mapping[str, str]
    kind: str
    tier: str
    sensitivity: str
    synonyms: tuple[str, ...] = ()
    dimension: str = ""
    sp4n_topic: str = ""
    questions: tuple[Mapping[str, Any], ...] = ()
    round_location: bool = False
    extra: Mapping[str, Any] | None = None

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Category:
        """Build a category from its stored form."""
        return cls(
            code=body["code"],
            name=body["name"],
            kind=body["kind"],
            tier=body["tier"],
            sensitivity=body["sensitivity"],
            synonyms=tuple(body.get("synonyms", ())),
            dimension=body.get("dimension", ""),
            sp4n_topic=body.get("sp4n_topic", ""),
            questions=tuple(body.get("questions", ())),
            round_location=body.get("round_public_location", False),
            extra=body,
        )


def in_force(row: Mapping[str, Any], day: date) -> bool:
    """Whether a dated row (``from``, ``to``: inclusive ISO dates, ``to`` may be null) holds."""
    text = day.isoformat()
    return str(row["from"]) <= text and (row.get("to") is None or text <= str(row["to"]))


def serving_sop(
    assignments: Iterable[Mapping[str, Any]], category: str, day: date
) -> tuple[str, int] | None:
    """Return id and version of the SOP that serves *category* on *day*.

    A season's row is laid over the usual one; of several of a kind the one that began last wins.
    """
    rows = [row for row in assignments if row["category"] == category and in_force(row, day)]
    if not rows:
        return None
    latest = max(rows, key=lambda row: (bool(row.get("season")), row["from"], row["version"]))
    return latest["sop"], int(latest["version"])


class DatesOverlap(ValueError):
    """A season of this category is laid down for these days already. *row* is that one."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        super().__init__(f"{row['from']} to {row.get('to')}")
        self.row = row


def assigned(
    assignments: Iterable[Mapping[str, Any]], new: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return the assignments with *new* among them, from its first day on.

    A row without ``season`` follows the usual one of its category, which ends the day before, and
    ends itself before a later one that is laid down already. A season (``season`` and ``to``) is
    laid over it and ends nothing. Raises DatesOverlap for two seasons on one day.
    """
    rows = list(assignments)
    if not new.get("season"):
        return _followed(rows, new, lambda row: not row.get("season") and _same(row, new))
    for row in rows:
        if row.get("season") and _same(row, new) and _meet(row, new):
            raise DatesOverlap(row)
    return [*rows, dict(new)]


def moved(
    ownership: Iterable[Mapping[str, Any]], new: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return the ownership rows with *new* as the owner of its category and area from its day on.

    Nothing in the past changes: a report stays with the owner of its day.
    """
    rows = list(ownership)
    return _followed(rows, new, lambda row: _same(row, new) and row["area"] == new["area"])


def _same(row: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return bool(row["category"] == new["category"])


def _meet(row: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return bool(row["from"] <= new["to"] and (row["to"] is None or new["from"] <= row["to"]))


def _followed(
    rows: list[Mapping[str, Any]],
    new: Mapping[str, Any],
    concerns: Callable[[Mapping[str, Any]], bool],
) -> list[Mapping[str, Any]]:
    """*new* takes over on its first day from the row then in force, until a later one begins."""
    first = date.fromisoformat(new["from"])
    eve = (first - timedelta(days=1)).isoformat()
    found: list[Mapping[str, Any]] = []
    later: list[str] = []
    for row in rows:
        if not concerns(row) or (row.get("to") or new["from"]) < new["from"]:
            found.append(row)
        elif row["from"] > new["from"]:
            later.append(str(row["from"]))
            found.append(row)
        elif row["from"] < new["from"]:
            found.append({**row, "to": eve})
    last = date.fromisoformat(min(later)) - timedelta(days=1) if later else None
    return [*found, {**new, "to": last.isoformat() if last else None}]


def owner_of(
    ownership: Iterable[Mapping[str, Any]],
    category: str,
    *,
    kelurahan: str,
    kecamatan: str,
    day: date,
) -> str:
    """Return the agency that owns *category* at that place on *day*; empty if nobody does.

    The narrowest area wins: kelurahan, then kecamatan, then the whole city (``*``).
    ``{kecamatan}`` and ``{kelurahan}`` stand for the office of the place itself.
    """
    places = [place for place in (kelurahan, kecamatan, "*") if place]
    rows = [row for row in ownership if row["category"] == category and in_force(row, day)]
    for place in places:
        for row in sorted(rows, key=lambda row: str(row["from"]), reverse=True):
            if row["area"] == place:
                return _office(str(row["agency"]), kelurahan, kecamatan)
    return ""


def _office(agency: str, kelurahan: str, kecamatan: str) -> str:
    if agency == "{kecamatan}":
        return f"KEC-{kecamatan}" if kecamatan else ""
    if agency == "{kelurahan}":
        return f"KEL-{kelurahan}" if kelurahan else ""
    return agency
