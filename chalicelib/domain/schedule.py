"""A report's timeline: its record translated into clock events, planned under its pinned SOP.

The SOP's ladder comes from `timeline.plan`. Three kinds of entry are not the SOP's: the end of a
deferral, whose date the head of the agency named (the clocks go on by themselves at that instant);
the deadline of a leader's instruction, which stands beside all clocks and never stands still; and
the end of a drill, at which everything that still runs in it stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.events import Event, parse_instant
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import ENDINGS, MOVES_A_CLOCK, ClockEvent, Entry, Timeline, plan

#: Step id of the entry that ends a deferral on the date its approval named.
DEFERRAL_END = "DEFERRAL-END"

#: Step id of the entry that ends a drill, and what it writes.
DRILL_END, DRILL_ENDED = "DRILL-END", "drill_ended"

#: Step id of the entry that follows an instruction up on the date that it names.
INSTRUCTION = "INSTRUCTION"
#: Who gave an instruction, by their role in the API → the office that learns of its silence.
_INSTRUCTORS: Mapping[str, str] = {"mayor": "walikota", "secretary": "sekda"}

#: The events after which a timeline may look otherwise.
MOVES = MOVES_A_CLOCK | {
    "started",
    "unmerged",
    "parted",
    "referral_settled",
    "referral_refused",
    "instructed",
    "instruction_answered",
    DRILL_ENDED,
}

#: What ends a deferral before its date.
_ENDS_DEFERRAL = frozenset({"resumed", "started", "resolved", "reassigned", *ENDINGS})

#: What answers an instruction: the answer itself, or a result.
_ANSWERS_INSTRUCTION = frozenset({"instruction_answered", "resolved", *ENDINGS})

#: What the record calls otherwise than the timeline does.
_CLOCK_NAMES = {
    "closed_automatically": "closed",
    "withdrawn": "closed",
    DRILL_ENDED: "closed",
    "referral_settled": "closed",
}


def clock_events(events: Iterable[Event]) -> tuple[ClockEvent, ...]:
    """Return the record as the timeline reads it; events that move no clock are ignored there.

    A merge that was undone never was, nor a referral that was refused: the reporter keeps the
    time that was promised to them.
    """
    return tuple(
        ClockEvent(_CLOCK_NAMES.get(event.type, event.type), event.at, event.data)
        for event in _without_undone(tuple(events))
    )


def _without_undone(events: tuple[Event, ...]) -> tuple[Event, ...]:
    undone: set[int] = set()
    for event in events:
        if event.type == "unmerged":
            undone |= {e.seq for e in events if e.type == "merged" and e.seq < event.seq}
        if event.type == "referral_refused":
            undone |= {e.seq for e in events if e.type == "referred" and e.seq < event.seq}
        if event.type == "parted":
            undone |= {e.seq for e in events if _brought(e, event)}
    return tuple(event for event in events if event.seq not in undone)


def _brought(event: Event, parted: Event) -> bool:
    same = event.type == "joined" and event.data["number"] == parted.data["number"]
    return same and event.seq < parted.seq


def schedule(
    events: Iterable[Event],
    sop: Sop,
    calendars: Mapping[str, Calendar],
    sops: Mapping[tuple[str, int], Sop] | None = None,
) -> Timeline:
    """Return every entry of a report's timeline, past and future, in due order.

    *sop* is the version the report was filed under; *sops* holds those it migrated to.
    """
    record = tuple(events)
    planned = plan(sop, calendars, clock_events(record), sops=sops)
    if others := (*_instructions(record), *_drill_end(record)):
        planned = replace(planned, entries=_in_due_order((*planned.entries, *others)))
    deferrals = _deferral_ends(record)
    if not deferrals:
        return planned
    starts = {entry.started_at for entry in deferrals}
    entries = [
        replace(entry, state="moot", reason="deferred")
        if entry.clock == "pause" and entry.started_at in starts and entry.state == "planned"
        else entry
        for entry in planned.entries
    ]
    return replace(planned, entries=_in_due_order((*entries, *deferrals)))


def _instructions(events: tuple[Event, ...]) -> tuple[Entry, ...]:
    """Each instruction's own deadline: whoever gave it learns that nobody answered."""
    found: list[Entry] = []
    for position, event in enumerate(events):
        if event.type != "instructed" or not event.data.get("until"):
            continue
        due = parse_instant(event.data["until"])
        later = events[position + 1 :]
        moot = any(_answers(one) and one.at <= due for one in later)
        giver = _INSTRUCTORS.get(event.actor.role, "sekda")
        found.append(_instruction(len(found) + 1, event.at, due, moot, giver))
    return tuple(found)


def _answers(event: Event) -> bool:
    return _CLOCK_NAMES.get(event.type, event.type) in _ANSWERS_INSTRUCTION


def _instruction(cycle: int, started_at: datetime, due: datetime, moot: bool, giver: str) -> Entry:
    return Entry(
        step=INSTRUCTION,
        cycle=cycle,
        repeat=0,
        clock="instruction",
        due_at=due,
        state="moot" if moot else "planned",
        to=("kadis", giver),
        until="instruction_answered",
        started_at=started_at,
        deadline=due,
        reason="instruction_answered" if moot else None,
    )


def _drill_end(events: tuple[Event, ...]) -> tuple[Entry, ...]:
    """The end that a drill was given when it began; moot once it is over."""
    drill = events[0].data.get("drill") if events else None
    if not drill:
        return ()
    ended = next((one for one in events if _CLOCK_NAMES.get(one.type, one.type) in ENDINGS), None)
    due = parse_instant(drill["until"])
    return (
        Entry(
            step=DRILL_END,
            cycle=1,
            repeat=0,
            clock="citizen",
            due_at=due,
            state="moot" if ended else "planned",
            to=(),
            act="end_drill",
            until="confirmed",
            started_at=events[0].at,
            deadline=due,
            reason=ended.type if ended else None,
            moot_at=ended.at if ended else None,
        ),
    )


def _deferral_ends(events: tuple[Event, ...]) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for position, event in enumerate(events):
        if event.type != "deferred":
            continue
        due = parse_instant(event.data["until"])
        moot = any(_ends_pause(later, due) for later in events[position + 1 :])
        found.append(_deferral_end(len(found) + 1, event.at, due, moot))
    return tuple(found)


def _ends_pause(event: Event, due: datetime) -> bool:
    return event.at < due and event.type in _ENDS_DEFERRAL


def _deferral_end(cycle: int, started_at: datetime, due: datetime, moot: bool) -> Entry:
    return Entry(
        step=DEFERRAL_END,
        cycle=cycle,
        repeat=0,
        clock="pause",
        due_at=due,
        state="moot" if moot else "planned",
        to=("petugas", "kabid"),
        act="resume",
        until="resumed",
        started_at=started_at,
        deadline=due,
    )


def _in_due_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    known = [entry for entry in entries if entry.due_at is not None]
    unknown = [entry for entry in entries if entry.due_at is None]
    return (*sorted(known, key=lambda entry: str(entry.due_at)), *unknown)
