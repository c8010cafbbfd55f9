"""A proof of work that costs a person a second and a flood its speed. No third party, no cookie.

The challenge is a signed, expiring token (`signing`). Solving it means finding a text *answer* so
that SHA-256 over ``<challenge>.<key>.<answer>`` begins with so many zero bits, *key* being the
report's Idempotency-Key. One key leads to one report, so a solution files one report however often
it is sent: nothing about it has to be remembered.

Who has no script waits instead: a ticket, bound to the same key, that opens after a while. How many
tickets one sender gets is limited.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from chalicelib.domain.signing import Keyring, TokenRefused, open_token, packed, sign

SOLVE, WAIT = "proof", "wait"
MAX_ANSWER = 40
#: A ticket counts this long after it has opened.
TICKET_LIFE = timedelta(minutes=30)


class ProofRefused(Exception):
    """What was sent proves nothing."""


def challenge(ring: Keyring, bits: int, now: datetime, seconds: int) -> str:
    """Return a challenge of *bits* that may be solved for *seconds* from *now*."""
    return sign(ring, SOLVE, packed(str(bits)), now + timedelta(seconds=seconds))


def zero_bits(digest: bytes) -> int:
    """Return how many zero bits *digest* begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def digest_of(given: str, key: str, answer: str) -> bytes:
    """Return the digest that must begin with zero bits."""
    return hashlib.sha256(f"{given}.{key}.{answer}".encode()).digest()


def check(ring: Keyring, given: str, key: str, answer: str, now: datetime) -> None:
    """Raise ProofRefused unless *answer* solves the challenge *given* for *key*."""
    if not key or not answer or len(answer) > MAX_ANSWER:
        raise ProofRefused("nothing to check")
    try:
        (bits,) = open_token(ring, SOLVE, given, now).fields
    except (TokenRefused, ValueError):
        raise ProofRefused("not a challenge of ours, or too old") from None
    if zero_bits(digest_of(given, key, answer)) < int(bits):
        raise ProofRefused("not solved")


def solve(given: str, key: str, bits: int) -> str:
    """Return an answer, by trying: what a client does."""
    attempt = 0
    while zero_bits(digest_of(given, key, str(attempt))) < bits:
        attempt += 1
    return str(attempt)


def ticket(ring: Keyring, key: str, now: datetime, wait: int) -> str:
    """Return a ticket for *key* that opens in *wait* seconds."""
    opens = now + timedelta(seconds=wait)
    return sign(ring, WAIT, packed(_short(key), str(int(opens.timestamp()))), opens + TICKET_LIFE)


def opens_in(ring: Keyring, given: str, key: str, now: datetime) -> int:
    """Return the seconds until the ticket *given* for *key* opens, 0 if it has.

    Raises ProofRefused for one that is not ours, not for this key, or too old.
    """
    try:
        mine, opens = open_token(ring, WAIT, given, now).fields
    except (TokenRefused, ValueError):
        raise ProofRefused("not a ticket of ours, or too old") from None
    if mine != _short(key):
        raise ProofRefused("another form's ticket")
    left = datetime.fromtimestamp(int(opens), UTC) - now
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]
