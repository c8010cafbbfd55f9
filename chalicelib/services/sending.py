"""Sending one message: claim it, render it, hand it to the provider, record what became of it.

A provider offers no de-duplication. The claim makes one worker at a time responsible; a crash
between the provider's acceptance and our record repeats the message once the lease has run out.
That window is the only one (docs/adr/0005), and it is bounded by the lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.contacts import digest_of
from chalicelib.domain.deliveries import (
    ACCEPTED,
    BACKOFF,
    DROPPED,
    FAILED,
    HARD,
    HELD,
    LEASE,
    SENT,
    SILENT,
    SOFT,
    Delivery,
    Fact,
    learned,
    told,
)
from chalicelib.domain.kindness import BUNDLE
from chalicelib.services.bundling import Bundler
from chalicelib.services.ports import (
    AddressRefused,
    Alarms,
    Clock,
    Contact,
    IdentityStore,
    Mark,
    NeverAgain,
    ReportStore,
    TryAgain,
    real,
)

#: A message that kills its sender is given up after this many claims.
MAX_CLAIMS = len(BACKOFF) + 2
#: How long a provider's id is kept: receipts of text messages name nothing else.
REMEMBERED = timedelta(days=14)
#: Channels whose receipts carry our own reference, so that no note of the provider's id is needed.
_TAGGED = frozenset({"mail"})
_TRIES = 5
#: Reads whether a recipient wants to be told no more; returns why not, or "".
Wishes = Callable[[Delivery], str]


class Channel(Protocol):
    """One way of reaching people: renders and sends, returns (provider id, template version)."""

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """Send *delivery* to *address*; raise TryAgain or NeverAgain."""


class UnknownChannel(NeverAgain):
    """A message was planned for a channel that this stage does not have."""


class Unwanted(Exception):
    """The recipient wants to be told no more; nothing is sent and nothing has failed."""


@dataclass(frozen=True)
class Sender:
    """The only service that may read who reported, to reach them."""

    store: ReportStore
    identity: IdentityStore
    channels: dict[str, Channel]
    clock: Clock
    alarms: Alarms
    bundler: Bundler
    addresses: Callable[[Delivery], str] | None = None
    #: What a message says that is known only once its address is: by template. Raises Unwanted.
    completed: Mapping[str, Callable[[Delivery, str, datetime], Delivery]] = field(
        default_factory=dict
    )

    def send(self, number: str, id: str) -> str:
        """Send one planned message; return its status, or ``not_due`` if it is not ours to send.

        Raises TryAgain only when the store itself failed; a provider's fault is recorded and
        tried again by the sweeper, with backoff, then failed for good with an alarm.
        """
        claimed = self.store.claim(number, id, self.clock.now(), real(LEASE, self.clock))
        if claimed is None:
            return self._close_silent(number, id)
        fact, values = self._attempt(claimed)
        outcome = self._record(claimed, fact, **values)
        if outcome.status == FAILED:
            self.alarms.raise_alarm(
                "message_failed",
                {
                    "number": number,
                    "channel": outcome.channel,
                    "template": outcome.template,
                    "recipient": outcome.recipient,
                    "error": outcome.error,
                },
            )
        return outcome.status

    def _attempt(self, claimed: Delivery) -> tuple[Fact, dict[str, Any]]:
        now, attempt = self.clock.now(), claimed.attempts
        if attempt > MAX_CLAIMS:
            return Fact(HARD, attempt, now, "the sender died too often on it"), {}
        try:
            if claimed.drill:
                self._refuse_after_the_end(claimed)
            held = self.bundler.hold(claimed, now)
            if held:
                return Fact(HELD, 0, now, held), {}
            provider_id, version = self._handed_over(claimed, now)
        except Unwanted as wish:
            return Fact(DROPPED, 0, now, str(wish)), {}
        except NeverAgain as error:
            return Fact(HARD, attempt, now, _words(error)), {}
        except TryAgain as error:
            return Fact(SOFT, attempt, now, _words(error)), {}
        values = {"provider_id": provider_id, "template_version": version}
        return Fact(ACCEPTED, attempt, now), values

    def _refuse_after_the_end(self, claimed: Delivery) -> None:
        """Raise Unwanted for what a drill had still to say when it ended."""
        stored = self.store.load(claimed.number)
        ended = stored.report.closed_at if stored else None
        if ended is not None and claimed.created_at < ended:
            raise Unwanted("the drill is over")

    def _handed_over(self, claimed: Delivery, now: datetime) -> tuple[str, int]:
        channel = self.channels.get(claimed.channel)
        if channel is None:
            raise UnknownChannel(f"no channel {claimed.channel}")
        address = self._address(claimed)
        self._refuse_marked(claimed, address)
        message = self.bundler.opened(claimed, now) if claimed.template == BUNDLE else claimed
        if claimed.template in self.completed:
            message = self.completed[claimed.template](claimed, address, now)
        try:
            provider_id, version = channel.send(message, address, now)
        except AddressRefused as error:
            mark = Mark(digest_of(address), _words(error), now)
            self.store.mark_contact(contact_of(claimed), claimed.channel, mark)
            raise
        if claimed.channel not in _TAGGED:
            until = now + real(REMEMBERED, self.clock)
            self.store.remember_sent(provider_id, claimed, until)
        return provider_id, version

    def _refuse_marked(self, delivery: Delivery, address: str) -> None:
        mark = self.store.contact_mark(contact_of(delivery), delivery.channel)
        if mark is not None and mark.digest in ("", digest_of(address)):
            raise NeverAgain(f"this contact is known not to work: {mark.reason}")

    def _close_silent(self, number: str, id: str) -> str:
        """Close a message as unknown if the provider has been silent about it for too long."""
        found, now = self.store.delivery(number, id), self.clock.now()
        if found is None or found.status != SENT or not found.due_at or found.due_at > now:
            return "not_due"
        silent = [Fact(SILENT, one.attempt, now) for one in told(found) if one.kind == ACCEPTED]
        return self._record(found, *silent).status

    def _record(self, delivery: Delivery, *facts: Fact, **values: Any) -> Delivery:
        """Write what was learned, beside whatever receipts were written meanwhile."""
        for _ in range(_TRIES):
            after = learned(replace(delivery, **values), *facts, pace=self.clock.speed)
            if self.store.settle(after):
                return after
            again = self.store.delivery(delivery.number, delivery.id)
            if again is None:
                break
            delivery = again
        raise TryAgain("the message is being changed by others")

    def _address(self, delivery: Delivery) -> str:
        if delivery.to_follower and self.addresses is not None:
            address = self.addresses(delivery)
            if not address:
                raise Unwanted("follows no longer")
            return address
        if not delivery.to_reporter:
            return delivery.address
        contact = self.identity.contact(delivery.number) or Contact()
        address = contact.email if delivery.channel == "mail" else contact.phone
        if not address:
            raise NeverAgain("the reporter left no address for this channel")
        return address


def contact_of(delivery: Delivery) -> str:
    """Return under which name a contact is marked: never an address or a reporter's name."""
    return f"{delivery.who}:{delivery.number}" if delivery.to_reporter else delivery.who


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
