"""One way in for answers from message providers: SMS gateways, WhatsApp providers, voice.

Each provider has a name and a key derived from it. A call is signed over its time and its bytes,
counts for five minutes, and is only put into a queue here: who is meant, and whether it may act,
is decided by a function that can be asked twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.inbound import phone_of
from chalicelib.domain.signing import body_signature_fits, gateway_keys
from chalicelib.handlers.definitions import InboundMessage
from chalicelib.handlers.http import ok, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, serves

blueprint = Blueprint(__name__)
#: Real seconds between the provider's clock and ours: replays die after that.
WINDOW = 300


@serves(blueprint, "POST", "/v1/inbound/{provider}")
def receive_message(call: Call) -> Response:
    """Take in one message; the same one again is taken in once."""
    name = call.params["provider"]
    provider = config.gateways().get(name)
    if provider is None or provider.get("channel") == "voice":
        raise Problem("not_found")
    check_signature(call, name)
    form = parse(call.body, InboundMessage)
    body: dict[str, Any] = {
        "id": f"{name}:{form.id}",
        "sender": phone_of(form.sender),
        "text": form.text,
        "channel": provider["channel"],
        "authenticated": bool(provider.get("authenticated")),
    }
    bootstrap.jobs().put("inbound_text", [body], timedelta(0))
    return ok({"accepted": True}, 202)


def check_signature(call: Call, name: str) -> None:
    """Raise Problem unless provider *name* signed these very bytes within the last minutes."""
    timestamp = call.header("x-timestamp")
    known = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    if not known or abs(bootstrap.real_seconds() - int(timestamp)) > WINDOW:
        raise Problem("invalid_signature")
    signature = call.header("x-signature").removeprefix("sha256=")
    keys = gateway_keys(config.link_keys(), name)
    if not any(body_signature_fits(key, timestamp, call.body, signature) for key in keys):
        raise Problem("invalid_signature")
