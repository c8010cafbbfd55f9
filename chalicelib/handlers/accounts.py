"""Routes of staff administration: accounts, moves of officials, the directory's documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.accounts import Move, Plan
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.account_definitions import (
    AccountChange,
    Grant,
    Moves,
    NewAccount,
    PutDocument,
)
from chalicelib.handlers.addresses import mail_address, telephone
from chalicelib.handlers.http import clean, ok, one_line, parse
from chalicelib.handlers.queries import listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.accounts import Invitation
from chalicelib.services.administering import Version
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
ACCOUNT = "/v1/admin/accounts/{account}"


@serves(blueprint, "GET", "/v1/admin/accounts")
def accounts(call: Call) -> Response:
    """Every account with what it may do today; ``?q=`` narrows by words of id, name or office."""
    words = one_line(call.query("q"))[:100].casefold().split()
    rows = bootstrap.manage_accounts().listed()
    found = [row for row in rows if all(word in _searchable(row) for word in words)]
    return listed(call, page_of(call, found, lambda row: str(row["id"])))


@serves(blueprint, "POST", "/v1/admin/accounts")
def invite(call: Call) -> Response:
    """Invite a member of staff; the identity provider mails the way in."""
    form = parse(call.body, NewAccount)
    invitation = Invitation(
        id=form.id,
        name=one_line(form.name),
        mail=mail_address(form.email, "/email"),
        phone=telephone(form.phone, "/phone") if form.phone else "",
        language=form.language,
        roles=tuple(form.roles),
        positions=tuple(form.positions),
    )
    return ok(bootstrap.manage_accounts().invite(call.caller, invitation, clean(form.reason)), 201)


@serves(blueprint, "GET", ACCOUNT)
def account(call: Call) -> Response:
    """One account, with the state of its second factor at the identity provider."""
    return ok(bootstrap.manage_accounts().shown(call.params["account"]))


@serves(blueprint, "POST", f"{ACCOUNT}/revoke")
def revoke(call: Call) -> Response:
    """Take an account out of service, from the next request on."""
    return _changed(call, bootstrap.manage_accounts().revoke)


@serves(blueprint, "POST", f"{ACCOUNT}/restore")
def restore(call: Call) -> Response:
    """Put a revoked account back into service."""
    return _changed(call, bootstrap.manage_accounts().restore)


@serves(blueprint, "POST", f"{ACCOUNT}/sign-out")
def sign_out(call: Call) -> Response:
    """End every session and token of an account."""
    return _changed(call, bootstrap.manage_accounts().sign_out)


@serves(blueprint, "POST", f"{ACCOUNT}/reset-mfa")
def reset_mfa(call: Call) -> Response:
    """Have an account set up its second factor anew."""
    return _changed(call, bootstrap.manage_accounts().reset_mfa)


@serves(blueprint, "POST", f"{ACCOUNT}/roles")
def grant(call: Call) -> Response:
    """Set the roles that belong to no office."""
    form = parse(call.body, Grant)
    manage = bootstrap.manage_accounts()
    return ok(manage.grant(call.caller, call.params["account"], form.roles, clean(form.reason)))


@serves(blueprint, "POST", "/v1/admin/moves")
def move(call: Call) -> Response:
    """Move many officials on one day; without ``dry_run: false`` it is only shown."""
    form = parse(call.body, Moves)
    moves = [Move(one.person, one.to, one.kind, one.until, tuple(one.keeps)) for one in form.moves]
    plan = bootstrap.manage_accounts().move(
        call.caller, form.day, moves, clean(form.reason), dry_run=form.dry_run
    )
    return ok(_plan(plan, form))


@serves(blueprint, "GET", "/v1/admin/directory/{document}")
def directory(call: Call) -> Response:
    """A document of the directory as it stands."""
    return ok(_document(bootstrap.manage_accounts().document(call.params["document"])))


@serves(blueprint, "PUT", "/v1/admin/directory/{document}")
def put_directory(call: Call) -> Response:
    """Write a document of the directory anew, if it fits the others."""
    form = parse(call.body, PutDocument)
    written = bootstrap.manage_accounts().put(
        call.caller, call.params["document"], form.body, form.based_on, clean(form.reason)
    )
    return ok(_document(written))


def _changed(call: Call, change: Callable[[Any, str, str], dict[str, Any]]) -> Response:
    form = parse(call.body, AccountChange)
    return ok(change(call.caller, call.params["account"], clean(form.reason)))


def _plan(plan: Plan, form: Moves) -> dict[str, Any]:
    lines = [
        {
            "person": one.person,
            "position": one.position,
            "what": one.what,
            "kind": one.kind,
            "day": one.day.isoformat(),
        }
        for one in plan.changes
    ]
    day = form.day.isoformat()
    return {"done": not form.dry_run, "day": day, "changes": lines, "vacant": list(plan.vacant)}


def _document(version: Version) -> dict[str, Any]:
    at = version.note.get("at")
    return {
        "name": version.id,
        "version": version.version,
        "digest": version.digest,
        "changed_at": local(parse_instant(at)) if at else None,
        "body": version.body,
    }


def _searchable(row: dict[str, Any]) -> str:
    return " ".join((row["id"], row["name"], row["email"], *row["positions"])).casefold()
