"""Taking over the city's existing reports: as history, without a message and without a ladder.

Each report keeps its date and its number there; ours follows from that number, so that a file can
be imported again and again and adds only what is new. What had fallen due before the import is
put on record as not carried out by this system: it is neither fired later nor counted as told.
Only what falls due after the import runs, for reports that are still open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.areas import OUTSIDE, is_position
from chalicelib.domain.catalogue import Category
from chalicelib.domain.events import Actor, Draft, instant
from chalicelib.domain.laksa import DONE, IN_WORK, REFUSED, STATUS_OF, WAITING, Case, RowRefused
from chalicelib.domain.numbers import number_for_key
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import due
from chalicelib.services.catalogue import Catalogue, NotInCatalogue
from chalicelib.services.composing import Composer, Planner
from chalicelib.services.ports import AlreadyExists, Clock, ReportStore

SOURCE = "laksa"
IMPORTER = Actor("client", person="import-laksa")
IMPORTED, ALREADY, ACCEPTED = "imported", "already_imported", "accepted"
#: One transaction holds 100 items; each step that had fallen due takes two.
_MOST_DUE = 40
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row: ``imported``, ``already_imported``, ``accepted`` (dry) or a reason."""

    external: str
    result: str
    number: str = ""
    category: str = ""
    status: str = ""
    field: str = ""
    value: str = ""

    @property
    def taken(self) -> bool:
        """Whether the row is, or would be, in the system."""
        return self.result in (IMPORTED, ALREADY, ACCEPTED)


@dataclass(frozen=True)
class ImportReports:
    """The use case. store is None for a dry run. categories: their words → our codes."""

    store: ReportStore | None
    catalogue: Catalogue
    planner: Planner
    clock: Clock
    secret: Callable[[], bytes]
    salts: Callable[[], str]
    categories: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, case: Case) -> Outcome:
        """Import one case; never raises for what is wrong with the row."""
        try:
            category = self.category(case.category)
            drafts, sop = self._drafts(case, category)
            return self._written(case, category, drafts, sop)
        except RowRefused as refused:
            return Outcome(case.external, refused.reason, field=refused.field, value=refused.value)

    def category(self, words: str) -> Category:
        """Return the category that *words* mean: a code, a name, or one synonym's only owner."""
        known = self.catalogue.categories()
        code = self.categories.get(words) or words
        if code in known:
            return known[code]
        said = words.casefold()
        exact = [one for one in known.values() if said in _names(one)]
        if len(exact) == 1:
            return exact[0]
        raise RowRefused("unknown_category", "category", words)

    def _written(
        self, case: Case, category: Category, drafts: Iterator[Draft] | list[Draft], sop: Sop
    ) -> Outcome:
        key = hashlib.sha256(f"{SOURCE}|{case.external}".encode()).hexdigest()[:32]
        drafted = list(drafts)
        for attempt in range(_TRIES):
            number = number_for_key(self.secret(), f"{SOURCE}|{case.external}", attempt)
            stored = self.store.load(number) if self.store else None
            if stored is not None and stored.events[0].key != key:
                continue  # another report has the number
            status = STATUS_OF[case.state]
            if stored is not None:
                return Outcome(case.external, ALREADY, number, category.code, status)
            composer = self._composed(number, drafted, sop, key)
            if self.store is None:
                return Outcome(case.external, ACCEPTED, number, category.code, status)
            try:
                self.store.save(composer.change())
            except AlreadyExists:
                continue  # somebody imports the same file; the next look finds it
            return Outcome(case.external, IMPORTED, number, category.code, status)
        raise RowRefused("number_taken", "number", case.external)

    def _composed(self, number: str, drafts: list[Draft], sop: Sop, key: str) -> Composer:
        now = self.clock.now()
        composer = Composer(None, number=number, now=now, planner=self.planner, salts=self.salts)
        for place, draft in enumerate(drafts):
            keyed = Draft(draft.type, draft.at, draft.actor, draft.data, draft.texts, key)
            composer.add(keyed if place == 0 else draft, sop=(sop.id, sop.version))
        self._pass_over(composer, now)
        composer.deliveries.clear()  # a report that is years old is nobody's news
        return composer

    def _pass_over(self, composer: Composer, now: datetime) -> None:
        """Put on record what had fallen due before the import, as told by nobody."""
        passed = due(composer.timeline(), composer.already_fired(), now)
        if len(passed) > _MOST_DUE:
            raise RowRefused("too_many_steps", "category", str(len(passed)))
        for entry in passed:
            composer.fired.append(entry.key)
            data = {
                "entry": entry.key,
                "step": entry.step,
                "cycle": entry.cycle,
                "repeat": entry.repeat,
                "due_at": instant(entry.due_at) if entry.due_at else None,
                "told": [],
                "overtaken": True,
                "imported": True,
            }
            composer.add(Draft("fired", now, IMPORTER, data))

    def _drafts(self, case: Case, category: Category) -> tuple[list[Draft], Sop]:
        try:
            sop = self.catalogue.sop_in_force(category.code, case.filed_at)
        except NotInCatalogue:
            raise RowRefused("no_sop_on_that_day", "filed_at", instant(case.filed_at)) from None
        if case.filed_at > self.clock.now():
            raise RowRefused("date_in_the_future", "filed_at", instant(case.filed_at))
        kelurahan, kecamatan = self._place(case)
        agency = self._agency(case, category, sop, kelurahan, kecamatan)
        filed = {
            "category": category.code,
            "tier": sop.tier or category.tier,
            "sensitivity": category.sensitivity,
            "sop": {"id": sop.id, "version": sop.version},
            "calendars": dict(self.catalogue.calendar_versions()),
            "dispatch": sop.dispatch,
            "kelurahan": kelurahan,
            "kecamatan": kecamatan,
            "visibility": "public",
            "language": "id",
            "source": SOURCE,
            "channels": [],
            "external": {
                "system": SOURCE,
                "number": case.external,
                "status": case.status_text,
            },
            **({"agency": agency} if sop.dispatch == "immediate" else {}),
        }
        point = f"{case.point[0]:.6f},{case.point[1]:.6f}" if case.point else ""
        texts = {"description": case.description, "address": case.address, "point": point}
        told = {name: text for name, text in texts.items() if text}
        first = Draft("filed", case.filed_at, IMPORTER, filed, told)
        return [first, *self._later(case, sop, agency)], sop

    def _later(self, case: Case, sop: Sop, agency: str) -> Iterator[Draft]:
        """What LAKSA's state says has happened; when, it does not say, so at the known dates."""
        imported = {"imported": True}
        if case.state in (IN_WORK, DONE) and sop.dispatch == "verified" and agency:
            yield Draft("verified", case.filed_at, IMPORTER, {"agency": agency, **imported})
        if case.state == IN_WORK:
            yield Draft("acknowledged", case.filed_at, IMPORTER, imported)
        end = case.closed_at or case.filed_at
        if case.state == DONE:
            yield Draft("closed_automatically", end, IMPORTER, imported)
        if case.state == REFUSED:
            yield Draft("rejected", end, IMPORTER, {"reason": "imported", **imported})

    def _place(self, case: Case) -> tuple[str, str]:
        areas = self.catalogue.areas
        if case.kelurahan:
            area = areas.resolve_name(case.kelurahan)
            if area is None:
                raise RowRefused("unknown_kelurahan", "kelurahan", case.kelurahan)
            return area.code, area.kecamatan
        if case.point is not None and is_position(*case.point):
            found = self.catalogue.points.locate(*case.point)
            if found is OUTSIDE:
                raise RowRefused("outside_city", "point", str(case.point))
            return found.kelurahan, found.kecamatan
        return "", ""

    def _agency(
        self, case: Case, category: Category, sop: Sop, kelurahan: str, kecamatan: str
    ) -> str:
        if case.agency and case.state != WAITING:
            said = case.agency.casefold()
            for code, row in self.catalogue.agencies().items():
                if said in (code.casefold(), row["short"].casefold(), row["name"]["id"].casefold()):
                    return code
            raise RowRefused("unknown_agency", "agency", case.agency)
        if sop.owner != "category":
            return sop.owner
        return self.catalogue.owner(category.code, kelurahan, kecamatan, case.filed_at)


def _names(category: Category) -> set[str]:
    whole = str(category.name.get("id", "")).casefold()
    short = whole.partition(" (")[0].partition(" / ")[0]
    return {
        category.code.casefold(),
        whole,
        short,
        *(word.casefold() for word in category.synonyms),
    }
