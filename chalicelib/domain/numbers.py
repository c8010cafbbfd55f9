"""Report numbers: short, readable over the telephone, silent about the reporter.

A number looks like ``TL-7K3QX9MW``: a fixed prefix, seven characters that carry no meaning and
one check character. The alphabet leaves out 0, O, 1, I and L, which people confuse; it has 31
characters, a prime, so the weighted check finds every single wrong character and every swap of
two characters.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "TL"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_BODY = 7
#: Bytes that seven characters of 31 fit into.
_PACKED = 5
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
#: What people write or hear instead of a character that the alphabet does not have.
_CONFUSED = str.maketrans({" ": "", "-": "", "–": "", ".": ""})


def check_character(body: str) -> str:
    """Return the check character for *body*; raise KeyError for a character outside the alphabet.

    >>> check_character("7K3QX9M")
    'W'
    """
    total = sum((position + 2) * _VALUE[c] for position, c in enumerate(body))
    return ALPHABET[-total % len(ALPHABET)]


def number_from(seed: bytes) -> str:
    """Return the report number that belongs to *seed* (at least 16 bytes of it are used)."""
    value = int.from_bytes(hashlib.sha256(seed).digest()[:16], "big")
    body = ""
    for _ in range(_BODY):
        value, rest = divmod(value, len(ALPHABET))
        body += ALPHABET[rest]
    return f"{PREFIX}-{body}{check_character(body)}"


def number_for_key(secret: bytes, key: str, attempt: int = 0) -> str:
    """Return the number that one idempotency key always leads to.

    Two requests with the same key race for one item in the table, so one report and one number
    come of them without a row of bookkeeping (issue: one DynamoDB transaction per filing).
    *attempt* moves on when another report has the number already (about once in 900 million).
    """
    message = f"number|{attempt}|{key}".encode()
    return number_from(hmac.new(secret, message, hashlib.sha256).digest())


def packed(numbers: Sequence[str]) -> bytes:
    """Return *numbers* in five bytes each: prefix and check character follow from the rest."""
    base = len(ALPHABET)

    def value(number: str) -> int:
        total = 0
        for character in number[len(PREFIX) + 1 : -1]:
            total = total * base + _VALUE[character]
        return total

    return b"".join(value(number).to_bytes(_PACKED, "big") for number in numbers)


def unpacked(raw: bytes) -> tuple[str, ...]:
    """Return the numbers that `packed` wrote; raise ValueError for what it did not write."""
    if len(raw) % _PACKED:
        raise ValueError("not a whole number of numbers")
    return tuple(_read(raw[at : at + _PACKED]) for at in range(0, len(raw), _PACKED))


def _read(raw: bytes) -> str:
    value, body = int.from_bytes(raw, "big"), ""
    for _ in range(_BODY):
        value, rest = divmod(value, len(ALPHABET))
        body = ALPHABET[rest] + body
    if value:
        raise ValueError("beyond the last number")
    return f"{PREFIX}-{body}{check_character(body)}"


def normalise(text: str) -> str | None:
    """Return the canonical number that *text* means, or None if it cannot be one.

    Accepts lower case, missing or extra dashes and blanks, as people type and speak numbers.

    >>> normalise("tl 7k3q x9mw")
    'TL-7K3QX9MW'
    """
    bare = text.strip().upper().translate(_CONFUSED)
    if not bare.startswith(PREFIX):
        return None
    body, check = bare[len(PREFIX) : -1], bare[-1:]
    if len(body) != _BODY or any(c not in _VALUE for c in body + check):
        return None
    if check_character(body) != check:
        return None
    return f"{PREFIX}-{body}{check}"
