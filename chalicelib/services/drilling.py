"""Drills: begun, stopped, read, and what each office has rehearsed.

A drill is filed like any report, with a mark in its first event; everything else is the engine's
own work. Only one drill of an SOP runs in one part of the city at a time, which is held by the
transaction that files it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain import drills
from chalicelib.domain.actions import ActionRefused, Caller, may_see
from chalicelib.domain.drills import Sheet
from chalicelib.domain.events import Draft, parse_instant
from chalicelib.domain.report import Report
from chalicelib.domain.roles import AGENCY_ROLES, AREA_ROLES, REPORTER_ROLE, Position
from chalicelib.domain.schedule import DRILL_ENDED
from chalicelib.domain.sop import Sop
from chalicelib.services.acting import NotFound
from chalicelib.services.catalogue import Catalogue, NotInCatalogue
from chalicelib.services.composing import Planner
from chalicelib.services.filing import Filed, FileReport, Filing, FilingRefused
from chalicelib.services.ports import Clock, Page, ReportStore, SlotTaken, Stored
from chalicelib.services.recording import Recorder


class DrillRefused(Exception):
    """The drill cannot begin, or not by this caller. ``code`` is stable."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Shown:
    """A drill with what it showed so far. distance_m: of the check-in from the place, if known."""

    stored: Stored
    sheet: Sheet
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Trained:
    """One position in the training record of an SOP version. last: its newest row, if it has one.

    territorial: one of the many offices of an area, of which a drill reaches one at a time.
    """

    position: Position
    last: Mapping[str, Any] | None
    times: int

    @property
    def territorial(self) -> bool:
        """Whether it is one of the many offices of an area."""
        return self.position.role in AREA_ROLES


@dataclass(frozen=True, slots=True)
class Training:
    """Who has rehearsed one SOP as it is in force. untrained: its offices that never did."""

    sop: Sop
    category: str
    agency: str
    offices: tuple[Trained, ...]

    @property
    def untrained(self) -> tuple[Trained, ...]:
        """The work list: positions of the ladder that never rehearsed this version."""
        return tuple(one for one in self.offices if one.last is None)


@dataclass(frozen=True)
class Drills:
    """The use cases of drills."""

    file: FileReport
    store: ReportStore
    recorder: Recorder
    catalogue: Catalogue
    planner: Planner
    clock: Clock

    # -- beginning and ending --

    def begin(self, filing: Filing, hours: float, caller: Caller) -> Filed:
        """Begin a drill of the SOP in force; it ends by itself after *hours*.

        Raises DrillRefused ``drill_not_yours`` (the head of an agency drills that agency's SOPs
        alone), ``drill_not_of_this_kind``, ``drill_is_running``; and what filing raises.
        """
        now = self.clock.now()
        category = self.catalogue.categories().get(filing.category)
        if category is None:
            raise FilingRefused("unknown_category", "category", value=filing.category)
        if not drills.may_be_rehearsed(category.tier):
            raise DrillRefused("drill_not_of_this_kind")
        self._own(filing.category, caller, now)
        role = next(one for one in sorted(drills.LEADERS) if one in caller.roles)
        marked = replace(
            filing,
            drill=drills.begun(drills.until(now, hours), caller.person),
            source="drill",
            visibility="public",
            actor=caller.actor(role),
            owner="",
        )
        try:
            return self.file(marked)
        except SlotTaken:
            raise DrillRefused("drill_is_running") from None

    def _own(self, category: str, caller: Caller, now: datetime) -> None:
        if caller.roles & (drills.LEADERS - {"agency_head"}):
            return
        if self._owner(category, now) not in caller.agencies:
            raise DrillRefused("drill_not_yours")

    def _owner(self, category: str, now: datetime) -> str:
        try:
            sop = self.catalogue.sop_in_force(category, now)
        except NotInCatalogue:
            raise FilingRefused("category_not_served", "category") from None
        if sop.owner != "category":
            return sop.owner
        return self.catalogue.owner(category, "", "", now)

    def stop(self, number: str, caller: Caller, reason: str) -> Shown:
        """End a drill now: its clocks stop, what it had still to say is never sent.

        Stopping one that is over changes nothing. Raises NotFound, ActionRefused, TryAgain.
        """
        self.show(number, caller)
        role = next((one for one in sorted(drills.STOPPERS) if one in caller.roles), "")
        if not role:
            raise ActionRefused("forbidden", "role_may_not", action="stop")

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            if known.report.closed:
                return ()
            data, texts = {"why": drills.STOPPED}, {"reason": reason} if reason else {}
            return (Draft(DRILL_ENDED, now, caller.actor(role), data, texts),)

        return self._shown(self.recorder.record(number, decide))

    # -- reading --

    def show(self, number: str, caller: Caller) -> Shown:
        """Return a drill and its sheet; raise NotFound for a real report as for none."""
        stored = self.store.load(number)
        if stored is None or not stored.report.drill or not may_see(stored.report, caller):
            raise NotFound(number)
        return self._shown(stored)

    def _shown(self, stored: Stored) -> Shown:
        timeline = self.planner.timeline(stored.events)
        found = drills.sheet(stored.report, stored.events, timeline, self.clock.now())
        return Shown(stored, found, _distance(stored))

    def listed(self, caller: Caller, limit: int, cursor: str | None) -> Page:
        """Return the drills that *caller* may see, newest first; a page may be short."""
        page = self.store.drills(limit, cursor)
        return Page(tuple(row for row in page.items if _may_see_row(row, caller)), page.cursor)

    def running(self, caller: Caller) -> tuple[Mapping[str, Any], ...]:
        """Return the drills among the newest that have not ended."""
        return tuple(row for row in self.listed(caller, 50, None).items if not row["over"])

    # -- the training record --

    def training(self, category: str) -> Training:
        """Return who has rehearsed the SOP in force of *category*; raise FilingRefused."""
        now = self.clock.now()
        if category not in self.catalogue.categories():
            raise FilingRefused("unknown_category", "category", value=category)
        agency = self._owner(category, now)
        sop = self.catalogue.sop_in_force(category, now)
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.store.trained(sop.id, sop.version):
            rows.setdefault(row["position"], []).append(row)
        offices = [
            Trained(one, rows.get(one.id, [None])[-1], len(rows.get(one.id, ())))
            for one in self._offices(sop, agency, rows)
        ]
        return Training(sop, category, agency, tuple(offices))

    def _offices(self, sop: Sop, agency: str, told: Collection[str]) -> list[Position]:
        """The positions that the ladder may ask something of, and those that it did ask."""
        roles = {role for step in sop.steps for role in step.notify} - {REPORTER_ROLE}
        return [
            one
            for one in self.catalogue.directory().positions
            if one.id in told
            or (one.role in roles and (one.role not in AGENCY_ROLES or one.agency == agency))
        ]


def _may_see_row(row: Mapping[str, Any], caller: Caller) -> bool:
    known = Report(
        number=row["number"],
        filed_at=parse_instant(row["filed_at"]),
        category=row["category"],
        tier=row["tier"],
        sensitivity="secret" if row["secret"] else "none",
        sop_id=row["sop"],
        sop_version=row["version"],
        agency=row["agency"],
        kelurahan=row["kelurahan"],
        kecamatan=row["kecamatan"],
    )
    return may_see(known, caller)


def _distance(stored: Stored) -> int | None:
    """How far from the place the first check-in was, in metres."""
    arrived = next((one for one in stored.events if one.type == "on_scene"), None)
    found = arrived.data.get("distance_m") if arrived else None
    return int(found) if found is not None else None
