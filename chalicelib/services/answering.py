"""Answering a message by its links: sign them, show what they offer, let each act once.

The link's single use is the command's key: it goes into the record in the transaction of the act.
A link that has acted, or whose report has moved on, answers with what happened, never with an
error that the reader could do nothing about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain import answering
from chalicelib.domain.actions import REPORTER, Caller, Command, allowed_actions, may_see
from chalicelib.domain.answering import (
    LINK_LIFE,
    LINK_PURPOSE,
    OFFERS,
    REPLY_PURPOSE,
    REPORTER_OFFERS,
    NoReference,
    Reference,
    mark_of,
)
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.events import Event, parse_instant
from chalicelib.domain.numbers import normalise
from chalicelib.domain.signing import (
    Keyring,
    Signed,
    TokenExpired,
    TokenRefused,
    open_token,
    sign,
    to_address,
)
from chalicelib.services.acting import ActOnReport, NotFound, event_of
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.filing import KeyReused
from chalicelib.services.photos import photo_key
from chalicelib.services.ports import Blobs, Clock, ReportStore, Stored, real

Keys = Callable[[], Keyring]
#: Photos that one link may bring.
MAX_PHOTOS = 3
EXPIRED = "expired"
LEFT = "left"
REVOKED = "revoked"


@dataclass(frozen=True)
class Links:
    """Makes the links and the reply address that go into a message."""

    keys: Keys
    clock: Clock
    base: Callable[[], str]
    reply_domain: Callable[[], str]

    def of(self, delivery: Delivery) -> dict[str, str]:
        """Return the addresses by link name, for the office or the reporter it goes to.

        A message about several reports offers nothing by itself.
        """
        if normalise(delivery.number) is None:
            return {}
        names = REPORTER_OFFERS | {"view"} if delivery.to_reporter else OFFERS.keys()
        return {
            name: self.link(Reference(delivery.number, mark_of(delivery.id), name))
            for name in names
            if delivery.to_reporter or name not in REPORTER_OFFERS
        }

    def link(self, reference: Reference) -> str:
        """Return the address of the page that *reference* opens."""
        return f"{self.base()}/t/{self.token(reference)}"

    def token(self, reference: Reference, purpose: str = LINK_PURPOSE) -> str:
        """Return the signed form of *reference*."""
        until = self.clock.now() + real(LINK_LIFE, self.clock)
        return sign(self.keys(), purpose, reference.packed(), until)

    def reply_to(self, delivery: Delivery) -> str:
        """Return the address at which an answer to this very message arrives; empty if none."""
        domain = self.reply_domain()
        if not domain or normalise(delivery.number) is None:
            return ""
        reference = Reference(delivery.number, mark_of(delivery.id))
        return f"r-{to_address(self.token(reference, REPLY_PURPOSE))}@{domain}"


@dataclass(frozen=True)
class Opened:
    """What a link shows. *offer* is the one it was made for; *open_offers* those that fit now.

    refusal: why it may not act: ``expired``, ``left``, ``revoked``, or empty. used: what it wrote
    when it acted.
    """

    stored: Stored
    delivery: Delivery
    caller: Caller
    offer: str
    use_id: str
    open_offers: tuple[str, ...] = ()
    refusal: str = ""
    used: Event | None = None

    @property
    def may_act(self) -> bool:
        """Whether its POST would do something now."""
        return not self.refusal and self.used is None and self.offer in self.open_offers


@dataclass(frozen=True)
class Answering:
    """The use cases behind ``/t/{token}`` and behind every other way of answering."""

    store: ReportStore
    catalogue: Catalogue
    act_on_report: ActOnReport
    blobs: Blobs
    clock: Clock
    keys: Keys

    def open(self, token: str) -> Opened:
        """Return what *token* stands for; raise NotFound for what is no link of ours."""
        now, refusal = self.clock.now(), ""
        try:
            signed = open_token(self.keys(), LINK_PURPOSE, token, now)
        except TokenExpired as expired:
            signed, refusal = expired.signed, EXPIRED
        except TokenRefused:
            raise NotFound(token) from None
        opened = self.resolve(signed)
        if refusal and opened.used is None:
            return _refused(opened, refusal)
        return opened

    def resolve(self, signed: Signed) -> Opened:
        """Return what a proven token stands for now; raise NotFound if the message is gone."""
        try:
            reference = Reference.unpacked(signed.payload)
        except NoReference:
            raise NotFound("no reference") from None
        stored = self.store.load(reference.number)
        delivery = self._message(reference)
        if stored is None or delivery is None:
            raise NotFound(reference.number)
        return self.spoken(stored, delivery, reference.offer, signed.use_id)

    def spoken(
        self,
        stored: Stored,
        delivery: Delivery,
        offer: str,
        use_id: str,
        caller: Caller | None = None,
    ) -> Opened:
        """Return what whoever got *delivery*, or *caller* in their stead, may do, *offer* first."""
        caller = caller or self.caller_of(delivery)
        opened = Opened(stored, delivery, caller or Caller(frozenset()), offer, use_id)
        if caller is None:
            return _refused(opened, REVOKED)
        used = event_of(stored, caller, f"link:{use_id}")
        gone = answering.left(stored.report, delivery, caller)
        if gone or not may_see(stored.report, caller):
            return _refused(opened, LEFT, used)
        offers = answering.offers_for(allowed_actions(stored.report, caller), caller)
        if offer == "more_time" and "more_time" not in offers:
            offer = "ask_time"
        return Opened(stored, delivery, caller, offer, use_id, offers, "", used)

    def act(
        self,
        token: str,
        fields: Mapping[str, Any] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> Opened:
        """Do what the link offers, once; return what is so afterwards.

        Raises NotFound, and what acting raises for a field that is wrong.
        """
        opened = self.open(token)
        if opened.refusal or opened.used is not None:
            return opened
        self.do(opened, OFFERS[opened.offer].action, fields or {}, texts or {})
        return self.open(token)

    def do(
        self,
        opened: Opened,
        action: str,
        fields: Mapping[str, Any],
        texts: Mapping[str, str],
        *,
        photos: bool = True,
    ) -> Stored:
        """Do *action* in the name of who got the message, under the link's single use.

        photos: whether some may have come with it; if so, they are the result's.
        """
        number = opened.stored.report.number
        key = f"link:{opened.use_id}"
        given = dict(fields)
        if action == "submit" and photos:
            given["photos"] = [*given.get("photos", ()), *self._added_photos(opened)]
        try:
            return self.act_on_report(number, Command(action, opened.caller, given, texts, key))
        except KeyReused:  # somebody pressed twice, with another reason: the first one counts
            return opened.stored

    def caller_of(self, delivery: Delivery) -> Caller | None:
        """Return whom *delivery* speaks for now, None if they may not any more."""
        if delivery.to_reporter:
            return REPORTER
        position = self.catalogue.directory().position(delivery.recipient)
        if position is None or position.role not in answering.POSITION_ROLES:
            return None
        account = self.catalogue.staff().get(delivery.person) if delivery.person else None
        if account is not None and account.get("revoked"):
            return None
        return answering.speaker(
            delivery, position.role, position.agency or "", position.area or "", delivery.person
        )

    def photo_ids(self, use_id: str) -> tuple[str, ...]:
        """Return the names of the photos that may come by this link: so no page view makes room."""
        return tuple(
            f"p-{hashlib.sha256(f'{use_id}|{place}'.encode()).hexdigest()[:20]}"
            for place in range(MAX_PHOTOS)
        )

    def _message(self, reference: Reference) -> Delivery | None:
        found = self.store.deliveries(reference.number)
        return next((one for one in found if mark_of(one.id) == reference.mark), None)

    def _added_photos(self, opened: Opened) -> list[str]:
        number = opened.stored.report.number
        added = []
        for photo in self.uploaded(opened):
            if photo not in opened.stored.report.photos:
                fields = {"photo": photo, "type": "image/jpeg", "purpose": "result"}
                key = f"link:{opened.use_id}:{photo}"
                self.act_on_report(number, Command("add_photo", opened.caller, fields, key=key))
            added.append(photo)
        return added

    def with_photos(self, opened: Opened, photos: Sequence[tuple[str, bytes]]) -> int:
        """Store *photos* (type, content) as if they had come by the link; return how many."""
        number = opened.stored.report.number
        named = list(zip(self.photo_ids(opened.use_id), photos, strict=False))
        for name, (type_, content) in named:
            self.blobs.put(photo_key(number, name), content, type_)
        return len(named)

    def uploaded(self, opened: Opened) -> tuple[str, ...]:
        """Return the photos that have come by this link."""
        number = opened.stored.report.number
        return tuple(
            photo
            for photo in self.photo_ids(opened.use_id)
            if self.blobs.exists(photo_key(number, photo))
        )


def asked_time(stored: Stored) -> tuple[datetime | None, str]:
    """Return until when an officer last asked for time, and why; (None, "") if nobody did."""
    for event in reversed(stored.events):
        if event.type == "time_requested":
            return parse_instant(event.data["until"]), event.texts.get("reason", "")
    return None, ""


def _refused(opened: Opened, refusal: str, used: Event | None = None) -> Opened:
    return replace(opened, refusal=refusal, used=used or opened.used, open_offers=())
