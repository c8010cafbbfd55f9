"""Reporting: the form, the emergency button, what would be promised, and where a place lies."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.areas import OUTSIDE, is_position
from chalicelib.domain.catalogue import Category
from chalicelib.handlers.definitions import NewReport
from chalicelib.handlers.field_errors import field_error, from_msgspec
from chalicelib.handlers.guarding import admit_filing, sender_of
from chalicelib.handlers.http import clean, idempotency_key, ok, one_line
from chalicelib.handlers.pages import visitor, words
from chalicelib.handlers.pages.rendering import language_of, page, redirect, url
from chalicelib.handlers.problems import Problem, document, response
from chalicelib.handlers.public import answer_to, filing_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of, refuse_foreign
from chalicelib.services.filing import Filed, FilingRefused
from chalicelib.services.guarding import Proof, TooOften
from chalicelib.services.promising import promise_if_filed

blueprint = Blueprint(__name__)
#: What people report most, with its picture, in the order of the first page.
PICKED: Mapping[str, str] = {
    "INF-01": "jalan",
    "INF-07": "lampu",
    "LIN-01": "sampah",
    "INF-04": "drainase",
    "INF-05": "banjir",
    "LIN-05": "pohon",
    "TRB-03": "parkir",
    "EXT-02": "air",
    "ADM-01": "ktp",
    "TRB-01": "pkl",
}
#: The emergencies of the first screen, likewise; the others stand below them.
ALARMS: Mapping[str, str] = {
    "DRT-01": "api",
    "DRT-02": "seru",
    "DRT-03": "medis",
    "DRT-07": "banjir",
    "DRT-04": "orang",
    "DRT-10": "anonim",
    "DRT-08": "seru",
    "DRT-14": "pohon",
}
_NUMBERS = ("lat", "lon")


@shows(blueprint, "GET", "/")
def form(call: Call) -> Response:
    """The report page. ``?category=``, ``?kelurahan=``, ``?address=``, ``?source=`` fill it in."""
    given = {name: one_line(call.query(name))[:300] for name in _FROM_QUERY}
    return _form(call, {name: value for name, value in given.items() if value})


_FROM_QUERY = ("category", "kelurahan", "address", "source")


@shows(blueprint, "POST", "/lapor")
def take_report(call: Call) -> Response:
    """File what the form holds; with an error the form comes back, nothing lost."""
    refuse_foreign(call.request)
    fields = form_of(call.request)
    try:
        filed = _file(call, fields)
    except (Problem, FilingRefused) as refused:
        return _refused(call, fields, refused)
    return _received(call, filed)


@shows(blueprint, "GET", "/darurat")
def emergencies(call: Call) -> Response:
    """Every kind of emergency as one button; 112 above all."""
    kinds = [one for one in _categories() if one.kind == "emergency"]
    first = [one for code in ALARMS for one in kinds if one.code == code]
    rest = [one for one in kinds if one.code not in ALARMS]
    return page(call, "emergency.html", first=first, rest=rest, icons=ALARMS, key=_new_key())


@shows(blueprint, "GET", "/janji/{category}")
def promise(call: Call) -> Response:
    """What the SOP would promise if a report of this kind were sent now: a piece of a page."""
    category = bootstrap.catalogue().categories().get(call.params["category"])
    if category is None:
        raise Problem("not_found")
    now = bootstrap.clock().now()
    promised = promise_if_filed(bootstrap.catalogue(), category, now)
    return page(call, "promise.html", promised=promised, category=category)


@shows(blueprint, "POST", "/tempat")
def place(call: Call) -> Response:
    """Which kelurahan a point lies in, as JSON. A POST: a position belongs in no address."""
    fields = form_of(call.request)
    try:
        lat, lon = float(fields.get("lat", "")), float(fields.get("lon", ""))
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("bad_form", "/lat")]) from None
    found = bootstrap.catalogue().points.locate(lat, lon) if is_position(lat, lon) else OUTSIDE
    if found is OUTSIDE:
        return ok({"area": None})
    return ok({"area": bootstrap.views().area(found.kelurahan, found.kecamatan)})


def _form(
    call: Call,
    fields: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    general: str = "",
) -> Response:
    known = bootstrap.catalogue()
    kinds = [one for one in _categories() if one.kind != "emergency"]
    areas = known.areas
    return page(
        call,
        "report.html",
        status=status,
        picked=[one for code in PICKED for one in kinds if one.code == code],
        others=[one for one in kinds if one.code not in PICKED],
        chosen=known.categories().get(fields.get("category", "")),
        icons=PICKED,
        kecamatan=[(one, areas.kelurahan_of(one.code)) for one in areas.all("kecamatan")],
        fields=defaultdict(str, fields),
        errors=defaultdict(str, errors or {}),
        general=general,
        key=fields.get("key") or _new_key(),
    )


def _categories() -> Sequence[Category]:
    return list(bootstrap.catalogue().categories().values())


def _new_key() -> str:
    """An idempotency key for one form: sent twice, it is still one report."""
    return base64.urlsafe_b64encode(secrets.token_bytes(18)).decode()


def _file(call: Call, fields: Mapping[str, str]) -> Filed:
    filing = filing_of(_body(call, fields), call.caller, idempotency_key(fields.get("key", "")))
    given = {name: fields.get(name, "") for name in ("challenge", "answer", "ticket")}
    return bootstrap.file_report()(admit_filing(call, filing, Proof(**given)))


def _body(call: Call, fields: Mapping[str, str]) -> NewReport:
    place: dict[str, Any] = {
        name: value
        for name in ("kelurahan", "address")
        if (value := one_line(fields.get(name, "")))
    }
    try:
        place |= {name: float(fields[name]) for name in _NUMBERS if fields.get(name)}
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("bad_form", "/lat")]) from None
    raw: dict[str, Any] = {
        "category": fields.get("category", ""),
        "description": clean(fields.get("description", "")),
        "location": place or None,
        "reporter": {name: fields.get(name, "").strip() for name in ("name", "email", "phone")},
        "visibility": fields.get("visibility") or "public",
        "language": language_of(call),
        "source": fields.get("source") or "web",
    }
    try:
        return msgspec.convert(raw, NewReport)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None


def _refused(call: Call, fields: Mapping[str, str], refused: Problem | FilingRefused) -> Response:
    """Say at its field what is wrong; scripts get the problem document instead."""
    pointer, said = _culprit(refused)
    facts = refused.facts if isinstance(refused, Problem) else {}
    if call.wants_json:
        return response(refused.code, getattr(refused, "errors", ()), **facts)
    if refused.code in ("proof_needed", "too_often"):
        return _later(call, fields, refused.code, int(facts.get("retry_after", 0)))
    described = document(refused.code, getattr(refused, "errors", ()))
    english = language_of(call) == "en"
    text = said.get("detail_en" if english else "detail") if refused.code == "invalid_field" else ""
    text = text or described["detail_en" if english else "detail"]
    field = _FIELDS.get(pointer.rpartition("/")[2], "")
    if not fields.get("category"):
        field, text = "category", words.say(words.CHOOSE, language_of(call))
    errors = {field: text} if field else {}
    return _form(call, fields, errors, described["status"], "" if field else text)


def _later(call: Call, fields: Mapping[str, str], code: str, seconds: int) -> Response:
    """Give the form back with all that was in it, and say when to send it again.

    Who has no script cannot solve a challenge; the form then carries a ticket that opens in a
    while. A sender has so many tickets an hour.
    """
    kept = dict(fields)
    if code == "proof_needed":
        kept["key"] = fields.get("key") or _new_key()
        try:
            kept["ticket"] = bootstrap.guard().ticket(kept["key"], sender_of(call))
        except TooOften as refused:
            code, seconds = "too_often", refused.seconds
    said = words.say(words.LATER[code], language_of(call), seconds=seconds)
    shown = _form(call, kept, {}, 429, said)
    shown.headers["Retry-After"] = str(seconds)
    return shown


#: The last step of a pointer → the field of the form at which it is said.
_FIELDS: Mapping[str, str] = {
    "category": "category",
    "unknown_category": "category",
    "location": "place",
    "kelurahan": "place",
    "lat": "place",
    "lon": "place",
    "address": "address",
    "description": "description",
    "email": "email",
    "phone": "phone",
    "visibility": "visibility",
}


def _culprit(refused: Problem | FilingRefused) -> tuple[str, Mapping[str, str]]:
    if isinstance(refused, FilingRefused):
        return "/" + refused.field.replace(".", "/"), {}
    first = next(iter(refused.errors), {})
    return first.get("pointer", ""), first


def _received(call: Call, filed: Filed) -> Response:
    number = filed.report.number
    cookie = {"Set-Cookie": visitor.keeping(number, filed.token)}
    if call.wants_json:
        answer = answer_to(filed) | {"page": url(f"/laporan/{number}")}
        return ok(answer, 201, cookie)
    return redirect(f"/laporan/{number}", cookie)
