"""Whether messages reach the offices that SOPs name: a test message, and a link that confirms it.

Whoever has the mailbox or the telephone confirms by the link, and by nothing else; when, for which
office and which address is written into the directory with an audit record. Nothing is confirmed
by opening the link, since mail scanners open every link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.actions import Caller
from chalicelib.domain.contacts import FIELDS, address_of, confirmed, confirmed_at, digest_of
from chalicelib.domain.contacts import untested as untested_of
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.signing import (
    Keyring,
    TokenExpired,
    TokenRefused,
    open_token,
    packed,
    sign,
)
from chalicelib.services.acting import NotFound
from chalicelib.services.administering import Act, Administer
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Clock, ReportStore, real

PURPOSE = "contact"
TEMPLATE = "contact_check"
#: How long a link confirms.
LINK_LIFE = timedelta(days=14)
#: Offices asked in one request: an agency at a time.
MOST = 100
ROLE = "admin"
ASKED, ASKED_TODAY, NO_ADDRESS, UNKNOWN = "asked", "asked_today", "no_address", "unknown"
OPEN, DONE, EXPIRED, CHANGED = "open", "done", "expired", "changed"
#: By whom a confirmation is recorded: by the one who holds the link.
_HOLDER = Caller(frozenset(), client="contact-link")


@dataclass(frozen=True, slots=True)
class Check:
    """What a link stands for, and whether it still confirms: OPEN, DONE, EXPIRED or CHANGED."""

    position: Mapping[str, Any]
    channel: str
    state: str
    at: str = ""


@dataclass(frozen=True)
class CheckContacts:
    """The use cases of the contact check."""

    administer: Administer
    catalogue: Catalogue
    store: ReportStore
    clock: Clock
    keys: Callable[[], Keyring]
    base: Callable[[], str]

    def listed(self, agency: str = "") -> list[dict[str, Any]]:
        """Return every office with each channel's standing; of one agency if it is named."""
        rows = self.catalogue.positions().values()
        return [
            {
                "position": row["id"],
                "title": dict(row["title"]),
                "agency": row.get("agency"),
                "channels": {
                    channel: confirmed_at(row, channel) or None
                    for channel in FIELDS
                    if address_of(row, channel)
                },
                "untested": list(untested_of(row)),
            }
            for row in rows
            if agency in ("", row.get("agency"))
        ]

    def ask(self, caller: Caller, positions: Sequence[str], reason: str) -> list[dict[str, str]]:
        """Send each office a test message by every channel it has, once a day at most."""
        act = Act("check_contacts", caller, ROLE, reason, {"positions": list(positions)})
        self.administer.record(act)
        found: list[dict[str, str]] = []
        for name in positions:
            row = self.catalogue.positions().get(name)
            if row is None:
                found.append({"position": name, "channel": "", "state": UNKNOWN})
                continue
            found += [
                {"position": name, "channel": channel, "state": self._ask(row, channel)}
                for channel in FIELDS
            ]
        return found

    def open(self, token: str) -> Check:
        """Return what *token* stands for; raises NotFound for what is no link of ours."""
        try:
            signed, state = open_token(self.keys(), PURPOSE, token, self.clock.now()), OPEN
        except TokenExpired as expired:
            signed, state = expired.signed, EXPIRED
        except TokenRefused:
            raise NotFound(token[:8]) from None
        name, channel, digest = signed.fields
        row = self.catalogue.positions().get(name)
        if row is None:
            raise NotFound(name)
        if digest != digest_of(address_of(row, channel)):
            return Check(row, channel, CHANGED)
        at = confirmed_at(row, channel)
        return Check(row, channel, DONE if at else state, at)

    def confirm(self, token: str) -> Check:
        """Write down that the address works, once; raises NotFound."""
        check = self.open(token)
        if check.state != OPEN:
            return check
        name, channel, now = str(check.position["id"]), check.channel, self.clock.now()
        digest = digest_of(address_of(check.position, channel))

        def edit(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [
                confirmed(row, channel, now)
                if row["id"] == name and digest_of(address_of(row, channel)) == digest
                else row
                for row in rows
            ]

        act = Act("confirm_contact", _HOLDER, "", facts={"position": name, "channel": channel})
        self.administer.change(act, "document", "positions", edit)
        return self.open(token)

    def _ask(self, row: Mapping[str, Any], channel: str) -> str:
        address = address_of(row, channel)
        if not address:
            return NO_ADDRESS
        now = self.clock.now()
        day = self.catalogue.day(now).isoformat()
        reference = packed(row["id"], channel, digest_of(address))
        until = now + real(LINK_LIFE, self.clock)
        token = sign(self.keys(), PURPOSE, reference, until)
        message = Delivery(
            number=f"KONTAK-{day}",
            id=f"check#{row['id']}#{channel}#{digest_of(address)[:12]}",
            recipient=row["id"],
            channel=channel,
            template=TEMPLATE,
            language="id",
            created_at=now,
            title=row["title"]["id"],
            address=address,
            context={"page": f"{self.base()}/kontak/{token}"},
            urgent=True,
        )
        return ASKED if self.store.put_message_once(message) else ASKED_TODAY
