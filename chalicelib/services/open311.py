"""Open311 GeoReport v2: requests in, requests and updates out, updates in.

A report that comes this way is a report like any other: the same filing, SOP, timeline and
messages. What is told is what the public may see (`services.cards`); a client reads besides, with
its own key, what it sent itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.domain import open311 as rules
from chalicelib.domain import report as r
from chalicelib.domain.actions import Caller, Command
from chalicelib.domain.catalogue import Category
from chalicelib.domain.events import Actor, instant
from chalicelib.domain.numbers import number_for_key
from chalicelib.services.acting import ActOnReport, NotFound, event_of
from chalicelib.services.cards import CardStore, Update, card_of
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.clients import Client
from chalicelib.services.composing import Planner
from chalicelib.services.filing import Filed, FileReport, Filing, FilingRefused, KeyReused
from chalicelib.services.ports import Clock, Contact, ReportStore, Stored

#: "first 1000 requests, whichever is smallest" (GET Service Requests).
MAX_PAGE = 1000
#: How far pages reach; whoever needs more narrows the window.
MAX_DEPTH = 10_000


class ServiceUnknown(LookupError):
    """There is no service of this code."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as a client sent it, read and cleaned. *answers*: attribute code → values."""

    service_code: str
    description: str = ""
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    media_url: str = ""
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as a client sent it: *update_id* is its own and makes repeating harmless."""

    number: str
    update_id: str
    status: str
    description: str


@dataclass(frozen=True, slots=True)
class Query:
    """GET Service Requests, read. *updated*: bounds of the last change, an extension in use."""

    start: datetime
    end: datetime
    codes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    updated_after: str = ""
    updated_before: str = ""
    page: int = 1
    size: int = MAX_PAGE

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether a card's row belongs to the answer."""
        return (
            (not self.codes or row["category"] in self.codes)
            and (not self.statuses or rules.plain_status(row["status"]) in self.statuses)
            and (not self.updated_after or self.updated_after <= row["updated_at"])
            and (not self.updated_before or row["updated_at"] <= self.updated_before)
        )


@dataclass(frozen=True)
class Open311:
    """The use cases behind the Open311 routes."""

    file: FileReport
    act: ActOnReport
    store: ReportStore
    cards: CardStore
    catalogue: Catalogue
    planner: Planner
    clock: Clock

    def service(self, code: str) -> Category:
        """Return one service; raise ServiceUnknown."""
        found = self.catalogue.categories().get(code)
        if found is None:
            raise ServiceUnknown(code)
        return found

    def take(self, new: NewRequest, client: Client) -> Filed:
        """File what *client* sent; raise ServiceUnknown, FilingRefused, TryAgain.

        The client's own number of the report (`rules.NATURAL_KEY`) or its Idempotency-Key leads
        to the same report again, whatever else has changed in the repetition.
        """
        category = self.service(new.service_code)
        fault, code = rules.answers_fault(category, new.answers)
        if fault:
            raise FilingRefused(f"attribute_{fault}", f"attribute[{code}]")
        key = _natural_key(new, client)
        filing = Filing(
            category=category.code,
            description=new.description,
            lat=new.lat,
            lon=new.lon,
            kelurahan=self._kelurahan(new),
            address=new.address,
            place_may_be_unknown=bool(new.address or new.address_id),
            contact=Contact(name=new.name, email=new.email, phone=new.phone),
            source=f"open311.{client.id}",
            media_url=new.media_url,
            answers=rules.accepted(category, new.answers),
            key=key,
            actor=Actor("client", role="open311", person=client.id),
        )
        try:
            return self.file(filing)
        except KeyReused:
            return self._first(key)

    def _first(self, key: str) -> Filed:
        """The report that *key* led to: sent again in other words it stays the same report."""
        stored = self.store.load(number_for_key(self.file.secret(), key))
        if stored is None:
            raise KeyReused
        return Filed(stored.report, "", (), repeated=True)

    def _kelurahan(self, new: NewRequest) -> str:
        """An address_id is a kelurahan's code; a bare address may name its kelurahan."""
        if new.lat is not None:
            return ""
        if new.address_id:
            if self.catalogue.areas.get(new.address_id) is None:
                raise FilingRefused("unknown_kelurahan", "address_id")
            return new.address_id
        for part in new.address.split(","):
            area = self.catalogue.areas.resolve_name(part.strip())
            if area is not None and area.level == "kelurahan":
                return area.code
        return ""

    # -- asking --

    def one(self, number: str, client: Client | None) -> dict[str, Any]:
        """Return one request; raise NotFound for absent and withheld alike."""
        stored = self.store.load(number)
        if stored is None:
            raise NotFound(number)
        card = card_of(stored, self.planner.timeline(stored.events), self.catalogue)
        own = client is not None and _is_of(stored, client)
        if card.shown is None:
            raise NotFound(number)
        row = dict(card.shown)
        if own:
            row["description"] = stored.events[0].texts.get("description", "")
            row["address"] = stored.events[0].texts.get("address", "")
        return row

    def some(self, numbers: Sequence[str], client: Client | None) -> list[dict[str, Any]]:
        """Return those of *numbers* that may be shown, in the order asked for."""
        found = []
        for number in dict.fromkeys(numbers):
            try:
                found.append(self.one(number, client))
            except NotFound:
                continue
        return found

    def page(self, query: Query) -> list[Mapping[str, Any]]:
        """Return one page of public requests, newest first."""
        cards = self.cards.cards(instant(query.start), instant(query.end))
        rows = (card.shown for card in cards if card.shown is not None)
        fitting: Iterator[Mapping[str, Any]] = (row for row in rows if query.fits(row))
        first = (query.page - 1) * query.size
        return list(islice(fitting, first, first + query.size))

    def updates(self, start: datetime, end: datetime, limit: int = MAX_PAGE) -> list[Update]:
        """Return the public updates written in the window, oldest first, both ends inclusive."""
        return list(islice(self.cards.updates(instant(start), instant(end)), limit))

    # -- being told --

    def told(self, new: NewUpdate, client: Client) -> str:
        """Put what *client* says of a report on its record; return the update's id here.

        A client speaks for the reporter on what it sent itself, and as the receiving body on what
        was referred to it; of other reports it knows nothing (NotFound).
        """
        stored = self.store.load(new.number)
        if stored is None or not self._concerns(stored, client):
            raise NotFound(new.number)
        key = f"open311-update|{client.id}|{new.update_id}"
        command = _command(new, client, stored, key)
        said = event_of(stored, command.caller, key)
        if said is None:
            stored = self.act(new.number, command)
            said = event_of(stored, command.caller, key)
        return f"{new.number}-{said.seq if said else stored.report.seq}"

    def _concerns(self, stored: Stored, client: Client) -> bool:
        referred = bool(client.body) and stored.report.referred_to == client.body
        return referred or _is_of(stored, client)


def _natural_key(new: NewRequest, client: Client) -> str:
    given = new.answers.get(rules.NATURAL_KEY, ())
    own = next((value.strip() for value in given if value.strip()), "")
    if own:
        return f"open311|{client.id}|{own}"
    return f"open311-key|{client.id}|{new.key}" if new.key else ""


def _is_of(stored: Stored, client: Client) -> bool:
    actor = stored.events[0].actor
    return actor.kind == "client" and actor.person == client.id


def _command(new: NewUpdate, client: Client, stored: Stored, key: str) -> Command:
    meaning, status = rules.meaning_of(new.status), stored.report.status
    if client.body and stored.report.referred_to == client.body:
        caller = Caller(frozenset({"body"}), client=client.id)
        fields = {"meaning": meaning}
        said = new.description or new.status
        return Command("answer_referral", caller, fields, {"text": said}, key)
    caller = Caller(frozenset({"reporter"}), client=client.id)
    if meaning == "settled" and status == r.AWAITING_CONFIRMATION:
        return Command("confirm", caller, {}, {"note": new.description}, key)
    if meaning == "reopened" and status == r.AWAITING_CONFIRMATION:
        return Command("dispute", caller, {}, {"reason": new.description or new.status}, key)
    if meaning == "reopened" and status in r.CLOSED:
        return Command("reopen", caller, {}, {"reason": new.description or new.status}, key)
    return Command("comment", caller, {}, {"text": new.description or new.status}, key)
