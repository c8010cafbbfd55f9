"""What each kind of caller may see of a report. Nobody is ever shown who reported.

The public sees category, kelurahan, status, times and the SOP; the reporter sees what they wrote
besides; staff see what their work needs. Times carry the city's offset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain import publishing
from chalicelib.domain.actions import REPORTER_ROLE, Caller, allowed_actions, may_see
from chalicelib.domain.areas import rounded
from chalicelib.domain.endings import ENDINGS, ending_of
from chalicelib.domain.events import Event, parse_instant
from chalicelib.domain.explanation import beside
from chalicelib.domain.identity import open_purposes
from chalicelib.domain.laddering import Limit, limits
from chalicelib.domain.redaction import masked
from chalicelib.domain.report import ACCEPTED, CONTROL_ROOM, Report
from chalicelib.domain.schedule import clock_events
from chalicelib.domain.sources import name_of
from chalicelib.domain.timeline import Entry, Timeline, explain, promises
from chalicelib.services import exhibits, telling
from chalicelib.services.acting import NotFound
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.ports import Stored
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.views import FEW, PEOPLE, hidden

#: Events that are nobody's business but the parties'.
_PRIVATE = frozenset(
    {
        "commented",
        "co_acknowledged",
        "situation",
        "contact_changed",
        "case_read",
        "blocked",
        "appealed",
        "appeal_decided",
        "kept_apart",
        "contact_read",
        "contact_replaced",
        "photo_added",
        "photo_covered",
        "photo_examined",
        "photo_reviewed",
        "audit_ordered",
    }
)
#: What of an event's words everybody may read.
PUBLIC_TEXTS: Mapping[str, tuple[str, ...]] = {
    "deferred": ("reason",),
    "returned": ("reason",),
    "referred": ("reason",),
    "resolved": ("note", "reason"),
}
#: What the reporter reads besides: their own words, and those meant for them.
_REPORTER_TEXTS: Mapping[str, tuple[str, ...]] = {
    "referral_answered": ("text",),
    "referral_settled": ("text",),
    **PUBLIC_TEXTS,
    "filed": ("description", "address"),
    "commented": ("text",),
    "contact_read": ("reason",),
    "paused": ("question",),
    "rejected": ("note",),
    "blocked": ("reason",),
    "appealed": ("text",),
    "appeal_decided": ("reason",),
    "confirmed": ("note",),
    "disputed": ("reason", "note"),
    "reopened": ("reason",),
    "withdrawn": ("reason",),
    "rated": ("text",),
    "text_released": ("text",),
    "withheld": ("reason",),
    "shown_again": ("reason",),
    "photo_reviewed": ("reason",),
}
#: Facts of events that serve the machine, or that only staff may read.
_NEVER_SHOWN = frozenset({"body", "channels", "calendars"})
_STAFF_FACTS = frozenset(
    {"answers", "on_behalf", "distance_m", "at_place", "done_at", "people", "flags"}
)
#: Who looks into how a photo came about, untouched original included.
_CHECKERS = frozenset({"operator", "verifier", "inspector"})
#: What the machine found in photos: it may name other reports.
_STAFF_ONLY = frozenset(
    {"photo_examined", "audit_ordered", "suspected", "called_back", "kept_apart"}
)
_ROOM = frozenset({"operator", "verifier", "secretary", "mayor", "inspector", "auditor"})


@dataclass(frozen=True)
class Views:
    """Presents reports to their audiences."""

    catalogue: Catalogue
    planner: Planner

    def report(self, stored: Stored | None, caller: Caller, number: str) -> dict[str, Any]:
        """Return the report as *caller* may see it; raise NotFound if they may not at all."""
        known = visible(stored, caller, number)
        report, insider = known.report, _insider(known.report, caller)
        timeline = self.planner.timeline(known.events)
        sop = self.catalogue.sop(report.sop_id, report.sop_version)
        body = {
            "number": report.number,
            "status": report.status,
            "status_name": STATUS_NAMES[report.status],
            "category": self.category(report.category),
            "tier": report.tier,
            "area": self.area(report.kelurahan, report.kecamatan),
            "location": self._location(known, insider),
            "agency": self.agency(report.agency),
            "sop": self.sop(report),
            "visibility": report.visibility,
            "drill": report.drill,
            "source": report.source,
            **_times(report),
            "deferred_until": local(report.deferred_until),
            "outcome": report.outcome or None,
            "ending": _ending(report),
            "result_photos": list(report.result_photos) if insider else [],
            "merged_into": report.merged_into or None,
            "referred_to": report.referred_to or None,
            "reference": report.reference or None,
            "promises": [_promise(entry) for entry in promises(timeline)],
            "next": self._next(report, timeline),
            "public_text": publishing.public_text(known.events) or None,
            "public_photos": [row["id"] for row in exhibits.photo_rows(known, "public", sop)],
            "history": self._history(known.events, report, caller),
        }
        if insider:
            body["actions"] = list(allowed_actions(report, caller))
            body["contact_purposes"] = list(open_purposes(report, caller))
            body["description"] = known.events[0].texts.get("description", "")
            body["address"] = known.events[0].texts.get("address", "")
            body["photos"] = list(report.photos)
            body["joined"] = list(report.joined)
            body["joined_photos"] = list(report.joined_photos)
        return body

    def photos(self, stored: Stored | None, caller: Caller, number: str) -> list[dict[str, Any]]:
        """Return the report's photos as *caller* may see them; raise NotFound."""
        known = visible(stored, caller, number)
        sop = self.catalogue.sop(known.report.sop_id, known.report.sop_version)
        return exhibits.photo_rows(known, _access(known.report, caller), sop)

    def photo_access(self, stored: Stored | None, caller: Caller, number: str, photo: str) -> str:
        """Return how *caller* may look at one photo; raise NotFound if not at all."""
        known = visible(stored, caller, number)
        access = _access(known.report, caller)
        state = known.report.media.get(photo)
        seen = exhibits.public_photos(known) if access == exhibits.PUBLIC else known.report.photos
        if state is None or state.state != ACCEPTED or photo not in seen:
            raise NotFound(number)
        return access

    def publication(self, stored: Stored) -> dict[str, Any]:
        """Return what of the report is public, for those who decide about it."""
        return exhibits.publication(stored)

    def timeline(
        self, stored: Stored | None, caller: Caller, number: str, language: str
    ) -> dict[str, Any]:
        """Return the whole timeline with the derivation of every due time."""
        known = visible(stored, caller, number)
        report = known.report
        timeline = self.planner.timeline(known.events)
        told = {e.data["entry"]: e.data["told"] for e in known.events if e.type == "fired"}
        legal = {
            entry.key: limit
            for limit in limits(timeline.entries)
            for entry in (limit.governing, *limit.others)
            if limit.kind == "legal"
        }
        return {
            "epoch": known.epoch,
            "sop": {"id": report.sop_id, "version": report.sop_version},
            "entries": [
                self._entry(entry, report, told, known.events, legal.get(entry.key), language)
                for entry in timeline.entries
            ],
            "events": self._history(known.events, report, caller),
        }

    def category(self, code: str) -> dict[str, Any]:
        """Return code and names of a category."""
        found = self.catalogue.categories().get(code)
        return {"code": code, "name": dict(found.name) if found else {}}

    def agency(self, code: str) -> dict[str, Any] | None:
        """Return code and names of an agency, None for none."""
        if not code:
            return None
        found = self.catalogue.agencies().get(code, {})
        return {"code": code, "name": dict(found.get("name", {}))}

    def area(self, kelurahan: str, kecamatan: str) -> dict[str, Any] | None:
        """Return kelurahan and kecamatan, None where the place is unknown or beyond the city."""
        if not kelurahan:
            return None
        name = self.catalogue.areas.name
        return {
            "kelurahan": {"code": kelurahan, "name": name(kelurahan)},
            "kecamatan": {"code": kecamatan, "name": name(kecamatan)},
        }

    def listed(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of the public list as callers see it."""
        return {
            "number": row["number"],
            "status": row["status"],
            "status_name": dict(STATUS_NAMES[row["status"]]),
            "category": self.category(row["category"]),
            "tier": row["tier"],
            "area": self.area(row["kelurahan"], row["kecamatan"]),
            "agency": self.agency(row["agency"]),
            "outcome": row["outcome"] or None,
            **{name: _local_text(row[name]) for name in ("filed_at", "updated_at", "closed_at")},
        }

    def queued(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of the work list as staff see it."""
        times = ("due_at", "next_step_at", "assigned_at", "acknowledged_at", "resolved_at")
        return {
            **self.listed(row),
            "source": row["source"],
            "secret": row["secret"],
            "drill": bool(row.get("drill")),
            **{name: _local_text(row[name]) for name in times},
        }

    def own_holder(self, caller: Caller) -> str:
        """Return whose work list is a member of staff's own."""
        if caller.roles & {"operator", "verifier"} or not caller.agencies:
            return CONTROL_ROOM
        return min(caller.agencies)

    def may_list(self, holder: str, caller: Caller) -> bool:
        """Whether *caller* may open the work list of *holder*."""
        if caller.roles & _ROOM:
            return True
        return bool(caller.roles & {"officer", "agency_head"}) and holder in caller.agencies

    def may_see_row(self, row: Mapping[str, Any], caller: Caller) -> bool:
        """The rule for a single report, on the facts that a row of the work list has."""
        return may_see(
            Report(
                number=row["number"],
                filed_at=parse_instant(row["filed_at"]),
                category=row["category"],
                tier=row["tier"],
                sensitivity="secret" if row["secret"] else "none",
                sop_id="",
                sop_version=0,
                agency=row["agency"],
                kelurahan=row["kelurahan"],
                kecamatan=row["kecamatan"],
                about_unit=row["about_unit"],
            ),
            caller,
        )

    def sensitive(self, group: str) -> frozenset[str]:
        """Return the values of a statistic's group of which a small number says too much."""
        if group != "category":
            return frozenset()
        rows = self.catalogue.categories().items()
        return frozenset(code for code, row in rows if row.sensitivity != "none")

    def group_name(self, group: str, value: str) -> Mapping[str, str]:
        """Return what a value of a statistic's group is called in both languages."""
        plain = {"id": value, "en": value}
        if value in _TOGETHER:
            return _TOGETHER[value]
        if group == "category":
            return dict(self.category(value)["name"]) or plain
        if group == "status":
            return STATUS_NAMES.get(value, plain)
        if group == "agency":
            return (self.agency(value) or {}).get("name") or plain
        if group in _WORDS:
            return _WORDS[group].get(value, plain)
        if group == "source":
            return name_of(value, self.catalogue.areas.name)
        if group in ("kecamatan", "kelurahan"):
            name = self.catalogue.areas.name(value)
            return {"id": name, "en": name}
        return plain

    def sop(self, report: Report) -> dict[str, Any]:
        """Return which SOP governs the report, and on which law."""
        sop = self.catalogue.sop(report.sop_id, report.sop_version)
        return {
            "id": sop.id,
            "version": sop.version,
            "hash": self.catalogue.sop_hash(sop),
            "name": dict(sop.name) if sop.name else None,
            "legal_basis": [basis.text for basis in sop.legal_basis],
        }

    def _location(self, stored: Stored, insider: bool) -> dict[str, float] | None:
        point = stored.events[0].texts.get("point", "")
        if not point:
            return None
        lat, lon = (float(part) for part in point.split(","))
        category = self.catalogue.categories().get(stored.report.category)
        people = category is None or category.sensitivity != "none" or category.round_location
        if people and not insider:
            lat, lon = rounded(lat, lon)
        return {"lat": lat, "lon": lon}

    def _next(self, report: Report, timeline: Timeline) -> dict[str, Any] | None:
        """The next step still to come: what every page counts down to, and who is told then."""
        for entry in timeline.entries:
            if entry.state == "planned" and entry.due_at and entry.key not in report.fired:
                return {"step": entry.step, "due_at": local(entry.due_at), "to": list(entry.to)}
        return None

    def _entry(
        self,
        entry: Entry,
        report: Report,
        told: Mapping[str, Sequence[str]],
        events: Sequence[Event],
        limit: Limit | None,
        language: str,
    ) -> dict[str, Any]:
        done = entry.key in report.fired
        body: dict[str, Any] = {
            "step": entry.step,
            "cycle": entry.cycle,
            "repeat": entry.repeat,
            "clock": entry.clock,
            "due_at": local(entry.due_at),
            "state": "done" if done else entry.state,
            "to": list(told.get(entry.key, ())) if done else list(entry.to),
            "limit": entry.limit,
            "basis": entry.basis,
        }
        sop = self.catalogue.sop(report.sop_id, report.sop_version)
        derived = explain(sop, {}, clock_events(events), entry, language)
        text = derived["text"] or telling.of_deferral(entry, language)
        body["explanation"] = f"{text} {beside(entry, limit, language)}".strip() if limit else text
        body["derivation"] = [_plain(day) for day in derived["days"]]
        body["provisional"] = derived["provisional"]
        return body

    def _history(
        self, events: Sequence[Event], report: Report, caller: Caller
    ) -> list[dict[str, Any]]:
        insider, staff = _insider(report, caller), bool(caller.person)
        hidden_texts = publishing.withheld_of(events)
        return [
            self._event(event, insider, staff, hidden_texts)
            for event in events
            if (insider or event.type not in _PRIVATE) and (staff or event.type not in _STAFF_ONLY)
        ]

    def _event(
        self, event: Event, insider: bool, staff: bool, withheld: frozenset[str]
    ) -> dict[str, Any]:
        """One line of the record. Accounts of staff are shown to staff only, offices to all."""
        actor = event.actor.to_dict()
        left_out = _NEVER_SHOWN
        if not (insider and staff):
            actor.pop("person", None)
            left_out = _NEVER_SHOWN | _STAFF_FACTS
        data = {key: value for key, value in event.data.items() if key not in left_out}
        if event.type == "filed" and not insider:
            data.pop("about_unit", None)
        return {
            "seq": event.seq,
            "type": event.type,
            "at": local(event.at),
            "by": actor,
            "data": data,
            "texts": _texts(event, insider, staff, withheld),
            "sentence": telling.of_event(event, self.catalogue),
            "sop": event.sop,
            "hash": event.hash,
        }


def local(moment: datetime | None) -> str | None:
    """Return *moment* as ISO 8601 with the city's offset."""
    return moment.astimezone(CITY_ZONE).isoformat() if moment else None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def visible(stored: Stored | None, caller: Caller, number: str) -> Stored:
    """Return the report if *caller* may see it at all; raise NotFound.

    Confidential and absent are the same answer, so that neither gives the other away.
    """
    if stored is None:
        raise NotFound(number)
    if _insider(stored.report, caller):
        return stored
    report = stored.report
    if hidden(report):
        raise NotFound(number)
    return stored


def _insider(report: Report, caller: Caller) -> bool:
    return REPORTER_ROLE in caller.roles or (bool(caller.person) and may_see(report, caller))


def _texts(event: Event, insider: bool, staff: bool, withheld: frozenset[str]) -> dict[str, str]:
    """The public reads no more than is meant for it, without what looks like personal data."""
    texts = {name: text for name, text in event.texts.items() if name != "point"}
    if insider and staff:
        return texts
    if insider:
        allowed = _REPORTER_TEXTS.get(event.type, ())
        return {name: text for name, text in texts.items() if name in allowed}
    return {
        name: masked(texts[name])
        for name in PUBLIC_TEXTS.get(event.type, ())
        if name in texts and f"{event.seq}:{name}" not in withheld
    }


def _ending(report: Report) -> dict[str, str] | None:
    code = ending_of(report)
    return {"code": code, **ENDINGS[code]} if code else None


def _access(report: Report, caller: Caller) -> str:
    if not _insider(report, caller):
        return exhibits.PUBLIC
    return exhibits.CHECKER if caller.roles & _CHECKERS else exhibits.PARTY


def _local_text(text: str | None) -> str | None:
    return local(parse_instant(text)) if text else None


def _promise(entry: Entry) -> dict[str, Any]:
    return {
        "step": entry.step,
        "due_at": local(entry.due_at),
        "limit": entry.limit,
        "state": entry.state,
    }


def _times(report: Report) -> dict[str, str | None]:
    return {
        "filed_at": local(report.filed_at),
        "assigned_at": local(report.assigned_at),
        "acknowledged_at": local(report.acknowledged_at),
        "on_scene_at": local(report.on_scene_at),
        "resolved_at": local(report.resolved_at),
        "validated_at": local(report.validated_at),
        "closed_at": local(report.closed_at),
        "updated_at": local(report.updated_at),
    }


#: What is counted together, so that nobody can be told from a figure.
_TOGETHER: Mapping[str, Mapping[str, str]] = {
    PEOPLE: {
        "id": "Jenis yang menyangkut orang (tidak dirinci per kelurahan)",
        "en": "Kinds that concern people (not broken down by kelurahan)",
    },
    FEW: {
        "id": "Jenis sensitif yang jumlahnya sedikit",
        "en": "Sensitive kinds with few reports",
    },
}
#: Values of groups that are none of the catalogue's.
_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "ending": {**ENDINGS, "running": {"id": "Masih berjalan", "en": "Still running"}},
    "proof": {
        "photo": {"id": "Dengan foto yang lolos pemeriksaan", "en": "With photos that passed"},
        "despite": {
            "id": "Dengan alasan, meskipun pemeriksaan foto menemukan kejanggalan",
            "en": "With a reason, in spite of what the photo checks found",
        },
        "none": {"id": "Tanpa foto", "en": "Without photos"},
        "none_yet": {"id": "Belum ada hasil", "en": "No result yet"},
    },
    "audit": {
        "none": {"id": "Tidak diperiksa di lapangan", "en": "Not audited in the field"},
        "ordered": {"id": "Menunggu pemeriksaan lapangan", "en": "Waiting for its field audit"},
        "as_reported": {"id": "Sesuai laporan hasil", "en": "As the result says"},
        "partly": {"id": "Sebagian dikerjakan", "en": "Done in part"},
        "not_done": {"id": "Tidak dikerjakan", "en": "Not done"},
    },
}
