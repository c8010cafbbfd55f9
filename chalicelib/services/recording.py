"""Adding to a report's record: load, decide, save in one transaction, decide anew on a conflict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.events import Draft
from chalicelib.services.acting import NotFound
from chalicelib.services.composing import ARM_GRACE, Composer, Planner, Salts
from chalicelib.services.ports import Clock, Conflict, Contact, ReportStore, Stored, TryAgain, real

_TRIES = 4
ERASED = "words_erased"
Decide = Callable[[Stored, datetime], Sequence[Draft]]


@dataclass(frozen=True)
class Recorder:
    """Writes what *decide* says of the report as it is when it is written."""

    store: ReportStore
    planner: Planner
    clock: Clock
    salts: Salts

    def record(self, number: str, decide: Decide, *, identity: Contact | None = None) -> Stored:
        """Return the report with the decided events on its record; without any, as it is.

        *identity* takes the place of the contact in the same transaction. Raises NotFound,
        TryAgain, and what *decide* raises.
        """
        for _ in range(_TRIES):
            stored = self.store.load(number)
            if stored is None:
                raise NotFound(number)
            now = self.clock.now()
            drafts = decide(stored, now)
            if not drafts:
                return stored
            composer = Composer(
                stored,
                number=number,
                now=now,
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            for draft in drafts:
                composer.add(draft)
            change = composer.change(identity=identity)
            try:
                self.store.save(change)
            except Conflict:
                continue
            return Stored(
                change.report,
                tuple(composer.events),
                change.expected_version + 1,
                change.epoch,
                change.armed_epoch,
            )
        raise TryAgain("the report is being changed by others")

    def erase(self, number: str, seqs: Collection[int]) -> None:
        """Take what people wrote out of the events *seqs*, and put on record that it was done.

        The digests stay, so the chain still verifies. Raises NotFound, TryAgain.
        """
        for _ in range(_TRIES):
            stored = self.store.load(number)
            if stored is None:
                raise NotFound(number)
            gone = [
                replace(event, texts={}, salt="")
                for event in stored.events
                if event.seq in seqs and event.texts
            ]
            if not gone:
                return
            now = self.clock.now()
            composer = Composer(
                stored,
                number=number,
                now=now,
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            composer.add(Draft(ERASED, now, data={"events": [event.seq for event in gone]}))
            try:
                self.store.save(replace(composer.change(), erased=gone))
            except Conflict:
                continue
            return
        raise TryAgain("the report is being changed by others")
