"""What the API's description says of the routes for other systems and their administrators."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import answers
from chalicelib.handlers.definitions import NewClient, Plain, Support
from chalicelib.handlers.operation import Operation

BODY_CODES = ("malformed_json", "invalid_text", "invalid_field", "body_too_large")
EXCHANGE_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/reports/similar"): Operation(
        "Open reports near a place about the same kind of thing, before filing one more",
        answers.SimilarList,
        "reports",
        query=("category", "lat", "lon"),
        codes=("invalid_field",),
        cached=True,
    ),
    ("GET", "/v1/reports/{number}/similar"): Operation(
        "What a report may be a duplicate of",
        answers.SimilarList,
        "staff",
        codes=("role_may_not", "not_found"),
        cached=True,
    ),
    ("GET", "/v1/reports/{number}/crowd"): Operation(
        "How many reports were joined to this one, and how many residents support it",
        answers.Crowd,
        "reports",
        codes=("not_found",),
        cached=True,
    ),
    ("POST", "/v1/reports/{number}/support"): Operation(
        "Support a report; counted once a resident, by the link in the message",
        answers.SupportTaken,
        "reports",
        body=Support,
        status=202,
        codes=(
            *BODY_CODES,
            "not_found",
            "support_closed",
            "field_missing",
            "invalid_email",
            "invalid_phone",
            "unknown_kelurahan",
        ),
    ),
    ("GET", "/v1/admin/clients"): Operation(
        "The systems that have a key, and how often they may call",
        answers.ApiClients,
        "administration",
        codes=("role_may_not",),
    ),
    ("POST", "/v1/admin/clients"): Operation(
        "Register a system; its key is shown this once",
        answers.ApiClient,
        "administration",
        body=NewClient,
        status=201,
        codes=(*BODY_CODES, "role_may_not"),
    ),
    ("POST", "/v1/admin/clients/{client}/renew"): Operation(
        "Give a system a new key; the old one dies",
        answers.ApiClient,
        "administration",
        body=Plain,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("POST", "/v1/admin/clients/{client}/revoke"): Operation(
        "Shut a system out",
        answers.ApiClient,
        "administration",
        body=Plain,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
}
