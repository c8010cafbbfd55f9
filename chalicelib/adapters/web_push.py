"""Web push: payloads that only the browser can read (RFC 8291), signed as ours (VAPID, RFC 8292).

The libraries for it were weighed: pywebpush brings aiohttp and requests, and the cipher it rests
on is published as source only, which no layer of ours can hold. What is needed of it is one page
over `cryptography` and `PyJWT`, which are here anyway; the RFC's own example and an independent
implementation hold it in the tests. Heavy imports happen on use, so in the sender alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.signing import Keyring
from chalicelib.services.ports import NeverAgain, TryAgain
from chalicelib.services.pushing import Browser
from chalicelib.services.webhooks import Outgoing, TargetRefused

#: One record; longer payloads push services refuse (RFC 8030 asks for 4096 bytes in all).
_RECORD = 4096
MAX_PAYLOAD = 3000
#: How long a push service keeps a message for a telephone that is off.
_TTL_SECONDS = 86_400
#: VAPID allows a day; half of it leaves room for clocks that differ.
_TOKEN_SECONDS = 43_200
_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GONE, _PASSING = (404, 410), (408, 425, 429)


class BrowserGone(Exception):
    """The push service knows this browser no more."""


def public_key(ring: Keyring) -> str:
    """Return the key that browsers subscribe under, base64url."""
    return _point_text(_private(ring.current))


@dataclass(frozen=True)
class WebPush:
    """Hands encrypted messages to the push services. subject: whom a service may write to."""

    outgoing: Outgoing
    keys: Callable[[], Keyring]
    subject: Callable[[], str]

    def send(self, browser: Browser, payload: bytes, topic: str, *, urgent: bool) -> None:
        """Push *payload*; of those with one *topic* a browser that was off sees the newest.

        Raises BrowserGone, TryAgain or NeverAgain.
        """
        private = _private_for(self.keys(), browser.key)
        parts = urlsplit(browser.endpoint)
        token = _signed(private, f"{parts.scheme}://{parts.netloc}", self.subject())
        headers = {
            "Authorization": f"vapid t={token}, k={browser.key}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_TTL_SECONDS),
            "Topic": topic,
            "Urgency": "high" if urgent else "normal",
        }
        try:
            body = encrypted(payload, browser.p256dh, browser.auth)
            status, _ = self.outgoing.post(browser.endpoint, body, headers)
        except (TargetRefused, ValueError) as error:
            raise BrowserGone(type(error).__name__) from error
        _judge(status)


def _judge(status: int) -> None:
    if status in _GONE:
        raise BrowserGone(f"HTTP {status}")
    if status in _PASSING or status >= 500:
        raise TryAgain(f"HTTP {status}")
    if status >= 300:
        raise NeverAgain(f"HTTP {status}")


def encrypted(
    payload: bytes,
    p256dh: str,
    auth: str,
    *,
    sender: Any = None,
    salt: bytes = b"",
) -> bytes:
    """Return *payload* as the body of a push (RFC 8188, ``aes128gcm``, one record).

    sender and salt are new for each message; tests give those of the RFC. Raises ValueError for a
    payload that is too long, or keys that are none.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(payload) > MAX_PAYLOAD:
        raise ValueError("too long for a push")
    sender, salt = sender or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = _decoded(p256dh)
    ours = _point(sender)
    shared = sender.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    )
    secret = _hkdf(_decoded(auth), shared, b"WebPush: info\0" + theirs + ours, 32)
    key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, payload + b"\x02", None)  # 2: the last record


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, info).derive(secret)


def _signed(private: Any, audience: str, subject: str) -> str:
    import jwt

    claims = {"aud": audience, "exp": int(time.time()) + _TOKEN_SECONDS, "sub": subject}
    return jwt.encode(claims, private, algorithm="ES256")


def _private(key: bytes) -> Any:
    """The signing key that follows from a link key: nothing more to keep, and it changes with it.

    RFC 8292 asks for a key pair of its own, which this is.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    digest = hmac.new(key, b"web-push", hashlib.sha512).digest()
    return ec.derive_private_key(
        int.from_bytes(digest, "big") % (_CURVE_ORDER - 1) + 1, ec.SECP256R1()
    )


def _private_for(ring: Keyring, public: str) -> Any:
    for key in (ring.current, *ring.former):
        private = _private(key)
        if _point_text(private) == public:
            return private
    raise BrowserGone("subscribed under a key that is no more")


def _point(private: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    point: bytes = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return point


def _point_text(private: Any) -> str:
    return base64.urlsafe_b64encode(_point(private)).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
