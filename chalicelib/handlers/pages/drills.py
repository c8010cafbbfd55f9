"""Pages of drills: begin one, watch it, read its score sheet; and who has never rehearsed what."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain import drills
from chalicelib.domain.drills import LEADERS, MOST_HOURS, STOPPERS, USUAL_HOURS
from chalicelib.handlers.drill_definitions import NewDrill
from chalicelib.handlers.drills import begun, category_of, line_of, sheet_of, trained_of
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import clean, idempotency_key, response_to
from chalicelib.handlers.pages.rendering import NOT_KEPT, page, redirect
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_for, cursor_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.drilling import DrillRefused
from chalicelib.services.filing import FilingRefused, KeyReused

blueprint = Blueprint(__name__)
_PAGE = 20
#: The training record opens on the most frequent rehearsal: fire.
_FIRST = "DRT-01"


@shows(blueprint, "GET", "/latihan")
def index(call: Call) -> Response:
    """Drills that run and that were, and the form that begins one."""
    return _index(call, {})


@shows(blueprint, "POST", "/latihan")
def begin(call: Call) -> Response:
    """Begin a drill and go to its live page; with a mistake the form comes back, nothing lost."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    try:
        filed = begun(call, _form_body(given), idempotency_key(given.get("key", "")))
    except (Problem, FilingRefused, DrillRefused, KeyReused) as refused:
        return _index(call, given, json.loads(response_to(refused).body))
    return redirect(f"/latihan/{filed.report.number}")


@shows(blueprint, "GET", "/latihan/{number}")
def sheet(call: Call) -> Response:
    """The live view while it runs, the score sheet when it is over; for paper, too."""
    shown = bootstrap.drills().show(call.number, call.caller)
    report = shown.stored.report
    found = sheet_of(shown)
    return page(
        call,
        "drill.html",
        headers=NOT_KEPT,
        drill=found,
        status_name=bootstrap.views().report(shown.stored, call.caller, call.number)["status_name"],
        scenario=shown.stored.events[0].texts.get("description", ""),
        titles=_titles(found),
        minutes=minutes_text,
        may_stop=not report.closed and bool(call.caller.roles & STOPPERS),
    )


@shows(blueprint, "POST", "/latihan/{number}/berhenti")
def stop(call: Call) -> Response:
    """Stop it now, and show what it was."""
    given = form_of(call.request)
    bootstrap.drills().stop(call.number, call.caller, clean(given.get("reason", ""))[:1000])
    return redirect(f"/latihan/{call.number}")


@shows(blueprint, "GET", "/pelatihan")
def training(call: Call) -> Response:
    """Who rehearsed the SOP in force of a category, and the work list of who never did."""
    code = category_of(call, "category") or _FIRST
    found = bootstrap.drills().training(code)
    views = bootstrap.views()
    rows = [(one, trained_of(one)) for one in found.offices]
    return page(
        call,
        "training.html",
        headers=NOT_KEPT,
        chosen=code,
        kinds=_kinds(),
        category=views.category(code),
        agency=views.agency(found.agency),
        sop=found.sop,
        rehearsed=[row for one, row in rows if one.last is not None],
        never=[row for one, row in rows if one.last is None and not one.territorial],
        territory=[row for one, row in rows if one.last is None and one.territorial],
        minutes=minutes_text,
    )


def _titles(found: Mapping[str, Any]) -> dict[str, Any]:
    """What every position on the sheet is called, those that answered unasked included."""
    known = bootstrap.catalogue().directory()
    acted = (known.position(one["answered_by"]) for one in found["duties"])
    return {one.id: dict(one.title) for one in acted if one} | {
        one["position"]: one["title"] for one in found["offices"]
    }


def minutes_text(seconds: int | None) -> str:
    """Return a length of time as a sheet shows it: ``3.30`` or ``1.02.05``; empty for none."""
    if seconds is None:
        return ""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}.{minutes:02d}.{rest:02d}" if hours else f"{minutes}.{rest:02d}"


def _index(
    call: Call, given: Mapping[str, str], problem: Mapping[str, Any] | None = None
) -> Response:
    found = bootstrap.drills().listed(call.caller, _PAGE, cursor_of(call))
    rows = [line_of(row) for row in found.items]
    known = bootstrap.catalogue()
    return page(
        call,
        "drills.html",
        headers=NOT_KEPT,
        running=[row for row in rows if not row["over"]],
        past=[row for row in rows if row["over"]],
        cursor=cursor_for(found.cursor),
        may_begin=bool(call.caller.roles & LEADERS),
        kinds=_kinds(),
        kecamatan=[
            (one, known.areas.kelurahan_of(one.code)) for one in known.areas.all("kecamatan")
        ],
        given=defaultdict(str, given),
        problem=problem,
        usual=USUAL_HOURS,
        most=MOST_HOURS,
        key=given.get("key") or secrets.token_urlsafe(18),
    )


def _kinds() -> list[Any]:
    """The kinds of report that may be rehearsed, emergencies first."""
    rows = bootstrap.catalogue().categories().values()
    fitting = [one for one in rows if drills.may_be_rehearsed(one.tier)]
    return sorted(fitting, key=lambda one: (one.kind != "emergency", one.code))


def _form_body(given: Mapping[str, str]) -> NewDrill:
    place = {name: given[name] for name in ("kelurahan", "address") if given.get(name)}
    raw: dict[str, Any] = {
        "category": given.get("category", ""),
        "description": given.get("description", ""),
        "location": place or None,
        "hours": given.get("hours", "").replace(",", ".") or USUAL_HOURS,
    }
    try:
        return msgspec.convert(raw, NewDrill, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
