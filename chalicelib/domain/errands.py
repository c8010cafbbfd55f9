"""An errand: something to be said to another system, until it has taken it or never will.

Webhooks and referrals are both errands: planned with what causes them, tried with growing pauses,
and never left lying: the sweeper finds whatever is due, and the end is always ``done`` or
``failed`` (with an alarm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

HOOK = "hook"
REFER = "refer"
KINDS = (HOOK, REFER)

OPEN = "open"
DONE = "done"
FAILED = "failed"

#: Pauses after each failed attempt (Standard Webhooks, "Retries"): three days and more in all.
PAUSES: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: A worker that has taken an errand and says nothing for so long is taken for dead.
LEASE = timedelta(minutes=2)
#: How many attempts the log keeps.
_LOG = 12


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to say. *owner*: the subscription or report it belongs to; *id*: within it.

    due_at: the next attempt, or the end of a worker's lease; None when there is nothing to do.
    """

    kind: str
    owner: str
    id: str
    created_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    status: str = OPEN
    attempts: int = 0
    due_at: datetime | None = None
    log: tuple[Mapping[str, Any], ...] = ()


def tried(errand: Errand, now: datetime, outcome: str, *, final: bool = False) -> Errand:
    """Return *errand* after an attempt that failed: later again, or failed for good."""
    kept = _logged(errand, now, outcome)
    if final or errand.attempts > len(PAUSES):
        return replace(kept, status=FAILED, due_at=None)
    return replace(kept, status=OPEN, due_at=now + PAUSES[errand.attempts - 1])


def finished(errand: Errand, now: datetime, outcome: str) -> Errand:
    """Return *errand* after the attempt that succeeded."""
    return replace(_logged(errand, now, outcome), status=DONE, due_at=None)


def later(errand: Errand, now: datetime, outcome: str, again: timedelta) -> Errand:
    """Return *errand* after an attempt that succeeded and asks to be made once more."""
    return replace(_logged(errand, now, outcome), attempts=0, due_at=now + again)


def again(errand: Errand, now: datetime) -> Errand:
    """Return *errand* to be made anew, whatever became of it (a replay by a person)."""
    return replace(errand, status=OPEN, attempts=0, due_at=now)


def _logged(errand: Errand, now: datetime, outcome: str) -> Errand:
    line = {"at": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "outcome": outcome[:200]}
    return replace(errand, log=(*errand.log, line)[-_LOG:])
