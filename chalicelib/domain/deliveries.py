"""One message to one recipient over one channel: planned with the change that causes it.

The row is outbox and delivery record at once: it is written in the transaction of the event, the
stream or the sweeper brings it to the sender, and its status says what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

PLANNED = "planned"
SENDING = "sending"
SENT = "sent"
DELIVERED = "delivered"
FAILED = "failed"
SUPPRESSED = "suppressed"
OPEN = frozenset({PLANNED, SENDING})

#: A sender that has claimed a message and says nothing for this long is taken for dead. Within
#: it a crash after the provider's acceptance repeats one message: the one documented window.
LEASE = timedelta(minutes=2)
#: Waiting before the attempts after the first: about two hours in all, then failed for good.
BACKOFF = tuple(timedelta(seconds=s) for s in (0, 60, 300, 900, 1800, 3600))
REPORTER = "reporter"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way. ``address`` is set for staff only; a reporter's is looked up late."""

    number: str
    id: str
    recipient: str
    channel: str
    template: str
    language: str
    created_at: datetime
    title: str = ""
    person: str = ""
    address: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False
    status: str = PLANNED
    attempts: int = 0
    due_at: datetime | None = None
    template_version: int | None = None
    provider_id: str = ""
    sent_at: datetime | None = None
    error: str = ""

    @property
    def to_reporter(self) -> bool:
        """Whether the recipient is the reporter, whose address only the sender may read."""
        return self.recipient == REPORTER


def delivery_id(cause: str, recipient: str, channel: str) -> str:
    """Return the key that makes a message unique within its report.

    *cause* is ``step#<cycle>#<step>#<repeat>`` or ``event#<seq>#<template>``; no epoch is in it,
    so planning anew can never repeat a message (S27).
    """
    return f"{cause}#{recipient}#{channel}"


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after *attempts* failed ones, or None: failed for good."""
    return BACKOFF[attempts] if attempts < len(BACKOFF) else None
