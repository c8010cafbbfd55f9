"""Reading a sealed case leaves a trace: who opened it, on the record, before anything is shown.

Complaints about officials (P4) are for the inspectorate alone. Whoever of it opens one is on the
case's own record, once for a person and day, so that looking around among sealed cases is seen by
whoever looks after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.actions import Caller, may_see
from chalicelib.domain.events import Draft
from chalicelib.services.ports import Stored
from chalicelib.services.recording import Recorder
from chalicelib.services.views import city_day

READ, SEALED = "case_read", "P4"


@dataclass(frozen=True)
class NoteReading:
    """The use case before every look of staff's at a case."""

    recorder: Recorder

    def __call__(self, stored: Stored | None, caller: Caller) -> Stored | None:
        """Return the case with the reading on record where one is due; raise TryAgain."""
        if stored is None or stored.report.tier != SEALED:
            return stored
        if not caller.person or not may_see(stored.report, caller):
            return stored

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            if _noted(known, caller, now):
                return ()
            role = next(iter(sorted(caller.roles)), "")
            return (Draft(READ, now, caller.actor(role)),)

        if _noted(stored, caller, self.recorder.clock.now()):
            return stored
        return self.recorder.record(stored.report.number, decide)


def _noted(stored: Stored, caller: Caller, now: datetime) -> bool:
    return any(
        event.type == READ
        and event.actor.person == caller.person
        and city_day(event.at) == city_day(now)
        for event in stored.events
    )
