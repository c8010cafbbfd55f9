"""Checking a signature with Python alone: ECDSA over the curve P-256 with SHA-256 (FIPS 186-5).

Only checks, so there is no secret that its timing could give away. It is for auditors, who should
need no library to check the books; the tests hold it against the library ``cryptography``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
#: What stands before the point in a SubjectPublicKeyInfo of this curve (RFC 5480).
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_Point = tuple[int, int] | None
_Jacobian = tuple[int, int, int]
_NOWHERE: _Jacobian = (1, 1, 0)


class NotAKey(ValueError):
    """The text is no public key of the curve P-256."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its DER form (SubjectPublicKeyInfo)."""

    der: bytes

    def __post_init__(self) -> None:
        """Refuse what is no point of the curve."""
        if len(self.der) != len(_SPKI) + 64 or not self.der.startswith(_SPKI):
            raise NotAKey("not a public key of P-256")
        x, y = self._point
        if max(x, y) >= _P or (y * y - x * x * x + 3 * x - _B) % _P:
            raise NotAKey("not a point of P-256")

    @property
    def _point(self) -> tuple[int, int]:
        raw = self.der[len(_SPKI) :]
        return int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")

    @property
    def mark(self) -> str:
        """The key's mark: SHA-256 of its DER form."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        """The key as OpenSSL reads it."""
        text = base64.b64encode(self.der).decode()
        lines = [text[place : place + 64] for place in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])

    @classmethod
    def from_pem(cls, text: str) -> PublicKey:
        """Read a PEM text; raise NotAKey."""
        body = "".join(line for line in text.splitlines() if line and not line.startswith("-----"))
        try:
            return cls(base64.b64decode(body, validate=True))
        except binascii.Error:
            raise NotAKey("not base64") from None

    def signed(self, message: bytes, signature: str) -> bool:
        """Whether *signature* (DER in base64) is this key's over *message*."""
        try:
            r, s = _numbers(base64.b64decode(signature, validate=True))
        except (binascii.Error, ValueError):
            return False
        if not (0 < r < _N and 0 < s < _N):
            return False
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        inverse = pow(s, -1, _N)
        point = _sum_of(digest * inverse % _N, r * inverse % _N, self._point)
        return point is not None and point[0] % _N == r


def _numbers(der: bytes) -> tuple[int, int]:
    """Return r and s of a DER SEQUENCE of two INTEGERs in their shortest form; raise ValueError."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2 or der[1] > 0x7F:
        raise ValueError("not a signature")
    r, rest = _integer(der[2:])
    s, rest = _integer(rest)
    if rest:
        raise ValueError("something follows the signature")
    return r, s


def _integer(der: bytes) -> tuple[int, bytes]:
    if len(der) < 3 or der[0] != 0x02 or not 0 < der[1] <= min(33, len(der) - 2):
        raise ValueError("not an integer")
    raw = der[2 : 2 + der[1]]
    # Only the shortest form: otherwise one signature would have many texts.
    if raw[0] & 0x80 or (len(raw) > 1 and not raw[0] and not raw[1] & 0x80):
        raise ValueError("not an integer in its shortest form")
    return int.from_bytes(raw, "big"), der[2 + der[1] :]


def _sum_of(first: int, second: int, point: tuple[int, int]) -> _Point:
    """Return ``first * G + second * point``, bit by bit of both at once."""
    both = {1: (*_G, 1), 2: (*point, 1), 3: _plus((*_G, 1), (*point, 1))}
    found = _NOWHERE
    for place in reversed(range(256)):
        found = _doubled(found)
        chosen = (first >> place & 1) | (second >> place & 1) << 1
        if chosen:
            found = _plus(found, both[chosen])
    if not found[2]:
        return None
    inverse = pow(found[2], -1, _P)
    return found[0] * inverse**2 % _P, found[1] * inverse**3 % _P


def _doubled(one: _Jacobian) -> _Jacobian:
    """Return ``2 * one`` (Jacobian coordinates: no division until the end)."""
    x, y, z = one
    if not y or not z:
        return _NOWHERE
    ys = y * y % _P
    s = 4 * x * ys % _P
    m = 3 * (x - z * z) * (x + z * z) % _P
    nx = (m * m - 2 * s) % _P
    return nx, (m * (s - nx) - 8 * ys * ys) % _P, 2 * y * z % _P


def _plus(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    """Return ``one + other``."""
    if not one[2] or not other[2]:
        return one if one[2] else other
    z1, z2 = one[2] ** 2 % _P, other[2] ** 2 % _P
    u1, u2 = one[0] * z2 % _P, other[0] * z1 % _P
    s1, s2 = one[1] * z2 * other[2] % _P, other[1] * z1 * one[2] % _P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _NOWHERE
    h, r = u2 - u1, s2 - s1
    hs = h * h % _P
    hc, v = h * hs % _P, u1 * hs % _P
    x = (r * r - hc - 2 * v) % _P
    return x, (r * (v - x) - s1 * hc) % _P, h * one[2] * other[2] % _P
