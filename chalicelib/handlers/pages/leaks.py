"""The register of leaks of personal data: what is known, the law's 3 × 24 hours, who was told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.breaches import AUTHORITY, FIELDS, NOTICE, SUBJECTS, WHOM
from chalicelib.domain.events import parse_instant
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.breaches import NewBreach, Notice, leak_of, urgency
from chalicelib.handlers.field_errors import field_error, from_msgspec
from chalicelib.handlers.http import clean, idempotency_key, one_line
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect
from chalicelib.handlers.pages.words import Pair
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.breaching import ROLE
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.filing import FilingRefused

blueprint = Blueprint(__name__)
#: What may have leaked, Indonesian and English.
LEAKED: Mapping[str, Pair] = {
    "name": ("Nama", "Name"),
    "email": ("Alamat surel", "Mail address"),
    "phone": ("Nomor telepon", "Telephone number"),
    "address": ("Alamat", "Address"),
    "description": ("Isi laporan", "Text of a report"),
    "photo": ("Foto", "Photo"),
    "location": ("Titik lokasi", "Exact place"),
    "who_reported": ("Siapa pelapornya", "Who reported"),
}
#: Whom the law wants told.
TOLD: Mapping[str, Pair] = {
    SUBJECTS: ("Orang yang datanya bocor", "The people whose data leaked"),
    AUTHORITY: ("Lembaga pelindungan data pribadi", "The data protection authority"),
}
#: How an entry stands.
STANDING: Mapping[str, Pair] = {
    "overdue": ("Lewat 3 × 24 jam, belum semua diberi tahu", "Past 3 × 24 hours, not all told"),
    "running": ("Waktu berjalan", "The clock runs"),
    "late": ("Sudah diberi tahu, terlambat", "Told, too late"),
    "notified": ("Sudah diberi tahu dalam waktunya", "Told in time"),
}
_FIELDS: Mapping[str, Pair] = {
    "/known_at": ("Diketahui sejak", "Known since"),
    "/what": ("Apa yang terjadi", "What happened"),
    "/fields": ("Data apa", "Which data"),
    "/people": ("Berapa orang", "How many people"),
    "/report": ("Nomor laporan", "Number of the report"),
    "/reference": ("Nomor surat", "Number of the letter"),
}
_CLOCK: Mapping[str, str] = {"overdue": "late", "late": "late", "running": "near"}


@shows(blueprint, "GET", "/kebocoran")
def register(call: Call) -> Response:
    """All entries, the most urgent first, and the form for a new one."""
    return _register(call, {})


@shows(blueprint, "POST", "/kebocoran")
def enter(call: Call) -> Response:
    """Enter a leak; its sealed case runs from then on under the SOP with the law's clock."""
    fields = form_of(call.request)
    given = {name: clean(value) for name, value in fields.items()}
    try:
        key = idempotency_key(given.get("key", ""))
        entry = bootstrap.keep_breaches().register(call.caller, leak_of(_new(given)), key)
    except (ActionRefused, FilingRefused, Problem) as refused:
        return _register(call, given, refused)
    return redirect(f"/kebocoran/{entry['number']}")


@shows(blueprint, "GET", "/kebocoran/{number}")
def leak(call: Call) -> Response:
    """One entry: how long until both must have been told, and its case's steps."""
    return _entry(call)


@shows(blueprint, "POST", "/kebocoran/{number}")
def notice(call: Call) -> Response:
    """Put on the register that somebody was told."""
    given = {name: one_line(value) for name, value in form_of(call.request).items()}
    raw = {name: given.get(name, "") for name in ("whom", "reference")}
    try:
        if not raw["reference"]:
            raise Problem("field_missing", errors=[field_error("missing", "/reference")])
        told = msgspec.convert(raw, Notice)
        bootstrap.keep_breaches().notice(call.caller, call.number, told.whom, told.reference)
    except msgspec.ValidationError as error:
        invalid = Problem("invalid_field", errors=[from_msgspec(str(error))])
        return _entry(call, invalid)
    except (ActionRefused, Problem) as refused:
        return _entry(call, refused)
    return redirect(f"/kebocoran/{call.number}")


def _register(
    call: Call, given: Mapping[str, str], refused: Exception | None = None
) -> Response:  # fmt: skip
    problem = said(refused)
    now = bootstrap.clock().now().astimezone(CITY_ZONE)
    return page(
        call,
        "leaks.html",
        headers=NOT_KEPT,
        rows=[_told(row) for row in sorted(bootstrap.keep_breaches().listed(), key=urgency)],
        may_write=ROLE in call.caller.roles,
        leaked=LEAKED,
        field_names=_FIELDS,
        given=given,
        latest=now.strftime("%Y-%m-%dT%H:%M"),
        key=bootstrap.salt(),
        problem=problem,
    )


def _entry(call: Call, refused: Exception | None = None) -> Response:
    entry = _told(bootstrap.keep_breaches().entry(call.number))
    problem = said(refused)
    inspector = ROLE in call.caller.roles
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    if stored is None:
        raise Problem("not_found")
    sop = bootstrap.catalogue().sop(stored.report.sop_id, stored.report.sop_version)
    return page(
        call,
        "leak.html",
        headers=NOT_KEPT,
        entry=entry,
        left=_left(entry, language_of(call)),
        what=stored.events[0].texts.get("description", "") if inspector else "",
        sop=sop,
        whom=TOLD,
        leaked=LEAKED,
        field_names=_FIELDS,
        may_write=inspector,
        problem=problem,
    )


def _told(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **entry,
        "words": STANDING[entry["standing"]],
        "clock": _CLOCK.get(entry["standing"], "done"),
        "owed": [whom for whom in WHOM if whom not in entry["notices"]],
    }


def _left(entry: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The hours left of the law's 72, or passed, and the share that is used up."""
    now = bootstrap.clock().now()
    due = parse_instant(entry["notify_by"])
    seconds = abs((due - now).total_seconds())
    hours, minutes = int(seconds // 3600), int(seconds % 3600 // 60)
    used = 1 - (due - now) / NOTICE
    units = ("h", "min") if language == "en" else ("jam", "menit")
    return {
        "figure": [(hours, units[0]), (minutes, units[1])],
        "share": round(min(1.0, max(0.0, used)) * 100),
        "late": now > due,
    }


def _new(given: Mapping[str, str]) -> NewBreach:
    """Return the checked entry of the form; raise Problem."""
    number = given.get("report", "")
    if number and normalise(number) is None:
        raise Problem("invalid_field", errors=[field_error("bad_form", "/report")])
    raw = {
        "known_at": _instant(given.get("known_at", "")),
        "what": given.get("what", ""),
        "fields": [name for name in FIELDS if given.get(f"leaked.{name}")],
        "people": given.get("people") or "0",
        "report": normalise(number) or "" if number else "",
    }
    try:
        return msgspec.convert(raw, NewBreach, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None


def _instant(text: str) -> str:
    """A browser's ``datetime-local`` has no zone: it is the city's."""
    try:
        return datetime.fromisoformat(text[:16]).replace(tzinfo=CITY_ZONE).isoformat()
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("missing", "/known_at")]) from None
