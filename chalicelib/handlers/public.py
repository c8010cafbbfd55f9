"""Routes that anybody may call: filing, public views, and the catalogue in force."""

from __future__ import annotations

import re
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import Caller
from chalicelib.domain.events import Actor
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.definitions import NewReport, Reporter
from chalicelib.handlers.http import boring, cached, clean, language_of, ok, parse
from chalicelib.handlers.identity import caller_of
from chalicelib.handlers.problems import Problem
from chalicelib.services.filing import Filed, Filing
from chalicelib.services.ports import Contact
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_KEY = re.compile(r"^[\x21-\x7e]{22,200}$")
_MAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


def request() -> Any:
    """Return the request being served."""
    return blueprint.current_request


def number_of(text: str) -> str:
    """Return the canonical report number; a text that cannot be one is simply not found."""
    number = normalise(text)
    if number is None:
        raise Problem("not_found")
    return number


@blueprint.route("/health", methods=["GET"])
@boring
def health() -> Any:
    """Whether the API answers, and the system's time."""
    return {"status": "ok", "time": local(bootstrap.clock().now())}


@blueprint.route("/v1/reports", methods=["POST"], content_types=["*/*"])
@boring
def file_report() -> Response:
    """File a report: no account needed, and for an emergency nothing but the category."""
    caller = caller_of(request())
    filed = bootstrap.file_report()(_filing(caller))
    headers = {"Idempotent-Replayed": "true"} if filed.repeated else {}
    return ok(_answer(filed), 201, headers)


@blueprint.route("/v1/reports/{number}", methods=["GET"])
@boring
def show_report(number: str) -> Response:
    """The report as its caller may see it."""
    canonical = number_of(number)
    caller = caller_of(request(), canonical)
    stored = bootstrap.store().load(canonical)
    return cached(request(), bootstrap.views().report(stored, caller, canonical))


@blueprint.route("/v1/reports/{number}/timeline", methods=["GET"])
@boring
def show_timeline(number: str) -> Response:
    """Every entry of the timeline, past and future, with why it is due when it is."""
    canonical = number_of(number)
    caller = caller_of(request(), canonical)
    stored = bootstrap.store().load(canonical)
    language = language_of(request())
    return cached(request(), bootstrap.views().timeline(stored, caller, canonical, language))


@blueprint.route("/v1/categories", methods=["GET"])
@boring
def categories() -> Response:
    """All categories, or with ``?q=`` those whose name or synonyms have the words."""
    words = str((request().query_params or {}).get("q", ""))[:100].casefold().split()
    items = [
        {
            "code": one.code,
            "name": dict(one.name),
            "kind": one.kind,
            "tier": one.tier,
            "synonyms": list(one.synonyms),
            "dimension": one.dimension,
            "questions": list(one.questions),
        }
        for one in bootstrap.catalogue().categories().values()
        if all(word in _searchable(one) for word in words)
    ]
    return cached(request(), {"items": items, "cursor": None}, seconds=300)


@blueprint.route("/v1/areas", methods=["GET"])
@boring
def areas() -> Response:
    """All kecamatan with their kelurahan."""
    known = bootstrap.catalogue().areas
    items = [
        {
            "code": kecamatan.code,
            "name": kecamatan.name,
            "kelurahan": [
                {"code": one.code, "name": one.name} for one in known.kelurahan_of(kecamatan.code)
            ],
        }
        for kecamatan in known.all("kecamatan")
    ]
    return cached(request(), {"items": items, "cursor": None}, seconds=300)


@blueprint.route("/v1/sops", methods=["GET"])
@boring
def sops() -> Response:
    """The SOPs in force today, by category."""
    in_force = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    items = [
        {
            "id": sop.id,
            "version": sop.version,
            "category": code,
            "name": dict(sop.name) if sop.name else None,
            "tier": sop.tier,
        }
        for code, sop in in_force.items()
    ]
    return cached(request(), {"items": items, "cursor": None}, seconds=60)


@blueprint.route("/v1/sops/{sop}", methods=["GET"])
@boring
def sop_in_force(sop: str) -> Response:
    """The version of one SOP that is in force today."""
    in_force = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    found = next((one for one in in_force.values() if one.id == sop), None)
    if found is None:
        raise Problem("not_found")
    return cached(request(), found.to_dict(), seconds=60)


@blueprint.route("/v1/sops/{sop}/versions/{version}", methods=["GET"])
@boring
def sop_version(sop: str, version: str) -> Response:
    """One version of one SOP, for ever the same."""
    if not re.fullmatch(r"[a-z0-9-]{1,60}", sop) or not re.fullmatch(r"[1-9][0-9]{0,4}", version):
        raise Problem("not_found")
    try:
        found = bootstrap.catalogue().sop(sop, int(version))
    except LookupError:
        raise Problem("not_found") from None
    return cached(request(), found.to_dict(), seconds=86400)


def _filing(caller: Caller) -> Filing:
    body = parse(request().raw_body, NewReport)
    place = body.location
    if place is not None and (place.lat is None) != (place.lon is None):
        raise Problem("invalid_field", errors=[{"pointer": "/location", "detail": "lat and lon"}])
    role = next(iter(sorted(caller.roles)), "")
    return Filing(
        category=body.category,
        description=clean(body.description),
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        kelurahan=clean(place.kelurahan) if place else "",
        address=_one_line(place.address) if place else "",
        about_unit=_unit(body.about_unit),
        contact=_contact(body),
        on_behalf=body.on_behalf,
        visibility=body.visibility,
        language=body.language,
        source=body.source,
        observed_at=local(body.observed_at) or "",
        key=_key(),
        actor=caller.actor(role) if caller.person else Actor("reporter"),
    )


def _key() -> str:
    key = request().headers.get("idempotency-key", "")
    if key and not _KEY.fullmatch(key):
        raise Problem("weak_idempotency_key")
    return str(key)


def _unit(code: str) -> str:
    known = bootstrap.catalogue()
    if code and code not in known.agencies() and known.areas.get(code) is None:
        raise Problem("unknown_agency", errors=[{"pointer": "/about_unit"}])
    return code


def _contact(body: NewReport) -> Contact:
    reporter = body.reporter or Reporter()
    if body.visibility == "anonymous":
        reporter = Reporter(email=reporter.email, phone=reporter.phone)
    email, phone = reporter.email.strip(), reporter.phone.strip()
    if email and not _MAIL.fullmatch(email):
        raise Problem("invalid_email", errors=[{"pointer": "/reporter/email"}])
    return Contact(
        name=_one_line(reporter.name),
        email=email,
        phone=_e164(phone) if phone else "",
        language=body.language,
    )


def _e164(text: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Problem("invalid_phone", errors=[{"pointer": "/reporter/phone"}])
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _answer(filed: Filed) -> dict[str, Any]:
    views, report = bootstrap.views(), filed.report
    return {
        "number": report.number,
        "token": filed.token,
        "status": report.status,
        "category": report.category,
        "area": views.area(report),
        "promises": [
            {"step": entry.step, "due_at": local(entry.due_at), "limit": entry.limit}
            for entry in filed.promises
        ],
        "url": f"{config.public_url()}/laporan/{report.number}",
    }


def _searchable(category: Any) -> str:
    words = (category.code, *category.name.values(), *category.synonyms)
    return " ".join(words).casefold()
