"""Routes of following and of push: the pages' `ikuti` and `berhenti` for programs, and browsers."""

from __future__ import annotations

from collections.abc import Callable

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import Caller
from chalicelib.domain.limits import Mark
from chalicelib.domain.signing import TokenRefused
from chalicelib.handlers.addresses import mail_address
from chalicelib.handlers.guarding import admit_addressed
from chalicelib.handlers.http import cached, ok, parse
from chalicelib.handlers.pages.following import topic_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, serves
from chalicelib.handlers.subscription_definitions import (
    PushTarget,
    RegisterDevice,
    Subscribe,
    SubscribeBrowser,
    SubscriptionToken,
)
from chalicelib.services.following import LEAVE, NoSuchTopic
from chalicelib.services.pushing import Browser, Device, SubscriptionRefused

blueprint = Blueprint(__name__)


@serves(blueprint, "GET", "/v1/push")
def push_key(call: Call) -> Response:
    """The key that browsers subscribe under."""
    return cached(call.request, {"key": bootstrap.pushing().public_key()}, seconds=300)


@serves(blueprint, "POST", "/v1/reports/{number}/push")
def push_own(call: Call) -> Response:
    """Tell this browser what happens to one's own report."""
    form = parse(call.body, SubscribeBrowser)
    join_own(call.number, form)
    return ok({"state": "following"}, 201)


@serves(blueprint, "POST", "/v1/me/push")
def push_staff(call: Call) -> Response:
    """Tell this browser what is the caller's to do."""
    push_staff_to(call.caller, parse(call.body, SubscribeBrowser))
    return ok({"state": "following"}, 201)


@serves(blueprint, "POST", "/v1/reports/{number}/devices")
def device_own(call: Call) -> Response:
    """Tell this telephone what happens to one's own report."""
    form = parse(call.body, RegisterDevice)
    if bootstrap.store().load(call.number) is None:
        raise Problem("not_found")
    _refusing(bootstrap.pushing().own, call.number, form)
    return ok({"state": "following"}, 201)


@serves(blueprint, "POST", "/v1/me/devices")
def device_staff(call: Call) -> Response:
    """Tell this telephone what is the caller's to do."""
    _refusing(bootstrap.pushing().staff, call.caller.person, parse(call.body, RegisterDevice))
    bootstrap.keep_wishes().ask_push(call.caller)
    return ok({"state": "following"}, 201)


@serves(blueprint, "POST", "/v1/subscriptions")
def subscribe(call: Call) -> Response:
    """Follow a report, a category or an area, by mail or in this browser."""
    form = parse(call.body, Subscribe)
    topic = topic_of({"laporan": form.report, "kategori": form.category, "wilayah": form.area})
    try:
        if form.push is not None:
            bootstrap.pushing().public(topic, browser_of(form.push), form.language)
            return ok({"state": "following"}, 202)
        address = mail_address(form.email, "/email")
        admit_addressed(call, [Mark("confirmation", address.lower())])
        bootstrap.following().ask(topic, address, form.language)
    except NoSuchTopic:
        raise Problem("nothing_to_follow") from None
    except SubscriptionRefused as refused:
        raise Problem("push_subscription_invalid", field=refused.field) from None
    return ok({"state": "asked"}, 202)


@serves(blueprint, "POST", "/v1/subscriptions/confirm")
def confirm(call: Call) -> Response:
    """Follow from now on."""
    token = parse(call.body, SubscriptionToken).token
    try:
        joined = bootstrap.following().join(token)
    except (TokenRefused, ValueError):
        raise Problem("not_found") from None
    if joined is None:
        raise Problem("not_found")
    return ok({"state": "following"})


@serves(blueprint, "POST", "/v1/subscriptions/leave")
def leave(call: Call) -> Response:
    """Be told no more."""
    token = parse(call.body, SubscriptionToken).token
    try:
        about = bootstrap.following().topic_of(LEAVE, token)
    except (TokenRefused, ValueError):
        raise Problem("not_found") from None
    bootstrap.leave()(about)
    return ok({"state": "left"})


def _refusing(join: Callable[[str, Device, str], None], who: str, form: RegisterDevice) -> None:
    try:
        join(who, Device(form.platform, form.token), form.language)
    except SubscriptionRefused as refused:
        raise Problem("push_subscription_invalid", field=refused.field) from None


def push_staff_to(caller: Caller, form: SubscribeBrowser) -> None:
    """Let a member of staff be told in a browser, beside the mail."""
    try:
        bootstrap.pushing().staff(caller.person, browser_of(form), form.language)
    except SubscriptionRefused as refused:
        raise Problem("push_subscription_invalid", field=refused.field) from None
    bootstrap.keep_wishes().ask_push(caller)


def join_own(number: str, form: SubscribeBrowser) -> None:
    """Let the holder of the report's token be told in a browser."""
    if bootstrap.store().load(number) is None:
        raise Problem("not_found")
    try:
        bootstrap.pushing().own(number, browser_of(form), form.language)
    except SubscriptionRefused as refused:
        raise Problem("push_subscription_invalid", field=refused.field) from None


def browser_of(form: PushTarget) -> Browser:
    """Return the browser that a body names."""
    return Browser(form.endpoint, form.keys.p256dh, form.keys.auth, form.key)
