"""A new calendar version reaches the open reports: forward only, once each, and people are told.

The job walks the work lists, a page to a message, and asks for each report by a message of its
own: it is bounded, can be interrupted, goes on where it stopped, and no report holds up another.
What happens to one report is decided by that report's record: a version that is on it already
changes nothing and tells nobody, however often the job runs. So it simply runs twice, for what
was filed under the old calendar, or moved within its list, during the first walk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.decrees import Moved, moved, reason
from chalicelib.domain.events import SYSTEM, Draft, Event, instant
from chalicelib.domain.notices import REPORTER_ROLE, Notice
from chalicelib.domain.report import CONTROL_ROOM, INSPECTORATE
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.ports import Clock, Conflict, Jobs, ReportStore, Stored, TryAgain, real

JOB = "replan"
PAGE = 100
#: Longer than a process may go on knowing the old calendar (`catalogue.FRESH_SECONDS`).
SECOND_START = timedelta(minutes=3)
_TRIES = 4
_NOW = timedelta()

REPLANNED = "replanned"
PROMISE_MOVED = "promise_moved"
CURRENT = "current"
CLOSED = "closed"
GONE = "gone"


@dataclass(frozen=True)
class ReplanCalendar:
    """The use case behind the job."""

    store: ReportStore
    catalogue: Catalogue
    planner: Planner
    clock: Clock
    jobs: Jobs
    salts: Callable[[], str]

    def announce(self, calendar: str, version: int) -> None:
        """Ask for every open report to be re-planned under *version* of *calendar*."""
        start = {"calendar": calendar, "version": version}
        self.jobs.put(JOB, [start], _NOW)
        self.jobs.put(JOB, [start], SECOND_START)

    def run(self, body: Mapping[str, Any]) -> str:
        """Do one message's part of the job and ask for the next; return what it came to."""
        wanted = {"calendar": body["calendar"], "version": body["version"]}
        if "number" in body:
            return self.replan(body["number"], body["calendar"], body["version"])
        if "holder" in body:
            return self._list({**wanted, "holder": body["holder"]}, body.get("cursor"))
        holders = sorted({CONTROL_ROOM, INSPECTORATE, *self.catalogue.agencies()})
        self.jobs.put(JOB, [{**wanted, "holder": holder} for holder in holders], _NOW)
        return f"{len(holders)} work lists"

    def replan(self, number: str, calendar: str, version: int) -> str:
        """Put *version* of *calendar* on one report's record unless it is there; say what came.

        The reporter is told, in the same transaction, if a promise moves. Raises TryAgain when
        others keep changing the report.
        """
        new = self.catalogue.calendar(calendar, version)
        for _ in range(_TRIES):
            stored = self.store.load(number)
            if stored is None:
                return GONE
            if stored.report.closed:
                return CLOSED
            known = _version_of(stored, calendar)
            if known is None or known >= version:
                return CURRENT
            composer = self._composer(stored)
            outcome = self._compose(
                composer, self.catalogue.calendar(calendar, known), new, version
            )
            try:
                self.store.save(composer.change())
            except Conflict:
                continue
            return outcome
        raise TryAgain("the report is being changed by others")

    def _compose(self, composer: Composer, old: Calendar, new: Calendar, version: int) -> str:
        why = reason(old, new)
        data = {"calendar": new.name, "name": new.name, "version": version, "reason": why}
        event = composer.add(Draft("calendar_changed", composer.now, SYSTEM, data))
        if composer.before is None:
            return REPLANNED
        news = list(moved(composer.before, composer.timeline(), composer.now))
        if not news:
            return REPLANNED
        composer.tell(_notice(news, why), f"event#{event.seq}#{_TEMPLATE}")
        return PROMISE_MOVED

    def _composer(self, stored: Stored) -> Composer:
        return Composer(
            stored,
            number=stored.report.number,
            now=self.clock.now(),
            planner=self.planner,
            salts=self.salts,
            arm_grace=real(ARM_GRACE, self.clock),
        )

    def _list(self, body: Mapping[str, Any], cursor: str | None) -> str:
        """Ask for each report of one page of a work list, and for the next page."""
        page = self.store.queue(body["holder"], PAGE, cursor, lambda _: True)
        wanted = {"calendar": body["calendar"], "version": body["version"]}
        self.jobs.put(JOB, [{**wanted, "number": row["number"]} for row in page.items], _NOW)
        if page.cursor:
            self.jobs.put(JOB, [{**body, "cursor": page.cursor}], _NOW)
        return f"{len(page.items)} reports"


_TEMPLATE = "reporter_promise_moved"


def _notice(news: list[Moved], why: Mapping[str, str]) -> Notice:
    """The reporter is told of the promise that matters most: that the work is done."""
    main = next((one for one in news if one.until == "resolved"), news[0])
    facts: dict[str, Any] = {"until": instant(main.now), "reason": dict(why)}
    if main.was is not None:
        facts["fired_due_at"] = instant(main.was)
    return Notice(_TEMPLATE, (REPORTER_ROLE,), facts=facts)


def _version_of(stored: Stored, calendar: str) -> int | None:
    """Return the version of *calendar* that counts for the report, None if it pins none."""
    known: int | None = stored.events[0].data.get("calendars", {}).get(calendar)
    changes = (event for event in stored.events if _changes(event, calendar))
    versions = [int(event.data["version"]) for event in changes]
    return max(versions, default=known) if known is not None else None


def _changes(event: Event, calendar: str) -> bool:
    return event.type == "calendar_changed" and event.data.get("calendar") == calendar
