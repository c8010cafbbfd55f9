"""Holding SOPs against the city: one draft before it goes into force, or the whole catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from chalicelib.domain.findings import Finding
from chalicelib.domain.linting import lint
from chalicelib.domain.sop import Sop
from chalicelib.domain.surroundings import Surroundings
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.ports import Clock

#: When on a day that is still to come offices are looked up.
_MORNING = time(9)


@dataclass(frozen=True)
class LintSops:
    """The use case. templates: gives the ids of the message templates that exist."""

    catalogue: Catalogue
    clock: Clock
    templates: Callable[[], frozenset[str]]

    def __call__(self, sop: Sop, day: date | None = None) -> tuple[Finding, ...]:
        """Return what is wrong with *sop* if it serves on *day* (default: today)."""
        return lint(sop, self.surroundings(day))

    def in_force(self) -> Mapping[str, tuple[Finding, ...]]:
        """Return the findings of every SOP that serves a category today, by its id."""
        around = self.surroundings()
        served = self.catalogue.sops_in_force(self.clock.now())
        return {sop.id: lint(sop, around) for sop in served.values()}

    def surroundings(self, day: date | None = None) -> Surroundings:
        """Return the city as it is, or as it is laid down to be on a day to come."""
        now, catalogue = self.clock.now(), self.catalogue
        today = now.astimezone(CITY_ZONE).date()
        around = Surroundings(
            day=today,
            at=now,
            calendars=catalogue.calendars(),
            categories=catalogue.categories(),
            agencies=catalogue.agencies(),
            ownership=catalogue.ownership(),
            directory=catalogue.directory(),
            areas=catalogue.areas,
            templates=self.templates(),
        )
        if day is None or day == today:
            return around
        return replace(around, day=day, at=datetime.combine(day, _MORNING, CITY_ZONE))
