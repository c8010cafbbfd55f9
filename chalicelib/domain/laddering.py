"""The whole ladder of an SOP for one moment of filing, drawn before anything is started.

A clock starts with an event: the agency's with the verification, the validator's with a result.
So that every rung can be seen, the events that start the later clocks are assumed, each at the
last moment that still keeps the promise before it, and named as assumed. On each clock the drawing
shows what happens if nobody moves. Pure: the same planner that serves running reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import ClockEvent, Entry, Timeline, plan

#: Why an assumed event stands where it does.
GIVEN = "given"
AT_PROMISE = "at_promise"
AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Assumed:
    """An event without which a clock would not start. because: GIVEN, AT_PROMISE or AT_ONCE.

    clock: the one it starts. promise: the limit at whose end it was put.
    """

    type: str
    at: datetime
    because: str
    clock: str
    promise: Entry | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every rung in due order, those without a time last; and what was assumed to draw them."""

    sop: Sop
    filed_at: datetime
    assumed: tuple[Assumed, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What is promised until one event: the earliest of the limits of its kind governs.

    others: those computed beside it. A statute that says "days" and a guideline that says
    "working days" are both computed where it is not clear which one counts (domain: UU 25/2009
    ps. 50 against PermenPANRB 62/2018), and the earlier is the one that is shown.
    """

    kind: str
    until: str
    governing: Entry
    others: tuple[Entry, ...] = ()


@dataclass(slots=True)
class _Drawing:
    sop: Sop
    calendars: Mapping[str, Calendar]
    given: Mapping[str, datetime]
    events: list[ClockEvent]
    assumed: list[Assumed] = field(default_factory=list)
    found: dict[str, Entry] = field(default_factory=dict)

    def planned(self, *more: ClockEvent) -> Timeline:
        return plan(self.sop, self.calendars, [*self.events, *more])

    def keep(self, timeline: Timeline, *clocks: str) -> None:
        for entry in timeline.entries:
            if entry.clock in clocks:
                self.found.setdefault(entry.key, entry)

    def assume(self, type_: str, clock: str, until: str, keep: str) -> None:
        """Let *type_* happen when the promise *until* on *clock* ends; keep the clock it starts."""
        at, because, promise = self.moment(type_, clock, until)
        self.assumed.append(Assumed(type_, at, because, keep, promise))
        self.events.append(ClockEvent(type_, at))
        self.keep(self.planned(), keep)

    def moment(self, type_: str, clock: str, until: str) -> tuple[datetime, str, Entry | None]:
        earliest = self.events[-1].at
        if type_ in self.given:
            return max(self.given[type_], earliest), GIVEN, None
        promised = [e for e in self.found.values() if e.clock == clock and e.until == until]
        limit = next((one for one in limits(promised) if one.governing.due_at), None)
        if limit is None or limit.governing.due_at is None:
            return earliest, AT_ONCE, None
        return max(limit.governing.due_at, earliest), AT_PROMISE, limit.governing

    def aside(self, type_: str, clock: str) -> None:
        """Keep a clock that starts only if *type_* happens, as if it did right after the filing."""
        if not any(step.clock == clock for step in self.sop.steps):
            return
        at = self.given.get(type_, self.events[-1].at)
        because = GIVEN if type_ in self.given else AT_ONCE
        self.assumed.append(Assumed(type_, at, because, clock))
        self.keep(self.planned(ClockEvent(type_, at)), clock)


def draw(
    sop: Sop,
    calendars: Mapping[str, Calendar],
    filed_at: datetime,
    given: Mapping[str, datetime] | None = None,
) -> Ladder:
    """Return the whole ladder of *sop* for a report filed at *filed_at*.

    *given*: instants of ``verified``, ``resolved``, ``validated``, ``paused`` or ``referred`` that
    are to be taken instead of the assumed ones; one before its predecessor is moved to it.
    """
    drawing = _Drawing(sop, calendars, given or {}, [ClockEvent("filed", filed_at)])
    drawing.keep(drawing.planned(), "citizen", "verification", "agency")
    if sop.dispatch == "verified":
        drawing.assume("verified", "verification", "verified", "agency")
    drawing.aside("paused", "pause")
    drawing.aside("referred", "follow_up")
    if any(step.clock == "validation" for step in sop.steps):
        drawing.assume("resolved", "citizen", "resolved", "validation")
        drawing.assume("validated", "validation", "validated", "confirmation")
    order = {step.id: index for index, step in enumerate(sop.steps)}
    entries = sorted(drawing.found.values(), key=lambda e: _place(e, order))
    return Ladder(sop, filed_at, tuple(drawing.assumed), tuple(entries))


def limits(entries: Iterable[Entry]) -> tuple[Limit, ...]:
    """Return the limits among *entries*, by kind and what they wait for, the earlier governing.

    An entry without a due time (clock stopped, calendar unknown) governs only if there is no other.
    """
    grouped: dict[tuple[str, str, str, int], list[Entry]] = {}
    for entry in entries:
        if entry.limit and entry.repeat == 0:
            key = (entry.limit, entry.until or "", entry.clock, entry.cycle)
            grouped.setdefault(key, []).append(entry)
    found = []
    for (kind, until, _, _), rows in grouped.items():
        first, *rest = sorted(rows, key=lambda e: (e.due_at is None, str(e.due_at)))
        found.append(Limit(kind, until, first, tuple(rest)))
    return tuple(sorted(found, key=lambda one: (one.kind != "service", _due(one.governing))))


def _due(entry: Entry) -> str:
    return entry.due_at.isoformat() if entry.due_at else "9999"


def _place(entry: Entry, order: Mapping[str, int]) -> tuple[str, int, int]:
    return (_due(entry), order.get(entry.step, len(order)), entry.repeat)


def last_day(ladder: Ladder, calendar: Calendar, clocks: Sequence[str]) -> date:
    """Return the date of the last rung on *clocks* in the calendar's zone, else that of filing."""
    moments = [e.due_at for e in ladder.entries if e.due_at and e.clock in clocks]
    return calendar.local_date(max(moments, default=ladder.filed_at))
