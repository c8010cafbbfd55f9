"""One message to one recipient over one channel: planned with the change that causes it.

The row is outbox and delivery record at once: it is written in the transaction of the event, the
stream or the sweeper brings it to the sender, and what is learned about it is kept as *facts*:
which attempt was accepted, delivered, refused, bounced. Its status is a function of these facts
(`told`), so that the provider's receipts may come in any order, twice, or before our own note of
the sending: the end is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

PLANNED = "planned"
SENDING = "sending"
SENT = "sent"
DELIVERED = "delivered"
FAILED = "failed"
#: Not sent on purpose: another message said it, or the recipient wants no such mails.
SUPPRESSED = "suppressed"
#: Said by one message together with others; what became of that one became of this.
BUNDLED = "bundled"
#: Accepted by the provider and never heard of again.
UNKNOWN = "unknown"
OPEN = frozenset({PLANNED, SENDING})
STATUSES = (PLANNED, SENDING, SENT, DELIVERED, FAILED, SUPPRESSED, BUNDLED, UNKNOWN)

# What can be learned about one attempt. The provider accepted it:
ACCEPTED = "accepted"
#: it arrived, or the recipient called it spam (so it arrived),
ARRIVED = "arrived"
COMPLAINED = "complained"
#: the provider is still trying,
DELAYED = "delayed"
#: it was given up for a reason that may pass (mailbox full, throttling): worth another attempt,
SOFT = "soft"
#: it will never arrive (no such mailbox, opted out): no attempt of ours helps,
HARD = "hard"
#: and nothing at all for `SILENCE` (written by earlier versions; today `as_of` says it).
SILENT = "silent"
# What we decided about the message as a whole (attempt 0):
#: another channel or person was looked for in its place,
ANSWERED = "answered"
HELD = "held"
DROPPED = "dropped"
KINDS = (
    ACCEPTED, ARRIVED, COMPLAINED, DELAYED, SOFT, HARD, SILENT, ANSWERED, HELD, DROPPED,
)  # fmt: skip

#: A sender that has claimed a message and says nothing for this long is taken for dead. Within
#: it a crash after the provider's acceptance repeats one message: the one documented window.
LEASE = timedelta(minutes=2)
#: Waiting before the attempts after the first: about two hours in all, then failed for good.
BACKOFF = tuple(timedelta(seconds=s) for s in (0, 60, 300, 900, 1800, 3600))
#: "Sent" and no word for so long is shown as unknown (GOV.UK Notify's rule).
SILENCE = timedelta(hours=72)
REPORTER = "reporter"
#: Before the id of somebody who follows a report, a category or an area.
FOLLOWER = "follower:"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing learned about one attempt (1 is the first; 0: about the message as a whole)."""

    kind: str
    attempt: int
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way. ``address`` is set for staff only; a reporter's is looked up late.

    role: the role that was asked for, from which the next person is found. lease: until when the
    latest attempt's sender is believed to live. facts: see `learned`. revision: how often the row
    was written; whoever writes names the one that was read.
    """

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
    role: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False
    status: str = PLANNED
    attempts: int = 0
    due_at: datetime | None = None
    template_version: int | None = None
    provider_id: str = ""
    sent_at: datetime | None = None
    error: str = ""
    lease: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0

    @property
    def to_reporter(self) -> bool:
        """Whether the recipient is the reporter, whose address only the sender may read."""
        return self.recipient == REPORTER

    @property
    def to_follower(self) -> bool:
        """Whether the recipient asked to be told, and can be told no more at any time."""
        return self.recipient.startswith(FOLLOWER)

    @property
    def to_staff(self) -> bool:
        """Whether the message is part of somebody's duty."""
        return not self.to_reporter and not self.to_follower

    @property
    def drill(self) -> bool:
        """Whether it belongs to a drill, and must say so."""
        return bool(self.context.get("drill"))

    @property
    def who(self) -> str:
        """The person, or the office where no person is named."""
        return self.person or self.recipient

    @property
    def cause(self) -> str:
        """What the message is about, without recipient and channel."""
        return self.id.rsplit("#", 2)[0]

    @property
    def needs_answer(self) -> bool:
        """Whether it failed for good and nobody has looked for another way yet."""
        answered = any(key.endswith(f":{ANSWERED}") for key in self.facts)
        return self.status == FAILED and not answered


def delivery_id(cause: str, recipient: str, channel: str) -> str:
    """Return the key that makes a message unique within its report.

    *cause* is ``step#<cycle>#<step>#<repeat>`` or ``event#<seq>#<template>``; no epoch is in it,
    so planning anew can never repeat a message (S27).
    """
    return f"{cause}#{recipient}#{channel}"


def inbox(who: str) -> str:
    """Return what stands in a report number's place for messages about no single report."""
    return f"TO-{who}"


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after *attempts* failed ones, or None: failed for good."""
    return BACKOFF[attempts] if attempts < len(BACKOFF) else None


def learned(delivery: Delivery, *facts: Fact, pace: float = 1.0) -> Delivery:
    """Return *delivery* with what was learned, and the status that follows from all of it.

    The order of learning makes no difference, nor does learning twice. *pace*: seconds of the
    system's clock in a real one, by which waiting times are stretched in demonstrations.
    """
    known = dict(delivery.facts)
    for fact in facts:
        key, value = _key(fact.kind, fact.attempt), _value(fact)
        known[key] = min(known.get(key, value), value)
    return _folded(replace(delivery, facts=known), pace)


def as_of(delivery: Delivery, now: datetime, pace: float = 1.0) -> Delivery:
    """Return *delivery* as it stands at *now*: never heard of for more than `SILENCE` is unknown.

    This follows from what is known and the time alone, so that nobody has to come back and write
    it, and no message waits in the due index for a receipt. *pace* as in `learned`.
    """
    if delivery.status != SENT:
        return delivery
    last = max((fact.at for fact in told(delivery) if fact.kind == ACCEPTED), default=None)
    heard_by = last or delivery.sent_at
    silent = heard_by is not None and heard_by + SILENCE * pace < now
    return replace(delivery, status=UNKNOWN) if silent else delivery


def told(delivery: Delivery) -> Iterable[Fact]:
    """Yield the facts of *delivery*, in no particular order."""
    for key, value in delivery.facts.items():
        attempt, _, kind = key.partition(":")
        at, _, detail = value.partition(" ")
        yield Fact(kind, int(attempt), datetime.fromisoformat(at), detail)


def _folded(delivery: Delivery, pace: float) -> Delivery:
    facts = sorted(told(delivery), key=lambda fact: (fact.at, fact.attempt, fact.kind))
    found = {kind: [fact for fact in facts if fact.kind == kind] for kind in KINDS}
    accepted = found[ACCEPTED]
    base = replace(
        delivery,
        sent_at=accepted[0].at if accepted else delivery.sent_at,
        error=_error(found),
        due_at=None,
    )
    for kinds, status in _FINAL:
        if any(found[kind] for kind in kinds):
            return replace(base, status=status, due_at=_answer_due(base, status, found))
    return _under_way(delivery, base, found, pace)


#: The first that applies. What cannot arrive outweighs what is said to have arrived: a mail
#: server may accept first and bounce later.
_FINAL = (
    ((HARD,), FAILED),
    ((ARRIVED, COMPLAINED), DELIVERED),
    ((DROPPED,), SUPPRESSED),
    ((HELD,), BUNDLED),
)


def _answer_due(
    delivery: Delivery, status: str, found: Mapping[str, list[Fact]]
) -> datetime | None:
    """A failed message stays in the due index until somebody has looked for another way."""
    if status != FAILED or found[ANSWERED]:
        return None
    return (found[HARD] or found[SOFT])[0].at


def _under_way(
    delivery: Delivery, base: Delivery, found: Mapping[str, list[Fact]], pace: float
) -> Delivery:
    soft = {fact.attempt: fact for fact in found[SOFT]}
    silent = {fact.attempt for fact in found[SILENT]}
    alive = [fact for fact in found[ACCEPTED] if fact.attempt not in soft]
    waiting = [fact for fact in alive if fact.attempt not in silent]
    if waiting:
        return replace(base, status=SENT)
    if alive:
        return replace(base, status=UNKNOWN)
    if max(soft, default=0) < delivery.attempts:
        return replace(base, status=SENDING, due_at=delivery.lease or delivery.due_at)
    if not soft:
        return replace(base, status=PLANNED, due_at=delivery.due_at)
    last = soft[max(soft)]
    wait = wait_after(last.attempt)
    if wait is None:
        return replace(base, status=FAILED, due_at=_answer_due(base, FAILED, found))
    return replace(base, status=PLANNED, due_at=last.at + wait * pace)


def _error(found: Mapping[str, list[Fact]]) -> str:
    return next((fact.detail for kind in (HARD, SOFT) for fact in reversed(found[kind])), "")


def _key(kind: str, attempt: int) -> str:
    return f"{attempt}:{kind}"


def _value(fact: Fact) -> str:
    at = fact.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return f"{at} {fact.detail[:160]}".rstrip()
