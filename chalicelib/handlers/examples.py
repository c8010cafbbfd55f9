"""One example of every body and answer, for the API's description, made from one table.

The table gives each field its value; the shape comes from the definitions themselves, so that an
example has every field that there is and none that is gone. A field of one definition that means
something else than elsewhere is named ``Definition.field``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_NUMBER, _HASH = "TL-7K3QX9MW", "9f2c" * 16
_FILED, _DUE = "2027-04-05T09:55:00+07:00", "2027-04-05T14:15:00+07:00"
_DAY = "2027-04-12"
_POTHOLE = {"id": "Jalan berlubang", "en": "Pothole"}
_SOP = {
    "id": "jalan-berlubang",
    "calendar": "kantor",
    "steps": [
        {
            "id": "L0",
            "clock": "agency",
            "at": "PT0M",
            "until": "acknowledged",
            "notify": ["petugas"],
        }
    ],
}
#: What a time is, where the table does not say: all times of an example are on its one day.
_BY_FORMAT = {"date-time": _FILED, "date": _DAY}

VALUES: Mapping[str, Any] = {
    "algorithm": "sha-256",
    "Protection.asked": False,
    "bits": 18,
    "challenge": "kgABUYAxOC8sVqk0b2l0c2Vs",
    "Protection.limits": {"proof": {"mode": "auto"}},
    "minutes": 60,
    "mode": "auto",
    "Challenge.needed": False,
    "PutLimits.body": {},
    "Protection.until": None,
    "seconds": 600,
    "about_unit": "",
    "act": "add-client",
    "Rung.act": "notify",
    "actions": ["comments", "photos"],
    "activated_by": "penyetuju",
    "active_from": _DAY,
    "address": "Jl. Daan Mogot",
    "after": "PT5H",
    "agency": "PUPR",
    "amount": "1250.00",
    "approver": "penyetuju",
    "area": "36.71.01",
    "as_of": _DAY,
    "at": _FILED,
    "authors": ["penyusun"],
    "basis": "PermenPANRB 62/2018",
    "before": "PT4H",
    "body": "PLN",
    "ApiClient.body": "",
    "NewClient.body": "",
    "DirectoryDocument.body": [],
    "CatalogueDocument.body": [],
    "PutDocument.body": [],
    "PutCatalogueDocument.body": [],
    "PutCalendar.body": {"id": "kantor"},
    "book": "live-room-prod",
    "boxes": [[0.1, 0.2, 0.3, 0.4]],
    "breaks": [["12:00", "13:00"]],
    "broken": {"L1": 3},
    "by": "category",
    "categories": ["INF-01"],
    "category": "INF-01",
    "channel": "mail",
    "channels": ["mail"],
    "ProposeTemplate.channels": {"mail": {"id": "Halo", "en": "Hello"}},
    "OfficeContacts.channels": {"mail": "confirmed"},
    "check": "repeated",
    "clock": "agency",
    "closed_at": None,
    "code": "INF-01",
    "Area.code": "36.71.01.1007",
    "Kecamatan.code": "36.71.01",
    "SupportingArea.code": "36.71.01.1007",
    "contact_purposes": ["visit"],
    "content": _SOP,
    "cover": "",
    "currency": "IDR",
    "cursor": "eyJhZnRlciI6IlRMLTdLM1FYOU1XIn0",
    "data": {"agency": "PUPR"},
    "date": "2027-04-05",
    "day": _DAY,
    "description": "Lubang besar di depan sekolah",
    "detail": "Laporan ini tidak ada.",
    "detail_en": "There is no such report.",
    "digest": _HASH,
    "dimension": "jalan",
    "due_at": _DUE,
    "email": "warga@example.org",
    "en": "Sent on to the agency",
    "explanation": "4 jam kerja sejak penugasan Senin 09.55.",
    "facts": {"id": "fixmystreet"},
    "fallback_from": "sms",
    "field": "description",
    "Differing.field": "at",
    "fields": {"key": "reports/TL-7K3QX9MW/p-5f2c9a41d07e", "policy": "…"},
    "Breach.fields": ["email"],
    "filename": "sop-jalan-berlubang-v1.pdf",
    "files": {"agencies.json": []},
    "firings": {"L1": 12},
    "from": _DAY,
    "InboundMessage.from": "081200000000",
    "granted": ["operator"],
    "hash": _HASH,
    "hours": {"id": "Jam Ramadan", "en": "Ramadan hours"},
    "id": "jalan-berlubang",
    "Actor.kind": "staff",
    "Actor.person": "petugas.pupr",
    "ADevice.id": "flood-gauge-7",
    "NewDevice.id": "flood-gauge-7",
    "ApiClient.id": "fixmystreet",
    "NewClient.id": "fixmystreet",
    "Webhook.id": "dasbor",
    "NewWebhook.id": "dasbor",
    "Names.id": "Diteruskan ke dinas",
    "answered_by": "piket.bpbd",
    "Situation.state": "handling",
    "Arrived.key": "36.71.01",
    "Arrived.name": "Tangerang",
    "Arrived.emergencies": 40,
    "half_minutes": 10,
    "nine_tenths_minutes": 20,
    "share": 0.85,
    "target_minutes": 15,
    "within_own_limit": 35,
    "within_target": 34,
    "begun_at": _FILED,
    "distance_m": 31,
    "Drill.sop": "kebakaran",
    "DrillBegun.sop": "kebakaran",
    "DrillLine.sop": "kebakaran",
    "TrainingRecord.sop": "kebakaran",
    "DrillBegun.until": "2027-04-05T11:55:00+07:00",
    "Drill.until": "2027-04-05T11:55:00+07:00",
    "DrillLine.until": "2027-04-05T11:55:00+07:00",
    "NewDrill.category": "DRT-01",
    "TrainedOffice.drill": _NUMBER,
    "TrainedOffice.state": "answered",
    "DrillStep.name": {"id": "Tugas darurat dikirim", "en": "Emergency task sent"},
    "NewDrill.hours": 2,
    "lag": 0,
    "late_by": 90,
    "leader": "kadis.bpbd",
    "DrillOffice.seconds": 210,
    "TrainedOffice.seconds": 210,
    "steps": ["L0"],
    "told": ["piket.bpbd"],
    "unanswered": ["resolved"],
    "untrained": ["danru.bpbd"],
    "Ending.id": "Selesai, dikonfirmasi pelapor",
    "Ending.en": "Done, confirmed by the reporter",
    "Ending.code": "confirmed",
    "instance": f"/v1/reports/{_NUMBER}",
    "into": "TL-4N8RT2VC",
    "joined": ["TL-4N8RT2VC"],
    "joined_photos": [],
    "kecamatan": "36.71.01",
    "keeps": "petugas.pupr",
    "kelurahan": "36.71.01.1007",
    "key": "INF-01",
    "kind": "staff",
    "known_until": "2027-12-31",
    "language": "id",
    "large": "https://lapor.example/v1/reports/TL-7K3QX9MW/photos/p-5f2c9a41d07e/large",
    "small": "https://lapor.example/v1/reports/TL-7K3QX9MW/photos/p-5f2c9a41d07e/small",
    "lat": -6.1783,
    "lon": 106.6319,
    "left_out": "",
    "legal_basis": ["Perpres 76/2013"],
    "mark": "BERLAKU",
    "merged_into": None,
    "messages": {"mail": 4},
    "mfa": ["totp"],
    "name": _POTHOLE,
    "Reporter.name": "Warga Contoh",
    "Contact.name": "Warga Contoh",
    "Account.name": "Sari Contoh",
    "NewAccount.name": "Sari Contoh",
    "WholeAccount.name": "Sari Contoh",
    "Area.name": "Sukarasa",
    "SupportingArea.name": "Sukarasa",
    "Kecamatan.name": "Tangerang",
    "ADevice.name": "Pos banjir 7",
    "NewDevice.name": "Pos banjir 7",
    "ApiClient.name": "FixMyStreet",
    "NewClient.name": "FixMyStreet",
    "DirectoryDocument.name": "holders",
    "CatalogueDocument.name": "ownership",
    "CalendarShort.name": "kantor",
    "OnDuty.name": "Melati Contoh",
    "OnDuty.person": "operator",
    "OnDuty.position": "operator",
    "HandOver.to": "verifikator",
    "ShiftOffer.by": "operator",
    "ShiftOffer.to": "verifikator",
    "StandingNote.by": "operator",
    "StandingNote.text": "Regu B memakai radio cadangan",
    "DeskNote.text": "Regu B memakai radio cadangan",
    "ShiftChange.person": "verifikator",
    "relieved": "operator",
    "named": "verifikator",
    "emergencies": [_NUMBER],
    "notices": {"people": _FILED},
    "note": "Dicek bersama lurah",
    "number": _NUMBER,
    "other": "TL-4N8RT2VC",
    "office": "petugas.pupr",
    "outcome": "done",
    "part": "ownership",
    "path": "agencies.json",
    "people": 12,
    "person": "kadis.pupr",
    "phone": "081200000000",
    "photo": "p-5f2c9a41d07e",
    "photos": ["p-5f2c9a41d07e"],
    "pointer": "/category",
    "position": "kadis.pupr",
    "positions": ["kadis.pupr"],
    "public_photos": [],
    "public_text": "Lubang besar di depan sekolah",
    "purpose": "result",
    "question": "Di sisi jalan yang mana?",
    "questions": [],
    "reading": "182 cm",
    "reason": "Perlu menurut evaluasi triwulan",
    "recipients": {"kabid.pupr": 12},
    "reference": "B/123/IV/2027",
    "referred_to": None,
    "refused": "",
    "report": _NUMBER,
    "result_photos": [],
    "reviewer": "peninjau",
    "revoked_at": None,
    "role": "petugas",
    "roles": ["operator"],
    "rungs": ["L1"],
    "score": 5,
    "script": {"id": "Laporan TL-7K3QX9MW menunggu.", "en": "Report TL-7K3QX9MW is waiting."},
    "season": "",
    "secret": "whsec_…",
    "sop": "jalan-berlubang@1",
    "DraftSimulation.sop": _SOP,
    "source": "web",
    "state": "planned",
    "status": "active",
    "Problem.status": 404,
    "statuses": {"assigned": 3},
    "step": "L1",
    "synonyms": ["jalan rusak"],
    "template": "task",
    "text": "Lubang besar di depan sekolah",
    "texts": {"note": "Dicek bersama lurah"},
    "tier": "P2",
    "title": {"id": "Kepala Dinas PUPR", "en": "Head of Public Works"},
    "Problem.title": "Tidak ditemukan",
    "Problem.title_en": "Not found",
    "Problem.type": "about:blank",
    "to": ["kabid.pupr"],
    "AssignmentLine.to": "2027-06-30",
    "Served.to": "2027-06-30",
    "Replay.to": _DAY,
    "OneMove.to": "sari.contoh",
    "token": "lrt_Zk3v1pQm8Xs0Rt5Yw9LbNg",
    "type": "assigned",
    "types": ["assigned"],
    "untested": ["sms"],
    "until": "acknowledged",
    "Defer.until": _DUE,
    "Instruct.until": _DUE,
    "RequestTime.until": _DUE,
    "OneMove.until": _DAY,
    "Reject.reason": "not_public_service",
    "Migrate.sop": "jalan-berlubang",
    "NewDraft.sop": "jalan-berlubang",
    "subject": "Laporan TL-7K3QX9MW diteruskan",
    "audience": "reporter",
    "url": f"https://lapor.example/v1/reports/{_NUMBER}",
    "vacant": ["kadis.pupr"],
    "variant": {"id": "Jam Ramadan", "en": "Ramadan hours"},
    "verified_on": _DAY,
    "via": "direct",
    "what": "Surel dengan alamat pelapor terkirim ke alamat yang salah.",
    "where": "steps/L1",
    "why": "changed",
    "windows": [["08:00", "12:00"], ["13:00", "16:30"]],
    "withheld": "",
}
#: Answers that have no definition of their own.
UNDEFINED: Mapping[str, Any] = {
    "Sop": {"version": 1, **_SOP},
    "Description": {"openapi": "3.1.0", "info": {"title": "LIVE Room API", "version": "1"}},
    "Privacy": {"law": "UU 27/2022", "fields": [], "retention": []},
    "Led": {},
}
#: Where numbers count something, and the table says nothing else.
_COUNT = 1


def examples(schemas: Json) -> dict[str, Any]:
    """Return one example of every definition among *schemas* that has fields, by its name."""
    return {
        name: _made(name, "", schema, schemas)
        for name, schema in schemas.items()
        if "properties" in schema
    }


def _made(owner: str, field: str, schema: Json, schemas: Json) -> Any:
    """Return the example of one field of *owner*, or of *owner* itself."""
    for name in (f"{owner}.{field}", field):
        if name in VALUES and _fits(VALUES[name], schema):
            return VALUES[name]
    if "$ref" in schema:
        inner = schema["$ref"].rpartition("/")[2]
        return _made(inner, "", schemas[inner], schemas)
    if "anyOf" in schema or "oneOf" in schema:
        return _made(owner, field, (schema.get("anyOf") or schema["oneOf"])[0], schemas)
    if "properties" in schema:
        return {
            name: _made(owner, name, inner, schemas) for name, inner in schema["properties"].items()
        }
    return _plain(owner, field, schema, schemas)


def _plain(owner: str, field: str, schema: Json, schemas: Json) -> Any:
    """Return the example of a field that the table is silent about."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "array":
        return [_made(owner, field, schema["items"], schemas)] if "items" in schema else []
    if kind == "string":
        return _BY_FORMAT.get(
            schema.get("format", ""), "contoh".ljust(schema.get("minLength", 0), "-")
        )
    return {
        "boolean": False,
        "object": {},
        "integer": max(_COUNT, schema.get("minimum", _COUNT)),
        "number": min(0.5, schema.get("maximum", 0.5)),
    }.get(str(kind))


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def _fits(value: Any, schema: Json) -> bool:
    """Whether *value* is of the kind that *schema* asks for: one name may stand for two things."""
    ways = schema.get("anyOf") or schema.get("oneOf")
    if ways:
        return any(_fits(value, one) for one in ways)
    if "$ref" in schema:
        return False
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, list) and value and "items" in schema:
        return schema.get("type") == "array" and all(_fits(one, schema["items"]) for one in value)
    wanted = schema.get("type")
    return wanted is None or isinstance(value, _KINDS[str(wanted)])
