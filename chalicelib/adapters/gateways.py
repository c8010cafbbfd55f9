"""Message providers beside AWS: one signed call over HTTPS, by configuration (`config.gateways`).

What we post is signed as what we take in is (``X-Timestamp``, ``X-Signature``), by the same key.
The answer's JSON may name the provider's ``id``.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import config
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.signing import body_signature, gateway_keys
from chalicelib.services.calling import CALL_WITHIN, call_id, script
from chalicelib.services.ports import NeverAgain, TryAgain

_SECONDS = 8
_LONGEST_ANSWER = 4096


def gateway_for(channel: str) -> str:
    """Return the name of the provider that messages of *channel* go out by; empty for none."""
    found = config.gateways().items()
    return next((name for name, one in found if one["channel"] == channel and one.get("url")), "")


def post(name: str, body: Mapping[str, Any]) -> str:
    """Post *body* to provider *name*; return its id. Raises TryAgain or NeverAgain."""
    url = str(config.gateways()[name]["url"])
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise NeverAgain("a provider is reached over HTTPS only")
    raw, stamp = json.dumps(body, ensure_ascii=False).encode(), str(int(time.time()))
    signature = body_signature(gateway_keys(config.link_keys(), name)[0], stamp, raw)
    headers = {
        "Content-Type": "application/json",
        "X-Timestamp": stamp,
        "X-Signature": f"sha256={signature}",
        # A provider that keeps it sends once, however often we ask.
        "Idempotency-Key": str(body["id"]),
    }
    request = urllib.request.Request(url, raw, headers, method="POST")  # noqa: S310 - see above
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return _id_in(answer.read(_LONGEST_ANSWER)) or str(body["id"])
    except urllib.error.HTTPError as error:
        passing = error.code in (408, 425, 429) or error.code >= 500
        raise (TryAgain if passing else NeverAgain)(f"HTTP {error.code}") from error
    except OSError as error:
        raise TryAgain(type(error).__name__) from error


def _id_in(raw: bytes) -> str:
    try:
        said = json.loads(raw)
    except ValueError:
        return ""
    return str(said.get("id") or "") if isinstance(said, dict) else ""


@dataclass(frozen=True)
class GatewayTexter:
    """See `Texter`: text messages by a provider of the country."""

    name: str

    def send(self, to: str, text: str, now: datetime | None = None) -> str:
        """See `Texter.send`."""
        stamp = f"{to}|{text}|{now.isoformat() if now else ''}"
        return post(self.name, {"id": _mark(stamp), "to": to, "text": text})


def _mark(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:32]


class VoiceChannel:
    """Calls by the stage's voice gateway; without one they wait for the operator."""

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`."""
        name = gateway_for("voice")
        if name:
            said = script(delivery).get(delivery.language) or script(delivery)["id"]
            body = {"id": call_id(delivery), "to": address, "text": said}
            return post(name, body | {"language": delivery.language}), 1
        if now - delivery.created_at < CALL_WITHIN:
            raise TryAgain("waits in the operator's list of calls")
        raise NeverAgain("nobody called in time")
