"""Acting on a report: load, decide by the table of transitions, save in one transaction.

If somebody else wrote in between, the decision is made anew on the fresh report, never the write
repeated. A command with a key that is on the record already is answered without writing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.actions import ActionRefused, Caller, Command, Known, decide, may_see
from chalicelib.domain.events import Draft, Event, canonical, instant
from chalicelib.domain.evidence import judge, photos_of, refusals_of, scene_of
from chalicelib.domain.report import MERGED, WAITING, Report
from chalicelib.domain.sop import Sop
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.filing import KeyReused
from chalicelib.services.measuring import (
    ACKNOWLEDGED_IN_TIME,
    Measures,
    Unmeasured,
    acknowledged_in_time,
)
from chalicelib.services.photos import Media, photo_key
from chalicelib.services.ports import Blobs, Clock, Conflict, ReportStore, Stored, TryAgain, real
from chalicelib.services.views import hidden

_TRIES = 4
#: An act that came so long after it was done was sent later; less is the way and the clocks.
SENT_LATER = timedelta(minutes=2)


class NotFound(LookupError):
    """There is no such report, or the caller may not know of it: the answer is the same."""


@dataclass(frozen=True)
class ActOnReport:
    """The use case behind every staff action and every wish of the reporter."""

    store: ReportStore
    catalogue: Catalogue
    planner: Planner
    clock: Clock
    blobs: Blobs
    salts: Callable[[], str]
    media: Media
    measures: Measures = field(default_factory=Unmeasured)

    def __call__(self, number: str, command: Command) -> Stored:
        """Do it and return the report as it then is.

        Raises NotFound, ActionRefused, KeyReused, NotInCatalogue, TryAgain.
        """
        # One time more than the rest: the photos of a result may have to be examined first.
        for _ in range(_TRIES + 1):
            stored = self.store.load(number)
            if stored is None or not may_see(stored.report, command.caller):
                raise NotFound(number)
            if _done_before(stored, command):
                return stored
            if self._have_examined(stored, command):
                continue
            now = self.clock.now()
            drafts = decide(stored.report, command, self._known(stored, command, now))
            if not drafts:
                return stored
            composer = Composer(
                stored,
                number=number,
                now=now,
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            for draft in drafts:
                last = draft is drafts[-1]
                composer.add(_with_key(_said_when(draft, command, last=last), command, last=last))
            change = composer.change()
            try:
                self.store.save(change)
            except Conflict:
                continue
            self._measure(composer)
            return Stored(
                change.report,
                tuple(composer.events),
                change.expected_version + 1,
                change.epoch,
                change.armed_epoch,
            )
        raise TryAgain("the report is being changed by others")

    def _measure(self, composer: Composer) -> None:
        taken = any(event.type == "acknowledged" for event in composer.added)
        if taken and not composer.current.drill:
            in_time = acknowledged_in_time(composer.timeline(), composer.now)
            self.measures.record(ACKNOWLEDGED_IN_TIME, int(in_time))

    def _have_examined(self, stored: Stored, command: Command) -> bool:
        """Have photos examined that a result names and that were not yet; True if there were any.

        Uploads are examined as they arrive; this catches up with one that has only just arrived.
        """
        waiting = [
            photo
            for photo in _named(stored.report, command)
            if stored.report.media[photo].state == WAITING
            and self.blobs.exists(photo_key(stored.report.number, photo))
        ]
        for photo in waiting:
            self.media.examine(stored.report.number, photo)
        return bool(waiting)

    def _known(self, stored: Stored, command: Command, now: datetime) -> Known:
        report, fields = stored.report, command.fields
        migration = self._migration(report, command, now)
        sop = self.catalogue.sop(report.sop_id, report.sop_version)
        named = _named(report, command)
        photos = photos_of(stored.events)
        usable = tuple(photo for photo in named if photo in photos)
        main = self._main(report, command)
        return Known(
            now=now,
            owner=self._owner(report, command, now),
            migrate_to=migration,
            agency_exists=self._agency_exists(fields.get("agency")),
            photos_required=sop.evidence.photos_after if sop.evidence else 0,
            photos_uploaded=usable,
            photos_refused={
                photo: why for photo, why in refusals_of(stored.events).items() if photo in named
            },
            evidence=judge([photos[p] for p in usable], scene_of(stored.events), sop.evidence),
            place=scene_of(stored.events).point,
            allowed_m=sop.evidence.max_distance_m if sop.evidence else None,
            merge_target_exists=main is not None,
            merge_keeps_secrecy=main is None or hidden(main) == hidden(report),
        )

    def _main(self, report: Report, command: Command) -> Report | None:
        """The report that a merge leads to (*report* itself where nothing is merged).

        One that was merged itself leads on, what is real never ends in a drill, and what the
        caller may not see is not there: else merging would tell which secret numbers exist.
        """
        other = command.fields.get("into") or command.fields.get("other")
        if not other:
            return report
        stored = self.store.load(other)
        if stored is None or not may_see(stored.report, command.caller):
            return None
        main = stored.report
        return None if main.status == MERGED or main.drill else main

    def _agency_exists(self, agency: str | None) -> bool:
        return not agency or agency in self.catalogue.agencies()

    def _owner(self, report: Report, command: Command, now: datetime) -> str:
        if command.action != "verify":
            return ""
        category = command.fields.get("category") or report.category
        sop = self.catalogue.sop_in_force(category, now)
        if sop.owner != "category":
            return str(sop.owner)
        return self.catalogue.owner(category, report.kelurahan, report.kecamatan, now)

    def _migration(
        self, report: Report, command: Command, now: datetime
    ) -> Mapping[str, Any] | None:
        """A new category brings its SOP by the migrate rule: time used up stays used (S22)."""
        if command.action == "migrate":
            return self._under(self._named_version(report, command, now), report.category)
        category = command.fields.get("category")
        if not category or category == report.category:
            return None
        if category not in self.catalogue.categories():
            raise ActionRefused("invalid", "unknown_category", field="category")
        return self._under(self.catalogue.sop_in_force(category, now), category)

    def _named_version(self, report: Report, command: Command, now: datetime) -> Sop:
        """The version asked for, which must have begun to serve the category; else today's."""
        fields = command.fields
        if not fields.get("version"):
            return self.catalogue.sop_in_force(report.category, now)
        wanted = (fields.get("sop") or report.sop_id, int(fields["version"]))
        if wanted not in self.catalogue.ever_in_force(report.category, now):
            raise ActionRefused("invalid", "sop_version_never_served", field="version")
        return self.catalogue.sop(*wanted)

    def _under(self, sop: Sop, category: str) -> Mapping[str, Any]:
        found = self.catalogue.categories()[category]
        return {
            "id": sop.id,
            "version": sop.version,
            "category": category,
            "tier": sop.tier or found.tier,
            "sensitivity": found.sensitivity,
        }


def _named(report: Report, command: Command) -> tuple[str, ...]:
    """The photos that a result names and this report has."""
    if command.action != "submit":
        return ()
    photos = dict.fromkeys(command.fields.get("photos") or ())
    return tuple(photo for photo in photos if photo in report.media)


def viewer_of(stored: Stored | None, caller: Caller, number: str) -> Stored:
    """Return *stored* if *caller* may see it; raise NotFound for both absent and forbidden."""
    if stored is None or not may_see(stored.report, caller):
        raise NotFound(number)
    return stored


def _fingerprint(command: Command) -> str:
    """What was asked. Only a second sending says when it was done; it asks for nothing else."""
    fields = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in command.fields.items()
        if name != "done_at"
    }
    body = canonical([command.action, fields, dict(command.texts)])
    return hashlib.sha256(body).hexdigest()[:32]


def key_on_record(caller: Caller, key: str) -> str:
    """Return how the record names the event that *caller*'s command with *key* wrote."""
    who = caller.person or caller.client or "reporter"
    return hashlib.sha256(f"act|{who}|{key}".encode()).hexdigest()[:32]


def event_of(stored: Stored, caller: Caller, key: str) -> Event | None:
    """Return what *caller*'s command with *key* wrote, None if it has not acted."""
    mine = key_on_record(caller, key)
    return next((one for one in stored.events if one.key.partition(".")[0] == mine), None)


def _said_when(draft: Draft, command: Command, *, last: bool) -> Draft:
    """Keep what the device says of when it was done, where that was well before it came.

    A client's clock moves no clock of ours: the event counts from when it came.
    """
    said = command.fields.get("done_at")
    if not last or said is None or abs(draft.at - said) < SENT_LATER:
        return draft
    return replace(draft, data={**draft.data, "done_at": instant(said)})


def _with_key(draft: Draft, command: Command, *, last: bool) -> Draft:
    if not command.key or not last:
        return replace(draft, key="")
    mine = key_on_record(command.caller, command.key)
    return replace(draft, key=f"{mine}.{_fingerprint(command)}")


def _done_before(stored: Stored, command: Command) -> bool:
    if not command.key:
        return False
    event = event_of(stored, command.caller, command.key)
    if event is None:
        return False
    if event.key.partition(".")[2] != _fingerprint(command):
        raise KeyReused
    return True
