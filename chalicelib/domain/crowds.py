"""Many voices about one thing: who is near whom, when a crowd is one case, who may support what.

The figures (radius, days, burst) are the city's data, by category: one pothole is a matter of
metres, a broken water main of a neighbourhood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.areas import distance_m
from chalicelib.domain.catalogue import Category
from chalicelib.domain.events import Event
from chalicelib.domain.report import EMERGENCY_TIERS

#: Kinds of category whose reports may be joined without a person's look.
_BURST_KINDS = frozenset({"report", "complaint", "referral"})

#: Shorter words (``di``, ``dan``, ``ada``) are in every description.
_TELLING = 4


@dataclass(frozen=True, slots=True)
class Nearness:
    """What counts as the same place and time. burst: so many reports within so many minutes."""

    radius_m: float
    days: int
    burst_count: int
    burst_minutes: int
    cell: int

    @property
    def burst_window(self) -> timedelta:
        """Within which the reports of a burst come."""
        return timedelta(minutes=self.burst_minutes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open report that may be about the same thing. *metres*: None where that is not told."""

    number: str
    metres: int | None
    filed_at: str
    status: str


def nearness(data: Mapping[str, Any], category: str) -> Nearness:
    """Return the figures that hold for *category*."""
    wide = data["wide"]
    row = wide if category in wide["categories"] else data["default"]
    burst = row["burst"]
    return Nearness(row["radius_m"], row["days"], burst["count"], burst["minutes"], burst["cell"])


def may_burst(category: Category, wide: bool) -> bool:
    """Whether reports may be joined by the machine: never where life or a person is at stake.

    A second fire next door must not vanish in the first. Where only a bill makes a category one
    about people (power, water), *wide* says that its crowds are about the network.
    """
    if category.tier in EMERGENCY_TIERS or category.sensitivity == "secret":
        return False
    return category.kind in _BURST_KINDS and (wide or category.sensitivity == "none")


def candidates(
    rows: Iterable[Mapping[str, Any]],
    *,
    category: str,
    place: tuple[float, float],
    radius_m: float,
    leave_out: str = "",
) -> list[Candidate]:
    """Return the rows of *category* within *radius_m*, nearest first, then oldest."""
    found = []
    for row in rows:
        if row["category"] != category or row["number"] == leave_out or row["lat"] is None:
            continue
        metres = distance_m(place, (row["lat"], row["lon"]))
        if metres <= radius_m:
            found.append(Candidate(row["number"], round(metres), row["filed_at"], row["status"]))
    return sorted(found, key=lambda one: (one.metres or 0, one.filed_at))


def told_apart(events: Iterable[Event]) -> frozenset[str]:
    """Return the reports that somebody looked at and found to be about something else."""
    return frozenset(str(event.data["other"]) for event in events if event.type == "kept_apart")


def shared_words(one: str, other: str) -> tuple[str, ...]:
    """Return the words that both texts have, in the order of the first; short ones say nothing."""
    theirs = set(_words(other))
    return tuple(dict.fromkeys(word for word in _words(one) if word in theirs))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _TELLING]


@dataclass(frozen=True, slots=True)
class SupportRules:
    """How long supports are gathered, and how many of one kelurahan make a matter of it."""

    days: int
    per_kelurahan: int

    def open(self, filed_at: datetime, now: datetime) -> bool:
        """Whether supports are still counted (the last day included)."""
        return now <= filed_at + timedelta(days=self.days)


def support_rules(data: Mapping[str, Any]) -> SupportRules:
    """Return the rules for suggestions."""
    row = data["suggestions"]
    return SupportRules(row["days"], row["per_kelurahan"])


def contact_of(email: str, phone: str) -> str:
    """Return the one spelling of a contact, so that one resident is counted once.

    ``a.b+x@Mail.id`` and ``a.b@mail.id`` reach the same person.
    """
    if email:
        name, _, host = email.strip().casefold().rpartition("@")
        return f"mail:{name.partition('+')[0]}@{host}"
    return f"phone:{''.join(c for c in phone if c.isdigit())}" if phone else ""
