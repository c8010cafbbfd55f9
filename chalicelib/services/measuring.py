"""What is measured of each promise while it is kept or broken, for the alarms of those on call.

A measure is one number without a report, a person or a place. Machines are measured in real
seconds, people by the SOP's own times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.events import Event
from chalicelib.domain.schedule import MOVES
from chalicelib.domain.timeline import Entry, Timeline

#: 1 for each task taken on before anybody above was told of the silence, 0 for each after that:
#: the average is the share in time, the sum and the count say how many.
ACKNOWLEDGED_IN_TIME = "AcknowledgedInTime"
#: How long what was due waited until it fired.
ESCALATION_LAG = "EscalationLag"
#: How long the message that has waited longest is overdue; 0 where none is.
UNSENT_AGE = "UnsentAge"
#: 1 each time that so many anonymous reports came in that proofs of work are asked for.
UNDER_ATTACK = "UnderAttack"
#: Approved photos without a public copy that a nightly run found and asked for again.
PHOTOS_REMADE = "PhotosRemade"
UNITS: Mapping[str, str] = {
    ACKNOWLEDGED_IN_TIME: "Count",
    ESCALATION_LAG: "Seconds",
    UNSENT_AGE: "Seconds",
    UNDER_ATTACK: "Count",
    PHOTOS_REMADE: "Count",
}


class Measures(Protocol):
    """Where measures go."""

    def record(self, name: str, value: float) -> None:
        """Note *value* of the measure *name*, one of `UNITS`."""


class Unmeasured:
    """Keeps nothing: for tools that nobody is on call for."""

    def record(self, name: str, value: float) -> None:
        """See `Measures.record`."""


def acknowledged_in_time(timeline: Timeline, at: datetime) -> bool:
    """Whether a task taken on at *at* was so before its SOP went over the doer's head.

    Steps that wait for it and tell the doer too are reminders; the first that tells others alone is
    the escalation (L1 in the city's SOPs).
    """
    cycle = max((one.cycle for one in timeline.clocks if one.name == "agency"), default=0)
    waiting = [
        entry
        for entry in timeline.entries
        if (entry.clock, entry.cycle, entry.until) == ("agency", cycle, "acknowledged")
    ]
    doers = {role for entry in waiting if entry.at_start for role in entry.to}
    over_the_head = (entry for entry in waiting if not doers & set(entry.to))
    return all(entry.due_at is None or entry.due_at > at for entry in over_the_head)


def lag(fired: Iterable[Entry], before: Iterable[Event], now: datetime) -> float:
    """Return how many seconds of the system's clock the longest waiting step was late, at *now*.

    Counted from when it was due, but not from before the event that brought it about was written: a
    rule that comes to a report later is not late for having been due earlier.
    """
    written = max((event.recorded_at for event in before if event.type in MOVES), default=now)
    waits = [(now - max(one.due_at, written)).total_seconds() for one in fired if one.due_at]
    return max([0.0, *waits])
