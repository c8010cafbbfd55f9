"""Filings that the table did not take: accepted, given their number, and written a little later.

What is put on the queue is the very change that was refused for now, not the wish behind it: the
number, the moment of filing, the SOP in force then, the messages and who reported are decided, and
are written as they are. So an answer that was given never changes, the clocks run from when the
report came in, and the same change twice is one report. Emergencies go first.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.services.ports import (
    Alarms,
    AlreadyExists,
    Change,
    Jobs,
    ReportStore,
)

JOB = "accept"
WRITTEN, THERE, LOST = "written", "there", "number_taken"
#: How long what is no emergency waits first: the table may have its breath back by then.
PATIENCE = timedelta(seconds=45)


@dataclass(frozen=True)
class Later:
    """Puts a change that files a report on the queue."""

    jobs: Jobs

    def __call__(self, change: Change) -> None:
        """Accept *change*; raises TryAgain if the queue does not take it either."""
        urgent = change.report.emergency
        self.jobs.put(JOB, [packed(change)], timedelta() if urgent else PATIENCE)


@dataclass(frozen=True)
class WriteAccepted:
    """Writes what was accepted."""

    store: ReportStore
    alarms: Alarms

    def __call__(self, body: Mapping[str, Any]) -> str:
        """Write one accepted filing, once; return what came of it. Raises TryAgain."""
        change = unpacked(body)
        number = change.report.number
        try:
            self.store.save(change)
        except AlreadyExists:
            found = self.store.load(number)
            if (
                found is not None
                and found.events[0].key == change.events[0].key
                and _same(found.events[0].data, change.events[0].data)
            ):
                return THERE
            # One number in thirty thousand million; the reporter holds it, so a person must act.
            self.alarms.raise_alarm("accepted_number_taken", {"number": number})
            return LOST
        return WRITTEN


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["body"] == other["body"])


def packed(change: Change) -> dict[str, Any]:
    """Return *change* as the body of a message; a queue holds 256 KB, so it is compressed."""
    raw = zlib.compress(msgspec.json.encode(change), 6)
    return {"number": change.report.number, "change": base64.b64encode(raw).decode()}


def unpacked(body: Mapping[str, Any]) -> Change:
    """Return the change that `packed` made *body* of."""
    raw = zlib.decompress(base64.b64decode(body["change"]))
    return msgspec.json.decode(raw, type=Change)
