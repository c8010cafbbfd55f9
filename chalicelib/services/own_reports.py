"""One's own reports by a link: asked for with an address, sent only to whoever holds it.

Whether an address is known stays unsaid: asking always does and answers the same, and whether
reports carry the address is looked up later, by the sender, which alone may read who reported
(docs/adr/0035). The link itself names the reports, so nothing new is kept about anybody; it lasts
`LINK_LIFE`. Reports that were filed anonymously, or that the law keeps secret, are never found so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.answering import address_marks
from chalicelib.domain.deliveries import FOLLOWER, Delivery, delivery_id, inbox
from chalicelib.domain.events import instant
from chalicelib.domain.identity import found_by_contact
from chalicelib.domain.numbers import packed, unpacked
from chalicelib.domain.signing import Keyring, TokenExpired, TokenRefused, open_token, sign
from chalicelib.services.filing import token_for
from chalicelib.services.following import Follower, FollowStore
from chalicelib.services.ports import Clock, IdentityStore, ReportStore, Stored, real
from chalicelib.services.sending import Unwanted

PURPOSE = "own-reports"
TEMPLATE = "own_reports"
MAIL, SMS = "mail", "sms"
#: How long a link opens the list: long enough for a slow mail, short enough for a lost telephone.
LINK_LIFE = timedelta(hours=3)
#: How long the address that was typed in is kept for the sender.
KEPT = timedelta(hours=24)
#: Links that one address is sent within `WINDOW`, however often somebody asks in its name.
FREE, WINDOW = 5, timedelta(hours=24)
#: Reports that one link opens: the newest.
MOST = 20


class LinkOver(Exception):
    """The link was one of ours and its time is over."""


@dataclass(frozen=True, slots=True)
class Own:
    """One report of the list. token: the report's, empty where the link does not open it.

    A report that was filed as confidential is named by its number; whoever holds its receipt sees
    the rest.
    """

    stored: Stored
    token: str

    @property
    def number(self) -> str:
        """The report's number."""
        return self.stored.report.number


@dataclass(frozen=True)
class OwnReports:
    """What anybody may do: ask for a link, and open one."""

    store: ReportStore
    askers: FollowStore
    clock: Clock
    keys: Callable[[], Keyring]
    secret: Callable[[], bytes]

    def ask(self, channel: str, address: str, language: str) -> None:
        """Have a link sent to *address* if reports carry it; beyond `FREE` a day nothing happens.

        Does the same for every address, and says nothing.
        """
        now, id = self.clock.now(), address_marks(self.keys(), address)[0]
        recipient = f"{FOLLOWER}{id}"
        if self.store.pace(recipient, TEMPLATE, now, WINDOW, FREE) is not None:
            return
        topic = f"{PURPOSE}:{channel}"
        asker = Follower(topic, id, channel, address, language)
        self.askers.ask(asker, now + real(KEPT, self.clock))
        message = Delivery(
            number=inbox(recipient),
            id=delivery_id(f"{TEMPLATE}#{instant(now)}", recipient, channel),
            recipient=recipient,
            channel=channel,
            template=TEMPLATE,
            language=language,
            created_at=now,
            context={"topic": topic},
        )
        self.store.put_message_once(message)

    def open(self, token: str) -> tuple[Own, ...]:
        """Return the reports that *token* names, newest first.

        Raises TokenRefused for what is no link of ours, LinkOver after its time.
        """
        found = (self.store.load(number) for number in self._numbers(token))
        return tuple(self._own(one) for one in found if one and found_by_contact(one.report))

    def entry(self, token: str, number: str) -> str:
        """Return the token of report *number*; raise as `open`, TokenRefused if it is not in it."""
        if number not in self._numbers(token):
            raise TokenRefused("another report")
        stored = self.store.load(number)
        found = self._own(stored).token if stored and found_by_contact(stored.report) else ""
        if not found:
            raise TokenRefused("opens with its receipt only")
        return found

    def _numbers(self, token: str) -> tuple[str, ...]:
        try:
            return unpacked(open_token(self.keys(), PURPOSE, token, self.clock.now()).payload)
        except TokenExpired:
            raise LinkOver from None

    def _own(self, stored: Stored) -> Own:
        opens = not stored.report.secret
        return Own(stored, token_for(self.secret(), stored.report.number) if opens else "")


@dataclass(frozen=True)
class LinkToOwn:
    """The sender's part: finds the reports that carry an address and makes the link to them."""

    store: ReportStore
    identity: IdentityStore
    clock: Clock
    keys: Callable[[], Keyring]
    base: Callable[[], str]

    def __call__(self, message: Delivery, address: str, now: datetime) -> Delivery:
        """Return *message* with its link; raise Unwanted if no report carries *address*."""
        numbers = [n for n in self._carrying(message.channel, address) if self._found(n)]
        if not numbers:
            raise Unwanted("no report carries this address")
        page = f"{self.base()}/laporan-saya/{self._link(numbers, now)}"
        return replace(message, context={**message.context, "page": page, "count": len(numbers)})

    def _carrying(self, channel: str, address: str) -> Sequence[str]:
        return self.identity.carrying(channel, address_marks(self.keys(), address), MOST)

    def _found(self, number: str) -> bool:
        stored = self.store.load(number)
        return stored is not None and found_by_contact(stored.report)

    def _link(self, numbers: Sequence[str], now: datetime) -> str:
        return sign(self.keys(), PURPOSE, packed(numbers), now + real(LINK_LIFE, self.clock))
