"""Running errands: claim one, let its kind speak to the other system, record what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.errands import (
    FAILED,
    KINDS,
    LEASE,
    OPEN,
    PAUSES,
    Errand,
    again,
    tried,
)
from chalicelib.services.ports import Alarms, Clock, Jobs, NeverAgain, Page, TryAgain, real

#: SQS delays no longer; the sweeper brings what is due later.
_LONGEST_DELAY = timedelta(minutes=15)
_NOW = timedelta()


class ErrandStore(Protocol):
    """Errands, by owner, and what is due of each kind."""

    def put(self, errand: Errand) -> bool:
        """Put a new errand; False if there is one of this id."""

    def get(self, owner: str, id: str) -> Errand | None:
        """Return one errand, strongly consistent."""

    def claim(self, owner: str, id: str, now: datetime, lease: timedelta) -> Errand | None:
        """Take an open errand that is due, counting the attempt; None if it is not to be had."""

    def replace(self, old: Errand, new: Errand) -> bool:
        """Put *new* in the place of exactly *old*; False if it has changed meanwhile."""

    def due(self, kind: str, until: datetime) -> Iterator[Errand]:
        """Yield what is due, oldest first."""

    def of(self, owner: str, limit: int, cursor: str | None) -> Page:
        """Return an owner's errands, newest first."""


#: Says an errand to the other system and returns it settled; raises TryAgain or NeverAgain.
Say = Callable[[Errand, datetime], Errand]


@dataclass(frozen=True)
class Errands:
    """Runs errands of every kind.

    say: how each kind is said; failed: who is told when it never will be.
    """

    store: ErrandStore
    jobs: Jobs
    clock: Clock
    alarms: Alarms
    say: Mapping[str, Say]
    failed: Mapping[str, Callable[[Errand], None]]

    def run(self, kind: str, owner: str, id: str) -> str:
        """Make one attempt; return the errand's status, or ``not_due``. Raises TryAgain only
        when the store itself failed.
        """
        claimed = self.store.claim(owner, id, self.clock.now(), real(LEASE, self.clock))
        if claimed is None:
            return "not_due"
        now = self.clock.now()
        try:
            if claimed.attempts > len(PAUSES) + 2:
                raise NeverAgain("the worker died too often on it")
            outcome = self.say[kind](claimed, now)
        except NeverAgain as error:
            outcome = tried(claimed, now, str(error) or type(error).__name__, final=True)
        except TryAgain as error:
            outcome = tried(claimed, now, str(error) or type(error).__name__)
        if not self.store.replace(claimed, outcome):
            return "taken_over"
        if outcome.status == FAILED:
            self._gave_up(outcome)
        elif outcome.status == OPEN and outcome.due_at is not None:
            self._soon(outcome, outcome.due_at - now)
        return outcome.status

    def replay(self, owner: str, id: str) -> bool:
        """Make an errand anew; False if there is none of this id."""
        found = self.store.get(owner, id)
        if found is None:
            return False
        done = self.store.replace(found, again(found, self.clock.now()))
        self.ask([found])
        return done

    def ask(self, errands: Sequence[Errand]) -> None:
        """Ask for *errands* to be made now."""
        for kind in KINDS:
            bodies = [{"owner": e.owner, "id": e.id} for e in errands if e.kind == kind]
            if bodies:
                self.jobs.put(kind, bodies, _NOW)

    def sweep(self) -> int:
        """Ask for whatever is due and was not made; return how much that was."""
        found = [e for kind in KINDS for e in self.store.due(kind, self.clock.now())]
        self.ask(found)
        return len(found)

    def _soon(self, errand: Errand, pause: timedelta) -> None:
        wait = pause / self.clock.speed
        if wait <= _LONGEST_DELAY:
            self.jobs.put(errand.kind, [{"owner": errand.owner, "id": errand.id}], wait)

    def _gave_up(self, errand: Errand) -> None:
        last = errand.log[-1]["outcome"] if errand.log else ""
        facts = {"kind": errand.kind, "owner": errand.owner, "id": errand.id, "outcome": last}
        self.alarms.raise_alarm("errand_failed", facts)
        told = self.failed.get(errand.kind)
        if told is not None:
            told(errand)
