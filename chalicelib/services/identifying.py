"""Who a staff access token speaks for: the identity provider says who, the directory says what.

Roles and positions are the directory's, so that a moved official loses them whatever the token
says, and an account's mark is read with every request, so that revoking it counts from the next
one on, however long the token lasts. Groups in the token can only take roles away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chalicelib.domain.actions import Caller
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Clock
from chalicelib.services.sessions import AccountStore, Session

#: Where issuers put groups: Amazon Cognito, then everybody else.
_GROUP_CLAIMS = ("cognito:groups", "groups")
_PERSON_CLAIMS = ("username", "cognito:username", "sub")


#: The role of a resident who is signed in with the city's app.
RESIDENT = "resident"


class TokenInvalid(Exception):
    """The token is not one of ours, or not any more."""


class TokenVerifier(Protocol):
    """Checks an access token."""

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a valid token; raise TokenInvalid, or TryAgain without keys."""


@dataclass(frozen=True)
class IdentifyStaff:
    """The use case."""

    verifier: TokenVerifier
    catalogue: Catalogue
    accounts: AccountStore
    clock: Clock

    def __call__(self, token: str) -> Caller:
        """Return the member of staff; raise TokenInvalid for nobody who still has a role."""
        claims = self.verifier.claims(token)
        person = person_in(claims)
        if not self.accounts.standing(person).allows(_issued_at(claims)):
            raise TokenInvalid("revoked")
        return self._caller(person, groups_in(claims))

    def of_session(self, session: Session) -> Caller:
        """Return whom a session that counts speaks for; raise TokenInvalid as above."""
        groups = frozenset(session.groups) if session.groups is not None else None
        return self._caller(session.person, groups)

    def _caller(self, person: str, groups: frozenset[str] | None) -> Caller:
        caller = self.catalogue.staff_caller(person, self.clock.now())
        if caller is None:
            raise TokenInvalid("no such account")
        if groups is None:
            return caller
        roles = caller.roles & groups
        if not roles:
            raise TokenInvalid("no role left")
        return replace(caller, roles=roles)


@dataclass(frozen=True)
class IdentifyResident:
    """Residents signed in with the city's own app: by its issuer's tokens, under a pseudonym.

    The pseudonym is derived with our secret from issuer and subject, so that no table of ours
    says which account of the app it is, and nobody can work it out from a list of accounts.
    """

    verifier: TokenVerifier
    issuer: str
    secret: Callable[[], bytes]

    def issued(self, token: str) -> bool:
        """Whether *token* says (unproved as yet) that this issuer made it."""
        try:
            part = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (IndexError, ValueError, RecursionError):
            return False
        return isinstance(claims, dict) and claims.get("iss") == self.issuer

    def __call__(self, token: str) -> Caller:
        """Return the resident; raise TokenInvalid."""
        claims = self.verifier.claims(token)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise TokenInvalid("no subject")
        message = f"resident|{self.issuer}|{subject}".encode()
        pseudonym = hmac.new(self.secret(), message, hashlib.sha256).hexdigest()[:32]
        return Caller(frozenset({RESIDENT}), subject=pseudonym)


def person_in(claims: Mapping[str, Any]) -> str:
    """Return the account that *claims* name, empty if none."""
    named = (claims.get(name) for name in _PERSON_CLAIMS)
    return next((name for name in named if isinstance(name, str) and name), "")


def groups_in(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the groups that *claims* name, None where the issuer knows no groups."""
    for name in _GROUP_CLAIMS:
        groups = claims.get(name)
        if isinstance(groups, list):
            return frozenset(group for group in groups if isinstance(group, str))
    return None


def _issued_at(claims: Mapping[str, Any]) -> int:
    """When the token was issued; one that does not say was issued before everything."""
    at = claims.get("iat")
    return int(at) if isinstance(at, int | float) else 0
