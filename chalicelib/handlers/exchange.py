"""Routes with which administrators let other systems in and out: Open311 clients and their keys."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.definitions import NewClient, Plain
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean, ok, one_line, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.administering import Act
from chalicelib.services.clients import ClientInvalid, KeyUnknown

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/admin/clients")
def clients(call: Call) -> Response:
    """Every system that has or had a key; no key is ever shown again."""
    items = [one.shown() for one in bootstrap.clients().all()]
    return ok({"items": items, "cursor": None})


@serves(blueprint, "POST", "/v1/admin/clients")
def add_client(call: Call) -> Response:
    """Register a system; the answer holds its key, this once."""
    form = parse(call.body, NewClient)
    fields = {
        "id": form.id,
        "name": one_line(form.name),
        "per_minute": form.per_minute,
        "per_day": form.per_day,
        "body": form.body,
    }
    try:
        client, key = bootstrap.clients().add(fields, act_of(call, "add-client", form.note))
    except ClientInvalid as error:
        errors = [field_error("invalid", f"/{error.field}")]
        raise Problem("invalid_field", errors=errors) from None
    return ok({**client.shown(), "key": key}, 201)


@serves(blueprint, "POST", "/v1/admin/clients/{client}/renew")
def renew_client(call: Call) -> Response:
    """Give a system a new key; its old one stops working within a minute."""
    note = parse(call.body, Plain).note
    id = call.params["client"]
    try:
        key = bootstrap.clients().renew(id, act_of(call, "renew-client", note))
    except KeyUnknown:
        raise Problem("not_found") from None
    return ok({**_one(id), "key": key})


@serves(blueprint, "POST", "/v1/admin/clients/{client}/revoke")
def revoke_client(call: Call) -> Response:
    """Shut a system out, within a minute."""
    note = parse(call.body, Plain).note
    id = call.params["client"]
    try:
        bootstrap.clients().revoke(id, act_of(call, "revoke-client", note))
    except KeyUnknown:
        raise Problem("not_found") from None
    return ok(_one(id))


def act_of(call: Call, what: str, reason: str) -> Act:
    """Return the act as the audit record names it."""
    return Act(what, call.caller, "admin", clean(reason))


def _one(id: str) -> dict[str, object]:
    return next(one.shown() for one in bootstrap.clients().all() if one.id == id)
