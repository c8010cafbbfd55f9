"""Arming: one Step Functions execution per report and epoch waits for the entries to come.

What is due already is fired without it, and what lies more than a year ahead is the sweeper's.
A name is used once: if it is taken and nothing runs under it, a new epoch is begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import instant
from chalicelib.domain.timeline import Entry, Timeline, next_due
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.ports import Alarms, Clock, Conflict, ReportStore, TimelineClock, real

#: An execution of Step Functions lives a year at most.
HORIZON = timedelta(days=360)
#: More entries than this would outgrow an execution's history; the sweeper has the rest.
MAX_ENTRIES = 200
ARMED = "armed"
STALE = "stale"
REPLACED = "replaced"


@dataclass(frozen=True)
class ArmTimeline:
    """Starts the execution of a report's current epoch and stops the one before."""

    store: ReportStore
    planner: Planner
    clock: Clock
    executions: TimelineClock
    alarms: Alarms
    salts: Callable[[], str]

    def __call__(self, number: str, epoch: int) -> str:
        """Arm *epoch*; returns ``armed``, ``stale`` (another epoch is current) or ``replaced``."""
        stored = self.store.load(number)
        if stored is None or stored.epoch != epoch or stored.armed_epoch == epoch:
            return STALE
        now = self.clock.now()
        timeline = self.planner.timeline(stored.events)
        self._tell_of_unknown(number, timeline)
        fired = frozenset(stored.report.fired)
        entries = ahead(timeline, fired, now)
        if entries and not self.executions.start(number, epoch, entries):
            return self.renew(number, epoch)
        if stored.armed_epoch:
            self.executions.stop(number, stored.armed_epoch)
        armed = self.store.mark_armed(number, epoch, next_due(timeline, fired))
        return ARMED if armed else STALE

    def _tell_of_unknown(self, number: str, timeline: Timeline) -> None:
        """What lies beyond the calendar is shown as unknown, and somebody must extend it (S14)."""
        unknown = [entry for entry in timeline.entries if entry.state == "unknown"]
        if unknown:
            facts = {"steps": [entry.step for entry in unknown], "why": unknown[0].reason}
            self.alarms.raise_alarm("calendar_ends", {"number": number, **facts})

    def renew(self, number: str, epoch: int) -> str:
        """Begin a new epoch in place of *epoch*, whose execution is lost or cannot start."""
        stored = self.store.load(number)
        if stored is None or stored.epoch != epoch:
            return STALE
        composer = Composer(
            stored,
            number=number,
            now=self.clock.now(),
            planner=self.planner,
            salts=self.salts,
            arm_grace=real(ARM_GRACE, self.clock),
        )
        try:
            self.store.save(composer.change(rearm=True))
        except Conflict:
            return STALE
        return REPLACED


def ahead(timeline: Timeline, fired: frozenset[str], now: datetime) -> list[dict[str, Any]]:
    """Return what an execution shall wait for, as its input has it, in due order."""
    return [_input(entry) for entry in timeline.entries if _waits(entry, fired, now)][:MAX_ENTRIES]


def _waits(entry: Entry, fired: frozenset[str], now: datetime) -> bool:
    if entry.state != "planned" or entry.due_at is None or entry.key in fired:
        return False
    return now < entry.due_at <= now + HORIZON


def _input(entry: Entry) -> dict[str, Any]:
    due_at = entry.due_at
    return {
        "at": instant(due_at) if due_at else "",
        "step": entry.step,
        "cycle": entry.cycle,
        "repeat": entry.repeat,
    }
