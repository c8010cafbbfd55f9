"""Routes about many voices: what is near, who joined, and supporting what others reported."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain import crowds as rules
from chalicelib.domain.actions import SUPPORT_SOURCE
from chalicelib.domain.areas import is_position
from chalicelib.domain.crowds import Candidate
from chalicelib.domain.events import parse_instant
from chalicelib.domain.report import MERGED, Report
from chalicelib.handlers.definitions import Support
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.guarding import admit_addressed, contact_marks
from chalicelib.handlers.http import cached, ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.public import contact_of
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.acting import NotFound, viewer_of
from chalicelib.services.filing import Filing, KeyReused
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.viewing import local
from chalicelib.services.views import hidden

blueprint = Blueprint(__name__)
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,12})?")


@serves(blueprint, "GET", "/v1/reports/similar")
def similar(call: Call) -> Response:
    """Open reports that may be about the same thing, before one more is filed."""
    category = call.query("category")
    if category not in bootstrap.catalogue().categories():
        raise Problem("invalid_field", errors=[field_error("invalid", "?category")])
    lat, lon = _coordinate(call, "lat"), _coordinate(call, "lon")
    if not is_position(lat, lon):
        raise Problem("invalid_field", errors=[field_error("invalid", "?lat")])
    found = bootstrap.crowds().near_publicly(category, lat, lon)
    return listed(call, page_of(call, _shown(found)))


@serves(blueprint, "GET", "/v1/reports/{number}/similar")
def similar_to(call: Call) -> Response:
    """What a filed report may be a duplicate of, for those who may merge."""
    viewer_of(bootstrap.store().load(call.number), call.caller, call.number)
    found = bootstrap.crowds().near_report(call.number)
    return listed(call, page_of(call, _shown(found)))


@serves(blueprint, "GET", "/v1/reports/{number}/crowd")
def crowd(call: Call) -> Response:
    """How many reports were joined to this one, and how many residents support it."""
    report = _public(call.number)
    counts = bootstrap.crowds().counts(report.number)
    limits = rules.support_rules(bootstrap.catalogue().document("crowds"))
    name = bootstrap.catalogue().areas.name
    areas = [
        {"code": key.partition("#")[2], "name": name(key.partition("#")[2]), "supports": count}
        for key, count in sorted(counts.items())
        if key.startswith("supports#")
    ]
    body = {
        "joined": counts.get("joined", 0),
        "supports": counts.get("supports", 0),
        "areas": areas,
        "needed": limits.per_kelurahan,
        "open": _takes_supports(report, limits),
    }
    return cached(call.request, body, seconds=30)


@serves(blueprint, "POST", "/v1/reports/{number}/support")
def support(call: Call) -> Response:
    """Support a report: counted once a resident, when the link in the message was used.

    The same answer for the first time and every other: nobody learns who has supported what.
    """
    return ok(support_report(call, parse(call.body, Support)), 202)


def support_report(call: Call, body: Support) -> dict[str, Any]:
    """Take one resident's support of the report that *call* names; raise Problem or NotFound."""
    report = _public(call.number)
    if not _takes_supports(report, rules.support_rules(bootstrap.catalogue().document("crowds"))):
        raise Problem("support_closed")
    contact = contact_of(body.reporter, "anonymous", body.language)
    who = rules.contact_of(contact.email, contact.phone)
    if not who:
        raise Problem("field_missing", errors=[field_error("missing", "/reporter")])
    admit_addressed(call, contact_marks(contact))
    key = hmac.new(
        config.token_secret(), f"support|{report.number}|{who}".encode(), hashlib.sha256
    ).hexdigest()
    filing = Filing(
        category=report.category,
        kelurahan=body.kelurahan or report.kelurahan,
        place_may_be_unknown=True,
        address="-",
        contact=contact,
        language=body.language,
        source=SUPPORT_SOURCE,
        supports=report.number,
        key=key,
    )
    # In another spelling of the address or kelurahan it is the same resident's one support.
    with suppress(KeyReused):
        bootstrap.file_report()(filing)
    return {"number": report.number, "state": "confirm_by_message"}


def _public(number: str) -> Report:
    """The main report that a number leads to; what is hidden or absent is not found."""
    stored = bootstrap.store().load(number)
    if stored is not None and stored.report.status == MERGED:
        stored = bootstrap.store().load(stored.report.merged_into)
    if stored is None or hidden(stored.report):
        raise NotFound(number)
    return stored.report


def _takes_supports(report: Report, limits: rules.SupportRules) -> bool:
    category = bootstrap.catalogue().categories().get(report.category)
    if report.closed or category is None or category.kind == "emergency":
        return False
    return category.kind != "aspiration" or limits.open(report.filed_at, bootstrap.clock().now())


def _coordinate(call: Call, name: str) -> float:
    text = call.query(name)
    if not _NUMBER.fullmatch(text):
        raise Problem("invalid_field", errors=[field_error("invalid", f"?{name}")])
    return float(text)


def _shown(found: Sequence[Candidate]) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "metres": one.metres,
            "filed_at": local(parse_instant(one.filed_at)),
            "status": one.status,
            "status_name": dict(STATUS_NAMES[one.status]),
            "url": f"{config.public_url()}/laporan/{one.number}",
        }
        for one in found[:20]
    ]
