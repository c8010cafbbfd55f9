"""Keeping the catalogue beside its SOPs: agencies, categories, ownership by date, calendars.

Each change is checked against the other documents, written as a new version with its reason, and
carried out from a day on: what lies behind us is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain.actions import STAFF_ACTIONS, Caller
from chalicelib.domain.catalogue import in_force, moved
from chalicelib.domain.catalogue_checks import (
    OFFICES,
    DocumentInvalid,
    check_agencies,
    check_calendar,
    check_categories,
    check_owned,
    check_ownership,
)
from chalicelib.domain.places import check_places
from chalicelib.domain.replies import check_replies
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Version, Write
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.ports import Clock

#: What can be written anew as a whole, if it fits the others.
EDITABLE = ("agencies", "categories", "ownership", "replies", "places")
#: What can be read here; assignments are written by the SOP desk, calendars below.
READABLE = (*EDITABLE, "assignments", "calendars")
#: The actions into whose forms texts of the city can be inserted.
WRITTEN = frozenset(
    {*STAFF_ACTIONS, "comments"} - {"arrive", "start", "acknowledge", "migrate", "merge"}
)
DOCUMENT, CALENDAR = "document", "calendar"
ROLE = "admin"


@dataclass(frozen=True, slots=True)
class OwnerMove:
    """From a day on *agency* owns *category* in *area* (``*``: the whole city)."""

    category: str
    area: str
    agency: str


@dataclass(frozen=True)
class KeepCatalogue:
    """The use cases of those who keep the catalogue.

    announce: has the open reports planned anew under a calendar's version.
    """

    administer: Administer
    catalogue: Catalogue
    clock: Clock
    announce: Callable[[str, int], None]

    def document(self, name: str) -> Version:
        """Return a document as it stands; raises NoSuchDocument."""
        if name not in READABLE:
            raise NoSuchDocument(name)
        return self.administer.latest(DOCUMENT, name)

    def put(
        self,
        caller: Caller,
        name: str,
        body: Sequence[Mapping[str, Any]],
        based_on: int,
        reason: str,
    ) -> Version:
        """Write a whole document anew.

        Raises NoSuchDocument, DocumentInvalid, VersionMoved, DocumentTooLarge, TryAgain.
        """
        if name not in EDITABLE:
            raise NoSuchDocument(name)
        self.check(name, body)
        act = Act(f"put_{name}", caller, ROLE, reason)
        return self.administer.write(act, Write(DOCUMENT, name, list(body), based_on=based_on))[0]

    def check(self, name: str, body: Sequence[Mapping[str, Any]]) -> None:
        """Raise DocumentInvalid if *body* does not fit the other documents."""
        agencies = {row["code"] for row in self._rows("agencies")}
        if name == "agencies":
            check_agencies(body, self._agencies_in_use())
        elif name == "replies":
            check_replies(body, WRITTEN)
        elif name == "places":
            check_places(body, self.catalogue.areas)
        elif name == "categories":
            served = {row["category"] for row in self._rows("assignments")}
            check_categories(body, agencies, served)
        else:
            categories = {row["code"] for row in self._rows("categories")}
            check_ownership(body, categories, agencies, self.catalogue.areas)
            today = self.today()
            served = {row["category"] for row in self._rows("assignments") if in_force(row, today)}
            check_owned(body, served, self.catalogue.areas, today)

    def move_ownership(
        self, caller: Caller, moves: Sequence[OwnerMove], first: date, reason: str
    ) -> Version:
        """Let agencies own categories from *first* on, which may not be past.

        Reports filed before stay with the owner of their day. Raises DocumentInvalid.
        """
        if first < self.today():
            raise DocumentInvalid("from", "lies before today")

        def edit(rows: Any) -> Any:
            for one in moves:
                row = {"category": one.category, "area": one.area, "agency": one.agency}
                rows = moved(rows, {**row, "from": first.isoformat(), "source": reason})
            self.check("ownership", rows)
            return rows

        facts = {"from": first.isoformat(), "categories": [one.category for one in moves]}
        act = Act("move_ownership", caller, ROLE, reason, facts)
        return self.administer.change(act, DOCUMENT, "ownership", edit)

    def calendar(self, name: str, version: int | None = None) -> Version:
        """Return a calendar, in the version in force unless another is asked for."""
        number = version or self.catalogue.calendar_versions().get(name, 0)
        found = self.administer.register.version(CALENDAR, name, number)
        if found is None:
            raise NoSuchDocument(f"calendar {name}@{number}")
        return found

    def check_calendar(self, name: str, body: Mapping[str, Any]) -> None:
        """Raise DocumentInvalid if *body* may not follow the calendar in force."""
        before = self.catalogue.calendar(name, self.calendar(name).version)
        check_calendar(name, body, before, self.today())

    def put_calendar(
        self, caller: Caller, name: str, body: Mapping[str, Any], based_on: int, reason: str
    ) -> Version:
        """Put a new version of a calendar into force; open reports are planned anew under it.

        Raises NoSuchDocument, DocumentInvalid, VersionMoved, TryAgain.
        """
        self.check_calendar(name, body)
        number = self.administer.latest(CALENDAR, name).version + 1
        index = self.administer.latest(DOCUMENT, "calendars")
        written = self.administer.write(
            Act("put_calendar", caller, ROLE, reason, {"calendar": name, "version": number}),
            Write(CALENDAR, name, {**body, "id": name, "version": number}, based_on=based_on),
            Write(DOCUMENT, "calendars", {**index.body, name: number}, based_on=index.version),
        )
        self.announce(name, number)
        return written[0]

    def today(self) -> date:
        """Return the city's calendar date now."""
        return self.clock.now().astimezone(CITY_ZONE).date()

    def _agencies_in_use(self) -> set[str]:
        today = self.today()
        owners = {row["agency"] for row in self._rows("ownership") if in_force(row, today)}
        offices = {row["agency"] for row in self._rows("positions") if row.get("agency")}
        return (owners | offices) - OFFICES

    def _rows(self, name: str) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self.administer.latest(DOCUMENT, name).body
        return rows
