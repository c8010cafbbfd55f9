"""Filing: a citizen's report becomes a numbered case under the SOP in force, in one transaction.

Nothing is done here that can be done after the answer: notifying, arming, projecting and firing
follow from the table's stream. The number comes from the idempotency key, so the same key sent
twice at the same moment leads to the same number, and only one of the two writes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain import misuse
from chalicelib.domain.areas import OUTSIDE
from chalicelib.domain.catalogue import Category
from chalicelib.domain.events import Actor, Draft, canonical
from chalicelib.domain.numbers import number_for_key, number_from
from chalicelib.domain.report import Report, replay
from chalicelib.domain.sop import Sop
from chalicelib.domain.sources import in_the_city
from chalicelib.domain.timeline import Entry, Timeline, promises
from chalicelib.services.catalogue import Catalogue, NotInCatalogue
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Clock,
    Contact,
    ReportStore,
    TryAgain,
    real,
)

TOKEN_PREFIX = "lrt_"  # noqa: S105 - a prefix, not a secret
_MAX_ATTEMPTS = 5
#: Where a report says that it came through an office of the city's own: only staff may say so,
#: or anybody could pass for the emergency line in every figure and work list.
STAFF_SOURCES = frozenset(
    {"112", "110", "113", "119", "telepon", "loket", "surat", "sp4n", "sp4n-lapor", "lapor"}
)


class FilingRefused(Exception):
    """The report cannot be taken as it is. ``code`` is stable; ``field`` names the culprit."""

    def __init__(self, code: str, field: str = "", **facts: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.facts = code, field, facts


class KeyReused(Exception):
    """The idempotency key was used for another request."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What a citizen (or somebody on their behalf) sends."""

    category: str
    description: str = ""
    lat: float | None = None
    lon: float | None = None
    kelurahan: str = ""
    address: str = ""
    about_unit: str = ""
    contact: Contact = field(default_factory=Contact)
    on_behalf: bool = False
    visibility: str = "public"
    language: str = "id"
    source: str = "web"
    observed_at: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    media_url: str = ""
    #: The report that this one only supports: it is joined to it at once.
    supports: str = ""
    #: The report that this call is about as well (`taking_calls`): likewise, by a person.
    joins: str = ""
    #: An address that names no kelurahan will do; the control room finds the place.
    place_may_be_unknown: bool = False
    key: str = ""
    actor: Actor = field(default_factory=lambda: Actor("reporter"))
    #: Pseudonym of the resident who is signed in, if one is.
    owner: str = ""
    #: Limits that an emergency's sender is past (`guarding`), for whoever calls back.
    flags: tuple[str, ...] = ()
    #: What the first event of a drill says (`domain.drills.begun`); empty for what is real.
    drill: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer to a filing; ``repeated`` if this key had been answered before."""

    report: Report
    token: str
    promises: Sequence[Entry]
    repeated: bool = False
    #: Not written yet: accepted, and written within minutes (`services.accepting`).
    later: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    kelurahan: str = ""
    kecamatan: str = ""
    outside: bool = False


def token_for(secret: bytes, number: str) -> str:
    """Return the report's token: derived, never stored, so that it can be given again."""
    digest = hmac.new(secret, f"token|{number}".encode(), hashlib.sha256).digest()
    return TOKEN_PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_opens(secret: bytes, number: str, token: str) -> bool:
    """Whether *token* is the one of report *number* (compared in constant time)."""
    return hmac.compare_digest(token_for(secret, number).encode(), token.encode())


@dataclass(frozen=True)
class FileReport:
    """The use case. *random_bytes* gives 16 bytes for numbers and salts."""

    store: ReportStore
    catalogue: Catalogue
    planner: Planner
    clock: Clock
    secret: Callable[[], bytes]
    random_bytes: Callable[[], bytes]
    #: Takes a change that the store refuses for now; None: the refusal is the answer.
    later: Callable[[Change], None] | None = None

    def __call__(self, filing: Filing) -> Filed:
        """File the report; raises FilingRefused, KeyReused, and what the store raises."""
        now = self.clock.now()
        category = self.catalogue.categories().get(filing.category)
        if category is None:
            raise FilingRefused("unknown_category", "category", value=filing.category)
        place = self._place(filing, category)
        if filing.source.casefold() in STAFF_SOURCES and filing.actor.kind != "staff":
            raise FilingRefused("source_needs_staff", "source")
        try:
            sop = self.catalogue.sop_in_force(category.code, now)
        except NotInCatalogue:
            raise FilingRefused("category_not_served", "category") from None
        filing = self._unless_barred(filing, category, now)
        body_hash = hashlib.sha256(canonical(_comparable(filing))).hexdigest()
        for attempt in range(_MAX_ATTEMPTS):
            number = self._number(filing.key, attempt)
            composer = Composer(
                None,
                number=number,
                now=now,
                planner=self.planner,
                salts=lambda: self.random_bytes().hex(),
                arm_grace=real(ARM_GRACE, self.clock),
            )
            data = self._data(filing, category, sop, place, now, body_hash)
            texts = {k: v for k, v in _texts(filing).items() if v}
            draft = Draft("filed", now, filing.actor, data, texts, _key_hash(filing.key))
            composer.add(draft, sop=(sop.id, sop.version))
            for joining in _joinings(filing, now):
                composer.add(joining)
            identity = filing.contact if _reachable(filing.contact) or filing.contact.name else None
            change = replace(composer.change(identity=identity), owner=filing.owner)
            try:
                later = self._saved_or_accepted(change)
            except AlreadyExists:
                found = self._repeated(number, filing.key, body_hash)
                if found is not None:
                    return found
                continue
            answer = self._answer(composer.current, composer.timeline())
            return replace(answer, later=later)
        raise AlreadyExists(number)

    def _saved_or_accepted(self, change: Change) -> bool:
        """Write *change*; True if it was only accepted, because the table refuses for now.

        An emergency is tried once more first. Drills are refused: they can wait.
        """
        for attempt in range(1 + change.report.emergency):
            try:
                self.store.save(change)
            except TryAgain:
                last = attempt == change.report.emergency
                if last and (self.later is None or change.drill is not None):
                    raise
                continue
            return False
        if self.later is not None:
            self.later(change)
        return True

    def _unless_barred(self, filing: Filing, category: Category, now: datetime) -> Filing:
        """Refuse a contact that is kept from filing; in an emergency it is only marked."""
        blocks = self.catalogue.blocks()
        if not blocks or filing.actor.kind == "staff":
            return filing
        given = {"phone": filing.contact.phone, "email": filing.contact.email}
        mine = misuse.digests(self.secret(), {**given, "owner": filing.owner})
        if not misuse.barred(blocks, mine, now):
            return filing
        if category.kind == "emergency":
            return replace(filing, flags=(*filing.flags, "blocked"))
        raise FilingRefused("contact_blocked", "reporter")

    def _answer(self, report: Report, timeline: Timeline, *, repeated: bool = False) -> Filed:
        token = token_for(self.secret(), report.number)
        return Filed(report, token, promises(timeline), repeated)

    def _number(self, key: str, attempt: int) -> str:
        if key:
            return number_for_key(self.secret(), key, attempt)
        return number_from(self.random_bytes())

    def _repeated(self, number: str, key: str, body_hash: str) -> Filed | None:
        """Return the earlier answer if the number is taken by this very key, else None."""
        stored = self.store.load(number)
        if stored is None or not key or stored.events[0].key != _key_hash(key):
            return None
        if stored.events[0].data.get("body") != body_hash:
            raise KeyReused
        first = stored.events[:1]
        return self._answer(replay(first), self.planner.timeline(first), repeated=True)

    def _place(self, filing: Filing, category: Category) -> _Place:
        areas = self.catalogue.areas
        if filing.kelurahan:
            area = areas.resolve_name(filing.kelurahan)
            if area is None:
                raise FilingRefused("unknown_kelurahan", "location.kelurahan")
            return _Place(area.code, area.kecamatan)
        if filing.lat is not None and filing.lon is not None:
            found = self.catalogue.points.locate(filing.lat, filing.lon)
            if found is OUTSIDE:
                return _beyond(category)
            return _Place(found.kelurahan, found.kecamatan)
        if category.kind == "emergency" or filing.place_may_be_unknown:
            return _Place()
        raise FilingRefused("location_missing", "location")

    def _data(
        self,
        filing: Filing,
        category: Category,
        sop: Sop,
        place: _Place,
        now: datetime,
        body_hash: str,
    ) -> dict[str, Any]:
        data: dict[str, Any] = {
            "category": category.code,
            "tier": sop.tier or category.tier,
            "sensitivity": category.sensitivity,
            "sop": {"id": sop.id, "version": sop.version},
            "calendars": dict(self.catalogue.calendar_versions()),
            "dispatch": sop.dispatch,
            "kelurahan": place.kelurahan,
            "kecamatan": place.kecamatan,
            "visibility": filing.visibility,
            "language": filing.language,
            "source": in_the_city(filing.source, self.catalogue.areas.__contains__),
            "channels": _channels(filing.contact),
            "body": body_hash,
        }
        if place.outside:
            data["outside"] = True
        if filing.about_unit:
            data["about_unit"] = filing.about_unit
        if filing.on_behalf:
            data["on_behalf"] = True
        if filing.observed_at:
            data["observed_at"] = filing.observed_at
        more = {
            "flags": list(filing.flags),
            "drill": dict(filing.drill),
            "joins": filing.joins,
            "answers": dict(filing.answers),
        }
        data |= {name: value for name, value in more.items() if value}
        if sop.dispatch == "immediate":
            data["agency"] = self.owner(sop, category.code, place, now)
        return data

    def owner(self, sop: Sop, category: str, place: _Place, at: datetime) -> str:
        """Return the agency that gets the report: the SOP's own, or the category's owner there."""
        if sop.owner != "category":
            return sop.owner
        return self.catalogue.owner(category, place.kelurahan, place.kecamatan, at)


def _beyond(category: Category) -> _Place:
    """A place beyond the city: refused, unless it is an emergency, which is never turned away."""
    if category.kind != "emergency":
        raise FilingRefused("outside_city", "location")
    return _Place(outside=True)


def _joinings(filing: Filing, now: datetime) -> tuple[Draft, ...]:
    """The event by which a report is part of another one from the beginning, if it is."""
    if filing.supports:
        return (Draft("merged", now, data={"into": filing.supports, "by": "support"}),)
    if filing.joins:
        return (Draft("merged", now, filing.actor, {"into": filing.joins, "by": "call"}),)
    return ()


def _reachable(contact: Contact) -> bool:
    return bool(contact.email or contact.phone)


def _channels(contact: Contact) -> list[str]:
    pairs = (("mail", contact.email), ("sms", contact.phone))
    return [name for name, value in pairs if value]


def _texts(filing: Filing) -> dict[str, str]:
    point = f"{filing.lat:.6f},{filing.lon:.6f}" if filing.lat is not None else ""
    return {
        "description": filing.description,
        "address": filing.address,
        "point": point,
        "media_url": filing.media_url,
    }


def _key_hash(key: str) -> str:
    return hashlib.sha256(f"key|{key}".encode()).hexdigest()[:32] if key else ""


def _comparable(filing: Filing) -> dict[str, Any]:
    contact = filing.contact
    return {
        "category": filing.category,
        "place": [filing.lat, filing.lon, filing.kelurahan, filing.address],
        "about_unit": filing.about_unit,
        "texts": filing.description,
        "contact": hashlib.sha256(
            f"{contact.name}|{contact.email}|{contact.phone}".encode()
        ).hexdigest(),
        "rest": [
            filing.on_behalf,
            filing.visibility,
            filing.language,
            filing.source,
            filing.observed_at,
        ],
        "answers": dict(filing.answers),
        **({"joins": filing.joins} if filing.joins else {}),
        # Not its end, which is counted from the moment of filing.
        **({"drill": filing.drill["leader"]} if filing.drill else {}),
    }
