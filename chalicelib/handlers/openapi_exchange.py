"""What the API's description says of the routes for other systems and their administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers import answers
from chalicelib.handlers.definitions import (
    NewClient,
    NewDevice,
    NewSignal,
    NewWebhook,
    Plain,
    Support,
)
from chalicelib.handlers.operation import Operation
from chalicelib.services.webhooks import TYPES

BODY_CODES = ("malformed_json", "invalid_text", "invalid_field", "body_too_large")
EXCHANGE_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/reports/similar"): Operation(
        "Open reports near a place about the same kind of thing, before filing one more",
        answers.SimilarList,
        "reports",
        query=("category", "lat", "lon"),
    ),
    ("GET", "/v1/reports/{number}/similar"): Operation(
        "What a report may be a duplicate of",
        answers.SimilarList,
        "staff",
        codes=("role_may_not", "not_found"),
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
    ("GET", "/v1/admin/webhooks"): Operation(
        "The receivers of webhooks", answers.Webhooks, "administration", codes=("role_may_not",)
    ),
    ("POST", "/v1/admin/webhooks"): Operation(
        "Subscribe a receiver; its secret is shown this once",
        answers.Webhook,
        "administration",
        body=NewWebhook,
        status=201,
        codes=(*BODY_CODES, "role_may_not"),
    ),
    ("POST", "/v1/admin/webhooks/{webhook}/renew"): Operation(
        "Give a receiver a new secret",
        answers.Webhook,
        "administration",
        body=Plain,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("POST", "/v1/admin/webhooks/{webhook}/stop"): Operation(
        "Send a receiver nothing more",
        answers.Webhook,
        "administration",
        body=Plain,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("GET", "/v1/admin/webhooks/{webhook}/deliveries"): Operation(
        "What was said to a receiver, with every attempt",
        answers.WebhookDeliveries,
        "administration",
        codes=("role_may_not", "not_found"),
    ),
    ("POST", "/v1/admin/webhooks/{webhook}/deliveries/{delivery}"): Operation(
        "Say it to the receiver once more",
        answers.Replayed,
        "administration",
        body=Plain,
        status=202,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("GET", "/v1/admin/devices"): Operation(
        "The sensors", answers.Devices, "administration", codes=("role_may_not",)
    ),
    ("POST", "/v1/admin/devices"): Operation(
        "Register a sensor; its key is shown this once",
        answers.ADevice,
        "administration",
        body=NewDevice,
        status=201,
        codes=(*BODY_CODES, "role_may_not", "unknown_category"),
    ),
    ("POST", "/v1/admin/devices/{device}/revoke"): Operation(
        "Take no more signals from a sensor",
        answers.ADevice,
        "administration",
        body=Plain,
        codes=(*BODY_CODES, "role_may_not", "not_found"),
    ),
    ("POST", "/v1/signals"): Operation(
        "A sensor raises or clears its signal (key in `X-Device-Key`); repeated, it is one report",
        answers.SignalTaken,
        "reports",
        body=NewSignal,
        codes=(*BODY_CODES, "device_unknown", "too_many_signals", "outside_city"),
    ),
}


def webhook_items() -> dict[str, Any]:
    """Return the document's ``webhooks``: what receivers are sent, by event type."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookPayload"}}}
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
    text = (
        "Signed as Standard Webhooks has it (v1, HMAC-SHA256 over id.timestamp.body). Answer 2xx "
        "within eight seconds; otherwise it comes again, over three days, with the same id."
    )
    return {
        type_: {
            "post": {
                "summary": f"Sent for {type_}",
                "description": text,
                "operationId": f"webhook_{type_.replace('.', '_')}",
                "parameters": headers,
                "requestBody": {"required": True, "content": content},
                "responses": {"200": {"description": "Taken"}},
            }
        }
        for type_ in TYPES
    }
