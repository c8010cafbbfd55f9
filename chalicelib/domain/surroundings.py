"""What an SOP is held against: the city as it is on one day.

Answers are kept, since every SOP asks the same: who owns a category, who answers for a role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chalicelib.domain.areas import Areas
from chalicelib.domain.calendar import Calendar
from chalicelib.domain.catalogue import Category, owner_of
from chalicelib.domain.roles import AGENCY_ROLES, AREA_ROLES, AnyRecipient, Directory, Recipient
from chalicelib.domain.sop import Sop

#: How a role is answered, from well to not at all.
HELD, MAILBOX, VACANT = "held", "mailbox", "vacant"


@dataclass(frozen=True, slots=True)
class Office:
    """Where a role is looked up: an agency, an area, or the city (all empty)."""

    agency: str = ""
    kelurahan: str = ""
    kecamatan: str = ""

    @property
    def name(self) -> str:
        """How people name it in a finding."""
        return self.agency or self.kelurahan or self.kecamatan or "Kota Tangerang"


@dataclass(frozen=True, slots=True)
class Answered:
    """How a role is answered at an office, and by whom."""

    how: str
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True)
class Surroundings:
    """The city on the day on which an SOP is to serve. *at*: an instant of that day."""

    day: date
    at: datetime
    calendars: Mapping[str, Calendar]
    categories: Mapping[str, Category]
    agencies: Mapping[str, Mapping[str, Any]]
    ownership: Sequence[Mapping[str, Any]]
    directory: Directory
    areas: Areas
    templates: frozenset[str]
    _owners: dict[str, dict[str, list[str]]] = field(default_factory=dict, repr=False)
    _answers: dict[tuple[str, Office], Answered] = field(default_factory=dict, repr=False)

    def owners(self, category: str) -> Mapping[str, list[str]]:
        """Return the agencies that own a category that day, each with its kelurahan.

        Kelurahan without an owner stand under the empty agency.
        """
        if category not in self._owners:
            rows = [row for row in self.ownership if row["category"] == category]
            found: dict[str, list[str]] = {}
            for place in self.areas.all("kelurahan"):
                kecamatan = place.code.rpartition(".")[0]
                owner = owner_of(
                    rows, category, kelurahan=place.code, kecamatan=kecamatan, day=self.day
                )
                found.setdefault(owner, []).append(place.code)
            self._owners[category] = found
        return self._owners[category]

    def agencies_of(self, sop: Sop) -> tuple[str, ...]:
        """Return the agencies that work under *sop* on that day."""
        if sop.owner != "category":
            return (sop.owner,)
        named = {owner for code in sop.categories for owner in self.owners(code) if owner}
        return tuple(sorted(named))

    def offices(self, role: str, sop: Sop) -> Iterator[Office]:
        """Yield every office at which *role* would be looked up for reports under *sop*."""
        if role in AGENCY_ROLES:
            for agency in self.agencies_of(sop):
                yield _office_of(agency)
        elif role in AREA_ROLES:
            for place in self.areas.all("kelurahan" if role == "lurah" else "kecamatan"):
                yield _office_of_area(place.code)
        else:
            yield Office()

    def answered(self, role: str, office: Office) -> Answered:
        """Return how *role* is answered at *office*: by its holder, a mailbox, or not at all."""
        key = (role, office)
        if key not in self._answers:
            found = self.directory.resolve(
                role,
                agency=office.agency or None,
                kelurahan=office.kelurahan or None,
                kecamatan=office.kecamatan or None,
                at=self.at,
            )
            self._answers[key] = _how(found)
        return self._answers[key]


def _how(found: Sequence[AnyRecipient]) -> Answered:
    own = [one for one in found if isinstance(one, Recipient) and one.fallback_from is None]
    if not own:
        return Answered(VACANT, ())
    how = HELD if all(one.person for one in own) else MAILBOX
    return Answered(how, tuple(own))


def _office_of(agency: str) -> Office:
    kind, _, code = agency.partition("-")
    if kind == "KEC":
        return Office(agency, kecamatan=code)
    if kind == "KEL":
        return Office(agency, kelurahan=code, kecamatan=code.rpartition(".")[0])
    return Office(agency)


def _office_of_area(code: str) -> Office:
    if code.count(".") == 3:
        return Office(kelurahan=code, kecamatan=code.rpartition(".")[0])
    return Office(kecamatan=code)
