"""What the SOP in force would promise for a report sent now: nothing is filed, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.catalogue import Category
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import ClockEvent, Entry, plan, promises
from chalicelib.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit that the SOP sets. due_at: None where the calendar does not reach so far."""

    step: str
    until: str
    limit: str
    due_at: datetime | None
    name: Mapping[str, str]
    basis: str


@dataclass(frozen=True, slots=True)
class Promised:
    """The SOP and its promises, in due order."""

    sop: Sop
    promises: tuple[Promise, ...]

    def first(self, until: str, limit: str) -> Promise | None:
        """Return the promise of *until* of that kind, or None."""
        return next(
            (one for one in self.promises if (one.until, one.limit) == (until, limit)), None
        )


def promise_if_filed(catalogue: Catalogue, category: Category, at: datetime) -> Promised:
    """Return what a report of *category* filed at *at* would be promised.

    Raises NotInCatalogue where no SOP serves the category.
    """
    sop = catalogue.sop_in_force(category.code, at)
    timeline = plan(sop, catalogue.calendars(), [ClockEvent("filed", at)])
    return Promised(sop, tuple(_promise(entry) for entry in promises(timeline)))


def _promise(entry: Entry) -> Promise:
    step = entry.definition
    name = dict(step.name) if step and step.name else {"id": entry.step, "en": entry.step}
    return Promise(
        entry.step, entry.until or "", entry.limit or "", entry.due_at, name, entry.basis or ""
    )
