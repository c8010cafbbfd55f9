"""What the city has laid down: categories, who owns them where and when, which SOP serves them.

Ownership and service are dated tables outside the immutable SOPs: parks moved from one agency to
another at a year's end, and school enrolment has an SOP for its season.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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

    Of several that hold, the one that began last wins: a season's SOP is laid over the usual one.
    """
    rows = [row for row in assignments if row["category"] == category and in_force(row, day)]
    if not rows:
        return None
    latest = max(rows, key=lambda row: (row["from"], row["version"]))
    return latest["sop"], int(latest["version"])


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
