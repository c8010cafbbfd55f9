"""Sending one message: claim it, render it, hand it to the provider, record what became of it.

A provider offers no de-duplication. The claim makes one worker at a time responsible; a crash
between the provider's acceptance and our record repeats the message once the lease has run out.
That window is the only one (docs/adr/0005), and it is bounded by the lease.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.domain.deliveries import (
    BACKOFF,
    FAILED,
    LEASE,
    PLANNED,
    SENT,
    Delivery,
    wait_after,
)
from chalicelib.services.ports import (
    Alarms,
    Clock,
    Contact,
    IdentityStore,
    NeverAgain,
    ReportStore,
    TryAgain,
    real,
)

#: A message that kills its sender is given up after this many claims.
MAX_CLAIMS = len(BACKOFF) + 2


class Channel(Protocol):
    """One way of reaching people: renders and sends, returns (provider id, template version)."""

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """Send *delivery* to *address*; raise TryAgain or NeverAgain."""


class UnknownChannel(NeverAgain):
    """A message was planned for a channel that this stage does not have."""


@dataclass(frozen=True)
class Sender:
    """The only service that may read who reported, to reach them."""

    store: ReportStore
    identity: IdentityStore
    channels: dict[str, Channel]
    clock: Clock
    alarms: Alarms

    def send(self, number: str, id: str) -> str:
        """Send one planned message; return its status, or ``not_due`` if it is not ours to send.

        Raises TryAgain only when the store itself failed; a provider's fault is recorded and
        tried again by the sweeper, with backoff, then failed for good with an alarm.
        """
        claimed = self.store.claim(number, id, self.clock.now(), real(LEASE, self.clock))
        if claimed is None:
            return "not_due"
        outcome = self._attempt(claimed)
        self.store.settle(outcome)
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

    def _attempt(self, claimed: Delivery) -> Delivery:
        now = self.clock.now()
        if claimed.attempts > MAX_CLAIMS:
            return replace(claimed, status=FAILED, error="the sender died too often on it")
        try:
            channel = self.channels.get(claimed.channel)
            if channel is None:
                raise UnknownChannel(f"no channel {claimed.channel}")
            provider_id, version = channel.send(claimed, self._address(claimed), now)
        except NeverAgain as error:
            return replace(claimed, status=FAILED, error=_words(error))
        except TryAgain as error:
            wait = wait_after(claimed.attempts)
            if wait is None:
                return replace(claimed, status=FAILED, error=_words(error))
            again = now + real(wait, self.clock)
            return replace(claimed, status=PLANNED, due_at=again, error=_words(error))
        return replace(
            claimed,
            status=SENT,
            provider_id=provider_id,
            template_version=version,
            sent_at=now,
            error="",
        )

    def _address(self, delivery: Delivery) -> str:
        if not delivery.to_reporter:
            return delivery.address
        contact = self.identity.contact(delivery.number) or Contact()
        address = contact.email if delivery.channel == "mail" else contact.phone
        if not address:
            raise NeverAgain("the reporter left no address for this channel")
        return address


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
