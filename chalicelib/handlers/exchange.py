"""Routes for other systems and those who let them in: clients, webhooks, devices and signals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.handlers.definitions import NewClient, NewDevice, NewSignal, NewWebhook, Plain
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean, ok, one_line, parse
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import Row, cursor_of, limit_of, listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.administering import Act
from chalicelib.services.clients import ClientInvalid, KeyUnknown, LimitReached
from chalicelib.services.sensing import Signal
from chalicelib.services.viewing import local
from chalicelib.services.webhooks import Subscription, SubscriptionInvalid, owner_of

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/admin/clients")
def clients(call: Call) -> Response:
    """Every system that has or had a key; no key is ever shown again."""
    return listed(call, page_of(call, (one.shown() for one in bootstrap.clients().all()), by_id))


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


# ---------------------------------------------------------------- webhooks


@serves(blueprint, "GET", "/v1/admin/webhooks")
def webhooks(call: Call) -> Response:
    """Every subscription."""
    rows = (_subscription(one) for one in bootstrap.webhooks().all())
    return listed(call, page_of(call, rows, by_id))


@serves(blueprint, "POST", "/v1/admin/webhooks")
def add_webhook(call: Call) -> Response:
    """Subscribe a receiver; the answer holds its secret, this once."""
    form = parse(call.body, NewWebhook)
    act = act_of(call, "add-webhook", form.note)
    try:
        made, secret = bootstrap.webhooks().add(form.id, form.url, form.types, act)
    except SubscriptionInvalid as error:
        errors = [field_error("invalid", f"/{error.field}")]
        raise Problem("invalid_field", errors=errors) from None
    return ok({**_subscription(made), "secret": secret}, 201)


@serves(blueprint, "POST", "/v1/admin/webhooks/{webhook}/renew")
def renew_webhook(call: Call) -> Response:
    """Give a receiver a new secret, and start it again if it was stopped."""
    act = act_of(call, "renew-webhook", parse(call.body, Plain).note)
    with not_found():
        secret = bootstrap.webhooks().renew(call.params["webhook"], act)
    shown = _subscription(bootstrap.webhooks().one(call.params["webhook"]))
    return ok({**shown, "secret": secret})


@serves(blueprint, "POST", "/v1/admin/webhooks/{webhook}/stop")
def stop_webhook(call: Call) -> Response:
    """Send a receiver nothing more."""
    act = act_of(call, "stop-webhook", parse(call.body, Plain).note)
    with not_found():
        bootstrap.webhooks().stop(call.params["webhook"], act)
    return ok(_subscription(bootstrap.webhooks().one(call.params["webhook"])))


@serves(blueprint, "GET", "/v1/admin/webhooks/{webhook}/deliveries")
def deliveries(call: Call) -> Response:
    """What was said to a receiver, newest first, with every attempt."""
    with not_found():
        bootstrap.webhooks().one(call.params["webhook"])
    owner = owner_of(call.params["webhook"])
    page = bootstrap.errand_store().of(owner, limit_of(call), cursor_of(call))
    return listed(call, page, _delivery)


@serves(blueprint, "POST", "/v1/admin/webhooks/{webhook}/deliveries/{delivery}")
def replay_delivery(call: Call) -> Response:
    """Say it to the receiver once more, with the same id."""
    owner = owner_of(call.params["webhook"])
    if not bootstrap.errands().replay(owner, call.params["delivery"]):
        raise Problem("not_found")
    act = act_of(call, "replay-webhook", parse(call.body, Plain).note)
    bootstrap.administer().record(replace(act, facts={"delivery": call.params["delivery"]}))
    return ok({"id": call.params["delivery"], "status": "open"}, 202)


# ---------------------------------------------------------------- sensors


@serves(blueprint, "POST", "/v1/signals")
def signal(call: Call) -> Response:
    """A device raises or clears its signal; its key is in ``X-Device-Key``."""
    form = parse(call.body, NewSignal)
    given = Signal(form.signal, one_line(form.reading), local(form.observed_at) or "")
    try:
        sensed = bootstrap.sensing().sense(call.header("x-device-key"), given)
    except KeyUnknown:
        raise Problem("device_unknown") from None
    except LimitReached:
        raise Problem("too_many_signals") from None
    body = {"outcome": sensed.outcome, "number": sensed.number or None, "signals": sensed.signals}
    return ok(body, 201 if sensed.outcome == "filed" else 200)


@serves(blueprint, "GET", "/v1/admin/devices")
def devices(call: Call) -> Response:
    """Every device that has or had a key."""
    return listed(call, page_of(call, (one.shown() for one in bootstrap.sensing().all()), by_id))


@serves(blueprint, "POST", "/v1/admin/devices")
def add_device(call: Call) -> Response:
    """Register a device; the answer holds its key, this once."""
    form = parse(call.body, NewDevice)
    if form.category not in bootstrap.catalogue().categories():
        raise Problem("unknown_category", errors=[field_error("invalid", "/category")])
    fields = {
        "id": form.id,
        "name": one_line(form.name),
        "category": form.category,
        "lat": form.lat,
        "lon": form.lon,
        "address": one_line(form.address),
    }
    try:
        device, key = bootstrap.sensing().add(fields, act_of(call, "add-device", form.note))
    except ClientInvalid as error:
        errors = [field_error("invalid", f"/{error.field}")]
        raise Problem("invalid_field", errors=errors) from None
    return ok({**device.shown(), "key": key}, 201)


@serves(blueprint, "POST", "/v1/admin/devices/{device}/revoke")
def revoke_device(call: Call) -> Response:
    """Take no more signals from a device, within a minute."""
    act = act_of(call, "revoke-device", parse(call.body, Plain).note)
    with not_found():
        bootstrap.sensing().revoke(call.params["device"], act)
    all_devices = bootstrap.sensing().all()
    return ok(next(one.shown() for one in all_devices if one.id == call.params["device"]))


@contextmanager
def not_found() -> Iterator[None]:
    """What is not registered is not found."""
    try:
        yield
    except LookupError:
        raise Problem("not_found") from None


def by_id(row: Row) -> str:
    """What is registered is listed by its id."""
    return str(row["id"])


def _delivery(row: Row) -> Row:
    same = ("id", "created_at", "status", "attempts", "due_at", "log")
    return {"type": row["payload"]["type"], **{name: row[name] for name in same}}


def _subscription(one: Subscription) -> dict[str, object]:
    return {"id": one.id, "url": one.url, "types": list(one.types), "active": one.active}
