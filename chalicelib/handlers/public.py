"""Routes that anybody may call: filing, the public list, one report, its timeline, the figures."""

from __future__ import annotations

import logging
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import Caller
from chalicelib.domain.events import Actor
from chalicelib.handlers.addresses import mail_address, telephone
from chalicelib.handlers.definitions import NewReport, Reporter
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.guarding import (
    PROOF_HEADER,
    admit_filing,
    challenge_of,
    proof_of,
)
from chalicelib.handlers.http import (
    cached,
    clean,
    idempotency_key,
    language_of,
    ok,
    one_line,
    parse,
)
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import (
    LONGEST_QUESTION,
    cursor_of,
    filters_of,
    group_of,
    limit_of,
    listed,
    period_of,
)
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.filing import Filed, Filing
from chalicelib.services.ports import Contact, Page
from chalicelib.services.viewing import local
from chalicelib.services.views import row_of

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.reports")
#: What masked values are made of: one that is sent back would overwrite the real one.
_MASKS = ("***", "•", "●", "xxxx@", "****")


@serves(blueprint, "POST", "/v1/reports")
def file_report(call: Call) -> Response:
    """File a report: no account needed, and for an emergency nothing but the category."""
    key = idempotency_key(call.header("idempotency-key"))
    filing = filing_of(parse(call.body, NewReport), call.caller, key)
    filed = bootstrap.file_report()(
        admit_filing(call, filing, proof_of(call.header(PROOF_HEADER.lower())))
    )
    log.info("filed", extra={"report": filed.report.number, "repeated": filed.repeated})
    headers = {"Idempotent-Replayed": "true"} if filed.repeated else {}
    # 202: number, token and promises are final; the report can be read once it is written.
    return ok(answer_to(filed), 202 if filed.later else 201, headers)


@serves(blueprint, "GET", "/v1/reports")
def list_reports(call: Call) -> Response:
    """The public reports, newest first, by category, status, area, date and words."""
    words = call.query("q")[:LONGEST_QUESTION]
    if words:
        page = bootstrap.search()(words, filters_of(call), limit_of(call), cursor_of(call))
        return listed(call, page, bootstrap.views().listed)
    page = bootstrap.view_store().page(filters_of(call), limit_of(call), cursor_of(call))
    return listed(call, page, bootstrap.views().listed)


@serves(blueprint, "GET", "/v1/challenge")
def challenge(call: Call) -> Response:
    """A challenge to solve while proofs of work are asked for, so that a report need not be sent
    twice.
    """
    guard = bootstrap.guard()
    return ok({"needed": guard.asks_for_proof(), **challenge_of(guard.challenge())})


@serves(blueprint, "GET", "/v1/me/reports")
def my_reports(call: Call) -> Response:
    """What the resident filed signed in, as lists show it, whatever the public may see."""
    page = bootstrap.store().owned(call.caller.subject, limit_of(call), cursor_of(call))
    loaded = (bootstrap.store().load(row["number"]) for row in page.items)
    rows = tuple(row_of(one.report) for one in loaded if one is not None)
    return listed(call, Page(rows, page.cursor), bootstrap.views().listed)


@serves(blueprint, "GET", "/v1/statistics")
def statistics(call: Call) -> Response:
    """How many reports came in and what became of them; every figure from the same counters."""
    from chalicelib.services.views import statistics as present

    group, (first, last) = group_of(call), period_of(call)
    counts = bootstrap.view_store().counts((group,), first[:7], last[:7])
    names, sensitive = bootstrap.views().group_name, bootstrap.views().sensitive(group)
    return cached(call.request, present(group, counts, names, sensitive), seconds=60)


@serves(blueprint, "GET", "/v1/statistics/arrivals")
def arrivals(call: Call) -> Response:
    """How fast help was at the scene of emergencies, per area and hour of the day."""
    from chalicelib.services import measures

    first, last = period_of(call)
    counts = bootstrap.view_store().counts(("arrival",), first[:7], last[:7])
    names = bootstrap.catalogue().areas
    body = {
        "target_minutes": measures.ARRIVAL_MINUTES,
        "total": next((_arrived(one, "") for one in measures.arrivals("all", counts)), None),
        "areas": [_arrived(one, names.name(one.key)) for one in measures.arrivals("area", counts)],
        "hours": [_arrived(one, f"{one.key}.00") for one in measures.arrivals("hour", counts)],
    }
    return cached(call.request, body, seconds=60)


def _arrived(one: Any, name: str) -> dict[str, Any]:
    from chalicelib.services.views import LONGER

    def minutes(most: int) -> int | None:
        return None if most == LONGER else most

    return {
        "key": one.key,
        "name": name,
        "emergencies": one.count,
        "within_target": one.within,
        "share": one.share,
        "within_own_limit": one.kept,
        "half_minutes": minutes(one.half),
        "nine_tenths_minutes": minutes(one.nine_tenths),
    }


@serves(blueprint, "GET", "/v1/reports/{number}")
def show_report(call: Call) -> Response:
    """The report as its caller may see it."""
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    return cached(call.request, bootstrap.views().report(stored, call.caller, call.number))


@serves(blueprint, "GET", "/v1/reports/{number}/timeline")
def show_timeline(call: Call) -> Response:
    """Every entry of the timeline, past and future, with why it is due when it is."""
    stored = bootstrap.note_reading()(bootstrap.store().load(call.number), call.caller)
    language = language_of(call.request)
    return cached(
        call.request, bootstrap.views().timeline(stored, call.caller, call.number, language)
    )


def filing_of(body: NewReport, caller: Caller, key: str) -> Filing:
    """Return what *body* asks to file; raises Problem for a field that cannot be right."""
    place = body.location
    role = next(iter(sorted(caller.roles)), "")
    return Filing(
        category=body.category,
        description=clean(body.description),
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        kelurahan=one_line(place.kelurahan) if place else "",
        address=one_line(place.address) if place else "",
        about_unit=_unit(body.about_unit),
        contact=contact_of(body.reporter or Reporter(), body.visibility, body.language),
        on_behalf=body.on_behalf,
        visibility=body.visibility,
        language=body.language,
        source=body.source,
        observed_at=local(body.observed_at) or "",
        key=key,
        actor=caller.actor(role) if caller.person else Actor("reporter"),
        owner=caller.subject,
    )


def _unit(code: str) -> str:
    known = bootstrap.catalogue()
    if code and code not in known.agencies() and known.areas.get(code) is None:
        raise Problem("unknown_agency", errors=[field_error("invalid", "/about_unit")])
    return code


def contact_of(reporter: Reporter, visibility: str, language: str = "id") -> Contact:
    """Return the contact that *reporter* leaves, in its stored form; raise Problem.

    Who asks not to be named leaves no name, even if one was sent along.
    """
    name = "" if visibility == "anonymous" else one_line(reporter.name)
    email, phone = reporter.email.strip(), reporter.phone.strip()
    if any(mark in name + email + phone for mark in _MASKS):
        raise Problem("masked_value", errors=[field_error("bad_form", "/reporter")])
    return Contact(
        name=name,
        email=mail_address(email, "/reporter/email") if email else "",
        phone=telephone(phone, "/reporter/phone") if phone else "",
        language=language,
    )


def answer_to(filed: Filed) -> dict[str, Any]:
    """Return the answer to a filing."""
    report = filed.report
    return {
        "number": report.number,
        "token": filed.token,
        "status": report.status,
        "category": report.category,
        "area": bootstrap.views().area(report.kelurahan, report.kecamatan),
        "promises": [
            {"step": entry.step, "due_at": local(entry.due_at), "limit": entry.limit}
            for entry in filed.promises
        ],
        "url": f"{config.public_url()}/laporan/{report.number}",
    }
