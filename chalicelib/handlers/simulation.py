"""Routes that show what an SOP will do, and its form, without starting anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.domain.sop import Sop, SopInvalid
from chalicelib.handlers.audience import ROUTES
from chalicelib.handlers.definitions import DraftSimulation, Simulation
from chalicelib.handlers.drafts import sop_of
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import ok, parse
from chalicelib.handlers.meta import version_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.catalogue import NotInCatalogue
from chalicelib.services.printing import OPEN_FOR
from chalicelib.services.simulating import Case
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_EVENTS = ("verified", "resolved", "validated", "paused", "referred")


@serves(blueprint, "POST", "/v1/sops/{sop}/versions/{version}/simulate")
def simulate_version(call: Call) -> Any:
    """The whole ladder of one SOP version for a moment of filing."""
    return _drawn(version_of(call), parse(call.body, Simulation))


@serves(blueprint, "GET", "/v1/sops/{sop}/versions/{version}/document")
def document(call: Call) -> Response:
    """Where the version's form lies as PDF; asked for now if it has not been made."""
    found = bootstrap.print_sops().printed(version_of(call))
    status = "ready" if found.url else "being_made"
    body = {
        "status": status,
        "url": found.url,
        "open_for_seconds": round(OPEN_FOR.total_seconds()) if found.url else None,
        "filename": found.filename,
        "mark": found.mark,
    }
    return ok(body, headers={} if found.url else {"Retry-After": "2"})


@serves(blueprint, "POST", "/v1/drafts/{sop}/replay")
def ask_replay(call: Call) -> Response:
    """Ask what the draft would have done with the reports of the last 90 days."""
    role = next(iter(sorted(call.caller.roles & ROUTES["POST", "/v1/drafts/{sop}/replay"])))
    return ok(_compared(bootstrap.replay_reports().ask(call.caller, role, sop_of(call))), 201)


@serves(blueprint, "GET", "/v1/drafts/{sop}/replay")
def replay(call: Call) -> Response:
    """The newest comparison of a draft with past reports, finished or still being made."""
    return ok(_compared(bootstrap.replay_reports().result(sop_of(call))))


def _compared(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "now": local(parse_instant(body["now"]))}


@serves(blueprint, "POST", "/v1/simulations")
def simulate_draft(call: Call) -> Any:
    """The whole ladder of the SOP in the body."""
    body = parse(call.body, DraftSimulation)
    try:
        sop = Sop.from_dict({"version": 1, **body.sop})
    except SopInvalid as error:
        raise Problem("sop_invalid", path=error.path, reason=error.reason) from None
    return _drawn(sop, body)


def _drawn(sop: Sop, wanted: Simulation) -> dict[str, Any]:
    try:
        return bootstrap.simulator()(sop, _case(wanted))
    except NotInCatalogue:
        raise Problem("calendar_missing", names=sorted(sop.calendar_names())) from None


def _case(wanted: Simulation) -> Case:
    catalogue = bootstrap.catalogue()
    if wanted.category and wanted.category not in catalogue.categories():
        raise Problem("unknown_category", errors=[field_error("invalid", "/category")])
    area = catalogue.areas.resolve_name(wanted.kelurahan) if wanted.kelurahan else None
    if wanted.kelurahan and area is None:
        raise Problem("unknown_kelurahan", errors=[field_error("invalid", "/kelurahan")])
    given = {name: _instant(wanted, name) for name in _EVENTS}
    return Case(
        filed_at=(wanted.filed_at or bootstrap.clock().now()).replace(microsecond=0),
        category=wanted.category,
        kelurahan=area.code if area else "",
        given={name: at for name, at in given.items() if at},
    )


def _instant(wanted: Simulation, name: str) -> datetime | None:
    at: datetime | None = getattr(wanted, f"{name}_at")
    return at.replace(microsecond=0) if at else None
