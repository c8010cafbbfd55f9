"""Examples of the Open311 routes, made from one tree each as the answers are: JSON and XML.

What is refused is shown in the words in which it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.handlers import open311_format as form
from chalicelib.handlers.open311 import REFUSALS, SPECIFICATION, Tree
from chalicelib.handlers.problems import PROBLEMS

Json = dict[str, Any]
_NUMBER, _FILED = "TL-7K3QX9MW", "2027-04-05T09:55:00+07:00"
_CHANGED = "2027-04-05T10:02:00+07:00"


def _requests(member: Json) -> form.Items:
    return form.Items("service_requests", "request", [member])


def _updates(member: Json) -> form.Items:
    return form.Items("service_request_updates", "request_update", [member])


_FORMATS = form.Items("formats", "format", ["text/xml", "application/json"])
_KINDS = [
    {"key": "kecil", "name": "Kurang dari 50 cm"},
    {"key": "besar", "name": "Lebih dari satu meter"},
]
_DISCOVERY = form.One(
    "discovery",
    {
        "changeset": "2026-11-01T00:00:00+07:00",
        "contact": "lapor@tangerangkota.go.id",
        "key_service": "lapor@tangerangkota.go.id",
        "endpoints": form.Items(
            "endpoints",
            "endpoint",
            [
                {
                    "specification": SPECIFICATION,
                    "url": "https://lapor.example/open311/v2",
                    "changeset": "2026-11-01T00:00:00+07:00",
                    "type": "production",
                    "formats": _FORMATS,
                }
            ],
        ),
    },
)
_SERVICES = form.Items(
    "services",
    "service",
    [
        {
            "service_code": "INF-01",
            "service_name": "Jalan berlubang",
            "description": "Jalan berlubang / Pothole",
            "metadata": True,
            "type": "realtime",
            "keywords": "lubang,jalan rusak",
            "group": "Infrastruktur",
        }
    ],
)
_DEFINITION = form.One(
    "service_definition",
    {
        "service_code": "INF-01",
        "attributes": form.Items(
            "attributes",
            "attribute",
            [
                {
                    "variable": True,
                    "code": "size",
                    "datatype": "singlevaluelist",
                    "required": False,
                    "order": 1,
                    "description": "Seberapa besar lubangnya?",
                    "values": form.Items("values", "value", _KINDS),
                }
            ],
        ),
    },
)
_REQUEST = _requests(
    {
        "service_request_id": _NUMBER,
        "status": "open",
        "status_notes": "Didisposisikan",
        "service_name": "Jalan berlubang",
        "service_code": "INF-01",
        "description": "Jalan berlubang. Kel. Sukarasa, Kec. Tangerang, Kota Tangerang",
        "agency_responsible": "Dinas Pekerjaan Umum dan Penataan Ruang",
        "requested_datetime": _FILED,
        "updated_datetime": _CHANGED,
        "expected_datetime": "2027-04-06T16:00:00+07:00",
        "address": "Kel. Sukarasa, Kec. Tangerang, Kota Tangerang",
        "address_id": "36.71.01.1007",
        "lat": -6.1783,
        "long": 106.6319,
    }
)
_UPDATE = _updates(
    {
        "update_id": f"{_NUMBER}-2",
        "service_request_id": _NUMBER,
        "status": "open",
        "updated_datetime": _CHANGED,
        "description": "Laporan diteruskan ke dinas.",
        "external_status_code": "assigned",
    }
)
_TOKEN = _requests({"service_request_id": _NUMBER, "token": _NUMBER})
_TAKEN = _requests(
    {
        "service_request_id": _NUMBER,
        "service_notice": "Diterima. Dijanjikan paling lambat Selasa, 6 April 2027 pukul 16.00.",
    }
)
_TOLD = _updates({"update_id": f"{_NUMBER}-3"})

#: What is asked for → one answer.
COLLECTIONS: Mapping[str, Tree] = {
    "discovery": _DISCOVERY,
    "services": _SERVICES,
    "requests": _REQUEST,
    "servicerequestupdates": _UPDATE,
}
SINGLES: Mapping[str, Tree] = {"services": _DEFINITION, "requests": _REQUEST, "tokens": _TOKEN}
CREATIONS: Mapping[str, Tree] = {"requests": _TAKEN, "servicerequestupdates": _TOLD}
#: The same by what is sent; the tests send each of them.
FORMS: Mapping[str, Json] = {
    "requests": {
        "api_key": "demo-open311-key",
        "jurisdiction_id": "tangerangkota.go.id",
        "service_code": "INF-01",
        "lat": -6.1783,
        "long": 106.6319,
        "description": "Lubang besar di depan sekolah",
        "email": "warga@example.org",
        "attribute[size]": "besar",
    },
    "servicerequestupdates": {
        "api_key": "demo-open311-key",
        "service_request_id": _NUMBER,
        "update_id": "fixmystreet-17",
        "status": "OPEN",
        "updated_datetime": _CHANGED,
        "description": "Masih ada, dan makin dalam.",
    },
}
#: One refusal for each status that these routes have.
REFUSED: Mapping[str, Sequence[str]] = {
    "400": ("missing", "location_missing", "window"),
    "403": ("key_missing", "key_unknown"),
    "404": ("service_unknown", "jurisdiction_unknown", "not_found"),
    "413": ("body_too_large",),
    "429": ("too_many_requests",),
    "503": ("try_again",),
}


def content(trees: Mapping[str, Tree], schema: Json) -> Json:
    """Return the content of an answer in both formats, with the examples *trees*."""
    return {
        "application/json": {
            "schema": schema,
            "examples": {
                name: {"value": json.loads(form.rendered(form.JSON, tree))}
                for name, tree in trees.items()
            },
        },
        "text/xml": {
            "schema": {"type": "string"},
            "examples": {
                name: {"value": form.rendered(form.XML, tree)} for name, tree in trees.items()
            },
        },
    }


def refusals(status: str) -> Mapping[str, Tree]:
    """Return what is refused with *status*, by code."""
    return {code: _refusal(code) for code in REFUSED[status]}


def sent(schema: Json) -> Json:
    """Return the content of what is sent, with the examples."""
    examples = {name: {"value": fields} for name, fields in FORMS.items()}
    one: Json = {"schema": schema, "examples": examples}
    return {"application/x-www-form-urlencoded": one, "multipart/form-data": one}


def _refusal(code: str) -> form.Items:
    if code in REFUSALS:
        text = REFUSALS[code][1].format(name="service_code")
    else:
        text = " / ".join(PROBLEMS[code][1:3])
    return form.Items("errors", "error", [{"code": code, "description": text}])
