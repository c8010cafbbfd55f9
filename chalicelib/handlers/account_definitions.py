"""The form of the bodies of staff administration, and of its answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from chalicelib.domain.accounts import GRANTED_ROLES
from chalicelib.handlers.answers import Form, Time
from chalicelib.handlers.definitions import Body, Code

#: Also the user name at the identity provider.
AccountId = Annotated[
    str, Meta(min_length=3, max_length=60, pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*(?![\s\S])")
]
Granted = Annotated[list[Literal[GRANTED_ROLES]], Meta(max_length=5)]  # type: ignore[valid-type]
Reason = Annotated[str, Meta(min_length=3, max_length=300)]
Offices = Annotated[list[Code], Meta(max_length=20)]


class NewAccount(Body, kw_only=True):
    """Who is invited: roles that belong to no office, and the offices held from today on."""

    id: AccountId
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    phone: Annotated[str, Meta(max_length=30)] = ""
    language: Literal["id", "en"] = "id"
    roles: Granted = field(default_factory=list)
    positions: Offices = field(default_factory=list)
    reason: Reason


class AccountChange(Body):
    """Why an account is changed."""

    reason: Reason


class Grant(Body):
    """The roles that belong to no office; those left out are taken away."""

    roles: Granted
    reason: Reason


class OneMove(Body):
    """One person's way into an office; with an empty ``to`` out of all of them."""

    person: AccountId
    to: Annotated[str, Meta(max_length=60)] = ""
    kind: Literal["definitive", "plt", "plh"] = "definitive"
    until: date | None = None
    keeps: Offices = field(default_factory=list)


class Moves(Body, kw_only=True):
    """Moves that take place together on one day; shown first, done with ``dry_run`` false."""

    day: date
    moves: Annotated[list[OneMove], Meta(min_length=1, max_length=200)]
    dry_run: bool = True
    reason: Reason


class PutDocument(Body, kw_only=True):
    """A whole document of the directory, based on the version that was read."""

    based_on: Annotated[int, Meta(ge=1)]
    body: Annotated[list[dict[str, Any]], Meta(max_length=5000)]
    reason: Reason


class Account(Form, kw_only=True):
    """A staff account as the directory has it: what it may do today, and by which offices."""

    id: str
    name: str
    email: str
    phone: str
    language: str
    revoked: bool
    granted: list[str]
    roles: list[str]
    positions: list[str]


class AccountPage(Form):
    """All accounts, by id."""

    items: list[Account]
    cursor: str | None


class StandingShown(Form):
    """Whether the account counts; what was issued before ``not_before`` (Unix seconds) does not."""

    revoked: bool
    not_before: int


class ProviderShown(Form):
    """The identity provider's word; ``managed`` is false for an issuer that cannot be asked."""

    managed: bool
    exists: bool
    enabled: bool
    status: str
    mfa: list[str]


class WholeAccount(Account, kw_only=True):
    """An account with its standing and what the identity provider says of it."""

    standing: StandingShown
    provider: ProviderShown


class MoveLine(Form):
    """Somebody's first or last day in an office."""

    person: str
    position: str
    what: Literal["begins", "ends"]
    kind: str
    day: str


class MovePlan(Form):
    """What the moves come to; ``vacant`` offices have nobody on that day, so their mailbox."""

    done: bool
    day: str
    changes: list[MoveLine]
    vacant: list[str]


class DirectoryDocument(Form):
    """A document of the directory and the version to base a change on."""

    name: str
    version: int
    digest: str
    changed_at: Time | None
    body: list[Any]
