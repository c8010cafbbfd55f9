"""Where a report stands, for the people who look at its page: phase, remainder, ladder.

The same timeline that fires is read here; nothing is worked out anew. Positions are named, never
persons. Remaining time is counted on the calendar of the promise, so that a reader knows whether
the hours shown are office hours or hours by the wall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import CalendarUnknown
from chalicelib.domain.events import Event
from chalicelib.domain.report import Report
from chalicelib.domain.schedule import clock_events
from chalicelib.domain.timeline import Entry, Timeline, explain, promises
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.facts import titles_of
from chalicelib.services.ports import Stored

#: From this share of its time on, a promise is shown as nearly due.
NEAR_SHARE = 0.8
#: The five phases that a citizen sees, in order.
PHASES = ("received", "passed_on", "in_work", "checked", "agreed")
_PHASE_OF: Mapping[str, int] = {
    "received": 0,
    "needs_information": 0,
    "verified": 1,
    "assigned": 1,
    "acknowledged": 2,
    "in_progress": 2,
    "deferred": 2,
    "returned": 2,
    "reopened": 1,
    "awaiting_validation": 3,
    "awaiting_confirmation": 4,
}
#: What is counted down to in which status, by the event that the promise waits for.
_AWAITED: Mapping[str, tuple[str, ...]] = {
    "received": ("verified", "acknowledged", "resolved"),
    "awaiting_validation": ("validated",),
    "awaiting_confirmation": ("confirmed",),
}
_WORK = ("resolved",)
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Countdown:
    """The moment a page counts down to.

    awaited: the event that keeps the promise. left_seconds: on the promise's own calendar,
    negative by the wall once it is late, None where the calendar is unknown. share: of its time
    used up, 0 to 1. state: ``safe``, ``near``, ``late`` or ``paused``. working: whether hours are
    office hours. open_until: the end of the office hours running now, None outside them.
    """

    awaited: str
    limit: str
    due_at: datetime | None
    left_seconds: float | None
    share: float
    state: str
    working: bool
    open_until: datetime | None
    basis: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder as people see it.

    state: ``done`` (they were told), ``late`` (told because a limit had passed), ``skip``
    (became needless; ``why`` says by what), ``plan`` (will be told unless …), ``unknown``.
    """

    step: str
    name: Names
    at: datetime | None
    state: str
    who: Names
    limit: str
    basis: str
    why: Names


@dataclass(frozen=True, slots=True)
class Progress:
    """All of it. ``phase`` counts from 0; 5 means that everything is over."""

    phase: int
    countdown: Countdown | None
    next_rung: Rung | None
    ladder: tuple[Rung, ...]


@dataclass(frozen=True)
class ShowProgress:
    """Reads a report's progress at an instant."""

    catalogue: Catalogue
    planner: Planner

    def __call__(self, stored: Stored, now: datetime) -> Progress:
        """Return the progress of *stored* at *now*; raises NotInCatalogue."""
        timeline = self.planner.timeline(stored.events)
        rungs = self._ladder(stored, timeline, now)
        coming = (rung for rung in rungs if rung.state == "plan" and rung.at and rung.at > now)
        return Progress(
            phase=_phase(stored.report),
            countdown=_countdown(stored.report, timeline, now),
            next_rung=next(coming, None),
            ladder=rungs,
        )

    def _ladder(self, stored: Stored, timeline: Timeline, now: datetime) -> tuple[Rung, ...]:
        report = stored.report
        told = {e.data["entry"]: e for e in stored.events if e.type == "fired"}
        shown = [entry for entry in timeline.entries if _on_ladder(entry, report, now)]
        made = [self._rung(entry, told.get(entry.key), stored, now) for entry in shown]
        return tuple(sorted(made, key=lambda rung: (rung.at is None, rung.at)))

    def _rung(self, entry: Entry, fired: Event | None, stored: Stored, now: datetime) -> Rung:
        report = stored.report
        step = entry.definition
        name = dict(step.name) if step and step.name else {"id": entry.step, "en": entry.step}
        why = {"id": "", "en": ""}
        if fired is not None:
            who = self._told(fired.data["told"])
            state = "late" if entry.limit else "done"
        else:
            who = titles_of(self.catalogue, report, entry.to, now)
            state = {"moot": "skip", "planned": "plan"}.get(entry.state, "unknown")
        if state in ("skip", "unknown") or entry.due_at is None:
            sop = self.catalogue.sop(report.sop_id, report.sop_version)
            events = clock_events(stored.events)
            why = {
                language: str(explain(sop, {}, events, entry, language)["text"] or "")
                for language in ("id", "en")
            }
        at = fired.at if fired else entry.due_at
        return Rung(entry.step, name, at, state, who, entry.limit or "", entry.basis or "", why)

    def _told(self, positions: Sequence[str]) -> Names:
        directory = self.catalogue.directory()
        known = [found for one in positions if (found := directory.position(one))]
        return {
            language: ", ".join(
                dict.fromkeys(position.title.get(language, position.id) for position in known)
            )
            for language in ("id", "en")
        }


def _on_ladder(entry: Entry, report: Report, now: datetime) -> bool:
    """What fired, what is to come, and the promises kept in time: not every moot reminder."""
    if entry.key in report.fired:
        return True
    if entry.state == "moot":
        kept = entry.due_at is not None and entry.due_at <= now
        return bool(entry.limit) and kept and entry.reason not in ("stopped", "superseded")
    return entry.state in ("planned", "unknown")


def _phase(report: Report) -> int:
    return _PHASE_OF.get(report.status, len(PHASES))


def _countdown(report: Report, timeline: Timeline, now: datetime) -> Countdown | None:
    """The nearest promise of what is awaited: the service limit, once broken the legal one."""
    awaited = _AWAITED.get(report.status, _WORK)
    if _phase(report) == len(PHASES):
        return None
    for event in awaited:
        fitting = [entry for entry in _promised(timeline, event) if entry.state == "planned"]
        open_ones = [entry for entry in fitting if entry.key not in report.fired]
        chosen = next(iter(open_ones), None) or next(iter(reversed(fitting)), None)
        if chosen is not None:
            return _counted(chosen, now)
    return None


def _promised(timeline: Timeline, event: str) -> list[Entry]:
    if event == "confirmed":
        return [entry for entry in timeline.entries if entry.act == "close_automatically"]
    return [entry for entry in promises(timeline) if entry.until == event]


def _counted(entry: Entry, now: datetime) -> Countdown:
    due, calendar = entry.due_at, entry.spans[-1].calendar if entry.spans else None
    if due is None:
        return Countdown(
            entry.until or "", entry.limit or "", None, None, 0.0, "paused", True, None,
            entry.basis or "",
        )  # fmt: skip
    working = calendar is not None and not calendar.always_open
    left: float | None = (due - now).total_seconds()
    used, open_until = 0.0, None
    try:
        if calendar is not None:
            used = sum(
                span.calendar.working_seconds(span.start, min(span.end or now, now))
                for span in entry.spans
            )
            if now < due:
                left = calendar.working_seconds(now, due)
                open_until = next(
                    (end for begin, end in calendar.windows(calendar.local_date(now))
                     if begin <= now < end), None,
                )  # fmt: skip
    except CalendarUnknown:
        left = None if now < due else left
    share = 1.0 if now >= due else used / (used + left) if left and used + left else 0.0
    state = "late" if now >= due else "near" if share >= NEAR_SHARE else "safe"
    return Countdown(
        entry.until or "", entry.limit or "", due, left, share, state, working,
        open_until if working else None, entry.basis or "",
    )  # fmt: skip
