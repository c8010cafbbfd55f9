"""The facts that a message may speak of, as kept with it: no names, nothing that citizens wrote.

Names are those of `messages.MessageContext`; instants are text. What citizens wrote is looked up
when the message is sent, so that a text removed meanwhile is in no message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.events import Event, instant, parse_instant
from chalicelib.domain.notices import is_reminder
from chalicelib.domain.report import Report
from chalicelib.domain.roles import Recipient
from chalicelib.domain.sop import Sop
from chalicelib.domain.text import short_date
from chalicelib.domain.timeline import Entry, Timeline, promises
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.messages import Line, MessageContext, Promise, Told, phrase
from chalicelib.services.statuses import STATUS_NAMES

_INSTANTS = ("received_at", "due_at", "resolve_by", "fired_due_at", "until", "departed_at")
_TOLD_SHOWN = 4
_LANGUAGES = ("id", "en")
_BEFORE = {"id": "sebelum", "en": "by"}


def facts_of(
    report: Report,
    events: Sequence[Event],
    timeline: Timeline,
    catalogue: Catalogue,
    now: datetime,
    *,
    entry: Entry | None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the facts for a message about *report*, of the fired step *entry* if there is one."""
    category = catalogue.categories().get(report.category)
    sop = catalogue.sop(report.sop_id, report.sop_version)
    facts: dict[str, Any] = {
        "category": dict(category.name) if category else report.category,
        "category_code": report.category,
        "tier": report.tier,
        "kelurahan": catalogue.areas.name(report.kelurahan),
        "kecamatan": catalogue.areas.name(report.kecamatan),
        "agency": _short(catalogue, report.agency),
        "agency_name": _name(catalogue, report.agency),
        "sop_id": sop.id,
        "sop_version": sop.version,
        "sop_name": dict(sop.name) if sop.name else sop.id,
        "received_at": instant(report.filed_at),
        "secret": report.secret,
        **({"drill": True} if report.drill else {}),
        "promises": _promises(timeline),
    }
    following = _following(timeline, report, entry, now)
    if following is not None and following.due_at is not None:
        facts["due_at"] = instant(following.due_at)
        facts["next_told"] = titles_of(catalogue, report, following.to, now)
    resolve = _resolve_by(timeline, now)
    if resolve is not None:
        facts["resolve_by"] = instant(resolve)
    if entry is not None:
        facts |= _step_facts(entry, events, catalogue, sop)
    confirm = _confirm_until(timeline)
    if confirm is not None:
        facts["until"] = instant(confirm)
    facts |= {name: value for name, value in extra.items() if value}
    if phrase("rejected", str(facts.get("reason", ""))):
        facts["reason"] = phrase("rejected", str(facts["reason"]))
    if facts.get("status") in STATUS_NAMES:
        facts["status"] = dict(STATUS_NAMES[facts["status"]])
    if "to_agency" not in facts and extra.get("to"):
        facts["to_agency"] = _name(catalogue, str(extra["to"]))
    return facts


def context_from(
    number: str, facts: Mapping[str, Any], *, link: str, texts: Mapping[str, str]
) -> MessageContext:
    """Return the context for rendering; *texts*: what citizens wrote, as it stands now."""
    known = set(MessageContext.__dataclass_fields__)
    values = {name: value for name, value in facts.items() if name in known}
    for name in _INSTANTS:
        if values.get(name):
            values[name] = parse_instant(values[name])
    values["promises"] = tuple(
        Promise(row["name"], parse_instant(row["due_at"])) for row in facts.get("promises", ())
    )
    values["told_before"] = tuple(
        Told(row["title"], parse_instant(row["at"])) for row in facts.get("told_before", ())
    )
    if "listed" in facts:
        values |= _several(facts)
    other = facts.get("into") or facts.get("of") or facts.get("from")
    if other:
        values["merged_into"] = other
    return MessageContext(**{**values, "number": number, "link": link, **texts})


def _several(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a message about several reports, in both languages."""
    kinds = [(row["count"], phrase("kind", row["kind"])) for row in facts.get("kinds", ())]
    return {
        "lines": tuple(
            [Line(row["label"], row["value"]) for row in facts.get("figures", ())]
            + [Line(row["number"], _line(row)) for row in facts["listed"]]
        ),
        "summary": {
            language: ", ".join(f"{count} {words.get(language, '')}" for count, words in kinds)
            for language in _LANGUAGES
        },
    }


def _line(row: Mapping[str, Any]) -> dict[str, str]:
    """What is wanted for one report, which, where and by when."""
    found = {}
    for language in _LANGUAGES:
        category = row["category"]
        named = category.get(language, "") if isinstance(category, Mapping) else category
        due = short_date(parse_instant(row["due_at"])) if row["due_at"] else ""
        parts = [
            phrase("one", row["kind"]).get(language, ""),
            named,
            f"Kel. {row['kelurahan']}" if row["kelurahan"] else "",
            f"{_BEFORE[language]} {due}" if due else "",
        ]
        found[language] = ", ".join(part for part in parts if part)
    return found


def _step_facts(
    entry: Entry, events: Sequence[Event], catalogue: Catalogue, sop: Sop
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "step": entry.step,
        "cycle": entry.cycle,
        "awaits": entry.until or "",
        "basis": entry.basis or "",
        "told_before": _told_before(entry, events, catalogue),
    }
    if entry.due_at is not None:
        facts["fired_due_at"] = instant(entry.due_at)
    activity = next((one.activity for one in sop.activities if one.actor in entry.to), "")
    if activity:
        facts["instruction"] = activity
    return facts


def _told_before(
    entry: Entry, events: Sequence[Event], catalogue: Catalogue
) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.type != "fired" or event.data["cycle"] != entry.cycle:
            continue
        for told in event.data["told"]:
            position = catalogue.directory().position(told)
            if position is not None:
                found.setdefault(told, {"title": dict(position.title), "at": instant(event.at)})
    return list(found.values())[-_TOLD_SHOWN:]


def _following(
    timeline: Timeline, report: Report, entry: Entry | None, now: datetime
) -> Entry | None:
    """The next rung: until when the reader has, and who is told then. A reminder is no rung."""
    clock = entry.clock if entry else None
    fired = set(report.fired) | ({entry.key} if entry else set())
    for other in timeline.entries:
        if other.state != "planned" or other.key in fired or other.due_at is None:
            continue
        if other.due_at <= now or (clock and other.clock != clock):
            continue
        if is_reminder(other) or (entry and set(other.to) <= set(entry.to)):
            continue
        return other
    return None


def _resolve_by(timeline: Timeline, now: datetime) -> datetime | None:
    for entry in promises(timeline):
        service = entry.limit == "service" and entry.until == "resolved"
        if service and entry.state == "planned" and entry.due_at and entry.due_at > now:
            return entry.due_at
    return None


def _confirm_until(timeline: Timeline) -> datetime | None:
    for entry in timeline.entries:
        if entry.act == "close_automatically" and entry.state == "planned":
            return entry.due_at
    return None


def _promises(timeline: Timeline) -> list[dict[str, Any]]:
    return [
        {"name": _PROMISED.get(entry.until or "", _PROMISED["resolved"]), "due_at": instant(due)}
        for entry in promises(timeline)
        if entry.state == "planned" and (due := entry.due_at) and entry.limit == "service"
    ]


_PROMISED = {
    "verified": {"id": "diperiksa", "en": "checked"},
    "acknowledged": {"id": "diterima petugas", "en": "taken on"},
    "on_scene": {"id": "petugas tiba", "en": "officers arrive"},
    "resolved": {"id": "selesai dikerjakan", "en": "work done"},
    "validated": {"id": "hasil diperiksa", "en": "result checked"},
    "confirmed": {"id": "konfirmasi Anda", "en": "your confirmation"},
}


def titles_of(
    catalogue: Catalogue, report: Report, roles: Sequence[str], now: datetime
) -> dict[str, str]:
    """Return the titles of the positions that *roles* mean for *report* at *now*, joined."""
    found = catalogue.directory().resolve_all(
        [role for role in roles if role != "pelapor"],
        agency=report.agency or report.holder or None,
        kelurahan=report.kelurahan or None,
        kecamatan=report.kecamatan or None,
        at=now,
        excluded_units=(report.about_unit,) if report.about_unit else (),
    )
    titles = [one.title for one in found if isinstance(one, Recipient)]
    return {
        language: ", ".join(dict.fromkeys(title.get(language, "") for title in titles))
        for language in ("id", "en")
    }


def _name(catalogue: Catalogue, code: str) -> dict[str, str] | str:
    agency = catalogue.agencies().get(code)
    return dict(agency["name"]) if agency else code


def _short(catalogue: Catalogue, code: str) -> str:
    agency = catalogue.agencies().get(code)
    return str(agency.get("short") or code) if agency else code
