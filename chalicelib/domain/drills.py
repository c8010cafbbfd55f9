"""Drills: a rehearsal of an SOP with the real people and times, and what it showed.

A drill is a report that says so in its first event. Everything runs as it would (clocks, steps,
messages, proof), every message says LATIHAN, and nothing of it is ever counted or shown to the
public. Its score sheet is a pure function of its record and timeline: what was asked of whom and
when, who answered when, what was promised, what came late and what never came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import Event, instant
from chalicelib.domain.report import Report
from chalicelib.domain.schedule import DRILL_END, DRILL_ENDED
from chalicelib.domain.timeline import LADDER, Entry, Timeline

#: What everything that a drill sends begins with, and what mails and pages say beside it.
MARK = "LATIHAN"
SAID: Mapping[str, str] = {
    "id": "Ini latihan, bukan kejadian nyata. Kerjakan seperti sungguhan, tetapi jangan memakai "
    "sirene dan jangan membahayakan siapa pun. Bila ada kejadian nyata, tinggalkan latihan ini.",
    "en": "This is a drill, not a real event. Act as you would, but without sirens and without "
    "putting anybody in danger. If something real happens, leave the drill.",
}
#: How long a drill runs unless it is told, and at most: nobody rehearses for longer by intent.
USUAL_HOURS, MOST_HOURS = 2, 24 * 21
#: Who may begin one; who may end one at any time, because something real has come up; who may read
#: what it showed (of those who may see the case at all).
LEADERS = frozenset({"agency_head", "secretary"})
STOPPERS = LEADERS | {"operator", "verifier", "mayor"}
READERS = STOPPERS | {"officer", "inspector", "auditor"}

STOPPED, TIME_UP, FINISHED = "stopped", "time_up", "finished"
IN_TIME, LATE, NEVER, OPEN = "in_time", "late", "never", "open"
#: What became of one office: it acted itself, somebody else did in time, or nobody did.
ANSWERED, RELIEVED, SILENT, INFORMED = "answered", "relieved", "silent", "informed"

#: What a step asks of those it tells when its clock starts; of anything else they get a copy.
_ASKS_AT_ONCE = frozenset({"verified", "acknowledged", "validated"})
#: Which rung of the ladder an event reaches.
_REACHES: Mapping[str, str] = {
    "verified": "verified",
    "assigned": "verified",
    "acknowledged": "acknowledged",
    "started": "acknowledged",
    "on_scene": "on_scene",
    "resolved": "resolved",
    "validated": "validated",
    "confirmed": "confirmed",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that the SOP asked for. awaited: the event that answers it.

    asked_at: when its clock started; promised_at: until when; late_by: seconds past that, of a
    duty never answered until the end of the drill. state: ``in_time``, ``late``, ``never``, or
    ``open`` where the drill ended before the promise did.
    """

    awaited: str
    asked_at: datetime
    promised_at: datetime
    answered_at: datetime | None
    answered_by: str
    late_by: int
    state: str


@dataclass(frozen=True, slots=True)
class Firing:
    """One step that fired: when it was due, when it fired, whom it told, and what it waited for."""

    step: str
    repeat: int
    due_at: datetime
    fired_at: datetime
    told: tuple[str, ...]
    awaited: str
    escalation: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Office:
    """How one position did. person: who acted for it, empty if nobody did."""

    position: str
    person: str
    steps: tuple[str, ...]
    asked_at: datetime | None
    answered_at: datetime | None
    seconds: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a drill showed, so far or for good.

    score: duties answered in time ÷ (in time + late + never), 0 to 100; None while none is due.
    over: ``stopped``, ``time_up``, ``finished``, or empty while it runs. distance_m: from the
    reported place to the check-in, None where one of them is unknown.
    """

    over: str
    ended_at: datetime | None
    score: int | None
    duties: tuple[Duty, ...]
    firings: tuple[Firing, ...]
    offices: tuple[Office, ...]
    unanswered: tuple[str, ...]


def begun(until: datetime, leader: str) -> dict[str, Any]:
    """Return what the first event of a drill says: until when it may run, and who leads it."""
    return {"until": instant(until), "leader": leader}


def until(now: datetime, hours: float) -> datetime:
    """Return when a drill that begins *now* ends by itself."""
    return now + timedelta(seconds=round(min(hours, MOST_HOURS) * 3600))


def over(report: Report) -> str:
    """Return how a drill ended, empty while it runs."""
    if not report.closed:
        return ""
    return report.reason if report.reason in (STOPPED, TIME_UP) else FINISHED


def may_be_rehearsed(tier: str) -> bool:
    """Whether a kind of report may be: complaints about officials are nobody's to play with."""
    return tier != "P4"


def sheet(report: Report, events: Sequence[Event], timeline: Timeline, now: datetime) -> Sheet:
    """Return the score sheet of a drill as of *now*, or of its end."""
    end = report.closed_at or now
    duties = tuple(_duties(events, timeline, end, running=not report.closed))
    counted = [one for one in duties if one.state != OPEN]
    good = sum(one.state == IN_TIME for one in counted)
    firings = tuple(_firings(events, timeline))
    return Sheet(
        over=over(report),
        ended_at=report.closed_at,
        score=round(100 * good / len(counted)) if counted else None,
        duties=duties,
        firings=firings,
        offices=tuple(_offices(events, firings)),
        unanswered=tuple(one.awaited for one in duties if one.state == NEVER),
    )


def _duties(
    events: Sequence[Event], timeline: Timeline, end: datetime, *, running: bool
) -> Iterable[Duty]:
    """One duty for each thing awaited in each cycle whose clock ran and was not called off."""
    groups: dict[tuple[str, str, int], list[Entry]] = {}
    for entry in timeline.entries:
        if entry.until in LADDER and entry.step != DRILL_END and entry.started_at is not None:
            groups.setdefault((entry.until, entry.clock, entry.cycle), []).append(entry)
    found: dict[tuple[str, datetime], Duty] = {}
    for (awaited, _, _), entries in groups.items():
        promised = _promised(entries)
        if promised is None or _called_off(entries):
            continue
        one = _duty(awaited, entries, promised, events, end, running=running)
        # Two clocks may wait for the same; the one that promises more is the one that counts.
        key = (awaited, one.answered_at or end)
        if key not in found or one.promised_at < found[key].promised_at:
            found[key] = one
    order = {name: rank for rank, name in enumerate(LADDER)}
    return sorted(found.values(), key=lambda one: (one.asked_at, order[one.awaited]))


def _promised(entries: Sequence[Entry]) -> datetime | None:
    """The service limit; without one, the first step that goes over the head of who is asked."""
    limits = [one.deadline or one.due_at for one in entries if one.limit == "service"]
    doers = {role for one in entries if one.at_start for role in one.to}
    heads = [one.deadline or one.due_at for one in entries if doers and not doers & set(one.to)]
    known = [at for at in (limits or heads) if at is not None]
    return min(known, default=None)


def _called_off(entries: Sequence[Entry]) -> bool:
    """Whether the clock was stopped by something else than an answer (a reassignment)."""
    moot = [one for one in entries if one.state == "moot"]
    return bool(moot) and all(one.reason in ("reassigned", "declined") for one in moot)


def _duty(
    awaited: str,
    entries: Sequence[Entry],
    promised: datetime,
    events: Sequence[Event],
    end: datetime,
    *,
    running: bool,
) -> Duty:
    asked = min(one.started_at for one in entries if one.started_at is not None)
    answer = _answer(awaited, asked, events)
    reached = answer.at if answer else None
    compared = reached or end
    late = max(0, round((compared - promised).total_seconds()))
    state = IN_TIME if reached else OPEN
    if late > 0:
        state = LATE if reached or running else NEVER
    return Duty(awaited, asked, promised, reached, _who(answer) if answer else "", late, state)


def _answer(awaited: str, since: datetime, events: Sequence[Event]) -> Event | None:
    """The first event that reaches the rung or one above it; none of a machine's."""
    rank = LADDER.index(awaited)
    return next(
        (
            event
            for event in events
            if event.at >= since
            and event.type in _REACHES
            and LADDER.index(_REACHES[event.type]) >= rank
        ),
        None,
    )


def _who(event: Event) -> str:
    return event.actor.position or event.actor.person or event.actor.role or event.actor.kind


def _firings(events: Sequence[Event], timeline: Timeline) -> Iterable[Firing]:
    entries = {entry.key: entry for entry in timeline.entries}
    for event in events:
        entry = entries.get(event.data.get("entry", "")) if event.type == "fired" else None
        if entry is None or entry.step == DRILL_END or event.data.get("overtaken"):
            continue
        awaited = entry.until or ""
        answer = (
            _answer(awaited, entry.started_at, events)
            if awaited in LADDER and entry.started_at
            else None
        )
        yield Firing(
            step=entry.step,
            repeat=entry.repeat,
            due_at=entry.due_at or event.at,
            fired_at=event.at,
            told=tuple(event.data["told"]),
            awaited=awaited,
            escalation=not entry.at_start,
            answered_at=answer.at if answer else None,
        )


def _offices(events: Sequence[Event], firings: Sequence[Firing]) -> Iterable[Office]:
    told: dict[str, list[Firing]] = {}
    for firing in firings:
        for position in firing.told:
            if position != "reporter":
                told.setdefault(position, []).append(firing)
    people = _people(events)
    for position, steps in told.items():
        asked = min(one.fired_at for one in steps)
        own = _own_answer(position, people.get(position, ""), asked, events)
        answered = own.at if own else None
        yield Office(
            position=position,
            person=own.actor.person if own else people.get(position, ""),
            steps=tuple(dict.fromkeys(one.step for one in steps)),
            asked_at=asked,
            answered_at=answered,
            seconds=round((answered - asked).total_seconds()) if answered else None,
            state=_state(steps, answered),
        )


def _state(steps: Sequence[Firing], answered: datetime | None) -> str:
    """Whoever only gets a copy owes no answer; a ladder goes on until somebody has answered."""
    if answered:
        return ANSWERED
    asked = [one for one in steps if one.escalation or one.awaited in _ASKS_AT_ONCE]
    if not asked:
        return INFORMED
    return RELIEVED if all(one.answered_at for one in asked) else SILENT


def _people(events: Sequence[Event]) -> Mapping[str, str]:
    """Who answered for each position when it was told, as the firings say."""
    found: dict[str, str] = {}
    for event in events:
        if event.type == "fired":
            found |= {place: who for place, who in event.data.get("people", {}).items() if who}
    return found


def _own_answer(
    position: str, person: str, since: datetime, events: Sequence[Event]
) -> Event | None:
    for event in events:
        mine = event.actor.position == position or (person and event.actor.person == person)
        theirs = mine and event.actor.kind == "staff" and event.type != DRILL_ENDED
        if theirs and event.at >= since:
            return event
    return None


def trained(report: Report, found: Sheet) -> tuple[dict[str, Any], ...]:
    """Return one row of the training record for each position that the drill asked something of.

    Who was only informed has rehearsed nothing.
    """
    return tuple(
        {
            "position": one.position,
            "person": one.person,
            "sop": report.sop_id,
            "version": report.sop_version,
            "category": report.category,
            "kecamatan": report.kecamatan,
            "drill": report.number,
            "at": instant(report.closed_at or report.filed_at),
            "state": one.state,
            "seconds": one.seconds,
            "score": found.score,
            "over": found.over,
        }
        for one in found.offices
        if one.state != INFORMED
    )


def slot(sop: str, kecamatan: str) -> str:
    """Return what only one drill at a time may hold: one SOP in one part of the city."""
    return f"{sop}#{kecamatan}"
