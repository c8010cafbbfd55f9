"""What providers say became of a message, in whatever order and however often they say it.

A receipt is one fact about one attempt; the message's status follows from all facts
(`domain.deliveries.learned`). Receipts of mails carry our own reference, so they find their
message even before our own note of the sending; those of text messages name the provider's id
only, and one that comes before our note is asked for again a bounded number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.contacts import digest_of
from chalicelib.domain.deliveries import (
    COMPLAINED,
    FAILED,
    HARD,
    Delivery,
    Fact,
    learned,
)
from chalicelib.services.ports import Alarms, Clock, Mark, ReportStore, TryAgain
from chalicelib.services.sending import contact_of

_TRIES = 8
UNKNOWN_MESSAGE = "unknown_message"
#: Texts of ours never become part of a contact's mark; only what the provider said of it.
_MARKS = (HARD, COMPLAINED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing a provider says. number, id, attempt: our reference where it carries one.

    contact: whether the fault lies with the address (no such mailbox) and not with this message.
    """

    kind: str
    at: datetime
    provider_id: str
    number: str = ""
    id: str = ""
    attempt: int = 0
    detail: str = ""
    contact: bool = False


@dataclass(frozen=True)
class TakeReceipt:
    """The use case behind every delivery event."""

    store: ReportStore
    clock: Clock
    alarms: Alarms

    def __call__(self, receipt: Receipt) -> str:
        """Write down what *receipt* says; return the message's status or ``unknown_message``."""
        found = (receipt.number, receipt.id, receipt.attempt)
        if not receipt.number:
            noted = self.store.sent_as(receipt.provider_id)
            if noted is None:
                return UNKNOWN_MESSAGE
            found = noted
        number, id, attempt = found
        for _ in range(_TRIES):
            delivery = self.store.delivery(number, id)
            if delivery is None:
                return UNKNOWN_MESSAGE
            after = learned(
                delivery,
                self._fact(receipt, attempt or max(1, delivery.attempts)),
                pace=self.clock.speed,
            )
            if after.facts == delivery.facts:
                return delivery.status
            if self.store.settle(after):
                self._followed_up(receipt, delivery, after)
                return after.status
        raise TryAgain("the message is being changed by others")

    def _fact(self, receipt: Receipt, attempt: int) -> Fact:
        # A provider's clock is real time; with a faster clock of our own it says nothing.
        at = receipt.at if self.clock.speed == 1 else self.clock.now()
        return Fact(receipt.kind, attempt, at, receipt.detail)

    def _followed_up(self, receipt: Receipt, before: Delivery, after: Delivery) -> None:
        if receipt.contact and receipt.kind in _MARKS:
            digest = digest_of(after.address) if after.address else ""
            mark = Mark(digest, receipt.detail or receipt.kind, receipt.at)
            self.store.mark_contact(contact_of(after), after.channel, mark)
        if after.status == FAILED and before.status != FAILED:
            facts = {"channel": after.channel, "template": after.template}
            facts |= {"recipient": after.recipient, "error": after.error}
            self.alarms.raise_alarm("message_failed", {"number": after.number, **facts})
