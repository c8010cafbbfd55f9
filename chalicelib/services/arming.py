"""Arming: one Step Functions execution per report and epoch waits for the entries to come.

What is due already is fired without it, and what lies more than a year ahead is the sweeper's.
Where the first entry is days away, nothing is started yet: most such timelines (the reporter has
days to confirm) are over before, and the sweeper has the others started a day ahead.
A name is used once: if it is taken and nothing runs under it, a new epoch is begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import instant
from chalicelib.domain.timeline import Entry, Timeline, next_due
from chalicelib.services.composing import ARM_GRACE, Composer, Planner, is_far, start_at
from chalicelib.services.ports import (
    Alarms,
    Clock,
    Conflict,
    ReportStore,
    Stored,
    TimelineClock,
    real,
)

#: An execution of Step Functions lives a year at most.
HORIZON = timedelta(days=360)
#: More entries than this would outgrow an execution's history; the sweeper has the rest.
MAX_ENTRIES = 200
ARMED = "armed"
STALE = "stale"
REPLACED = "replaced"
LATER = "later"


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
        """Arm *epoch*; returns ``armed``, ``later`` (the sweeper has it started when it is time),
        ``stale`` (another epoch is current, or nothing is to be done) or ``replaced``.
        """
        stored = self.store.load(number)
        if stored is None or stored.epoch != epoch or stored.armed_epoch == epoch:
            return STALE
        now = self.clock.now()
        timeline = self.planner.timeline(stored.events)
        self._tell_of_unknown(number, timeline)
        fired = frozenset(stored.report.fired)
        entries = ahead(timeline, fired, now)
        due = next_due(timeline, fired)
        if due is not None and is_far(due, now, self._grace()):
            return self._leave(stored, due)
        if entries and not self.executions.start(number, epoch, entries):
            return self.renew(number, epoch)
        self._stop(stored)
        return ARMED if self.store.mark_armed(number, epoch, due) else STALE

    def _leave(self, stored: Stored, due: datetime) -> str:
        """Stop what ran, and leave the start to the sweeper."""
        number, epoch = stored.report.number, stored.epoch
        if stored.armed_epoch == -epoch:
            return STALE
        self._stop(stored)
        at = start_at(due, self._grace())
        return LATER if self.store.mark_armed(number, epoch, at, later=True) else STALE

    def _stop(self, stored: Stored) -> None:
        if stored.armed_epoch > 0:
            self.executions.stop(stored.report.number, stored.armed_epoch)

    def _grace(self) -> timedelta:
        return real(ARM_GRACE, self.clock)

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
            arm_grace=self._grace(),
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
