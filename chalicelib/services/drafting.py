"""Writing SOPs: drafts, their review and approval, and the day from which they are in force.

Every step writes a new version of the workbench (kind ``draft``) with its author and reason; what
goes into force is written once as ``sop`` under its number and never again, together with the
dated assignments that let it serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.domain import lifecycle
from chalicelib.domain.actions import Caller
from chalicelib.domain.catalogue import DatesOverlap, assigned, serving_sop
from chalicelib.domain.differences import difference
from chalicelib.domain.findings import Finding, errors
from chalicelib.domain.lifecycle import MoveRefused, Wish, Workbench
from chalicelib.domain.sop import Sop, content_hash
from chalicelib.services.administering import (
    Act,
    Administer,
    NoSuchDocument,
    Version,
    VersionMoved,
    Write,
)
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.linting import LintSops
from chalicelib.services.ports import Clock, TryAgain

DRAFT, SOP, ASSIGNMENTS = "draft", "sop", "assignments"
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A workbench and the number of the edit that it is at."""

    workbench: Workbench
    revision: int


@dataclass(frozen=True, slots=True)
class Service:
    """From which day an SOP version is to serve which categories.

    last and season: for a season only. categories: empty for those that the SOP names.
    """

    first: date
    last: date | None = None
    season: str = ""
    categories: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class DraftSops:
    """The use cases of SOP authors, reviewers and approvers."""

    administer: Administer
    catalogue: Catalogue
    clock: Clock
    lint: LintSops

    # -- reading --

    def drafts(self) -> list[dict[str, Any]]:
        """Return the newest draft of every SOP that ever had one."""
        rows = self.administer.register.listed(DRAFT)
        return [{"sop": id, **_without(summary, "version")} for id, summary in rows]

    def load(self, sop: str) -> Shown:
        """Return the workbench; raises NoSuchDocument."""
        found = self.administer.latest(DRAFT, sop)
        return Shown(Workbench.from_dict(found.body), found.version)

    def version(self, sop: str, version: int) -> Sop:
        """Return a version in the catalogue, or the draft of that number; raises NoSuchDocument."""
        stored = self.administer.register.version(SOP, sop, version)
        if stored is not None:
            return Sop.from_dict(stored.body)
        bench = self.load(sop).workbench
        if bench.number != version:
            raise NoSuchDocument(f"sop {sop}@{version}")
        return bench.parsed()

    def difference(self, sop: str, before: int, after: int) -> dict[str, Any]:
        """Return what changed between two versions; *before* 0 compares with nothing."""
        old = self.version(sop, before) if before else None
        return difference(old, self.version(sop, after))

    def findings(self, sop: str, day: date | None = None) -> tuple[Finding, ...]:
        """Return what is wrong with the draft if it serves on *day* (default: today)."""
        return self.lint(self.load(sop).workbench.parsed(), day)

    def versions(self, sop: str) -> list[dict[str, Any]]:
        """Return every version that was ever in force, newest first, with when it serves."""
        found = list(self.administer.register.versions(SOP, sop))
        if not found:
            raise NoSuchDocument(f"sop {sop}")
        rows = [row for row in self._assignments().body if row["sop"] == sop]
        today = self.today().isoformat()
        return [_version_row(one, rows, today) for one in found]

    def today(self) -> date:
        """Return the city's calendar date now."""
        day: date = self.catalogue.day(self.clock.now())
        return day

    # -- writing --

    def begin(
        self, caller: Caller, sop: str, content: Mapping[str, Any] | None, reason: str
    ) -> Shown:
        """Begin a draft of *content*, or of what the newest version says.

        Raises MoveRefused, SopInvalid, NoSuchDocument without content for an unknown SOP.
        """
        before = self.administer.register.latest(DRAFT, sop)
        current = self.administer.register.latest(SOP, sop)
        if content is None:
            if current is None:
                raise NoSuchDocument(f"sop {sop}")
            content = current.body
        bench = lifecycle.begin(
            sop,
            Workbench.from_dict(before.body) if before else None,
            content,
            current.version if current else 0,
            caller.person,
            current.version if current else 0,
        )
        act = Act("begin_draft", caller, lifecycle.AUTHOR, reason)
        return self._put(act, bench, before.version if before else 0)

    def edit(
        self, caller: Caller, sop: str, content: Mapping[str, Any], revision: int, reason: str
    ) -> Shown:
        """Write new content over edit *revision*; raises VersionMoved if it is not the newest."""
        shown = self.load(sop)
        if shown.revision != revision:
            raise VersionMoved(shown.revision)
        bench = lifecycle.edit(shown.workbench, content, caller.person)
        act = Act("edit_draft", caller, lifecycle.AUTHOR, reason)
        return self._put(act, bench, revision)

    def take(self, sop: str, wish: Wish, service: Service | None = None) -> Shown:
        """Take one step of the draft's life; *service* says from when it serves, to activate.

        Raises MoveRefused, NoSuchDocument, TryAgain.
        """
        for _ in range(_TRIES):
            shown = self.load(sop)
            after = lifecycle.take(shown.workbench, wish)
            try:
                return self._moved(shown, after, wish, service)
            except VersionMoved:
                continue
        raise TryAgain("the draft is being changed by others")

    def assign(self, caller: Caller, sop: str, version: int, service: Service) -> list[Any]:
        """Let a version that is in the catalogue serve from a day on; return its assignments.

        For a season, or to go back to an earlier version. Raises MoveRefused, NoSuchDocument.
        """
        stored = self.administer.register.version(SOP, sop, version)
        if stored is None:
            raise NoSuchDocument(f"sop {sop}@{version}")
        role = lifecycle.role_for("activate", caller)
        act = Act("assign_sop", caller, role, service.note, {"sop": sop, "version": version})
        body = Sop.from_dict(stored.body)
        self._ready(body, service)
        written = self.administer.change(
            act, "document", ASSIGNMENTS, lambda rows: self._serving(rows, body, service)
        )
        return [row for row in written.body if row["sop"] == sop and row["version"] == version]

    def _moved(self, shown: Shown, after: Workbench, wish: Wish, service: Service | None) -> Shown:
        role = lifecycle.role_for(wish.move, wish.caller)
        facts = {"sop": after.sop, "version": after.number, "hash": after.hash}
        act = Act(f"{wish.move}_draft", wish.caller, role, wish.text, facts)
        if after.status != lifecycle.ACTIVE or service is None:
            return self._put(act, after, shown.revision)
        sop, assignments = after.parsed(), self._assignments()
        taken = self.administer.register.latest(SOP, sop.id)
        if taken is not None and taken.version >= sop.version:
            raise MoveRefused("version_taken", version=taken.version)
        self._ready(sop, service)
        rows = self._serving(assignments.body, sop, service)
        return self._put(
            act,
            after,
            shown.revision,
            Write(SOP, sop.id, sop.to_dict(), _sop_summary(sop), version=sop.version),
            Write("document", ASSIGNMENTS, rows, based_on=assignments.version),
        )

    def _put(self, act: Act, bench: Workbench, revision: int, *more: Write) -> Shown:
        draft = Write(DRAFT, bench.sop, bench.to_dict(), bench.summary(), based_on=revision)
        written = self.administer.write(act, draft, *more)
        return Shown(bench, written[0].version)

    def _assignments(self) -> Version:
        return self.administer.latest("document", ASSIGNMENTS)

    def _ready(self, sop: Sop, service: Service) -> None:
        """Refuse what has a hole on the day on which it is to serve."""
        if service.first < self.today():
            raise MoveRefused("date_in_the_past", field="from")
        found = errors(self.lint(sop, service.first))
        if found:
            raise MoveRefused("sop_not_ready", findings=[one.to_dict() for one in found])

    def _serving(
        self, rows: Iterable[Mapping[str, Any]], sop: Sop, service: Service
    ) -> list[Mapping[str, Any]]:
        """The assignments with *sop* serving as asked; raises MoveRefused."""
        if bool(service.season) is not bool(service.last):
            raise MoveRefused("season_needs_its_end", field="to")
        if service.last and service.last < service.first:
            raise MoveRefused("season_needs_its_end", field="to")
        categories = service.categories or sop.categories
        unknown = set(categories) - set(sop.categories)
        if unknown or not categories:
            raise MoveRefused("sop_not_of_category", field="categories")
        return self._laid(list(rows), sop, service, categories)

    def _laid(
        self,
        rows: list[Mapping[str, Any]],
        sop: Sop,
        service: Service,
        categories: Sequence[str],
    ) -> list[Mapping[str, Any]]:
        for category in categories:
            row: dict[str, Any] = {
                "category": category,
                "sop": sop.id,
                "version": sop.version,
                "from": service.first.isoformat(),
                "to": service.last.isoformat() if service.last else None,
            }
            more = {"season": service.season, "note": service.note}
            row |= {name: value for name, value in more.items() if value}
            try:
                rows = assigned(rows, row)
            except DatesOverlap as found:
                raise MoveRefused("season_overlaps", row=dict(found.row)) from None
        return rows


def _sop_summary(sop: Sop) -> dict[str, Any]:
    return {"name": dict(sop.name), "hash": content_hash(sop), "categories": list(sop.categories)}


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _version_row(stored: Version, rows: Sequence[Mapping[str, Any]], today: str) -> dict[str, Any]:
    sop = Sop.from_dict(stored.body)
    mine = [row for row in rows if row["version"] == stored.version]
    return {
        "version": stored.version,
        "hash": content_hash(sop),
        "status": _status(mine, rows, today),
        "serves": [
            {"category": row["category"], "from": row["from"], "to": row.get("to")}
            | ({"season": row["season"]} if row.get("season") else {})
            for row in mine
        ],
        "at": stored.note.get("at"),
    }


def _status(
    mine: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], today: str
) -> str:
    """``active`` if it serves a category today, ``scheduled`` if it is to, else ``superseded``."""
    day = date.fromisoformat(today)
    served = {row["category"]: serving_sop(rows, row["category"], day) for row in mine}
    if any(
        serving == (row["sop"], row["version"])
        for row in mine
        if (serving := served[row["category"]]) is not None
    ):
        return "active"
    coming = any((row.get("to") or "9999") >= today for row in mine)
    return "scheduled" if coming and any(row["from"] > today for row in mine) else "superseded"
