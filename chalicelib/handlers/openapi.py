"""The OpenAPI 3.1 document, made from the definitions that validate and the audience table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from chalicelib.domain.report import STATUSES
from chalicelib.handlers import answers, openapi_exchange, openapi_open311, problems
from chalicelib.handlers.audience import ACTIONS, PUBLIC, REPORTER, ROUTES, Audience, is_an_action
from chalicelib.handlers.definitions import (
    ACTION_BODIES,
    ContactCheck,
    DraftSimulation,
    NewReport,
    Simulation,
)
from chalicelib.handlers.examples import UNDEFINED, examples
from chalicelib.handlers.field_words import with_words
from chalicelib.handlers.guarding import OF_THEIR_OWN, PROOF_HEADER
from chalicelib.handlers.openapi_accounts import ACCOUNT_OPERATIONS
from chalicelib.handlers.openapi_answering import ANSWERING_OPERATIONS
from chalicelib.handlers.openapi_catalogue import CATALOGUE_OPERATIONS
from chalicelib.handlers.openapi_desk import DESK_OPERATIONS
from chalicelib.handlers.openapi_drills import DRILL_OPERATIONS
from chalicelib.handlers.openapi_exchange import EXCHANGE_OPERATIONS
from chalicelib.handlers.openapi_proof import PROOF_OPERATIONS
from chalicelib.handlers.openapi_protection import PROTECTION_OPERATIONS
from chalicelib.handlers.openapi_room import ROOM_OPERATIONS
from chalicelib.handlers.openapi_subscriptions import SUBSCRIPTION_OPERATIONS
from chalicelib.handlers.openapi_templates import TEMPLATE_OPERATIONS
from chalicelib.handlers.operation import (
    BODY_CODES,
    PAGE_SIZES,
    PAGING,
    PAGING_CODES,
    WHOLE,
    Operation,
)
from chalicelib.services.cataloguing import READABLE
from chalicelib.services.views import GROUPS

OPEN311 = openapi_open311.paths()
#: Routes where no limit for senders applies; filing itself has its own.
UNLIMITED = OF_THEIR_OWN - {"/v1/reports"}
_REF = "#/components/schemas/{name}"
_ACTION_PATH = "/v1/reports/{number}/{action}"
Json = dict[str, Any]


_TAGS: Mapping[str, str] = {
    "service": "Whether the API answers, and what it says of itself. No sign-in.",
    "catalogue": "Categories, areas and SOPs: what can be reported and what happens then. "
    "No sign-in.",
    "reports": "Filing, the public list, one report, and what its reporter may do with the token.",
    "staff": "Work lists and what officials do to a report, each by role, agency and status.",
    "administration": "Accounts, offices, contacts, ownership, calendars, other systems; all on "
    "record.",
    "sop desk": "Drafts of SOPs on their way into force, by three people.",
    "drills": "Rehearsals of an SOP with its real people: apart from every figure, with a score.",
    "messages": "Telling people, and what they answer by mail, text message and telephone.",
    "ledger": "Proof that the record was not changed: a root over all of it, day by day.",
    openapi_open311.TAG: "GeoReport v2 for systems that speak it: forms in, XML or JSON out.",
}
_FILING_CODES = (
    "malformed_json",
    "invalid_text",
    "invalid_field",
    "body_too_large",
    "weak_idempotency_key",
    "unknown_category",
    "unknown_kelurahan",
    "unknown_agency",
    "outside_city",
    "location_missing",
    "category_not_served",
    "invalid_phone",
    "invalid_email",
    "key_reused",
    "source_needs_staff",
    "contact_blocked",
    "proof_needed",
    "try_again",
)
_DRAWING_CODES = (
    "malformed_json",
    "invalid_text",
    "invalid_field",
    "body_too_large",
    "role_may_not",
    "unknown_category",
    "unknown_kelurahan",
    "calendar_missing",
)
_ACTION_CODES = (
    "malformed_json",
    "invalid_text",
    "invalid_field",
    "body_too_large",
    "weak_idempotency_key",
    "role_may_not",
    "not_your_agency",
    "not_found",
    "not_in_this_status",
    "field_missing",
    "key_reused",
    "try_again",
)
_MORE_CODES: Mapping[str, tuple[str, ...]] = {
    "verify": ("unknown_category", "unknown_agency", "call_back_first"),
    "assign": ("unknown_agency", "call_back_first"),
    "decline": ("unknown_agency", "bounce_limit"),
    "ask": ("emergency_never_pauses",),
    "arrive": ("arrival_needs_reason",),
    "defer": ("emergency_never_pauses", "deferral_limit", "date_not_in_the_coming_year"),
    "request_time": ("emergency_never_pauses", "deferral_limit", "date_not_in_the_coming_year"),
    "reject": ("unknown_reason", "hoax_not_suspected", "hoax_needs_two", "call_back_first"),
    "call_back": ("hoax_not_suspected",),
    "confirm_hoax": ("hoax_not_suspected", "hoax_needs_two", "call_back_first"),
    "block": ("not_misused", "already_blocked", "nobody_to_block"),
    "appeal": ("nothing_to_appeal", "already_appealed"),
    "decide_appeal": ("nothing_to_appeal", "appeal_needs_another"),
    "merge": ("merge_target_unknown", "merge_across_secrecy"),
    "keep_apart": ("merge_target_unknown",),
    "submit": (
        "photo_unknown",
        "photo_refused",
        "evidence_missing",
        "evidence_refused",
        "evidence_needs_reason",
    ),
    "validate": ("executor_may_not_validate",),
    "return": ("executor_may_not_validate",),
    "confirm": ("executor_may_not_validate",),
    "reopen": ("reopen_period_over",),
    "migrate": ("already_under_this_version", "sop_version_never_served"),
    "instruct": ("date_not_in_the_coming_year",),
    "answer_instruction": ("no_instruction_open",),
    "audit": ("no_audit_ordered", "executor_may_not_validate"),
    "rate": ("nothing_to_rate_yet",),
    "photos": ("too_many_photos",),
    "follow": ("channel_not_given",),
    "preferences": ("channel_not_given",),
}
_ACTION_SUMMARIES: Mapping[str, str] = {
    "verify": "Verify a report; category and agency may be corrected",
    "assign": "Assign a report to an agency",
    "acknowledge": "Take a task on",
    "decline": "Hand a report back and name whose it is",
    "start": "Begin the work",
    "arrive": "Check in at the place",
    "situation": "Report from the field how things stand; shown on the control room's wall",
    "ask": "Ask the reporter; the clock stands still",
    "defer": "Put the work off to an approved date",
    "request_time": "Ask the head of the agency for more time",
    "refer": "Refer to a body outside the city government",
    "reject": "Refuse a report for a reason from the list",
    "answer_referral": "Record what another body answered to a referral",
    "unmerge": "Undo a merge: the report goes its own way, with the times first promised",
    "affirm": "Confirm one's support of a report, from the link in the message",
    "suspect": "Take a report for a hoax; the reporter is to be called back",
    "call_back": "Record what came of calling the reporter back",
    "confirm_hoax": "Confirm somebody else's suspicion, after the call; the report is rejected",
    "block": "Keep the contact of a confirmed hoax from filing for some days; emergencies excepted",
    "appeal": "Appeal against a block",
    "decide_appeal": "Decide an appeal; nobody decides on what they had a part in",
    "merge": "Merge a duplicate into another report",
    "keep_apart": "Say that a report is no duplicate of another, so that it is not proposed again",
    "submit": "Submit the result, with the proof that the SOP asks for",
    "validate": "Accept a result",
    "return": "Send a result back",
    "escalate": "Escalate by hand",
    "instruct": "Give an instruction with its own deadline, which is followed up",
    "answer_instruction": "Say what came of an instruction",
    "audit": "Say what a field audit found",
    "migrate": "Let a report run under another SOP version from now on",
    "confirm": "Confirm the result",
    "dispute": "Dispute the result",
    "reopen": "Open a closed report again",
    "withdraw": "Withdraw one's own report",
    "rate": "Rate the service from 1 to 5",
    "comments": "Add a comment, or answer a question",
    "photos": "Get a form to upload a photo straight to storage",
    "follow": "Be told of what happens, or no longer",
    "preferences": "Choose the channels over which to be told",
}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/health"): Operation("Whether the API answers", answers.Health, "service"),
    ("GET", "/v1/openapi.json"): Operation("This document", None, "service", cached=True),
    ("GET", "/v1/categories"): Operation(
        "All categories, or those that fit some words",
        answers.Categories,
        "catalogue",
        query=("q",),
    ),
    ("GET", "/v1/areas"): Operation("All kecamatan and kelurahan", answers.AreaList, "catalogue"),
    ("GET", "/v1/sops"): Operation("The SOPs in force", answers.Sops, "catalogue"),
    ("GET", "/v1/sops/{sop}"): Operation(
        "One SOP as in force", None, "catalogue", codes=("not_found",), cached=True
    ),
    ("GET", "/v1/sops/{sop}/versions/{version}"): Operation(
        "One version of an SOP, for ever the same",
        None,
        "catalogue",
        codes=("not_found",),
        cached=True,
    ),
    ("GET", "/v1/sops/{sop}/versions/{version}/document"): Operation(
        "The version as the government's SOP form in PDF; made when first asked for",
        answers.SopDocument,
        "catalogue",
        codes=("not_found", "try_again"),
    ),
    ("POST", "/v1/sops/{sop}/versions/{version}/simulate"): Operation(
        "The whole ladder of an SOP version for a moment of filing",
        answers.Simulated,
        "catalogue",
        body=Simulation,
        codes=(*_DRAWING_CODES, "not_found"),
    ),
    ("POST", "/v1/drafts/{sop}/replay"): Operation(
        "Ask what a draft would have done with the reports of the last 90 days",
        answers.Replay,
        "sop desk",
        status=201,
        codes=("role_may_not", "not_found", "try_again"),
    ),
    ("GET", "/v1/drafts/{sop}/replay"): Operation(
        "The newest comparison of a draft with past reports",
        answers.Replay,
        "sop desk",
        codes=("role_may_not", "not_found"),
    ),
    ("GET", "/v1/admin/contacts"): Operation(
        "Every office, and whether its contacts were confirmed by a test message",
        answers.OfficeContactList,
        "administration",
        query=("agency",),
        codes=("role_may_not",),
    ),
    ("POST", "/v1/admin/contacts/check"): Operation(
        "Send offices a test message with a link that confirms it",
        answers.AskedContacts,
        "administration",
        body=ContactCheck,
        status=201,
        codes=(*BODY_CODES, "role_may_not"),
    ),
    ("POST", "/v1/simulations"): Operation(
        "The whole ladder of the SOP in the body",
        answers.Simulated,
        "catalogue",
        body=DraftSimulation,
        codes=(*_DRAWING_CODES, "sop_invalid"),
    ),
    ("GET", "/v1/statistics"): Operation(
        "Exact figures of what came in and what became of it",
        answers.Statistics,
        "reports",
        query=("by", "from", "to"),
        codes=("invalid_field",),
        cached=True,
    ),
    ("GET", "/v1/statistics/arrivals"): Operation(
        "How fast help was at the scene of emergencies, per area and hour of the day",
        answers.Arrivals,
        "reports",
        query=("from", "to"),
        codes=("invalid_field",),
        cached=True,
    ),
    ("GET", "/v1/reports"): Operation(
        "The public reports, newest first",
        answers.ListedPage,
        "reports",
        query=("category", "status", "area", "near", "from", "to", "q"),
        codes=("outside_city",),
    ),
    ("POST", "/v1/reports"): Operation(
        "File a report; for an emergency the category alone will do",
        answers.Filed,
        "reports",
        body=NewReport,
        status=201,
        codes=_FILING_CODES,
        keyed=True,
        later="Accepted while the store takes nothing: number, token and promises are final, the "
        "clocks run from now, and the report can be read once it is written, within minutes. "
        "The same `Idempotency-Key` is harmless.",
    ),
    ("GET", "/v1/reports/{number}"): Operation(
        "One report as its caller may see it",
        answers.Report,
        "reports",
        codes=("not_found",),
        cached=True,
    ),
    ("GET", "/v1/reports/{number}/timeline"): Operation(
        "All steps, past and future, with why each is due when it is",
        answers.Timeline,
        "reports",
        query=("lang",),
        codes=("not_found",),
        cached=True,
    ),
    ("GET", "/v1/challenge"): Operation(
        "A proof-of-work challenge, and whether anonymous reports need one now",
        answers.Challenge,
        "reports",
    ),
    ("GET", "/v1/me/reports"): Operation(
        "What a resident signed in with the city's app has filed, newest first",
        answers.ListedPage,
        "reports",
        codes=("role_may_not",),
    ),
    ("GET", "/v1/queue"): Operation(
        "The open reports whose move it is, nearest promise first",
        answers.QueuePage,
        "staff",
        query=("agency", "category", "status", "area", "near"),
        codes=("outside_city", "role_may_not", "not_your_agency"),
    ),
    ("GET", "/v1/admin/audit"): Operation(
        "What was administered: who, when, what and why, newest first",
        answers.AuditPage,
        "administration",
        codes=("role_may_not",),
    ),
    **DESK_OPERATIONS,
    **DRILL_OPERATIONS,
    **CATALOGUE_OPERATIONS,
    **TEMPLATE_OPERATIONS,
    **SUBSCRIPTION_OPERATIONS,
    **EXCHANGE_OPERATIONS,
    **ANSWERING_OPERATIONS,
    **PROOF_OPERATIONS,
    **ROOM_OPERATIONS,
    **ACCOUNT_OPERATIONS,
    **PROTECTION_OPERATIONS,
}


def document(server: str) -> Json:
    """Return the OpenAPI document of the API at *server*."""
    described = list(described_routes())
    forms = [form for _, _, one, _ in described for form in (one.body, one.answer) if form]
    _, schemas = msgspec.json.schema_components(
        [*dict.fromkeys(forms), answers.Problem, answers.WebhookPayload], ref_template=_REF
    )
    paths: Json = {}
    for method, path, operation, audience in described:
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, operation, audience)
    paths |= OPEN311
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LIVE Room API",
            "version": "1",
            "summary": "Laporan warga dengan SOP yang benar-benar berjalan.",
            "description": _DESCRIPTION,
        },
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": words} for name, words in _TAGS.items()],
        "webhooks": openapi_exchange.webhook_items(),
        "paths": paths,
        "components": {
            "schemas": with_words(schemas),
            "securitySchemes": _SECURITY | openapi_open311.SECURITY,
            "examples": _problem_examples() | _examples(schemas),
        },
    }


def described_routes() -> Sequence[tuple[str, str, Operation, Audience]]:
    """Every route of the audience table; the one of the actions as one path for each of them."""
    rows: list[tuple[str, str, Operation, Audience]] = []
    for (method, path), audience in ROUTES.items():
        if path in OPEN311 or is_an_action(method, path):
            continue
        if path != _ACTION_PATH:
            rows.append((method, path, _paging(method, OPERATIONS[method, path]), audience))
            continue
        for action, who in ACTIONS.items():
            rows.append((method, path.replace("{action}", action), _action(action), who))
    return rows


def _paging(method: str, operation: Operation) -> Operation:
    """A list has pages, and tells whether what its caller has is still so; each does."""
    if method != "GET" or not operation.is_list:
        return operation
    query, codes = (*operation.query, *PAGING), (*PAGING_CODES, *operation.codes)
    return replace(operation, query=query, codes=codes, cached=True)


def _action(action: str) -> Operation:
    photos = action == "photos"
    return Operation(
        _ACTION_SUMMARIES[action],
        answers.PhotoRoom if photos else answers.Report,
        "reports" if REPORTER in ACTIONS[action] else "staff",
        body=ACTION_BODIES[action],
        status=201 if photos else 200,
        codes=(*_ACTION_CODES, *_MORE_CODES.get(action, ())),
        keyed=True,
    )


def _operation(method: str, path: str, operation: Operation, audience: Audience) -> Json:
    body: Json = {
        "summary": operation.summary,
        "operationId": _operation_id(method, path),
        "tags": [operation.tag],
        "x-audience": sorted(audience),
        "security": _security(path, operation, audience),
        "parameters": _parameters(path, operation),
        "responses": _responses(method, path, operation, audience),
    }
    if operation.body is not None:
        content: Json = {
            "schema": _schema(operation.body),
            "examples": _example(operation.body.__name__),
        }
        if operation.body is NewReport:
            content["examples"] = {name: {"value": one} for name, one in _FILINGS.items()}
        must = any(field.required for field in msgspec.structs.fields(operation.body))
        body["requestBody"] = {"required": must, "content": {"application/json": content}}
    return body


#: What clients call the operations that they use most; the rest follows from the path.
_IDS: Mapping[tuple[str, str], str] = {
    ("POST", "/v1/reports"): "file_report",
    ("GET", "/v1/reports"): "list_reports",
    ("GET", "/v1/reports/{number}"): "get_report",
    ("GET", "/v1/reports/{number}/timeline"): "get_timeline",
    ("GET", "/v1/reports/{number}/contact"): "get_contact",
    ("POST", "/v1/reports/{number}/contact"): "reveal_contact",
    ("PUT", "/v1/reports/{number}/contact"): "put_contact",
    ("DELETE", "/v1/reports/{number}/contact"): "delete_contact",
    ("POST", "/v1/reports/{number}/comments"): "comment_on_report",
    ("POST", "/v1/reports/{number}/photos"): "add_photo",
    ("POST", "/v1/reports/{number}/preferences"): "set_preferences",
    ("POST", "/v1/reports/{number}/request_time"): "request_time",
}


def _operation_id(method: str, path: str) -> str:
    if (method, path) in _IDS:
        return _IDS[method, path]
    action = path.removeprefix("/v1/reports/{number}/")
    if action in ACTIONS:
        return f"{action}_report"
    words = path.removeprefix("/v1").strip("/").replace("{", "by_").replace("}", "")
    return f"{method.lower()}_{words}".replace("/", "_").replace(".", "_").replace("-", "_")


def _security(path: str, operation: Operation, audience: Audience) -> list[Json]:
    """The ways to call: a public route takes a token only where it makes a difference."""
    asks_who = "{number}" in path or operation.body is not None
    ways: list[Json] = [{}] if PUBLIC in audience else []
    if REPORTER in audience or (PUBLIC in audience and "{number}" in path):
        ways.append({"reportToken": []})
    if audience - {PUBLIC, REPORTER} or (PUBLIC in audience and asks_who):
        ways.append({"staffToken": []})
    return ways


def _parameters(path: str, operation: Operation) -> list[Json]:
    found = [
        {"name": name, "in": "path", "required": True, **_PATH_PARAMETERS[name]}
        for name in _PATH_PARAMETERS
        if f"{{{name}}}" in path
    ]
    found += [{"name": name, "in": "query", **_query(path, name)} for name in operation.query]
    if operation.cached:
        found.append({"name": "If-None-Match", "in": "header", "schema": {"type": "string"}})
    if operation.keyed:
        found.append({"name": "Idempotency-Key", "in": "header", **_KEY})
    if operation.body is NewReport:
        found.append({"name": PROOF_HEADER, "in": "header", **_PROOF})
    return found


def _query(path: str, name: str) -> Json:
    if name != "limit":
        return _QUERY[name]
    default, most = PAGE_SIZES.get(path, WHOLE)
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return {"description": "Rows on a page at the most.", "schema": schema}


def _responses(method: str, path: str, operation: Operation, audience: Audience) -> Json:
    content: Json = {"schema": {"type": "object"}, "examples": _example(_UNNAMED.get(path, "Sop"))}
    if operation.answer:
        name = operation.answer.__name__
        content = {"schema": _schema(operation.answer), "examples": _example(name)}
    good: Json = {"description": operation.summary, "content": {"application/json": content}}
    if operation.cached:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    responses: Json = {str(operation.status): good}
    if operation.later:
        responses["202"] = {**good, "description": operation.later}
    if operation.cached:
        responses["304"] = {"description": "What the caller has is still so"}
    codes = ["invalid_token"] if any(_security(path, operation, audience)) else []
    codes += [] if PUBLIC in audience else ["sign_in_needed"]
    codes += ["try_again"] if operation.tag not in ("service", "catalogue") else []
    codes += [] if method == "GET" or path in UNLIMITED else ["too_often"]
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys([*operation.codes, *codes, "internal_error"]):
        by_status.setdefault(problems.PROBLEMS[code][0], []).append(code)
    for status, named in sorted(by_status.items()):
        responses[str(status)] = _problem(status, named)
    return responses


def _problem(status: int, codes: Sequence[str]) -> Json:
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    content = {"schema": _schema(answers.Problem), "examples": examples}
    return {
        "description": problems.TITLES[status][1],
        "content": {"application/problem+json": content},
    }


def _schema(form: type) -> Json:
    return {"$ref": _REF.format(name=form.__name__)}


def _examples(schemas: Json) -> Json:
    made = {**examples(schemas), **UNDEFINED}
    return {name: {"value": one} for name, one in made.items()}


def _example(name: str) -> Json:
    return {"example": {"$ref": f"#/components/examples/{name}"}}


def _problem_examples() -> Json:
    return {code: {"value": problems.document(code)} for code in problems.PROBLEMS}


#: Answers without a definition, by what their example is called; the others are SOPs.
_UNNAMED: Mapping[str, str] = {
    "/v1/openapi.json": "Description",
    "/v1/privacy": "Privacy",
    "/v1/reports/{number}/photos/{photo}/{size}": "Led",
}
_DESCRIPTION = """\
Penjelasan: semua waktu ISO 8601 dengan zona; galat berupa dokumen RFC 9457 dengan `code` tetap.

Times are ISO 8601 with their zone. Errors are problem documents (RFC 9457): build on `code`.
Writes take an `Idempotency-Key` of at least 128 random bits: the same key and body get the same
answer, the same key with another body is refused. Bodies are JSON whatever their content type;
unknown fields, doubled keys and NUL are refused, control characters are left out of texts.
Lists have pages: ask on with the `cursor` of the page before until it is null. A page may be short,
even empty, and not be the last: a rare filter answers for what was looked at so far. Every list has
an `ETag`: with `If-None-Match` an unchanged page answers 304.
Emergencies never need a sign-in. Confidential and absent reports answer the very same 404.
Whoever writes too often gets 429 `too_often` with `Retry-After`: keep what was written and send it
again then, with the same key. While a flood comes in, a report without a sign-in may get 429
`proof_needed`: find a text *answer* of at most 40 characters such that SHA-256 of the UTF-8 text
`<challenge>.<Idempotency-Key>.<answer>` begins with `bits` zero bits (18 take a telephone about a
second), and send the same request again with the header `Proof-Of-Work: <challenge> <answer>`.
Applications can ask `GET /v1/challenge` beforehand. Emergencies are neither limited nor asked."""
_SECURITY: Json = {
    "reportToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token from the receipt of a report (`lrt_…`), for that report only.",
    },
    "staffToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An OpenID Connect access token (RS256) of a staff account.",
    },
}
_PATH_PARAMETERS: Mapping[str, Json] = {
    "category": {"schema": {"type": "string", "maxLength": 60}, "example": "DRT-01"},
    "template": {"schema": {"type": "string", "pattern": "^[a-z_]{1,40}$"}, "example": "digest"},
    "call": {
        "description": "The call's id, as listed",
        "schema": {"type": "string", "maxLength": 60},
    },
    "provider": {
        "description": "The message provider's name, as agreed with the city",
        "schema": {"type": "string"},
    },
    "day": {
        "schema": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "example": "2027-05-14",
    },
    "webhook": {"schema": {"type": "string", "maxLength": 60}, "example": "dasbor"},
    "delivery": {"schema": {"type": "string", "maxLength": 60}, "example": "TL-7K3QX9MW-2"},
    "note": {"schema": {"type": "string", "pattern": "^[0-9]{1,9}$"}, "example": "1"},
    "device": {"schema": {"type": "string", "maxLength": 60}, "example": "flood-gauge-7"},
    "client": {"schema": {"type": "string", "maxLength": 60}, "example": "fixmystreet"},
    "number": {
        "description": "The report's number; dashes and case do not matter.",
        "schema": {"type": "string", "maxLength": 60},
        "example": "TL-7K3QX9MW",
    },
    "photo": {"schema": {"type": "string", "maxLength": 60}, "example": "p-5f2c9a41d07e"},
    "size": {"schema": {"enum": ["large", "small", "original"]}},
    "sop": {"schema": {"type": "string", "maxLength": 60}, "example": "jalan-berlubang"},
    "version": {"schema": {"type": "string", "pattern": "^[1-9][0-9]{0,4}$"}, "example": "1"},
    "account": {"schema": {"type": "string", "maxLength": 60}, "example": "kadis.pupr"},
    "part": {"schema": {"enum": list(READABLE)}, "example": "ownership"},
    "calendar": {"schema": {"type": "string", "maxLength": 40}, "example": "kantor"},
    "document": {
        "schema": {"enum": ["positions", "staff", "holders", "rota"]},
        "example": "holders",
    },
}
_DATE: Json = {"type": "string", "format": "date"}
_QUERY: Mapping[str, Json] = {
    "q": {
        "description": "Words: of a category's name or synonym; of reports, all of them in its "
        "kind, its place or the text released for it.",
        "schema": {"type": "string"},
    },
    "by": {
        "description": "What figures are broken down by.",
        "schema": {"enum": list(GROUPS), "default": "category"},
    },
    "from": {"description": "First day of filing (figures: its month).", "schema": _DATE},
    "to": {"description": "Last day of filing (figures: its month).", "schema": _DATE},
    "category": {"schema": {"type": "string"}, "example": "INF-01"},
    "status": {"schema": {"enum": list(STATUSES)}},
    "area": {
        "description": "Code of a kelurahan or kecamatan.",
        "schema": {"type": "string"},
        "example": "36.71.07",
    },
    "near": {
        "description": "`lat,lon`: the kelurahan there.",
        "schema": {"type": "string"},
        "example": "-6.1783,106.6319",
    },
    "agency": {"description": "Whose work list.", "schema": {"type": "string"}},
    "version": {
        "description": "Which version (default: the one in use), or `proposed`.",
        "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,4}|proposed)$"},
    },
    "live": {
        "description": "As for a stage that real citizens use: placeholders are errors.",
        "schema": {"type": "boolean", "default": False},
    },
    "on": {"description": "The day on which it is to serve (default: today).", "schema": _DATE},
    "against": {
        "description": "Another version to compare with than the one it was made from; 0: none.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "from_version": {
        "description": "The version compared with (default: the one before).",
        "schema": {"type": "integer", "minimum": 0},
    },
    "to_version": {
        "description": "The version looked at (default: the newest).",
        "schema": {"type": "integer", "minimum": 1},
    },
    "lat": {"description": "Degrees, WGS 84.", "schema": {"type": "number"}, "example": -6.1783},
    "lon": {"description": "Degrees, WGS 84.", "schema": {"type": "number"}, "example": 106.6319},
    "lang": {"description": "Language of explanations.", "schema": {"enum": ["id", "en"]}},
    "cursor": {"description": "From the page before.", "schema": {"type": "string"}},
}
_KEY: Json = {
    "description": "At least 128 random bits; makes a repeated request harmless.",
    "schema": {"type": "string", "minLength": 22, "maxLength": 200},
    "example": "Zk3v1pQm8Xs0Rt5Yw9LbNg",
}
_PROOF: Json = {
    "description": "The challenge of a 429 `proof_needed` and its answer, with one blank between.",
    "schema": {"type": "string", "maxLength": 200},
}
#: Bodies that are known to be taken; the tests send each of them.
_FILINGS: Mapping[str, Json] = {
    "pothole": {
        "category": "INF-01",
        "description": "Lubang besar di depan sekolah",
        "location": {"lat": -6.1783, "lon": 106.6319, "address": "Jl. Daan Mogot"},
        "reporter": {"name": "Warga Contoh", "email": "warga@example.org"},
    },
    "emergency": {"category": "DRT-01"},
    "by kelurahan, without name": {
        "category": "INF-01",
        "location": {"kelurahan": "36.71.01.1007"},
        "visibility": "anonymous",
    },
}
