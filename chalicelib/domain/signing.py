"""Signed tokens for links and addresses: bound to one purpose, expiring, short, URL-safe.

A token carries its payload in the open and proves that we wrote it. It is no secret box: a payload
holds references (a report's number, a digest), never who a person is. A token for one purpose
opens nothing else. The first byte names the key, so that a new key can sign while links under the
former one still open; a key's name follows from the key, and there is nothing to configure twice.

Single use: `Signed.use_id` is the same whenever the same thing is signed, with whatever expiry.
Who lets a token act writes this id down in the transaction of the act itself (for reports: as the
command's key, which goes into the record); a repeat then finds it and shows what happened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

#: 96 bits. Guessing is online only, one request a guess, so this is far out of reach.
TAG_BYTES = 12
#: Key name and expiry before the payload.
_HEAD_BYTES = 5
#: Longer ones are refused unread.
MAX_TOKEN = 600
_SEPARATOR = "\x1f"
#: What four bytes of seconds can say.
_LAST = 2**32 - 1


class TokenRefused(Exception):
    """The token is not one of ours, or not for this purpose."""


class TokenExpired(TokenRefused):
    """It was ours and its time is over; ``signed`` says what it was about, for a kind answer."""

    def __init__(self, signed: Signed) -> None:
        super().__init__("expired")
        self.signed = signed


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that signs, and former ones whose tokens still open."""

    current: bytes
    former: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse keys that could be guessed."""
        if any(len(key) < 16 for key in (self.current, *self.former)):
            raise ValueError("a key has at least 128 bits")

    def named(self, name: int) -> Sequence[bytes]:
        """Return the keys called *name*, newest first; two may share a byte by chance."""
        return [key for key in (self.current, *self.former) if key_name(key) == name]


@dataclass(frozen=True, slots=True)
class Signed:
    """A token that proved to be ours. ``expires_at``: aware UTC, whole seconds."""

    purpose: str
    payload: bytes
    expires_at: datetime

    @property
    def fields(self) -> tuple[str, ...]:
        """The payload as the texts that `packed` put together; raise TokenRefused if it is none."""
        try:
            return tuple(self.payload.decode().split(_SEPARATOR))
        except UnicodeDecodeError:
            raise TokenRefused("no texts within") from None

    @property
    def use_id(self) -> str:
        """What is written down when it has acted: the same for the same purpose and payload."""
        digest = hashlib.sha256(_bound(self.purpose, self.payload)).digest()
        return base64.urlsafe_b64encode(digest[:15]).decode()


def key_name(key: bytes) -> int:
    """Return the byte by which tokens name *key*; it tells nothing about the key."""
    return hashlib.sha256(b"key-name|" + key).digest()[0]


def packed(*texts: str) -> bytes:
    """Return a payload of several texts; raise ValueError for one with the separator in it."""
    if any(_SEPARATOR in text for text in texts):
        raise ValueError("a field holds the separator")
    return _SEPARATOR.join(texts).encode()


#: The last instant that a token can carry, in 2106; a clock that runs fast may look beyond it.
LAST_INSTANT: Final = datetime.fromtimestamp(_LAST, UTC)


def sign(ring: Keyring, purpose: str, payload: bytes, expires_at: datetime) -> str:
    """Return the token that says *payload* for *purpose* until *expires_at* (aware).

    The same arguments give the same token. An end beyond what four bytes say (February 2106) is
    that last moment: a demonstration's fast clock gets there. Raises ValueError for an instant
    without a zone or before 1970.
    """
    seconds = min(int(expires_at.timestamp()), _LAST)
    if expires_at.tzinfo is None or seconds <= 0:
        raise ValueError("not an instant that a token can carry")
    head = bytes([key_name(ring.current)]) + seconds.to_bytes(4, "big")
    return _text(head + payload + _tag(ring.current, purpose, head + payload))


def open_token(ring: Keyring, purpose: str, token: str, now: datetime) -> Signed:
    """Return what *token* says; raise TokenExpired after its time, TokenRefused otherwise."""
    raw = _raw(token)
    body, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if not any(hmac.compare_digest(_tag(key, purpose, body), tag) for key in ring.named(raw[0])):
        raise TokenRefused("not signed by us for this")
    expires_at = datetime.fromtimestamp(int.from_bytes(body[1:_HEAD_BYTES], "big"), UTC)
    signed = Signed(purpose, body[_HEAD_BYTES:], expires_at)
    if now >= expires_at:
        raise TokenExpired(signed)
    return signed


def to_address(token: str) -> str:
    """Return *token* in letters and digits of one case: mail programs change the case of names."""
    return base64.b32encode(_raw(token)).decode().rstrip("=").lower()


def from_address(text: str) -> str:
    """Return the token that `to_address` wrote, in whatever case; raise TokenRefused."""
    folded = text.upper()
    try:
        raw = base64.b32decode(folded + "=" * (-len(folded) % 8))
    except (binascii.Error, ValueError):
        raise TokenRefused("not of the form") from None
    token = _text(raw)
    if to_address(token) != text.lower():
        raise TokenRefused("not of the form")
    return token


def gateway_keys(ring: Keyring, name: str) -> tuple[bytes, ...]:
    """Return the keys that the message provider *name* and we share, the one to sign with first.

    Derived from the ring, so that there is nothing more to keep; the provider is given the hex
    form (`python -m infra.gateway_key`).
    """
    return tuple(
        hmac.new(key, f"gateway|{name}".encode(), hashlib.sha256).hexdigest().encode()
        for key in (ring.current, *ring.former)
    )


def body_signature(key: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA-256 of a webhook: over ``<timestamp>.<body>`` as sent."""
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def body_signature_fits(key: bytes, timestamp: str, body: bytes, signature: str) -> bool:
    """Whether *signature* is the one of `body_signature` (compared in constant time)."""
    expected = body_signature(key, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode())


def _bound(purpose: str, payload: bytes) -> bytes:
    """Purpose and payload so that no other pair gives the same bytes."""
    name = purpose.encode()
    return len(name).to_bytes(2, "big") + name + payload


def _tag(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.new(key, _bound(purpose, body), hashlib.sha256).digest()[:TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(token: str) -> bytes:
    if len(token) > MAX_TOKEN:
        raise TokenRefused("too long")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused("not of the form") from None
    # Loose bits at the end would let one token be written in several ways.
    if len(raw) < _HEAD_BYTES + TAG_BYTES or _text(raw) != token:
        raise TokenRefused("not of the form")
    return raw
