"""Routes of drills: begin, list, read with the score sheet, stop; and the training record."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.drills import Duty, Firing, Office
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.definitions import Reporter
from chalicelib.handlers.drill_definitions import NewDrill, StopDrill
from chalicelib.handlers.http import clean, idempotency_key, ok, one_line, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.public import contact_of
from chalicelib.handlers.queries import cursor_of, limit_of, listed
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.drilling import Shown, Trained
from chalicelib.services.filing import Filed, Filing
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.reports")
#: What is awaited, in words.
AWAITED: Mapping[str, Mapping[str, str]] = {
    "verified": {"id": "Diperiksa", "en": "Checked"},
    "acknowledged": {"id": "Diterima petugas", "en": "Taken on"},
    "on_scene": {"id": "Tiba di lokasi", "en": "On scene"},
    "resolved": {"id": "Selesai dikerjakan", "en": "Work done"},
    "validated": {"id": "Hasil diperiksa", "en": "Result checked"},
    "confirmed": {"id": "Dikonfirmasi pelapor", "en": "Confirmed by the reporter"},
}


@serves(blueprint, "POST", "/v1/drills")
def begin(call: Call) -> Response:
    """Begin a drill; it runs like the real thing and says everywhere that it is not."""
    key = idempotency_key(call.header("idempotency-key"))
    filed = begun(call, parse(call.body, NewDrill), key)
    headers = {"Idempotent-Replayed": "true"} if filed.repeated else {}
    return ok(answer_to(filed), 201, headers)


@serves(blueprint, "GET", "/v1/drills")
def all_drills(call: Call) -> Response:
    """The drills that the caller may see, newest first."""
    page = bootstrap.drills().listed(call.caller, limit_of(call), cursor_of(call))
    return listed(call, page, line_of)


@serves(blueprint, "GET", "/v1/drills/{number}")
def show(call: Call) -> Response:
    """One drill with its score sheet."""
    return ok(sheet_of(bootstrap.drills().show(call.number, call.caller)))


@serves(blueprint, "POST", "/v1/drills/{number}/stop")
def stop(call: Call) -> Response:
    """Stop a drill now: every clock of it, and whatever it had still to say."""
    form = parse(call.body, StopDrill)
    shown = bootstrap.drills().stop(call.number, call.caller, clean(form.reason))
    log.info("drill stopped", extra={"report": call.number})
    return ok(sheet_of(shown))


@serves(blueprint, "GET", "/v1/training/{category}")
def training(call: Call) -> Response:
    """Who has rehearsed the SOP in force of a category, and which offices never did."""
    found = bootstrap.drills().training(call.params["category"])
    views = bootstrap.views()
    return ok(
        {
            "category": views.category(found.category),
            "sop": found.sop.id,
            "version": found.sop.version,
            "agency": views.agency(found.agency),
            "offices": [trained_of(one) for one in found.offices],
            "untrained": [one.position.id for one in found.untrained],
        }
    )


def begun(call: Call, form: NewDrill, key: str) -> Filed:
    """Begin the drill that *form* asks for; raises what the use case raises."""
    place = form.location
    filing = Filing(
        category=form.category,
        description=clean(form.description),
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        kelurahan=one_line(place.kelurahan) if place else "",
        address=one_line(place.address) if place else "",
        contact=contact_of(form.reporter or Reporter(), "public"),
        key=key,
    )
    filed = bootstrap.drills().begin(filing, form.hours, call.caller)
    log.info("drill begun", extra={"report": filed.report.number, "repeated": filed.repeated})
    return filed


def answer_to(filed: Filed) -> dict[str, Any]:
    """Return the answer to a drill's beginning."""
    report = filed.report
    return {
        "number": report.number,
        "token": filed.token,
        "sop": report.sop_id,
        "version": report.sop_version,
        "until": local(report.drill_until),
        "promises": [
            {
                "step": entry.step,
                "due_at": local(entry.due_at),
                "limit": entry.limit,
                "state": entry.state,
            }
            for entry in filed.promises
        ],
        "url": f"{config.public_url()}/latihan/{report.number}",
    }


def line_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the list of drills as it is shown."""
    views = bootstrap.views()
    return {
        "number": row["number"],
        "category": views.category(row["category"]),
        "sop": row["sop"],
        "version": row["version"],
        "area": views.area(row["kelurahan"], row["kecamatan"]),
        "agency": views.agency(row["agency"]),
        "leader": row["leader"],
        "begun_at": local(parse_instant(row["filed_at"])),
        "until": local(parse_instant(row["until"])),
        "ended_at": local(parse_instant(row["closed_at"])) if row["closed_at"] else None,
        "over": row["over"] or None,
        "score": row["score"],
    }


def sheet_of(shown: Shown) -> dict[str, Any]:
    """Return a drill with its score sheet."""
    report, sheet, views = shown.stored.report, shown.sheet, bootstrap.views()
    drill = shown.stored.events[0].data["drill"]
    sop = bootstrap.catalogue().sop(report.sop_id, report.sop_version)
    names = {step.id: dict(step.name) or _plain(step.id) for step in sop.steps}
    return {
        "number": report.number,
        "category": views.category(report.category),
        "sop": report.sop_id,
        "version": report.sop_version,
        "area": views.area(report.kelurahan, report.kecamatan),
        "agency": views.agency(report.agency),
        "leader": drill["leader"],
        "begun_at": local(report.filed_at),
        "until": local(report.drill_until),
        "ended_at": local(sheet.ended_at),
        "over": sheet.over or None,
        "score": sheet.score,
        "distance_m": shown.distance_m,
        "unanswered": list(sheet.unanswered),
        "duties": [_duty(one) for one in sheet.duties],
        "steps": [_step(one, names) for one in sheet.firings],
        "offices": [_office(one) for one in sheet.offices],
    }


def trained_of(one: Trained) -> dict[str, Any]:
    """Return one position of the training record."""
    last: Mapping[str, Any] = one.last or {}
    return {
        "position": one.position.id,
        "title": dict(one.position.title),
        "person": last.get("person", ""),
        "times": one.times,
        "last_at": local(parse_instant(last["at"])) if last else None,
        "drill": last.get("drill", ""),
        "state": last.get("state", ""),
        "seconds": last.get("seconds"),
        "score": last.get("score"),
    }


def _duty(one: Duty) -> dict[str, Any]:
    return {
        "awaited": one.awaited,
        "name": dict(AWAITED[one.awaited]),
        "asked_at": local(one.asked_at),
        "promised_at": local(one.promised_at),
        "answered_at": local(one.answered_at),
        "answered_by": one.answered_by,
        "late_by": one.late_by,
        "state": one.state,
    }


def _step(one: Firing, names: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "step": one.step,
        "name": names.get(one.step, _plain(one.step)),
        "repeat": one.repeat,
        "due_at": local(one.due_at),
        "fired_at": local(one.fired_at),
        "lag": round((one.fired_at - one.due_at).total_seconds()),
        "told": list(one.told),
        "awaited": one.awaited,
        "escalation": one.escalation,
        "answered_at": local(one.answered_at),
    }


def _office(one: Office) -> dict[str, Any]:
    position = bootstrap.catalogue().directory().position(one.position)
    return {
        "position": one.position,
        "title": dict(position.title) if position else _plain(one.position),
        "person": one.person,
        "steps": list(one.steps),
        "asked_at": local(one.asked_at),
        "answered_at": local(one.answered_at),
        "seconds": one.seconds,
        "state": one.state,
    }


def _plain(text: str) -> dict[str, str]:
    return {"id": text, "en": text}


def category_of(call: Call, name: str) -> str:
    """Return the category that a query names, empty for none; raise Problem for an unknown one."""
    code = call.query(name)
    if code and code not in bootstrap.catalogue().categories():
        raise Problem("unknown_category")
    return code
