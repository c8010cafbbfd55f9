"""Who holds a role at an instant: positions, their holders, stand-ins and rotas.

SOP steps name roles, never persons: on one day in December 2025 the city moved 183 officials.
A role is resolved at the moment a step fires and the outcome is recorded with the firing.
The order at that instant: who is on the rota; the acting official (Plt., Plh.) or the substitute
during leave; the definitive holder; the position's own duty mailbox when nobody holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from chalicelib.domain.areas import distance_m

Title = Mapping[str, str]
"""A text in Indonesian and English: ``{"id": …, "en": …}``."""

#: Roles looked up in the assigned agency.
AGENCY_ROLES: Final = frozenset({"petugas", "piket", "danru", "kasi", "kabid", "kadis"})
#: Roles looked up in the report's area.
AREA_ROLES: Final = frozenset({"camat", "lurah"})
#: Roles of which the city has one office.
CITY_ROLES: Final = frozenset(
    {
        "operator",
        "supervisor",
        "verifikator",
        "pusat_kendali",
        "asisten",
        "sekda",
        "walikota",
        "inspektorat",
        "irban",
        "inspektur",
    }
)
#: The person who filed the report; only the sender knows who that is.
REPORTER_ROLE: Final = "pelapor"
#: Roles of which the nearest unit answers, where several have posts.
UNIT_ROLES: Final = ("piket", "danru")
ROLES: Final = AGENCY_ROLES | AREA_ROLES | CITY_ROLES | {REPORTER_ROLE}

#: To whom a role's messages go when nobody can be found for it (domain.md §5.2).
NEXT_HIGHER: Final[Mapping[str, str]] = {
    "petugas": "kasi",
    "piket": "danru",
    "danru": "kasi",
    "kasi": "kabid",
    "kabid": "kadis",
    "kadis": "pusat_kendali",
    "lurah": "camat",
    "camat": "asisten",
    "operator": "supervisor",
    "verifikator": "supervisor",
    "supervisor": "pusat_kendali",
    "pusat_kendali": "asisten",
    "asisten": "sekda",
    "sekda": "walikota",
    "irban": "inspektur",
    "inspektorat": "inspektur",
    "inspektur": "walikota",
}

_JAKARTA: Final = ZoneInfo("Asia/Jakarta")
_ACTING_TITLE: Final = {
    "plt": {"id": "Plt.", "en": "Acting"},
    "plh": {"id": "Plh.", "en": "Acting"},
}


class UnknownRole(ValueError):
    """A step names a role that the city does not have."""


class Kind(StrEnum):
    """How a person holds a position: for good, acting while it is vacant (plt), for a day or
    more in the holder's stead (plh), or on leave (then *substitute* stands in)."""

    DEFINITIVE = "definitive"
    PLT = "plt"
    PLH = "plh"
    LEAVE = "leave"


class Via(StrEnum):
    """By which rule a recipient was found; recorded with the delivery."""

    ROTA = "rota"
    PLT = "plt"
    PLH = "plh"
    SUBSTITUTE = "substitute"
    DEFINITIVE = "definitive"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class Position:
    """An office: a role in an agency or an area, with the contacts of its duty desk."""

    id: str
    role: str
    agency: str | None
    area: str | None
    title: Title
    mail: str | None = None
    phone: str | None = None
    #: Where its unit stands by, latitude and longitude; None for a desk.
    post: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, with the contacts at which official messages reach them."""

    id: str
    name: str
    mail: str | None = None
    phone: str | None = None
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Holder:
    """*person* holds (or is on leave from) *position* from *start* until before *end*."""

    position: str
    person: str
    start: datetime | None
    end: datetime | None
    kind: Kind = Kind.DEFINITIVE
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """*person* is on duty for *position* from *start* until before *end*."""

    position: str
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """An office to be told, and who answers for it at that instant.

    *person* is None for the duty mailbox. *via* says by which rule it was found, *fallback_from*
    the role that was asked for when another one stands in.
    """

    position: str
    person: str | None
    title: Title
    language: str
    mail: str | None
    phone: str | None
    via: Via
    fallback_from: str | None = None


@dataclass(frozen=True, slots=True)
class ReporterRecipient:
    """Marker for the reporter, whose contacts only the sender may read."""

    role: Literal["pelapor"] = "pelapor"


AnyRecipient = Recipient | ReporterRecipient


@dataclass(frozen=True, slots=True)
class _Place:
    """What a role is resolved for."""

    agency: str | None
    kelurahan: str | None
    kecamatan: str | None
    at: datetime
    excluded_units: frozenset[str]
    excluded_persons: frozenset[str]
    point: tuple[float, float] | None = None


_Row = TypeVar("_Row", Holder, Shift)


@dataclass(frozen=True)
class Directory:
    """The city's positions and who holds them, read once and never changed."""

    positions: tuple[Position, ...]
    persons: Mapping[str, Person]
    holders: tuple[Holder, ...] = ()
    rota: tuple[Shift, ...] = ()
    _holders: Mapping[str, list[Holder]] = field(init=False, repr=False, compare=False)
    _rota: Mapping[str, list[Shift]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_holders", _by_position(self.holders))
        object.__setattr__(self, "_rota", _by_position(self.rota))

    @classmethod
    def from_dicts(
        cls,
        *,
        positions: Iterable[Mapping[str, Any]],
        staff: Iterable[Mapping[str, Any]] = (),
        holders: Iterable[Mapping[str, Any]] = (),
        rota: Iterable[Mapping[str, Any]] = (),
    ) -> Directory:
        """Read positions.json, staff.json, holders.json and rota.json.

        Plain dates in holders include their last day, in Jakarta; instants are half-open. Who is
        listed with a position in staff.json holds it definitively if holders.json is silent
        about that position. Who is revoked answers for nothing any
        more. Raises KeyError or ValueError for a row that is not of the form.
        """
        people = list(staff)
        held = [_holder(row) for row in holders]
        told = {holder.position for holder in held}
        held += [
            Holder(position, person["id"], None, None)
            for person in people
            for position in person.get("positions", ())
            if position not in told
        ]
        return cls(
            positions=tuple(_position(row) for row in positions),
            persons={row["id"]: _person(row) for row in people if not row.get("revoked")},
            holders=tuple(held),
            rota=tuple(_shift(row) for row in rota),
        )

    def position(self, position: str) -> Position | None:
        """The position with this id, if any."""
        return next((known for known in self.positions if known.id == position), None)

    def positions_of(self, person: str, at: datetime) -> tuple[Position, ...]:
        """The positions that *person* holds or stands in for at that instant."""
        held = {row.position for row in self._in_force(at) if person in _persons_in(row)}
        return tuple(position for position in self.positions if position.id in held)

    def resolve(
        self,
        role: str,
        *,
        agency: str | None = None,
        kelurahan: str | None = None,
        kecamatan: str | None = None,
        at: datetime,
        excluded_units: Collection[str] = (),
        point: tuple[float, float] | None = None,
    ) -> tuple[AnyRecipient, ...]:
        """Who is to be told when a step names *role*, at the instant *at*.

        *point*: where it happened. Of several units of the agency that are equally local and have
        posts, the nearest that somebody answers for is told.

        *excluded_units* are the accused units of the case, as agency or area codes: no position
        of theirs and no person who holds one of their positions is ever returned, not even where
        that person stands in elsewhere. An excluded kecamatan covers its kelurahan. Empty only
        when truly nobody is left up to the highest role; each person appears once. Raises
        UnknownRole, and ValueError for an instant without a zone.
        """
        if role not in ROLES:
            raise UnknownRole(role)
        if at.tzinfo is None:
            raise ValueError("an instant needs a zone")
        if role == REPORTER_ROLE:
            return (ReporterRecipient(),)
        units = frozenset(excluded_units)
        if kelurahan and not kecamatan:
            kecamatan = kelurahan.rpartition(".")[0]
        place = _Place(agency, kelurahan, kecamatan, at, units, self._accused(units, at), point)
        return tuple(self._climb(role, place))

    def next_unit(
        self,
        role: str,
        *,
        agency: str,
        at: datetime,
        point: tuple[float, float],
        told: Collection[str],
        excluded_units: Collection[str] = (),
    ) -> tuple[tuple[Recipient, ...], int]:
        """Who answers for the nearest unit of *agency* that was not *told*, and how far it is.

        *told*: ids of positions. The distance is in metres; nobody and 0 if there is no such unit.
        """
        units = frozenset(excluded_units)
        place = _Place(agency, None, None, at, units, self._accused(units, at), point)
        known = [
            one
            for one in self.positions
            if one.role == role
            and one.agency == agency
            and one.post
            and one.id not in told
            and not _belongs(one, units)
        ]
        for unit in sorted(known, key=lambda one: _metres(one, point)):
            if found := self._answering(unit, place):
                return tuple(found), round(_metres(unit, point))
        return (), 0

    def resolve_all(
        self,
        roles: Iterable[str],
        *,
        agency: str | None = None,
        kelurahan: str | None = None,
        kecamatan: str | None = None,
        at: datetime,
        excluded_units: Collection[str] = (),
    ) -> tuple[AnyRecipient, ...]:
        """The recipients of several roles, each person and mailbox once (engine.md S31)."""
        found: list[AnyRecipient] = []
        for role in roles:
            found += self.resolve(
                role,
                agency=agency,
                kelurahan=kelurahan,
                kecamatan=kecamatan,
                at=at,
                excluded_units=excluded_units,
            )
        return tuple(_unique(found))

    def _climb(self, asked: str, place: _Place) -> list[Recipient]:
        role: str | None = asked
        while role is not None:
            groups = self._nearest_first(role, self._matching(role, place), place.point)
            answers = (
                [one for at in group for one in self._answering(at, place)] for group in groups
            )
            found = next((one for one in answers if one), [])
            if found:
                stands_in = None if role == asked else asked
                return [replace(one, fallback_from=stands_in) for one in _unique(found)]
            role = NEXT_HIGHER.get(role)
        return []

    def _told(self, offices: Iterable[Position], place: _Place) -> list[Recipient]:
        return [one for office in offices for one in self._answering(office, place)]

    @staticmethod
    def _nearest_first(
        role: str, named: list[Position], point: tuple[float, float] | None
    ) -> list[list[Position]]:
        """The offices as they are to be asked: all together, or unit by unit from the nearest."""
        if role not in UNIT_ROLES or point is None or not any(one.post for one in named):
            return [named]
        posted = sorted((one for one in named if one.post), key=lambda one: _metres(one, point))
        return [*([one] for one in posted), [one for one in named if not one.post]]

    def _matching(self, role: str, place: _Place) -> list[Position]:
        named = [
            position
            for position in self.positions
            if position.role == role and not _belongs(position, place.excluded_units)
        ]
        if role in AGENCY_ROLES:
            named = [position for position in named if position.agency == place.agency]
        # The most local office answers: an officer of this kelurahan before one of its
        # kecamatan, and either before one of the whole agency.
        areas: list[str | None] = [area for area in (place.kelurahan, place.kecamatan) if area]
        if role not in AREA_ROLES:
            areas.append(None)
        local = ([one for one in named if one.area == area] for area in areas)
        return next((offices for offices in local if offices), [])

    def _answering(self, position: Position, place: _Place) -> list[Recipient]:
        held = self._held_by(position, place.at)
        persons = [
            recipient
            for via, person in held
            if person.id not in place.excluded_persons
            and (recipient := _as_recipient(position, person, via)) is not None
        ]
        if persons:
            return persons
        if any(person.id in place.excluded_persons for _, person in held):
            return []  # the accused may read the duty mailbox of the office they hold
        mailbox = _as_recipient(position, None, Via.MAILBOX)
        return [mailbox] if mailbox else []

    def _held_by(self, position: Position, at: datetime) -> list[tuple[Via, Person]]:
        """Who answers for a position at an instant, by the first rule that names somebody."""
        on_duty = _current(self._rota.get(position.id, ()), at)
        if found := self._known(Via.ROTA, (shift.person for shift in on_duty)):
            return found
        rows = _current(self._holders.get(position.id, ()), at)
        for kind, via in ((Kind.PLH, Via.PLH), (Kind.PLT, Via.PLT)):
            if found := self._known(via, (row.person for row in rows if row.kind is kind)):
                return found
        away = [row for row in rows if row.kind is Kind.LEAVE]
        substitutes = (row.substitute for row in away if row.substitute)
        if found := self._known(Via.SUBSTITUTE, substitutes):
            return found
        absent = {row.person for row in away}
        definitive = (row.person for row in rows if row.kind is Kind.DEFINITIVE)
        return self._known(Via.DEFINITIVE, (one for one in definitive if one not in absent))

    def _known(self, via: Via, ids: Iterable[str]) -> list[tuple[Via, Person]]:
        return [(via, self.persons[one]) for one in dict.fromkeys(ids) if one in self.persons]

    def _accused(self, units: frozenset[str], at: datetime) -> frozenset[str]:
        if not units:
            return frozenset()
        theirs = {position.id for position in self.positions if _belongs(position, units)}
        return frozenset(
            person
            for row in self._in_force(at)
            if row.position in theirs
            for person in _persons_in(row)
        )

    def _in_force(self, at: datetime) -> list[Holder | Shift]:
        return [*_current(self.holders, at), *_current(self.rota, at)]


def _belongs(position: Position, units: frozenset[str]) -> bool:
    """Whether a position is part of one of the units: an agency, a kecamatan or a kelurahan.

    The area of a dinas officer is where they work, not the unit they belong to; that of an
    officer of a kecamatan or kelurahan (agencies KEC-… and KEL-…) is both.
    """
    if position.agency in units:
        return True
    agency = position.agency or "KEL-"
    if position.role not in AREA_ROLES and not agency.startswith(("KEC-", "KEL-")):
        return False
    area = position.area or ""
    return any(area == unit or area.startswith(f"{unit}.") for unit in units)


def _as_recipient(position: Position, person: Person | None, via: Via) -> Recipient | None:
    mail = (person.mail if person else None) or position.mail
    phone = (person.phone if person else None) or position.phone
    if not mail and not phone:
        return None  # cannot be reached at all, so not somebody who was told
    return Recipient(
        position=position.id,
        person=person.id if person else None,
        title=_title(position.title, via),
        language=person.language if person else "id",
        mail=mail or None,
        phone=phone or None,
        via=via,
    )


def _title(title: Title, via: Via) -> Title:
    prefix = _ACTING_TITLE.get(via.value)
    if prefix is None:
        return title
    return {
        language: f"{prefix.get(language, prefix['id'])} {text}" for language, text in title.items()
    }


_AnyFound = TypeVar("_AnyFound", bound=AnyRecipient)


def _unique(found: Iterable[_AnyFound]) -> Iterator[_AnyFound]:
    seen: set[object] = set()
    for one in found:
        key = _identity(one)
        if key not in seen:
            seen.add(key)
            yield one


def _identity(one: AnyRecipient) -> object:
    if isinstance(one, ReporterRecipient):
        return REPORTER_ROLE
    return ("person", one.person) if one.person else ("mailbox", one.mail, one.phone)


def _by_position(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    grouped: dict[str, list[_Row]] = {}
    for row in rows:
        grouped.setdefault(row.position, []).append(row)
    return grouped


def _current(rows: Iterable[_Row], at: datetime) -> list[_Row]:
    return [
        row
        for row in rows
        if (row.start is None or row.start <= at) and (row.end is None or at < row.end)
    ]


def _persons_in(row: Holder | Shift) -> tuple[str, ...]:
    substitute = row.substitute if isinstance(row, Holder) else None
    return (row.person, substitute) if substitute else (row.person,)


def _metres(position: Position, point: tuple[float, float]) -> float:
    return distance_m(position.post, point) if position.post else float("inf")


def _position(row: Mapping[str, Any]) -> Position:
    contacts = row.get("contacts") or {}
    post = row.get("post")
    return Position(
        id=row["id"],
        role=row["role"],
        agency=row.get("agency"),
        area=row.get("area"),
        title=dict(row["title"]),
        mail=contacts.get("mail"),
        phone=contacts.get("phone"),
        post=(float(post["lat"]), float(post["lon"])) if post else None,
    )


def _person(row: Mapping[str, Any]) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        mail=row.get("mail"),
        phone=row.get("phone"),
        language=row.get("language") or "id",
    )


def _holder(row: Mapping[str, Any]) -> Holder:
    return Holder(
        position=row["position"],
        person=row["person"],
        start=_instant(row.get("from")),
        end=_instant(row.get("to"), last_day=True),
        kind=Kind(row.get("kind") or Kind.DEFINITIVE),
        substitute=row.get("substitute"),
    )


def _shift(row: Mapping[str, Any]) -> Shift:
    start, end = _instant(row["start"]), _instant(row["end"])
    if start is None or end is None or end <= start:
        raise ValueError(f"a shift needs a start before its end: {row}")
    return Shift(row["position"], row["person"], start, end)


def _instant(text: str | None, *, last_day: bool = False) -> datetime | None:
    """An ISO instant, or the start (or end) of an ISO date in Jakarta."""
    if not text:
        return None
    if len(text) == len("2027-01-31"):
        day = date.fromisoformat(text) + timedelta(days=1 if last_day else 0)
        return datetime.combine(day, time.min, _JAKARTA)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=_JAKARTA)
