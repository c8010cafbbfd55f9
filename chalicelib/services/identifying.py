"""Who a staff access token speaks for: the identity provider says who, the directory says what.

Roles and positions are the directory's, so that a revoked or moved official loses them at once,
however long the token lasts. Groups in the token can only take roles away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chalicelib.domain.actions import Caller
from chalicelib.services.catalogue import Catalogue

#: Where issuers put groups: Amazon Cognito, then everybody else.
_GROUP_CLAIMS = ("cognito:groups", "groups")
_PERSON_CLAIMS = ("username", "cognito:username", "sub")


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

    def __call__(self, token: str) -> Caller:
        """Return the member of staff; raise TokenInvalid for nobody who still has a role."""
        claims = self.verifier.claims(token)
        caller = self.catalogue.staff_caller(_person(claims))
        if caller is None:
            raise TokenInvalid("no such account")
        groups = _groups(claims)
        if groups is None:
            return caller
        roles = caller.roles & groups
        if not roles:
            raise TokenInvalid("no role left")
        return replace(caller, roles=roles)


def _person(claims: Mapping[str, Any]) -> str:
    named = (claims.get(name) for name in _PERSON_CLAIMS)
    return next((name for name in named if isinstance(name, str) and name), "")


def _groups(claims: Mapping[str, Any]) -> frozenset[str] | None:
    for name in _GROUP_CLAIMS:
        groups = claims.get(name)
        if isinstance(groups, list):
            return frozenset(group for group in groups if isinstance(group, str))
    return None
