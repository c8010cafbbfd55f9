"""The timeline of a report: what its SOP will do, and when, as a pure function.

`plan` takes the pinned SOP, the calendars and the events that move a clock, and returns every
entry of every cycle, past and future. It knows nothing of what was really sent: an entry whose
due time passed before the event that would have made it moot stays ``planned``, for it fired, or
will fire late. So neither late nor doubled wake-ups can change which steps fire.

An event at the very instant of a deadline comes before the deadline. All times are aware, whole
seconds (a fraction is rounded up: a wake-up must not come early), returned in UTC.

How cycles are counted, such that ``cycle#step#repeat`` names one firing for good:
each clock counts its own starts. The agency clock: 1 more at each assignment. The citizen clock:
1 more at each dispute or reopening only. Verification, validation, confirmation, pause, follow-up:
1 more each time they start, so that each submission is validated under a number of its own. A
lapsed acknowledgement starts the agency clock from zero in the same cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.domain.calendar import Calendar, CalendarUnknown
from chalicelib.domain.sop import Sop, Step

PLANNED = "planned"
MOOT = "moot"
UNKNOWN = "unknown"

LADDER = ("verified", "acknowledged", "on_scene", "resolved", "validated", "confirmed")
"""What a report reaches, in order: to reach one is to have reached those before it."""

ENDINGS = (
    "confirmed",
    "rejected",
    "referred",
    "merged",
    "closed",
    "closed_automatically",
    "withdrawn",
)
EXECUTION_REACH = timedelta(days=365)
"""Entries further ahead than this are left to the sweeper (an execution lives one year)."""

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_MICRO = timedelta(microseconds=1)
_FAR = datetime.max.replace(tzinfo=UTC)


class TimelineInvalid(ValueError):
    """An event cannot be applied: what it names (an SOP, a calendar) is not there or not valid."""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a report. at: aware. data: ``to``, ``sop``, ``step`` …"""

    type: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which a clock ran, under one calendar. end: None while it runs on."""

    start: datetime
    end: datetime | None
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Entry:
    """One firing of a step: planned, moot or unknown.

    due_at: when it fires; for a moot one when it would have; None when that cannot be said (the
    clock is paused, or the calendar unknown). deadline: the instant the budget ends; earlier than
    ``due_at`` when the entry could only fire later (a returned result, an overdue migrated step).
    started_at: the event that started the clock. opened_at: its first working moment. reason: for a
    moot entry the event that made it so, ``stopped`` or ``superseded``; for a planned one without
    due time ``paused``; for an unknown one the calendar and day; for a forced one its cause.
    """

    step: str
    cycle: int
    repeat: int
    clock: str
    due_at: datetime | None
    state: str
    to: tuple[str, ...]
    limit: str | None = None
    basis: str | None = None
    act: str = "notify"
    until: str | None = None
    started_at: datetime | None = None
    opened_at: datetime | None = None
    deadline: datetime | None = None
    calendar: str = ""
    reason: str | None = None
    moot_at: datetime | None = None
    sop: str = ""
    version: int = 0
    definition: Step | None = field(default=None, compare=False, repr=False)
    spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    @property
    def key(self) -> str:
        """The name of this firing within its report: ``cycle#step#repeat``."""
        return f"{self.cycle}#{self.step}#{self.repeat}"

    @property
    def message(self) -> str | None:
        """The message template that its step names, None for the usual one."""
        return self.definition.message if self.definition else None

    @property
    def at_start(self) -> bool:
        """Whether it fires as soon as its clock starts (``PT0M``): the notice of assignment."""
        at = self.definition.at if self.definition else None
        return at is not None and self.repeat == 0 and not at.seconds and not at.days


@dataclass(frozen=True, slots=True)
class Clock:
    """The state of one clock after the events: running, paused, stopped or ended.

    anchor: the event that started it. spans: when it ran, under the SOP's calendar; None when
    that calendar cannot be had.
    """

    name: str
    cycle: int
    state: str
    anchor: datetime
    spans: tuple[Span, ...] | None = field(default=(), compare=False, repr=False)

    def consumed(self, now: datetime) -> float | None:
        """Return the working seconds used up to *now*, None where the calendar is unknown."""
        if self.spans is None:
            return None
        try:
            return sum(
                span.calendar.working_seconds(span.start, _earlier(span.end, now))
                for span in self.spans
            )
        except CalendarUnknown:
            return None

    def started_at(self) -> datetime | None:
        """Return the first working moment of this clock, None where the calendar is unknown."""
        return _first_moment(self.spans or (), self.anchor)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All entries in due order (those without a due time last), and the clocks behind them."""

    entries: tuple[Entry, ...]
    clocks: tuple[Clock, ...] = ()
    sop: str = ""
    version: int = 0
    last_event_at: datetime | None = None

    def entry(self, key: str) -> Entry | None:
        """Return the entry of that key, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)


def plan(
    sop: Sop,
    calendars: Mapping[str, Calendar],
    events: Iterable[ClockEvent],
    *,
    sops: Mapping[tuple[str, int], Sop] | None = None,
) -> Timeline:
    """Return the timeline of a report under *sop* after *events*.

    Events are taken in the order of their times; those of one instant in the order given. Types
    that move no clock (a comment, a photo) do nothing. *sops* serves ``migrated`` events that
    name a version instead of carrying it. Raises TimelineInvalid for an event that names an SOP
    or a calendar that cannot be had; a missing calendar otherwise makes entries unknown.
    """
    planner = _Planner(sop, dict(calendars), sops or {})
    for event in sorted(events, key=lambda event: event.at):
        planner.apply(event)
    return planner.timeline()


def due(timeline: Timeline, fired: Collection[str], now: datetime) -> tuple[Entry, ...]:
    """Return what is planned, due at *now* or before, and not in *fired* (keys), oldest first."""
    return tuple(
        entry for entry in _open_entries(timeline, fired) if entry.due_at and entry.due_at <= now
    )


def next_due(timeline: Timeline, fired: Collection[str]) -> datetime | None:
    """Return the earliest due time of what is planned and not yet *fired*, None if nothing is."""
    return next((entry.due_at for entry in _open_entries(timeline, fired)), None)


def needs_new_epoch(
    before: Timeline, after: Timeline, fired: Collection[str], now: datetime
) -> bool:
    """Say whether the running execution must be replaced: the rule of the epoch.

    Yes when an entry that must wake after *now* has no wake-up at that time yet, or when two or
    more wake-ups have become moot. What is due by now is fired by the dispatcher, and what is
    more than a year ahead by the sweeper: neither needs an execution.
    """
    old = _wake_ups(before, fired, now)
    new = _wake_ups(after, fired, now)
    if any(old.get(key) != at for key, at in new.items()):
        return True
    return len(old.keys() - new.keys()) >= 2


def promises(timeline: Timeline) -> tuple[Entry, ...]:
    """Return the entries that mark a promise (a service or legal limit) in the current cycles."""
    current = {clock.name: clock.cycle for clock in timeline.clocks}
    return tuple(
        entry
        for entry in timeline.entries
        if entry.limit and entry.repeat == 0 and current.get(entry.clock) == entry.cycle
    )


def clocks(timeline: Timeline, now: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Return each clock's latest cycle, state, start and consumed working seconds.

    now: up to when time is counted; by default the last event.
    """
    moment = now or timeline.last_event_at
    return {
        clock.name: {
            "state": clock.state,
            "cycle": clock.cycle,
            "started_at": clock.started_at() or clock.anchor,
            "consumed_seconds": clock.consumed(moment) if moment else 0,
        }
        for clock in timeline.clocks
    }


def explain(
    sop: Sop,
    calendars: Mapping[str, Calendar],
    events: Sequence[ClockEvent],
    entry: Entry,
    language: str = "id",
    *,
    sops: Mapping[tuple[str, int], Sop] | None = None,
) -> dict[str, Any]:
    """Return why *entry* is due when it is; see `chalicelib.domain.explanation.derive`."""
    from chalicelib.domain.explanation import derive  # only people who ask need its words

    if not entry.spans:
        entry = plan(sop, calendars, events, sops=sops).entry(entry.key) or entry
    return derive(entry, language)


# -- how it works ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Phase:
    """From ``start`` on these rules count: an SOP version and the calendars as known then."""

    start: datetime
    sop: Sop
    calendars: Mapping[str, Calendar]


@dataclass(slots=True)
class _Run:
    """One cycle of one clock while it lives.

    segments: when it ran, [start, end). floor: nothing of it fires before this instant. forced:
    entries fired by an event at that instant. skipped: overtaken at a migration, never to fire.
    reached: what made steps moot, as (rung of the ladder, event, instant).
    """

    clock: str
    cycle: int
    anchor: datetime
    segments: list[tuple[datetime, datetime | None]]
    phases: list[_Phase]
    state: str = "running"
    stopped_at: datetime | None = None
    stopped_state: str = "running"
    floor: datetime | None = None
    forced: dict[tuple[str, int], tuple[datetime, str]] = field(default_factory=dict)
    skipped: dict[tuple[str, int], datetime] = field(default_factory=dict)
    reached: list[tuple[int, str, datetime]] = field(default_factory=list)
    span_cache: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    due_cache: dict[tuple[str, int], datetime | None] = field(default_factory=dict)

    def changed(self) -> None:
        self.span_cache.clear()
        self.due_cache.clear()

    def halt(self, at: datetime, state: str) -> None:
        """Let the clock stand still from *at* on."""
        start, end = self.segments[-1] if self.segments else (at, at)
        if self.segments and end is None:
            self.segments.pop()
            if start < at:
                self.segments.append((start, at))
        self.state = state
        self.changed()

    def go_on(self, at: datetime) -> None:
        """Let the clock run again from *at* on; a halt of no length leaves no trace."""
        if self.segments and self.segments[-1][1] == at:
            at = self.segments.pop()[0]
        self.segments.append((at, None))
        self.state = "running"
        self.changed()

    def new_rules(self, phase: _Phase) -> None:
        self.phases.append(phase)
        self.floor = phase.start
        self.changed()

    def made_moot(self, until: str | None) -> tuple[str, datetime] | None:
        """Return the event that made steps waiting for *until* moot, and when."""
        if until not in LADDER:
            return None
        wanted = LADDER.index(until)
        return next(((name, at) for rung, name, at in self.reached if rung >= wanted), None)


class _Planner:
    """Applies events one by one. Before each, what had fallen due is locked: it fired."""

    def __init__(
        self, sop: Sop, calendars: Mapping[str, Calendar], sops: Mapping[tuple[str, int], Sop]
    ) -> None:
        self.sop = sop
        self.calendars = calendars
        self.sops = sops
        self.runs: dict[str, _Run] = {}
        self.counts: dict[str, int] = {}
        self.past: dict[str, Clock] = {}
        self.entries: dict[str, Entry] = {}
        self.locked: set[str] = set()
        self.last: datetime | None = None
        self.ended = False

    def apply(self, event: ClockEvent) -> None:
        handler = _HANDLERS.get(event.type)
        filed = "citizen" in self.counts
        if handler is None or filed == (event.type == "filed"):
            return
        if self.ended and event.type not in _AFTER_THE_END:
            return
        self.settle(event.at, event.data.get("step"))
        self.last = event.at
        handler(self, event)

    def timeline(self) -> Timeline:
        found = dict(self.entries)
        for run in self.runs.values():
            found.update((entry.key, entry) for entry in self.pending(run))
        order = {step.id: index for index, step in enumerate(self.sop.steps)}
        ordered = sorted(
            found.values(),
            key=lambda e: (e.due_at or _FAR, order.get(e.step, len(order)), e.repeat, e.cycle),
        )
        states = {**self.past, **{run.clock: self.snapshot(run) for run in self.runs.values()}}
        return Timeline(
            tuple(ordered),
            tuple(states[name] for name in sorted(states)),
            self.sop.id,
            self.sop.version,
            self.last,
        )

    # -- entries of a run --

    def pending(self, run: _Run) -> Iterator[Entry]:
        """Yield what this run has not fired yet, each as it stands now."""
        for step in self.sop.steps:
            if step.clock == run.clock:
                for repeat in range(1 + (step.repeat.times if step.repeat else 0)):
                    if f"{run.cycle}#{step.id}#{repeat}" not in self.locked:
                        yield self.evaluate(run, step, repeat)

    def evaluate(self, run: _Run, step: Step, repeat: int) -> Entry:
        deadline, unknown = None, None
        spans: tuple[Span, ...] = ()
        try:
            spans = self.spans(run, step)
            deadline = self.deadline(run, step, repeat, spans)
        except CalendarUnknown as error:
            unknown = f"{error.name} {error.day or ''}".strip()
        state, due_at, reason, moot_at = _standing(run, step, repeat, deadline, unknown)
        return Entry(
            step=step.id,
            cycle=run.cycle,
            repeat=repeat,
            clock=run.clock,
            due_at=due_at,
            state=state,
            to=step.notify,
            limit=step.limit,
            basis=step.basis,
            act=step.act,
            until=step.until,
            started_at=run.anchor,
            opened_at=_first_moment(spans, run.anchor),
            deadline=deadline,
            calendar=step.calendar or self.sop.calendar,
            reason=reason,
            moot_at=moot_at,
            sop=self.sop.id,
            version=self.sop.version,
            definition=step,
            spans=spans,
        )

    def deadline(
        self, run: _Run, step: Step, repeat: int, spans: tuple[Span, ...]
    ) -> datetime | None:
        key = (step.id, repeat)
        if key not in run.due_cache:
            run.due_cache[key] = _deadline(step, repeat, run.anchor, spans)
        return run.due_cache[key]

    def spans(self, run: _Run, step: Step | None) -> tuple[Span, ...]:
        """Return when *run* ran, cut where the rules changed, each part with its calendar."""
        key = step.id if step else ""
        if key not in run.span_cache:
            rules = [
                (phase.start, _calendar(run, index, step)) for index, phase in enumerate(run.phases)
            ]
            run.span_cache[key] = tuple(_cut(run.segments, rules))
        return run.span_cache[key]

    def settle(self, at: datetime, cause: object) -> None:
        """Lock what fell due before *at*: whatever comes now cannot take it back.

        cause: the step, if any, that the event names as its own cause (an automatic closure
        or resumption, an acknowledgement lapsed, nobody reached): that one fell due first.
        """
        for run in self.runs.values():
            for entry in self.pending(run):
                if _has_fallen_due(entry, at, entry.step == cause):
                    self.entries[entry.key] = entry
                    self.locked.add(entry.key)

    # -- runs --

    def start(self, clock: str, at: datetime, reason: str) -> _Run:
        self.finish(clock, at, reason)
        self.counts[clock] = self.counts.get(clock, 0) + 1
        phase = _Phase(at, self.sop, self.calendars)
        run = _Run(clock, self.counts[clock], at, [(at, None)], [phase])
        self.runs[clock] = run
        return run

    def finish(self, clock: str, at: datetime, reason: str) -> None:
        run = self.runs.pop(clock, None)
        if run is None:
            return
        for entry in self.pending(run):
            if entry.state != MOOT or entry.reason == "stopped":
                entry = replace(entry, state=MOOT, reason=reason, moot_at=at)
            self.entries[entry.key] = entry
        run.halt(at, "ended")
        self.past[clock] = self.snapshot(run)

    def finish_all(self, at: datetime, reason: str) -> None:
        for clock in tuple(self.runs):
            self.finish(clock, at, reason)

    def reach(self, event: ClockEvent, name: str, clocks: Collection[str] = ()) -> None:
        for run in self.runs.values():
            if not clocks or run.clock in clocks:
                run.reached.append((LADDER.index(name), event.type, event.at))

    def snapshot(self, run: _Run) -> Clock:
        try:
            spans: tuple[Span, ...] | None = self.spans(run, None)
        except CalendarUnknown:
            spans = None
        return Clock(run.clock, run.cycle, run.state, run.anchor, spans)

    # -- the table of events --

    def on_filed(self, event: ClockEvent) -> None:
        self.start("citizen", event.at, event.type)
        clock = "verification" if self.sop.dispatch == "verified" else "agency"
        self.start(clock, event.at, event.type)

    def on_verified(self, event: ClockEvent) -> None:
        """Verification is an assignment only where it was awaited."""
        if "verification" in self.runs:
            self.on_assigned(event)
        else:
            self.reach(event, "verified")

    def on_assigned(self, event: ClockEvent) -> None:
        self.finish("verification", event.at, event.type)
        self.start("agency", event.at, event.type)
        self.reach(event, "verified")

    def on_declined(self, event: ClockEvent) -> None:
        if "agency" in self.runs:
            self.finish("agency", event.at, event.type)
            self.start("verification", event.at, event.type)

    def on_reached(self, event: ClockEvent) -> None:
        self.reach(event, event.type)

    def on_ack_lapsed(self, event: ClockEvent) -> None:
        old = self.runs.get("agency")
        if old is None or old.state == "stopped":
            return
        phase = _Phase(event.at, self.sop, self.calendars)
        run = _Run("agency", old.cycle, event.at, [(event.at, None)], [phase])
        run.reached = [entry for entry in old.reached if LADDER[entry[0]] == "verified"]
        if old.state == "paused":
            run.halt(event.at, "paused")
        self.runs["agency"] = run

    def on_paused(self, event: ClockEvent) -> None:
        halted = [run for run in self.both() if run.state == "running"]
        for run in halted:
            run.halt(event.at, "paused")
        if halted and "pause" not in self.runs:
            self.start("pause", event.at, event.type)

    def on_resumed(self, event: ClockEvent) -> None:
        self.finish("pause", event.at, event.type)
        for run in self.both():
            if run.state == "paused":
                run.go_on(event.at)

    def on_resolved(self, event: ClockEvent) -> None:
        if all(run.state == "stopped" for run in self.both()):
            return
        self.stop_both(event)
        self.reach(event, "resolved")
        self.start("validation", event.at, event.type)

    def on_returned(self, event: ClockEvent) -> None:
        stopped = [run for run in self.both() if run.state == "stopped"]
        if not stopped:
            return
        self.finish("validation", event.at, event.type)
        self.finish("confirmation", event.at, event.type)
        for run in stopped:
            self.go_on_after_return(run, event.at)

    def on_validated(self, event: ClockEvent) -> None:
        if "confirmation" in self.runs:
            return
        self.stop_both(event)
        self.finish("validation", event.at, event.type)
        self.reach(event, "validated")
        self.start("confirmation", event.at, event.type)

    def on_ended(self, event: ClockEvent) -> None:
        self.finish_all(event.at, event.type)
        if event.type == "referred" and not self.ended:
            self.start("follow_up", event.at, event.type)
        self.ended = True

    def on_reopened(self, event: ClockEvent) -> None:
        self.finish_all(event.at, event.type)
        self.ended = False
        self.start("citizen", event.at, event.type)
        self.start("agency", event.at, event.type)

    def on_migrated(self, event: ClockEvent) -> None:
        new = _named_sop(event, self.sops)
        for run in self.runs.values():
            self.retire_steps(run, event.at)
        self.sop = new
        order = {step.id: index for index, step in enumerate(new.steps)}
        for run in self.runs.values():
            run.new_rules(_Phase(event.at, self.sop, self.calendars))
            overdue = [
                (entry.deadline, order[entry.step], entry.repeat, entry)
                for entry in self.pending(run)
                if entry.deadline and entry.deadline <= event.at and not _is_over(entry)
            ]
            self.fire_highest([row[3] for row in sorted(overdue, key=lambda r: r[:3])], run, event)

    def on_unreachable(self, event: ClockEvent) -> None:
        step = self.sop.step(str(event.data.get("step", "")))
        run = self.runs.get(step.clock) if step else None
        if step is None or run is None or event.data.get("cycle", run.cycle) != run.cycle:
            return
        for entry in self.next_rung(run, step):
            later = entry.due_at is None or entry.due_at > event.at
            if entry.state != MOOT and later:
                run.forced[(entry.step, entry.repeat)] = (event.at, "unreachable")

    def on_calendar_changed(self, event: ClockEvent) -> None:
        name, calendar = _named_calendar(event, self.sop, self.calendars)
        self.calendars = {**self.calendars, name: calendar}
        for run in self.runs.values():
            run.new_rules(_Phase(event.at, self.sop, self.calendars))

    def on_joined(self, event: ClockEvent) -> None:
        """An older duplicate brings its citizen clock: promises count from the first voice.

        What fell due by it fires as at a migration: of several overdue steps only the highest.
        """
        run = self.runs.get("citizen")
        since = _instant_or_none(event.data.get("since"))
        if run is None or run.cycle != 1 or since is None or since >= run.anchor:
            return
        end = run.segments[0][1] if run.segments else run.anchor
        run.segments = [(since, end), *run.segments[1:]]
        run.phases = [replace(run.phases[0], start=since), *run.phases[1:]]
        run.anchor = since
        run.changed()
        order = {step.id: index for index, step in enumerate(self.sop.steps)}
        overdue = [
            (entry.deadline, order[entry.step], entry.repeat, entry)
            for entry in self.pending(run)
            if entry.deadline and entry.deadline <= event.at and not _is_over(entry)
        ]
        self.fire_highest([row[3] for row in sorted(overdue, key=lambda r: r[:3])], run, event)

    # -- parts of the table --

    def both(self) -> list[_Run]:
        """The agency and the citizen clock, as far as they live."""
        return [self.runs[name] for name in ("agency", "citizen") if name in self.runs]

    def stop_both(self, event: ClockEvent) -> None:
        self.finish("pause", event.at, event.type)
        self.finish("verification", event.at, event.type)
        for run in self.both():
            if run.state != "stopped":
                run.stopped_at = event.at
                run.halt(event.at, "stopped")

    def go_on_after_return(self, run: _Run, at: datetime) -> None:
        """The agency goes on from now; for the citizen the clock had never stopped."""
        on_scene = LADDER.index("on_scene")
        run.reached = [(min(rung, on_scene), name, when) for rung, name, when in run.reached]
        since = at if run.clock == "agency" else run.stopped_at or at
        run.floor = at
        run.go_on(since)

    def retire_steps(self, run: _Run, at: datetime) -> None:
        """Keep what the old version still had planned, as moot."""
        for entry in self.pending(run):
            if entry.state != MOOT or entry.reason == "stopped":
                entry = replace(entry, state=MOOT, reason="migrated", moot_at=at)
            self.entries[entry.key] = entry

    def fire_highest(self, overdue: list[Entry], run: _Run, event: ClockEvent) -> None:
        for entry in overdue[:-1]:
            run.skipped[(entry.step, entry.repeat)] = event.at
        for entry in overdue[-1:]:
            run.forced[(entry.step, entry.repeat)] = (event.at, event.type)

    def next_rung(self, run: _Run, step: Step) -> list[Entry]:
        """Return the first firings of the next later rung, those not fired yet."""
        ranks = {
            other.id: self.rank(run, other) for other in self.sop.steps if other.clock == run.clock
        }
        later = [rank for rank in ranks.values() if rank > ranks[step.id]]
        rung = min(later, default=None)
        return [
            entry
            for entry in self.pending(run)
            if entry.repeat == 0 and rung is not None and ranks[entry.step] == rung
        ]

    def rank(self, run: _Run, step: Step) -> datetime:
        """Where a step stands in the ladder: when it would be due had the clock never stood."""
        calendar = _calendar(run, len(run.phases) - 1, step)
        try:
            spans = (Span(run.anchor, None, _present(calendar, step.calendar or "")),)
            return _deadline(step, 0, run.anchor, spans) or _FAR
        except CalendarUnknown:
            return _FAR


_Handler = Callable[[_Planner, ClockEvent], None]

_HANDLERS: dict[str, _Handler] = {
    "filed": _Planner.on_filed,
    "verified": _Planner.on_verified,
    "assigned": _Planner.on_assigned,
    "reassigned": _Planner.on_assigned,
    "declined": _Planner.on_declined,
    "acknowledged": _Planner.on_reached,
    "on_scene": _Planner.on_reached,
    "ack_lapsed": _Planner.on_ack_lapsed,
    "paused": _Planner.on_paused,
    "deferred": _Planner.on_paused,
    "resumed": _Planner.on_resumed,
    "resolved": _Planner.on_resolved,
    "returned": _Planner.on_returned,
    "validated": _Planner.on_validated,
    "disputed": _Planner.on_reopened,
    "reopened": _Planner.on_reopened,
    "migrated": _Planner.on_migrated,
    "unreachable": _Planner.on_unreachable,
    "calendar_changed": _Planner.on_calendar_changed,
    "joined": _Planner.on_joined,
    **dict.fromkeys(ENDINGS, _Planner.on_ended),
}
_AFTER_THE_END = ("disputed", "reopened", "unreachable", "calendar_changed", "migrated", *ENDINGS)

MOVES_A_CLOCK = frozenset(_HANDLERS)
"""The event types that can change a timeline. All others never do."""


def _standing(
    run: _Run, step: Step, repeat: int, deadline: datetime | None, unknown: str | None
) -> tuple[str, datetime | None, str | None, datetime | None]:
    """Return (state, due time, reason, since when moot) of an entry that has not fired."""
    key = (step.id, repeat)
    due_at = deadline if run.floor is None or deadline is None else max(deadline, run.floor)
    moot = run.made_moot(step.until)
    if moot is None and key in run.skipped:
        moot = ("superseded", run.skipped[key])
    if moot is None and run.state == "stopped":
        moot = ("stopped", run.stopped_at or run.anchor)
    if moot is not None:
        return MOOT, due_at, moot[0], moot[1]
    if key in run.forced:
        at, cause = run.forced[key]
        return PLANNED, at, cause, None
    if unknown is not None:
        return UNKNOWN, None, unknown, None
    return PLANNED, due_at, None if due_at else run.state, None


def _has_fallen_due(entry: Entry, at: datetime, inclusive: bool) -> bool:
    if entry.state != PLANNED or entry.due_at is None:
        return False
    return entry.due_at < at or (inclusive and entry.due_at == at)


def _is_over(entry: Entry) -> bool:
    """Say whether *entry* is moot for good, and not merely while its clock is stopped."""
    return entry.state == MOOT and entry.reason != "stopped"


def _deadline(
    step: Step, repeat: int, anchor: datetime, spans: tuple[Span, ...]
) -> datetime | None:
    """Return when a firing's budget ends, None while no clock runs that could end it.

    Raises CalendarUnknown.
    """
    if not spans:
        return None
    at, every = step.at, step.repeat.every if step.repeat and repeat else None
    days = at.days + (every.days * repeat if every else 0)
    seconds = at.seconds + (every.seconds * repeat if every else 0)
    if not days:
        return _budget_end(spans, seconds)
    day0 = spans[0].calendar.local_date(anchor)
    if not seconds:
        return _nth_closing(spans, day0, days)
    return _mixed(step, spans, day0, days, seconds)


def _mixed(
    step: Step, spans: tuple[Span, ...], day0: date, days: int, seconds: int
) -> datetime | None:
    """A ladder of days repeated by hours, or of hours repeated by days: one after the other."""
    if step.at.days:
        first = _nth_closing(spans, day0, days)
        return first and _budget_end(spans, _used(spans, first) + seconds)
    first = _budget_end(spans, seconds)
    return first and _nth_closing(spans, spans[0].calendar.local_date(first), days)


def _used(spans: tuple[Span, ...], at: datetime) -> float:
    return sum(
        span.calendar.working_seconds(span.start, _earlier(span.end, at))
        for span in spans
        if span.start < at
    )


def _budget_end(spans: tuple[Span, ...], seconds: float) -> datetime | None:
    """Return when *seconds* of working time are used up, rounded up to a whole second.

    A budget used up exactly when the clock is halted is due at the first working moment after
    it goes on: the halt came before the deadline.
    """
    left = seconds
    for index, span in enumerate(spans):
        if span.end is None:
            return _whole(span.calendar.add(span.start, left))
        room = span.calendar.working_seconds(span.start, span.end)
        if left <= room:
            goes_on = index + 1 < len(spans) and spans[index + 1].start == span.end
            found = _within(span, left, goes_on)
            if found:
                return _whole(found)
        left = max(0, left - room)
    return None


def _within(span: Span, left: float, goes_on: bool) -> datetime | None:
    """Return when *left* ends if that is inside *span*; at its very end only if it goes on."""
    try:
        found = span.calendar.add(span.start, left)
    except CalendarUnknown:  # an empty budget whose next opening lies beyond this span
        return None
    if span.end is None or found < span.end:
        return found
    return found if goes_on and left and found == span.end else None


def _nth_closing(spans: tuple[Span, ...], day0: date, count: int) -> datetime | None:
    """Return the *count*-th closing after the date *day0* at which the clock is running."""
    for span in spans:
        for instant in _closings(span, day0):
            count -= 1
            if count == 0:
                return _whole(instant)
    return None


def _closings(span: Span, day0: date) -> Iterator[datetime]:
    """Yield the closings of *span*, in [start, end), of dates after *day0*.

    A closing at 24.00 is an instant of the next date, so the search begins a moment earlier.
    """
    calendar = span.calendar
    first = calendar.local_date(span.start - _MICRO)
    if not calendar.knows(first):
        first = calendar.local_date(span.start)
    last = calendar.local_date(span.end - _MICRO) if span.end else None
    for _, instant in calendar.closings(max(day0, first - _DAY), last):
        if span.end is not None and instant >= span.end:
            return
        if instant >= span.start:
            yield instant


def _cut(
    segments: Sequence[tuple[datetime, datetime | None]],
    rules: Sequence[tuple[datetime, Calendar]],
) -> Iterator[Span]:
    """Yield the parts of *segments*, each under the calendar that counted at that time.

    Where an earlier calendar ends (``known_until``), the one that came after it takes over: what
    was unknown then has since been decreed.
    """
    bounds = [min(start, _end_of(previous)) for (_, previous), (start, _) in pairwise(rules)]
    for begin, end in segments:
        start = begin
        for index, (_, calendar) in enumerate(rules):
            stop = _earliest(end, bounds[index] if index < len(bounds) else None)
            if stop is None or stop > start:
                yield Span(start, stop, calendar)
            if stop is None or stop == end:
                break
            start = max(start, stop)


def _end_of(calendar: Calendar) -> datetime:
    """Return the midnight after the last day the calendar knows."""
    if calendar.known_until is None or calendar.known_until == date.max:
        return _FAR
    after = calendar.known_until + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=calendar.zone).astimezone(UTC)


def _calendar(run: _Run, index: int, step: Step | None) -> Calendar:
    """Return the calendar that counted for *step* in a phase of *run*.

    Consumed time is kept as it was consumed: by the calendar that the step of that name then
    had; a new step's time before it existed, by its own calendar or else the SOP's of then.
    """
    phase = run.phases[index]
    then = phase.sop.step(step.id) if step else None
    if then is None or then.clock != run.clock:
        then = step
    name = (then.calendar if then else None) or phase.sop.calendar
    calendar = phase.calendars.get(name) or run.phases[-1].calendars.get(name)
    return _present(calendar, name)


def _present(calendar: Calendar | None, name: str) -> Calendar:
    if calendar is None:
        raise CalendarUnknown(name)
    return calendar


def _instant_or_none(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _named_sop(event: ClockEvent, sops: Mapping[tuple[str, int], Sop]) -> Sop:
    """Return the SOP that a migration carries, or names by id and version."""
    value = event.data.get("sop")
    if isinstance(value, Sop):
        return value
    if isinstance(value, Mapping) and "steps" in value:
        return Sop.from_dict(value)
    named = value if isinstance(value, Mapping) else {"id": value, **event.data}
    found = sops.get((str(named.get("id")), int(named.get("version") or 0)))
    if found is None:
        raise TimelineInvalid(f"migrated: no SOP {named.get('id')!r} v{named.get('version')}")
    return found


def _named_calendar(
    event: ClockEvent, sop: Sop, calendars: Mapping[str, Calendar]
) -> tuple[str, Calendar]:
    """Return the name that is given new hours, and the calendar that now stands for it.

    The event carries the calendar itself (for ``name``, by default the SOP's), or the name of
    one of *calendars*: ``kantor@2`` stands for ``kantor`` from then on, as does any other name
    for the one in ``name``.
    """
    value = event.data.get("calendar")
    name = event.data.get("name")
    if isinstance(value, Calendar):
        return name or value.name, value
    if isinstance(value, Mapping):
        target = str(name or value.get("id") or sop.calendar)
        return target, Calendar.from_dict(target, value)
    wanted = str(value)
    version = event.data.get("version")
    found = calendars.get(f"{wanted}@{version}") if version else None
    found = found or calendars.get(wanted)
    if found is None:
        raise TimelineInvalid(f"calendar_changed: no calendar {wanted!r}")
    plain = wanted.partition("@")[0]
    used = sop.calendar_names()
    return str(name or (plain if plain in used else sop.calendar)), found


def _first_moment(spans: Sequence[Span], anchor: datetime) -> datetime | None:
    try:
        return spans[0].calendar.next_open(anchor) if spans else None
    except CalendarUnknown:
        return None


def _open_entries(timeline: Timeline, fired: Collection[str]) -> Iterator[Entry]:
    return (
        entry
        for entry in timeline.entries
        if entry.state == PLANNED and entry.due_at and entry.key not in fired
    )


def _wake_ups(timeline: Timeline, fired: Collection[str], now: datetime) -> dict[str, datetime]:
    return {
        entry.key: entry.due_at
        for entry in _open_entries(timeline, fired)
        if entry.due_at and now < entry.due_at <= now + EXECUTION_REACH
    }


def _earlier(end: datetime | None, other: datetime) -> datetime:
    return other if end is None or other < end else end


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _whole(instant: datetime) -> datetime:
    """Round up to a whole second: a timer that truncates must not wake early (S8)."""
    fraction = timedelta(microseconds=instant.microsecond)
    return instant if not fraction else instant - fraction + _SECOND
