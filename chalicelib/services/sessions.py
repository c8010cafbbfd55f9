"""Sessions of web pages, and whether an account still stands.

A browser holds 256 random bits and nothing else. What they stand for lies in the accounts table
under their hash, so that signing out, revoking an account and expiry all take effect at the next
request, and so that nobody who reads the table can use what is in it. Sessions keep real time,
however fast the system's clock runs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: One shift with its hand-over; then the issuer is asked again.
SESSION_SECONDS = 10 * 3600
_TOKEN_BYTES = 32
_MAX_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser's token stands for. Times are Unix seconds; *groups* can only take away."""

    person: str
    issued_at: int
    expires_at: int
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an account counts, and since when tokens and sessions of it do (Unix seconds)."""

    revoked: bool = False
    not_before: int = 0

    def allows(self, issued_at: int) -> bool:
        """Whether what was issued at *issued_at* still counts."""
        return not self.revoked and issued_at >= self.not_before


class AccountStore(Protocol):
    """The accounts table: sessions and the standing of accounts, strongly consistent."""

    def put_session(self, digest: str, session: Session) -> None:
        """Keep *session* under the digest of its token until it expires."""

    def session(self, digest: str) -> Session | None:
        """Return the session, None if there is none (any more)."""

    def end_session(self, digest: str) -> None:
        """Forget a session; one that is not there is no fault."""

    def standing(self, person: str) -> Standing:
        """Return the standing of an account; one that nobody ever marked stands."""

    def put_standing(self, person: str, standing: Standing) -> None:
        """Mark an account; counts from the next request on."""


@dataclass(frozen=True)
class Sessions:
    """The use case. *secret* derives the CSRF tokens; *wall* gives real Unix seconds."""

    accounts: AccountStore
    secret: Callable[[], bytes]
    random_bytes: Callable[[int], bytes]
    wall: Callable[[], float]

    def begin(self, person: str, groups: tuple[str, ...] | None = None) -> str:
        """Begin a session and return the token for the browser."""
        token = base64.urlsafe_b64encode(self.random_bytes(_TOKEN_BYTES)).decode().rstrip("=")
        now = int(self.wall())
        session = Session(person, now, now + SESSION_SECONDS, groups)
        self.accounts.put_session(_digest(token), session)
        return token

    def find(self, token: str) -> Session | None:
        """Return what *token* stands for if it still counts: not expired, ended or revoked."""
        if not token or len(token) > _MAX_TOKEN:
            return None
        session = self.accounts.session(_digest(token))
        if session is None or session.expires_at <= self.wall():
            return None
        return session if self.accounts.standing(session.person).allows(session.issued_at) else None

    def end(self, token: str) -> None:
        """End a session for good."""
        if token and len(token) <= _MAX_TOKEN:
            self.accounts.end_session(_digest(token))

    def csrf_token(self, token: str) -> str:
        """Return what every form of this session must send back; nobody else can make it."""
        made = hmac.new(self.secret(), f"csrf|{token}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def csrf_fits(self, token: str, given: str) -> bool:
        """Whether *given* is this session's CSRF token (compared in constant time)."""
        return hmac.compare_digest(self.csrf_token(token).encode(), given.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
