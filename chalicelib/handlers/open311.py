"""Open311 GeoReport v2 under ``/open311/v2``. The suffix is part of the last path parameter.

Every answer, refusals too, comes in the format that the address asks for. A key is needed to
write; where a client reads with its key it also sees the words of what it sent itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain import open311 as rules
from chalicelib.domain.catalogue import Category
from chalicelib.domain.events import parse_instant
from chalicelib.domain.numbers import normalise
from chalicelib.handlers import open311_format as form
from chalicelib.handlers.http import idempotency_key, language_of, response_to
from chalicelib.handlers.open311_forms import (
    BadRequest,
    Values,
    new_request,
    new_update,
    numbers_of,
    one,
    query_of,
    values_of,
    window_of,
)
from chalicelib.handlers.problems import DATA_HEADERS, Problem
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.cards import Update
from chalicelib.services.clients import Client, KeyUnknown, LimitReached
from chalicelib.services.filing import FilingRefused
from chalicelib.services.open311 import ServiceUnknown
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
BASE = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
Json = dict[str, Any]
Tree = form.Items | form.One

#: code → (HTTP status, description). Whatever is not here is a problem's own code and text.
REFUSALS: Mapping[str, tuple[int, str]] = {
    "key_missing": (403, "api_key wajib ada. / api_key is missing."),
    "key_unknown": (403, "api_key tidak dikenal atau dicabut. / Unknown or revoked api_key."),
    "too_many_requests": (
        429,
        "Batas panggilan kunci ini tercapai; coba lagi nanti. / This key's limit is reached.",
    ),
    "jurisdiction_unknown": (404, "jurisdiction_id tidak dikenal. / Unknown jurisdiction_id."),
    "service_unknown": (404, "service_code tidak ada. / There is no such service_code."),
    "missing": (400, "{name} wajib ada. / {name} is missing."),
    "invalid": (400, "{name} tidak sesuai. / {name} is not valid."),
    "attribute_missing": (400, "{name} wajib ada. / {name} is required."),
    "attribute_invalid": (400, "{name} tidak sesuai. / {name} is not one of its values."),
    "not_allowed": (400, "{name} bukan pilihan. / {name} is not one of the choices."),
    "too_long": (400, "{name} terlalu panjang. / {name} is too long."),
    "too_large": (400, "{name} terlalu besar. / {name} is too large."),
    "too_many": (400, "Terlalu banyak nilai {name}. / Too many values of {name}."),
    "bad_time": (
        400,
        "{name} perlu ISO 8601 dengan zona. / {name} must be ISO 8601 with its zone.",
    ),
    "window": (
        400,
        "Rentang paling lama 90 hari dan tidak terbalik. / A window spans at most 90 days.",
    ),
    "location_missing": (
        400,
        "Perlu lat dan long, address_string atau address_id. / A location is needed.",
    ),
}
_NOTICES = {
    "email": "Alamat surel tidak benar dan tidak disimpan.",
    "phone": "Nomor telepon tidak benar dan tidak disimpan.",
    "media_url": "media_url bukan alamat http(s) dan tidak disimpan.",
}


@serves(blueprint, "GET", BASE + "/{resource}")
def collection(call: Call) -> Response:
    """Discovery, the service list, requests or updates."""
    return _answered(call, call.params["resource"], _COLLECTIONS)


@serves(blueprint, "POST", BASE + "/{resource}")
def create(call: Call) -> Response:
    """A new request, or an update to one."""
    return _answered(call, call.params["resource"], _CREATIONS)


@serves(blueprint, "GET", BASE + "/{resource}/{id}")
def single(call: Call) -> Response:
    """One service definition, request or token."""
    kind = call.params["resource"]
    return _answered(call, call.params["id"], {"": _SINGLES.get(kind, _nothing)})


Handler = Callable[[Call, Values, str, str], Response]


def _answered(call: Call, last: str, handlers: Mapping[str, Handler]) -> Response:
    """Let the handler for the last part of the path answer; refusals in the same format."""
    name, _, suffix = last.rpartition(".")
    shape = suffix if suffix in form.FORMATS else form.XML
    try:
        handler = handlers.get(name) or handlers.get("")
        if suffix not in form.FORMATS or handler is None or not name:
            raise Problem("not_found")
        raw = call.body if call.request.method == "POST" else b""
        values = values_of(call.request.query_params, raw, call.header("content-type"))
        wanted = one(values, "jurisdiction_id")
        if wanted and wanted != jurisdiction():
            raise BadRequest("jurisdiction_unknown")
        return handler(call, values, name, shape)
    # The edge of these routes: what is refused here must be told in the format asked for.
    except Exception as error:
        return _refused(error, shape)


def jurisdiction() -> str:
    """The one jurisdiction served here; clients may leave it out."""
    return config.setting("OPEN311_JURISDICTION", "tangerangkota.go.id")


def _discovery(call: Call, values: Values, name: str, shape: str) -> Response:
    about = _about()
    formats = ["text/xml", "application/json"]
    endpoints = [
        {
            "specification": SPECIFICATION,
            "url": config.public_url() + BASE,
            "changeset": about["changeset"],
            "type": kind,
            "formats": form.Items("formats", "format", formats),
        }
        for kind in ("production", "test")
    ]
    member = {
        "changeset": about["changeset"],
        "contact": about["contact"],
        "key_service": about["key_service"],
        "endpoints": form.Items("endpoints", "endpoint", endpoints),
    }
    return _reply(shape, form.One("discovery", member), headers=_CACHED)


def _services(call: Call, values: Values, name: str, shape: str) -> Response:
    return _reply(shape, services_tree(language_of(call.request)), headers=_CACHED)


def services_tree(language: str) -> form.Items:
    """The service list: every category of the catalogue in force."""
    found = bootstrap.catalogue().categories().values()
    return form.Items("services", "service", [_service(one, language) for one in found])


def _service(category: Category, language: str) -> Json:
    groups = _about()["groups"]
    return {
        "service_code": category.code,
        "service_name": category.name[language],
        "description": f"{category.name['id']} / {category.name['en']}",
        "metadata": True,
        "type": rules.service_type(category),
        "keywords": ",".join(word.replace(",", " ") for word in category.synonyms),
        "group": groups.get(category.code.partition("-")[0], {}).get(language, ""),
    }


def _definition(call: Call, values: Values, name: str, shape: str) -> Response:
    category = bootstrap.open311().service(name)
    tree = definition_tree(category, language_of(call.request))
    return _reply(shape, tree, headers=_CACHED)


def definition_tree(category: Category, language: str) -> form.One:
    """What one service asks."""
    attributes = [
        {
            "variable": True,
            "code": attribute.code,
            "datatype": attribute.datatype,
            "required": attribute.required,
            "datatype_description": None,
            "order": order,
            "description": attribute.description[language],
            "values": _choices(attribute, language),
        }
        for order, attribute in enumerate(rules.attributes_of(category), start=1)
    ]
    member = {
        "service_code": category.code,
        "attributes": form.Items("attributes", "attribute", attributes),
    }
    return form.One("service_definition", member)


def _choices(attribute: rules.Attribute, language: str) -> form.Items | None:
    if not attribute.values:
        return None
    named = [{"key": key, "name": name[language]} for key, name in attribute.values]
    return form.Items("values", "value", named)


def _requests(call: Call, values: Values, name: str, shape: str) -> Response:
    service = bootstrap.open311()
    if one(values, "service_request_id"):
        rows: Any = service.some(numbers_of(values), _reader(values))
    else:
        rows = service.page(query_of(values, bootstrap.clock().now()))
    return _reply(shape, _request_list(call, rows))


def _request(call: Call, values: Values, name: str, shape: str) -> Response:
    number = normalise(name[:60])
    if number is None:
        raise Problem("not_found")
    row = bootstrap.open311().one(number, _reader(values))
    return _reply(shape, _request_list(call, [row]))


def _request_list(call: Call, rows: Any) -> Tree:
    language = language_of(call.request)
    return form.Items("service_requests", "request", [_shown(row, language) for row in rows])


def _shown(row: Mapping[str, Any], language: str) -> Json:
    views = bootstrap.views()
    category = views.category(row["category"])["name"].get(language, row["category"])
    agency = views.agency(row["agency"])
    return {
        "service_request_id": row["number"],
        "status": rules.plain_status(row["status"]),
        "status_notes": STATUS_NAMES[row["status"]][language],
        "service_name": category,
        "service_code": row["category"],
        "description": row.get("description") or _public_words(row, category),
        "agency_responsible": agency["name"].get(language) if agency else None,
        "service_notice": None,
        "requested_datetime": _time(row["filed_at"]),
        "updated_datetime": _time(row["updated_at"]),
        "expected_datetime": _time(row["expected_at"]),
        "address": row.get("address") or _address(row),
        "address_id": row["kelurahan"] or None,
        "zipcode": None,
        "lat": row["lat"],
        "long": row["lon"],
        "media_url": None,
    }


def _public_words(row: Mapping[str, Any], category: str) -> str:
    """What people wrote is theirs: the public reads what it is about and where."""
    address = _address(row)
    return f"{category}. {address}" if address else category


def _address(row: Mapping[str, Any]) -> str | None:
    if not row["kelurahan"]:
        return None
    name = bootstrap.catalogue().areas.name
    return f"Kel. {name(row['kelurahan'])}, Kec. {name(row['kecamatan'])}, Kota Tangerang"


def _token(call: Call, values: Values, name: str, shape: str) -> Response:
    """Reports are numbered at once, so a token is the number itself (FixMyStreet asks anyway)."""
    number = normalise(name[:60])
    if number is None:
        raise Problem("not_found")
    bootstrap.open311().one(number, None)
    member = {"service_request_id": number, "token": number}
    return _reply(shape, form.Items("service_requests", "request", [member]))


def _post_request(call: Call, values: Values, name: str, shape: str) -> Response:
    client = _writer(values)
    key = idempotency_key(call.header("idempotency-key"))
    new, left_out = new_request(values, key)
    filed = bootstrap.open311().take(new, client)
    hidden = rules.service_type(bootstrap.open311().service(new.service_code)) == "blackbox"
    member = {
        "service_request_id": None if hidden else filed.report.number,
        "service_notice": " ".join(
            [_promise(filed), *(_NOTICES[name] for name in left_out)]
        ).strip(),
        "account_id": one(values, "account_id")[:100] or None,
    }
    headers = {"Idempotent-Replayed": "true"} if filed.repeated else {}
    tree = form.Items("service_requests", "request", [member])
    return _reply(shape, tree, 200 if filed.repeated else 201, headers)


def _promise(filed: Any) -> str:
    from chalicelib.domain.text import long_date

    due = [entry.due_at for entry in filed.promises if entry.due_at]
    return f"Diterima. Dijanjikan paling lambat {long_date(min(due))}." if due else "Diterima."


def _get_updates(call: Call, values: Values, name: str, shape: str) -> Response:
    start, end = window_of(values, bootstrap.clock().now())
    rows = bootstrap.open311().updates(start, end)
    shown = [_update(row, language_of(call.request)) for row in rows]
    return _reply(shape, form.Items("service_request_updates", "request_update", shown))


def _update(row: Update, language: str) -> Json:
    shown = row.shown or {}
    return {
        "update_id": f"{row.number}-{row.seq}",
        "service_request_id": row.number,
        "status": shown["state"],
        "updated_datetime": _time(row.at),
        "description": shown["text"] or shown["sentence"][language],
        "external_status_code": shown["status"],
    }


def _post_update(call: Call, values: Values, name: str, shape: str) -> Response:
    client = _writer(values)
    update_id = bootstrap.open311().told(new_update(values), client)
    members = [{"update_id": update_id}]
    return _reply(shape, form.Items("service_request_updates", "request_update", members))


def _nothing(call: Call, values: Values, name: str, shape: str) -> Response:
    raise Problem("not_found")


_COLLECTIONS: Mapping[str, Handler] = {
    "discovery": _discovery,
    "services": _services,
    "requests": _requests,
    "servicerequestupdates": _get_updates,
}
_CREATIONS: Mapping[str, Handler] = {
    "requests": _post_request,
    "servicerequestupdates": _post_update,
}
_SINGLES: Mapping[str, Handler] = {
    "services": _definition,
    "requests": _request,
    "tokens": _token,
}
_CACHED = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}


def _writer(values: Values) -> Client:
    key = one(values, "api_key")
    if not key:
        raise BadRequest("key_missing")
    return bootstrap.clients().admit(key)


def _reader(values: Values) -> Client | None:
    """Reading needs no key; a wrong one is refused rather than overlooked."""
    key = one(values, "api_key")
    return bootstrap.clients().known(key) if key else None


def _refused(error: Exception, shape: str) -> Response:
    if isinstance(error, KeyUnknown | LimitReached):
        code = "key_unknown" if isinstance(error, KeyUnknown) else "too_many_requests"
        error = BadRequest(code)
    if isinstance(error, ServiceUnknown):
        error = BadRequest("service_unknown")
    if isinstance(error, FilingRefused) and error.code in REFUSALS:
        error = BadRequest(error.code, error.field)
    if isinstance(error, BadRequest):
        status, text = REFUSALS[error.code]
        return _error(shape, status, error.code, text.format(name=error.name))
    problem = json.loads(response_to(error).body)
    text = f"{problem['detail']} / {problem['detail_en']}"
    return _error(shape, _STATUS.get(problem["status"], problem["status"]), problem["code"], text)


#: The specification knows 400, 403 and 404 for what the caller did wrong.
_STATUS = {401: 403, 409: 400, 422: 400}


def _error(shape: str, status: int, code: str, text: str) -> Response:
    tree = form.Items("errors", "error", [{"code": code, "description": text}])
    headers = {"Retry-After": "60"} if status in (429, 503) else {}
    return _reply(shape, tree, status, headers)


def _reply(
    shape: str, tree: Tree, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    all_headers = {**DATA_HEADERS, "Cache-Control": "no-store", **(headers or {})}
    return Response(
        form.rendered(shape, tree),
        headers={**all_headers, "Content-Type": form.content_type(shape)},
        status_code=status,
    )


def _time(text: str | None) -> str | None:
    return local(parse_instant(text)) if text else None


@cache
def _about() -> Json:
    path = Path(__file__).resolve().parents[1] / "data" / "open311.json"
    about: Json = json.loads(path.read_text(encoding="utf-8"))
    return about


def definitions_digest() -> str:
    """Of all that the changeset speaks for; a test holds the shipped one against it."""
    trees: list[Tree] = [services_tree("id")]
    trees += [definition_tree(one, "id") for one in bootstrap.catalogue().categories().values()]
    text = "".join(form.rendered(form.JSON, tree) for tree in trees)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
