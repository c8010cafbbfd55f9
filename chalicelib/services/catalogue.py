"""The catalogue in force, read once and kept: SOPs, calendars, categories, agencies, people.

Immutable documents (an SOP version, a calendar version) are kept for the life of the container;
what may change (assignments, ownership, people) is read again after `FRESH_SECONDS`. Changes of
the catalogue take effect from a date, so a minute's lag binds no report to the wrong SOP.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts import roles_of
from chalicelib.domain.actions import Caller
from chalicelib.domain.areas import AreaIndex, Areas
from chalicelib.domain.calendar import Calendar
from chalicelib.domain.catalogue import Category, owner_of, serving_sop
from chalicelib.domain.channels import ChannelPolicy
from chalicelib.domain.kindness import Kindness
from chalicelib.domain.limits import Limits
from chalicelib.domain.roles import Directory
from chalicelib.domain.sop import Sop, content_hash

if TYPE_CHECKING:
    from chalicelib.domain.places import Place
    from chalicelib.services.messages import Template, Templates

log = logging.getLogger("live_room.catalogue")
FRESH_SECONDS = 60.0
CITY_ZONE = ZoneInfo("Asia/Jakarta")
_T = TypeVar("_T")


class Documents(Protocol):
    """Where the catalogue's documents lie."""

    def get(self, kind: str, id: str) -> bytes | None:
        """Return the JSON document *id* of *kind*, its latest version unless ``id@version``."""


#: Lists that a stage of an earlier release lacks until its catalogue is loaded again.
_AS_LONG_AS_NONE: Mapping[str, bytes] = {"wishes": b"{}"}


@dataclass(frozen=True, slots=True)
class Wish:
    """How one person would like to be told: the language, and whether by push as well."""

    language: str
    push: bool = False


class NotInCatalogue(LookupError):
    """A document that something refers to does not exist."""


class Catalogue:
    """Answers what is in force; *monotonic* is the container's own seconds, for freshness."""

    def __init__(self, documents: Documents, monotonic: Callable[[], float]) -> None:
        self._documents = documents
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str], Any] = {}
        self._read_at: dict[tuple[str, str], float] = {}

    def sop(self, id: str, version: int) -> Sop:
        """Return one SOP version; raise NotInCatalogue."""
        return self._immutable("sop", f"{id}@{version}", Sop.from_dict)

    def sop_hash(self, sop: Sop) -> str:
        """Return the SHA-256 of a version's canonical JSON, taken once."""
        key = ("hash", f"{sop.id}@{sop.version}")
        if key not in self._kept:
            self._kept[key] = content_hash(sop)
        return cast(str, self._kept[key])

    def sop_in_force(self, category: str, at: datetime) -> Sop:
        """Return the SOP that serves *category* at *at*; raise NotInCatalogue."""
        found = serving_sop(self._document("assignments"), category, self.day(at))
        if found is None:
            raise NotInCatalogue(f"no SOP in force for {category}")
        return self.sop(*found)

    def sops_in_force(self, at: datetime) -> Mapping[str, Sop]:
        """Return the SOP in force of every category that has one."""
        day = self.day(at)
        found = {
            code: serving_sop(self._document("assignments"), code, day)
            for code in self.categories()
        }
        return {code: self.sop(*pair) for code, pair in found.items() if pair}

    def assignments(self) -> Sequence[Mapping[str, Any]]:
        """Return which SOP version serves which category from when to when."""
        return cast(Sequence[Mapping[str, Any]], self._document("assignments"))

    def ownership(self) -> Sequence[Mapping[str, Any]]:
        """Return which agency owns which category where, from when to when."""
        return cast(Sequence[Mapping[str, Any]], self._document("ownership"))

    def ever_in_force(self, category: str, at: datetime) -> frozenset[tuple[str, int]]:
        """Return the SOP versions that serve *category* at *at* or have served it before."""
        day = self.day(at).isoformat()
        return frozenset(
            (row["sop"], int(row["version"]))
            for row in self.assignments()
            if row["category"] == category and row["from"] <= day
        )

    def calendar_versions(self) -> Mapping[str, int]:
        """Return the current version of each calendar."""
        return cast(Mapping[str, int], self._document("calendars"))

    def calendars(self, versions: Mapping[str, int] | None = None) -> Mapping[str, Calendar]:
        """Return the calendars by name, in *versions* where given, else in the current ones."""
        wanted = {**self.calendar_versions(), **(versions or {})}
        return {name: self.calendar(name, version) for name, version in wanted.items()}

    def calendar(self, name: str, version: int) -> Calendar:
        """Return one calendar version; raise NotInCatalogue."""
        return self._immutable(
            "calendar", f"{name}@{version}", lambda body: Calendar.from_dict(name, body)
        )

    def categories(self) -> Mapping[str, Category]:
        """Return all categories by code."""
        return self._parsed(
            "categories", lambda rows: {row["code"]: Category.from_dict(row) for row in rows}
        )

    def agencies(self) -> Mapping[str, Mapping[str, Any]]:
        """Return all agencies by code."""
        return self._parsed("agencies", lambda rows: {row["code"]: row for row in rows})

    def owner(self, category: str, kelurahan: str, kecamatan: str, at: datetime) -> str:
        """Return the agency that owns *category* at that place and time; empty if none."""
        return owner_of(
            self._document("ownership"),
            category,
            kelurahan=kelurahan,
            kecamatan=kecamatan,
            day=self.day(at),
        )

    def prices(self) -> Mapping[str, Any]:
        """Return the dated unit prices that estimates are counted by."""
        return cast(Mapping[str, Any], self._document("prices"))

    def directory(self) -> Directory:
        """Return who holds which position."""
        key = ("parsed", "directory")
        if self._stale(key):
            self._keep(
                key,
                Directory.from_dicts(
                    positions=self._document("positions"),
                    staff=self._in_their_language(self._document("staff")),
                    holders=self._document("holders"),
                    rota=self._document("rota"),
                ),
            )
        return cast(Directory, self._kept[key])

    def wishes(self) -> Mapping[str, Wish]:
        """Return how members of staff would like to be told, by person."""
        return self._parsed("wishes", _wishes)

    def _in_their_language(self, staff: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        wishes = self.wishes()
        return [
            {**one, "language": wishes[one["id"]].language} if one["id"] in wishes else one
            for one in staff
        ]

    def channels(self) -> ChannelPolicy:
        """Return which channels messages take, and their caps."""
        return self._parsed("channels", ChannelPolicy.from_dict)

    def kindness(self) -> Kindness:
        """Return how much people are told at once, and when they are left in peace."""
        return self._parsed("kindness", Kindness.from_dict)

    def limits(self) -> Limits:
        """Return how often anybody may write, and when a proof of work is asked for."""
        return self._parsed("limits", Limits.from_dict)

    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """Return whose contacts may not file for now, as digests; none on a stage without."""
        try:
            return cast(Sequence[Mapping[str, Any]], self._document("blocks"))
        except NotInCatalogue:
            return ()

    def templates(self) -> Templates:
        """Return the message templates in use: those of the product and what the city approved."""
        key = ("parsed", "templates")
        if self._stale(key):
            self._keep(key, self._templates())
        return cast("Templates", self._kept[key])

    def replies(self) -> Sequence[Mapping[str, Any]]:
        """Return the texts that staff may insert; none on a stage older than them."""
        try:
            return cast(Sequence[Mapping[str, Any]], self._document("replies"))
        except NotInCatalogue:
            return ()

    def places(self) -> Sequence[Place]:
        """Return what can be named on the telephone: areas, and the places that the city lists."""
        key = ("parsed", "places")
        if self._stale(key):
            self._keep(key, self._places())
        return cast("Sequence[Place]", self._kept[key])

    def _places(self) -> Sequence[Place]:
        from chalicelib.domain import places

        try:
            rows = self._document("places")
        except NotInCatalogue:  # a stage older than the list, not seeded again yet
            rows = ()
        listed = places.of_rows(rows, self.areas)
        return [*places.of_areas(self.areas), *listed, *self._sensors()]

    def _sensors(self) -> Iterator[Place]:
        """The city's sensors in service, which stand where everybody knows."""
        from chalicelib.domain.areas import OUTSIDE, Coordinates
        from chalicelib.domain.places import place

        for row in self._document("devices"):
            point = Coordinates(row["lat"], row["lon"])
            found = OUTSIDE if row.get("revoked_at") else self.points.locate(*point)
            if found is not OUTSIDE:
                names = [row["name"], row["id"], *filter(None, [row.get("address")])]
                id = f"sensor-{row['id']}"
                yield place(id, "sensor", names, [found.kelurahan], point=point)

    def staff(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the staff accounts by id."""
        return self._parsed("staff", lambda rows: {row["id"]: row for row in rows})

    def positions(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the positions by id."""
        return self._parsed("positions", lambda rows: {row["id"]: row for row in rows})

    def staff_caller(self, person: str, at: datetime) -> Caller | None:
        """Return the caller that a staff account stands for at *at*, None if there is none then.

        Offices are those held or stood in for at that instant, and most roles follow from them,
        so that a move takes effect on its day by itself.
        """
        account = self.staff().get(person)
        if account is None or account.get("revoked"):
            return None
        offices = self.directory().positions_of(person, at)
        roles = roles_of(account, (office.role for office in offices))
        if not roles:
            return None
        return Caller(
            roles=roles,
            person=person,
            positions=tuple(office.id for office in offices),
            agencies=frozenset(office.agency for office in offices if office.agency),
            areas=frozenset(office.area for office in offices if office.area),
        )

    @cached_property
    def areas(self) -> Areas:
        """The city's kecamatan and kelurahan."""
        return Areas.from_dict(self._document("areas"))

    @cached_property
    def points(self) -> AreaIndex:
        """The reference points that tell a place's kelurahan."""
        return AreaIndex(self._document("area_points"))

    def document(self, name: str) -> Any:
        """Return one of the lists that a city keeps beside the catalogue, at most a minute old."""
        return self._document(name)

    def day(self, at: datetime) -> Any:
        """Return the city's calendar date at *at*."""
        return at.astimezone(CITY_ZONE).date()

    def forget(self) -> None:
        """Read anew, at the next question, all that may have changed."""
        for key in self._read_at:
            self._kept.pop(key, None)
        self._read_at.clear()

    def _templates(self) -> Templates:
        from chalicelib.services.messages import default_templates

        try:
            index: Mapping[str, Sequence[int]] = self._document("templates")
        except NotInCatalogue:  # a stage older than the desk, not seeded again yet
            index = {}
        edited = ((id, number) for id, numbers in index.items() for number in numbers)
        return default_templates().with_sources(
            {one: partial(self._template, *one) for one in edited if self._readable(*one)}
        )

    def _readable(self, id: str, version: int) -> bool:
        """Whether a template is still of the form. A message in the product's words is better than
        none, so one that a release no longer understands is left out, and said to be."""
        from chalicelib.services.messages import TemplateInvalid

        try:
            self._template(id, version)
        except (TemplateInvalid, NotInCatalogue):
            log.exception("template left out", extra={"template": id, "version": version})
            return False
        return True

    def _template(self, id: str, version: int) -> Template:
        from chalicelib.services.messages import Template

        return self._immutable("template", f"{id}@{version}", Template.from_dict)

    def _immutable(self, kind: str, id: str, build: Callable[[Any], _T]) -> _T:
        key = (kind, id)
        if key not in self._kept:
            body = self._documents.get(kind, id)
            if body is None:
                raise NotInCatalogue(f"{kind} {id}")
            self._kept[key] = build(json.loads(body))
        return cast(_T, self._kept[key])

    def _document(self, name: str) -> Any:
        key = ("document", name)
        if self._stale(key):
            body = self._documents.get("document", name) or _AS_LONG_AS_NONE.get(name)
            if body is None:
                raise NotInCatalogue(name)
            self._keep(key, json.loads(body))
        return self._kept[key]

    def _parsed(self, name: str, build: Callable[[Any], _T]) -> _T:
        key = ("parsed", name)
        if self._stale(key):
            self._keep(key, build(self._document(name)))
        return cast(_T, self._kept[key])

    def _stale(self, key: tuple[str, str]) -> bool:
        if key not in self._kept:
            return True
        return self._monotonic() - self._read_at[key] > FRESH_SECONDS

    def _keep(self, key: tuple[str, str], value: Any) -> None:
        self._kept[key] = value
        self._read_at[key] = self._monotonic()


def _wishes(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Wish]:
    return {person: Wish(row["language"], bool(row.get("push"))) for person, row in rows.items()}
