"""Forgetting: what is over its time is erased, and the record says that it was.

A text is taken out of its event and its digest stays, so the chain still verifies (docs/adr/0003).
Files are erased first and the record is written last: a run that dies half-way is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.events import REPORTER, SYSTEM, Actor, Draft
from chalicelib.domain.report import Report
from chalicelib.domain.retention import CONTACT, STAGES, WORDS, due_stage, with_words
from chalicelib.services.acting import NotFound
from chalicelib.services.photos import SIZES, original_key, photo_key, public_key, shown_key
from chalicelib.services.ports import Blobs, Contact, Stored
from chalicelib.services.recording import Recorder

#: Events changed in one transaction, well below DynamoDB's 100 items.
_AT_ONCE = 40


@dataclass(frozen=True)
class Forget:
    """The use case behind the daily run and behind a reporter's own wish."""

    recorder: Recorder
    blobs: Blobs

    def due(self) -> int:
        """Forget everything whose time has come; return in how many reports that was."""
        now = self.recorder.clock.now()
        count = 0
        for number in self.recorder.store.over_time(now):
            stored = self.recorder.store.load(number)
            stage = due_stage(stored.report, now) if stored else ""
            if stage:
                self.forget(number, stage, SYSTEM)
                count += 1
        return count

    def wished(self, number: str) -> Stored:
        """Forget all of a closed report at once, as its reporter asks (UU 27/2022, art. 8).

        Raises NotFound, ActionRefused for a report that is not closed, TryAgain.
        """
        stored = self.recorder.store.load(number)
        if stored is None:
            raise NotFound(number)
        if not stored.report.closed:
            status = stored.report.status
            raise ActionRefused("conflict", "not_in_this_status", action="forget", status=status)
        for stage in STAGES:
            stored = self.forget(number, stage.code, REPORTER)
        return stored

    def forget(self, number: str, stage: str, by: Actor) -> Stored:
        """Forget one stage's share of a report and put that on its record."""
        if stage == WORDS:
            self._files(number)
            self._words(number)

        def decide(stored: Stored, now: datetime) -> Sequence[Draft]:
            if stage in stored.report.forgotten:
                return ()
            return (Draft("forgotten", now, by, {"stage": stage}),)

        contact = Contact() if stage == CONTACT else None
        return self.recorder.record(number, decide, identity=contact)

    def _files(self, number: str) -> None:
        stored = self.recorder.store.load(number)
        if stored is not None:
            self.blobs.delete(list(files_of(stored.report)))

    def _words(self, number: str) -> None:
        while True:
            stored = self.recorder.store.load(number)
            some = with_words(stored.events)[:_AT_ONCE] if stored else ()
            if not some:
                return
            self.recorder.erase(number, [event.seq for event in some])


def files_of(report: Report) -> Iterator[str]:
    """Yield every file that there may be of a report's photos."""
    for photo in report.photos:
        yield photo_key(report.number, photo)
        yield original_key(report.number, photo)
        for size in SIZES:
            yield shown_key(report.number, photo, size)
            yield public_key(report.number, photo, size)
