"""Answering a message where it is read: what its links and its reply address stand for.

A reference names a report, one message about it, and the act that is offered. It speaks for the
office (and person) that the message went to, whoever holds it, and dies when the report has left
that office's hands: so it is short, and leaks nothing when it is read over a shoulder.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.actions import Caller
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.numbers import ALPHABET, PREFIX, check_character
from chalicelib.domain.report import Report
from chalicelib.domain.signing import Keyring

#: What the signed tokens are for; one opens nothing of the other.
LINK_PURPOSE: Final = "act"
REPLY_PURPOSE: Final = "reply"
#: Real time. A legal limit of 14 working days, a deferral and a reminder fit in.
LINK_LIFE: Final = timedelta(days=60)
_NUMBER_BYTES: Final = 5
_MARK_BYTES: Final = 4


class NoReference(ValueError):
    """The bytes name no report and message."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link offers: its byte in the token and the action of the table of transitions.

    Without an action it shows the task and every offer that is open.
    """

    code: str
    action: str = ""


#: Link names as the message templates know them → what they offer.
OFFERS: Final[Mapping[str, Offer]] = {
    "view": Offer("v"),
    "accept": Offer("a", "acknowledge"),
    "decline": Offer("d", "decline"),
    "more_time": Offer("m", "defer"),
    "ask_time": Offer("q", "request_time"),
    "start": Offer("g", "start"),
    "arrive": Offer("l", "arrive"),
    "submit": Offer("s", "submit"),
    "comment": Offer("k", "comment"),
    "verify": Offer("w", "verify"),
    "validate": Offer("y", "validate"),
    "return": Offer("b", "return"),
    "instruct": Offer("i", "instruct"),
    "answer": Offer("j", "comment"),
    "confirm": Offer("c", "confirm"),
    "dispute": Offer("x", "dispute"),
    "reopen": Offer("o", "reopen"),
    "rate": Offer("t", "rate"),
    "withdraw": Offer("u", "withdraw"),
    "affirm": Offer("f", "affirm"),
    "appeal": Offer("h", "appeal"),
}
_BY_CODE: Final = {offer.code: name for name, offer in OFFERS.items()}
#: The reporter's own; everything else is staff's.
REPORTER_OFFERS: Final = frozenset(
    {"answer", "confirm", "dispute", "reopen", "rate", "withdraw", "affirm", "appeal"}
)

#: A position's role in SOPs → the role its holder has in the table of transitions.
POSITION_ROLES: Final[Mapping[str, str]] = {
    "petugas": "officer",
    "piket": "officer",
    "danru": "officer",
    "kasi": "officer",
    "kabid": "agency_head",
    "kadis": "agency_head",
    "camat": "territorial",
    "lurah": "territorial",
    "operator": "operator",
    "supervisor": "operator",
    "pusat_kendali": "operator",
    "verifikator": "verifier",
    "asisten": "secretary",
    "sekda": "secretary",
    "walikota": "mayor",
    "inspektorat": "inspector",
    "irban": "inspector",
    "inspektur": "inspector",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One report, one message about it (by its mark) and one offer."""

    number: str
    mark: bytes
    offer: str = "view"

    def packed(self) -> bytes:
        """Return it in ten bytes."""
        body, value = self.number.removeprefix(f"{PREFIX}-")[:-1], 0
        for character in reversed(body):
            value = value * len(ALPHABET) + ALPHABET.index(character)
        return value.to_bytes(_NUMBER_BYTES, "big") + self.mark + OFFERS[self.offer].code.encode()

    @classmethod
    def unpacked(cls, raw: bytes) -> Reference:
        """Return the reference in *raw*; raise NoReference."""
        offer = _BY_CODE.get(raw[_NUMBER_BYTES + _MARK_BYTES :].decode("latin-1"))
        if offer is None:
            raise NoReference
        value, body = int.from_bytes(raw[:_NUMBER_BYTES], "big"), ""
        for _ in range(7):
            value, rest = divmod(value, len(ALPHABET))
            body += ALPHABET[rest]
        if value:
            raise NoReference
        number = f"{PREFIX}-{body}{check_character(body)}"
        return cls(number, raw[_NUMBER_BYTES : _NUMBER_BYTES + _MARK_BYTES], offer)


def mark_of(delivery_id: str) -> bytes:
    """Return the four bytes by which a message is found among its report's.

    The channel is left out: mail and text of one step to one office offer the same acts, so what
    one of them has done the other one shows as done.
    """
    said = delivery_id.rpartition("#")[0]
    return hashlib.sha256(said.encode()).digest()[:_MARK_BYTES]


def address_marks(keys: Keyring, address: str) -> tuple[str, ...]:
    """Return what stands for an address or telephone number where itself may not be kept.

    The first one is the current key's; the others were written before the key was changed.
    """
    return tuple(
        hmac.new(key, f"address|{address.lower()}".encode(), hashlib.sha256).hexdigest()[:24]
        for key in (keys.current, *keys.former)
    )


def speaker(delivery: Delivery, role: str, agency: str, area: str, person: str = "") -> Caller:
    """Return who acts when the message *delivery* is answered: the office it went to.

    *role*, *agency*, *area*: the office's. *person*: who held it when the message was written; a
    duty mailbox acts as the office itself, so that it still cannot validate its own work.
    """
    return Caller(
        roles=frozenset({POSITION_ROLES[role]}),
        person=person or f"position:{delivery.recipient}",
        positions=(delivery.recipient,),
        agencies=frozenset({agency} if agency else ()),
        areas=frozenset({area} if area else ()),
    )


def left(report: Report, delivery: Delivery, caller: Caller) -> bool:
    """Whether the report has left the hands for which *delivery* was written.

    A report that came back to the same agency was given a new task and new links.
    """
    roles = caller.roles & {"officer", "agency_head"}
    if not roles:
        return False
    if report.agency not in caller.agencies:
        return True
    given = report.assigned_at
    return given is not None and delivery.created_at < given


def offers_for(names: tuple[str, ...], caller: Caller) -> tuple[str, ...]:
    """Return the links of the actions *names*, in the order in which a task goes on."""
    mine = REPORTER_OFFERS if "reporter" in caller.roles else set(OFFERS) - REPORTER_OFFERS
    return tuple(name for name in OFFERS if name in mine and OFFERS[name].action in names)
