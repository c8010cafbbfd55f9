"""What the API's description says of the routes for other systems and their administrators."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import answers
from chalicelib.handlers.definitions import NewClient, Plain
from chalicelib.handlers.operation import Operation

BODY_CODES = ("malformed_json", "invalid_text", "invalid_field", "body_too_large")
EXCHANGE_OPERATIONS: Mapping[tuple[str, str], Operation] = {
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
