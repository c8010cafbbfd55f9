"""Signing in to the pages: OpenID Connect's authorisation-code flow with PKCE, state and nonce.

The browser keeps one random value, signed, for the ten minutes between leaving and coming back;
the proof key and the nonce are derived from it with our secret, so neither is stored anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.signing import (
    Keyring,
    TokenExpired,
    TokenRefused,
    open_token,
    packed,
    sign,
)
from chalicelib.services.identifying import TokenInvalid, groups_in, person_in

LEAVE = timedelta(minutes=10)
_PURPOSE = "sign-in"
_MAX_CODE = 2048
#: Where to go afterwards: a path of ours, never another host (``//…``) or a control character.
_OUR_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%?/-](?<!//)){0,300}")


class SignInFailed(Exception):
    """The flow did not come to a person; ``code`` says why, for the log and the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Issuer(Protocol):
    """The OpenID Connect provider."""

    def authorize_url(self, *, state: str, nonce: str, challenge: str, back: str) -> str:
        """Return where the browser goes to sign in."""

    def exchange(self, code: str, *, verifier: str, back: str) -> str:
        """Return the ID token for *code*; raise TokenInvalid, or TryAgain if nobody answers."""

    def identity(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        """Return the claims of a valid ID token made for *nonce*; raise TokenInvalid, TryAgain."""

    def sign_out_url(self, back: str) -> str:
        """Return where the browser goes to end the issuer's own session; empty if nowhere."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """Who signed in, with which groups (None: the issuer knows none), and where they wanted to."""

    person: str
    groups: tuple[str, ...] | None
    to: str


@dataclass(frozen=True)
class SignIn:
    """The use case. *wall* gives real Unix seconds, *back* the address to come back to."""

    issuer: Issuer
    keys: Callable[[], Keyring]
    random_bytes: Callable[[int], bytes]
    wall: Callable[[], float]
    back: Callable[[], str]

    def leave(self, to: str) -> tuple[str, str]:
        """Return where to send the browser and what it keeps meanwhile."""
        state = _text(self.random_bytes(24))
        kept = sign(self.keys(), _PURPOSE, packed(state, our_path(to)), self._now() + LEAVE)
        challenge = _text(hashlib.sha256(self._made("pkce", state).encode()).digest())
        url = self.issuer.authorize_url(
            state=state, nonce=self._made("nonce", state), challenge=challenge, back=self.back()
        )
        return url, kept

    def come_back(self, kept: str, state: str, code: str) -> CameBack:
        """Return who it is; raise SignInFailed, or TryAgain when the issuer does not answer."""
        to = self._opened(kept, state)
        if not 0 < len(code) <= _MAX_CODE:
            raise SignInFailed("no_code")
        try:
            token = self.issuer.exchange(code, verifier=self._made("pkce", state), back=self.back())
            claims = self.issuer.identity(token, self._made("nonce", state))
        except TokenInvalid as error:
            raise SignInFailed("issuer_refused") from error
        groups = groups_in(claims)
        return CameBack(person_in(claims), None if groups is None else tuple(sorted(groups)), to)

    def _opened(self, kept: str, state: str) -> str:
        try:
            mine, to = open_token(self.keys(), _PURPOSE, kept, self._now()).fields
        except TokenExpired:
            raise SignInFailed("took_too_long") from None
        except (TokenRefused, ValueError):
            raise SignInFailed("not_begun_here") from None
        if not hmac.compare_digest(mine.encode(), state.encode()):
            raise SignInFailed("not_begun_here")
        return to

    def _now(self) -> datetime:
        return datetime.fromtimestamp(int(self.wall()), UTC)

    def _made(self, purpose: str, state: str) -> str:
        """A value that only we can make, for one purpose: 43 characters, as PKCE asks."""
        message = f"{_PURPOSE}|{purpose}|{state}".encode()
        return _text(hmac.new(self.keys().current, message, hashlib.sha256).digest())


def our_path(text: str) -> str:
    """Return *text* if it is a path of this service, else the front page."""
    return text if _OUR_PATH.fullmatch(text) else "/"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
