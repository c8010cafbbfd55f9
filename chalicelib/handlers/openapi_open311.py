"""The Open311 routes in the API's description: forms in, XML or JSON out (GeoReport v2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers import open311_examples as examples
from chalicelib.handlers.open311 import Tree

Json = dict[str, Any]
TAG = "open311"
_TEXT: Json = {"type": "string"}
_CODE: Json = {"type": "string", "maxLength": 60}


def paths() -> Json:
    """Return the path items of the Open311 routes."""
    return {
        "/open311/v2/{resource}": {
            "get": _operation(
                "Discovery, the service list, requests, or updates",
                "get_open311_v2_by_resource",
                [_resource(*examples.COLLECTIONS), *_QUERY],
                examples.COLLECTIONS,
            ),
            "post": {
                **_operation(
                    "Send a request, or an update to one; needs the client's key",
                    "post_open311_v2_by_resource",
                    [_resource(*examples.CREATIONS), _IDEMPOTENT],
                    examples.CREATIONS,
                    created=True,
                ),
                "requestBody": {"required": True, "content": examples.sent(_NEW)},
            },
        },
        "/open311/v2/{resource}/{id}": {
            "get": _operation(
                "One service definition, request or token",
                "get_open311_v2_by_resource_by_id",
                [
                    {
                        "name": "resource",
                        "in": "path",
                        "required": True,
                        "schema": {"enum": list(examples.SINGLES)},
                    },
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "description": "Code or number, with the suffix of the format.",
                        "schema": _TEXT,
                        "example": "INF-01.json",
                    },
                    *_QUERY[:2],
                ],
                examples.SINGLES,
            )
        },
    }


def _operation(
    summary: str,
    id: str,
    parameters: list[Json],
    answers: Mapping[str, Tree],
    *,
    created: bool = False,
) -> Json:
    good = {
        "description": summary,
        "content": examples.content(answers, {"type": ["array", "object"]}),
    }
    codes = ("400", "403", "404", "413", "429", "503") if created else ("400", "403", "404", "503")
    return {
        "summary": summary,
        "operationId": id,
        "tags": [TAG],
        "x-audience": ["public"],
        "security": [{"open311Key": []}] if created else [{}, {"open311Key": []}],
        "parameters": parameters,
        "responses": {
            "200": good,
            **({"201": good} if created else {}),
            **{status: _refused(status) for status in codes},
        },
    }


def _refused(status: str) -> Json:
    return {
        "description": "Refused, in the format asked for",
        "content": examples.content(examples.refusals(status), _ERRORS),
    }


def _resource(*names: str) -> Json:
    return {
        "name": "resource",
        "in": "path",
        "required": True,
        "schema": {"enum": [f"{name}.{form}" for name in names for form in ("json", "xml")]},
    }


def _query(name: str, text: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": schema}


_TIME: Json = {"type": "string", "format": "date-time"}
_QUERY: list[Json] = [
    _query("jurisdiction_id", "`tangerangkota.go.id`, or none.", _TEXT),
    _query("api_key", "Shows besides what this client sent itself.", _TEXT),
    _query("service_request_id", "Comma list; overrides all other parameters.", _TEXT),
    _query("service_code", "Comma list.", _TEXT),
    _query("status", "`open`, `closed` or both.", _TEXT),
    _query("start_date", "Of requested_datetime (updates: of the update).", _TIME),
    _query("end_date", "Inclusive; at most 90 days after the start, else 400.", _TIME),
    _query("updated_after", "Of updated_datetime.", _TIME),
    _query("updated_before", "Of updated_datetime, inclusive.", _TIME),
    _query("page", "From 1.", {"type": "integer", "minimum": 1}),
    _query("page_size", "1000 unless fewer are asked for.", {"type": "integer", "maximum": 1000}),
]
_IDEMPOTENT: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key gives the same request; so does `attribute[fixmystreet_id]`.",
    "schema": {"type": "string", "minLength": 22, "maxLength": 200},
}
_ERRORS: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code", "description"],
        "properties": {"code": _TEXT, "description": _TEXT},
    },
}
_NEW: Json = {
    "type": "object",
    "description": (
        "A request: api_key, service_code, a place, and `attribute[CODE]` as the service's "
        "definition asks. An update: api_key, service_request_id, update_id, status."
    ),
    "properties": {
        "api_key": _TEXT,
        "jurisdiction_id": _TEXT,
        "service_code": _CODE,
        "lat": {"type": "number"},
        "long": {"type": "number"},
        "address_string": _TEXT,
        "address_id": {"type": "string", "description": "Code of a kelurahan."},
        "description": {"type": "string", "maxLength": 4000},
        "email": _TEXT,
        "phone": _TEXT,
        "first_name": _TEXT,
        "last_name": _TEXT,
        "device_id": _TEXT,
        "account_id": _TEXT,
        "media_url": {"type": "string", "format": "uri"},
        "service_request_id": _TEXT,
        "update_id": _TEXT,
        "status": _TEXT,
        "updated_datetime": _TIME,
    },
}
SECURITY: Json = {
    "open311Key": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "An Open311 client's key, in the query or the body.",
    }
}
