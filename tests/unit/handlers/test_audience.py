"""Every route × every kind of caller, from the audience table; what is not in it does not exist."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator

import pytest

from app import app
from chalicelib.adapters.documents import DATA
from chalicelib.domain.actions import Caller
from chalicelib.handlers import identity
from chalicelib.handlers.audience import (
    ACTIONS,
    PAGES,
    PUBLIC,
    REPORTER,
    ROUTES,
    STAFF_ROLES,
    table,
)
from chalicelib.handlers.definitions import ACTION_BODIES
from chalicelib.services.identifying import RESIDENT
from chalicelib.services.protecting import shipped
from tests.fakes.engine import SHIPPED
from tests.fakes.world import POTHOLE, World

#: Whom the table lets pass may still be refused there, for the body or the report's own state.
DECIDES_FURTHER = {
    ("POST", "/v1/inbound/{provider}"),  # the signature
    ("POST", "/v1/inbound/{provider}/calls/{call}"),
    ("POST", "/v1/calls/{call}/outcome"),  # whether there is such a call
    ("POST", "/v1/reports/{number}/contact"),
    ("POST", "/v1/reports/{number}/photos"),  # whose task it is
    ("POST", "/v1/reports/{number}/publication"),
    ("POST", "/v1/reports/{number}/moderation"),
    ("POST", "/v1/breaches"),
    ("POST", "/v1/breaches/{number}/notices"),
    ("POST", "/v1/reports/{number}/forget"),
    *((method, path) for method, path in ROUTES if "/photos/{photo}" in path),
    *((method, path) for method, path in ROUTES if path.startswith("/v1/drafts/{sop}")),
    *((method, path) for method, path in ROUTES if path.startswith("/v1/templates/{template}/p")),
    # the browser's keys; the token of a mail
    *(
        (method, path)
        for method, path in ROUTES
        if path.endswith(("/push", "/devices")) and method == "POST"
    ),
    *((method, path) for method, path in ROUTES if path.startswith("/v1/subscriptions")),
    # an address; the token of a message; whether that day's books are closed
    ("POST", "/v1/own-reports"),
    ("POST", "/v1/own-reports/open"),
    ("GET", "/v1/ledger/{day}"),
    # nobody has subscribed, and no device has signed on
    *((method, path) for method, path in ROUTES if "{webhook}" in path or "{device}" in path),
    ("POST", "/v1/signals"),
    # a real report is no drill
    *((method, path) for method, path in ROUTES if path.startswith("/v1/drills/{number}")),
    ("PUT", "/v1/admin/catalogue/{part}"),
    ("PUT", "/v1/admin/calendars/{calendar}"),
    ("POST", "/v1/shift/hand-over"),
}
AGENCIES = json.loads((DATA / "agencies.json").read_text())
ACTION_ROUTE = ("POST", "/v1/reports/{number}/{action}")
CALLERS = ("anyone", REPORTER, RESIDENT, *STAFF_ROLES)
SOP = {
    "id": "x",
    "calendar": "kantor",
    "steps": [{"id": "L0", "clock": "agency", "at": "PT0M", "notify": ["petugas"]}],
}
#: A body that is well formed for each action, so that only the audience can refuse.
BODIES = {
    "answer_referral": {"text": "x"},
    "situation": {"state": "handling"},
    "unmerge": {"reason": "x"},
    "assign": {"agency": "PUPR"},
    "decline": {"reason": "x", "agency": "DLH"},
    "ask": {"question": "x"},
    "defer": {"reason": "x", "until": "2027-05-01T10:00:00+07:00"},
    "request_time": {"reason": "x", "until": "2027-05-01T10:00:00+07:00"},
    "refer": {"body": "PLN", "reason": "x"},
    "reject": {"reason": "incomplete"},
    "suspect": {"reason": "x"},
    "call_back": {"outcome": "denied"},
    "block": {"days": 3, "reason": "x"},
    "appeal": {"text": "x"},
    "decide_appeal": {"outcome": "lift", "reason": "x"},
    "merge": {"into": "TL-7K3QX9MW"},
    "keep_apart": {"other": "TL-7K3QX9MW"},
    "submit": {"outcome": "done"},
    "return": {"reason": "x"},
    "escalate": {"reason": "x"},
    "instruct": {"text": "x"},
    "answer_instruction": {"text": "x"},
    "migrate": {"reason": "x"},
    "dispute": {"reason": "x"},
    "rate": {"score": 5},
    "comments": {"text": "x"},
    "preferences": {"channels": []},
}
#: The same for the routes of their own.
BODY_OF = {
    "/v1/shift/hand-over": {},
    "/v1/shift/take-over": {},
    "/v1/shift/notes": {"text": "x"},
    "/v1/shift/notes/{note}/done": {},
    "/v1/reports/{number}/photos": {"type": "image/jpeg"},
    "/v1/protection": {"mode": "auto", "reason": "Selesai"},
    "/v1/admin/limits": {"body": shipped(), "based_on": 1, "reason": "Uji"},
    "/v1/admin/webhooks": {"id": "another", "url": "https://hook.example/in"},
    "/v1/admin/webhooks/{webhook}/renew": {},
    "/v1/admin/webhooks/{webhook}/stop": {},
    "/v1/admin/webhooks/{webhook}/deliveries/{delivery}": {},
    "/v1/admin/devices": {
        "id": "another",
        "name": "Another",
        "category": "INF-05",
        "lat": -6.1783,
        "lon": 106.6319,
    },
    "/v1/admin/devices/{device}/revoke": {},
    "/v1/reports/{number}/support": {"reporter": {"email": "a@example.org"}},
    "/v1/admin/clients": {"id": "another", "name": "Another"},
    "/v1/admin/clients/{client}/renew": {},
    "/v1/admin/clients/{client}/revoke": {},
    "/open311/v2/{resource}": (
        b"api_key=demo-open311-key&service_code=INF-01&lat=-6.1783&long=106.6319"
    ),
    "/v1/sops/{sop}/versions/{version}/simulate": {},
    "/v1/drills/{number}/stop": {},
    "/v1/simulations": {"sop": SOP},
    "/v1/admin/contacts/check": {"positions": ["kadis.pupr"]},
    "/v1/drafts": {"sop": "pju-padam"},
    "/v1/sops/{sop}/versions/{version}/assign": {"from": "2027-05-01"},
    "/v1/admin/ownership": {
        "moves": [{"category": "INF-01", "agency": "DLH"}],
        "from": "2027-07-01",
        "reason": "Perda baru",
    },
    "/v1/admin/import": {"files": {"agencies.json": AGENCIES}, "reason": "uji"},
    "/v1/admin/accounts": {
        "id": "sari.contoh",
        "name": "Sari",
        "email": "sari@tangerang.example",
        "reason": "Baru",
    },
    **{
        f"/v1/admin/accounts/{{account}}/{what}": {"reason": "Perlu"}
        for what in ("revoke", "restore", "sign-out", "reset-mfa")
    },
    "/v1/admin/accounts/{account}/roles": {"roles": ["auditor"], "reason": "Perlu"},
    "/v1/admin/moves": {
        "day": "2027-07-01",
        "reason": "Pensiun",
        "moves": [{"person": "kadis.pupr"}],
    },
    "/v1/admin/directory/{document}": {"based_on": 1, "body": [], "reason": "Kosong"},
}


def acting_as(world: World, monkeypatch: pytest.MonkeyPatch, who: str, number: str) -> dict:
    """Return how to call as *who*; a staff role comes with PUPR's agency and the right token."""
    if who == "anyone":
        return {}
    if who == REPORTER:
        return {"token": world.token_of(number)}
    caller = Caller(frozenset({who}), person=f"somebody-{who}", agencies=frozenset({"PUPR"}))
    if who == RESIDENT:
        caller = Caller(frozenset({who}), subject="0" * 32)
    monkeypatch.setattr(identity.bootstrap, "identify_staff", lambda: lambda _token: caller)
    return {"token": "staff"}


def expected(allowed: frozenset[str], who: str) -> set[str]:
    """The codes with which the audience table itself refuses."""
    if PUBLIC in allowed or who in allowed:
        return set()
    return {"sign_in_needed"} if who == "anyone" else {"role_may_not"}


def concrete(path: str, number: str, action: str = "") -> str:
    values = {"number": number, "sop": "jalan-berlubang", "version": "1", "action": action}
    values |= {"part": "agencies", "calendar": "kantor", "provider": "nobody", "call": "x"}
    values |= {"client": "demo", "resource": "services" if "{id}" in path else "requests.json"}
    values |= {"id": "INF-01.json", "webhook": "w", "delivery": "d", "device": "x"}
    values |= {"note": "1", "day": "2027-04-05"}
    values |= {"account": "sekda", "document": "rota"}
    values |= {"part": "agencies", "calendar": "kantor", "template": "digest"}
    values |= {"photo": "p-1", "size": "large", "category": "INF-01"}
    asked = "?category=INF-01&lat=-6.1783&lon=106.6319" if path.endswith("s/similar") else ""
    return path.format(**values) + asked


def test_every_route_of_the_app_is_in_the_table_and_the_other_way_round():
    app = importlib.import_module("app").app
    served = {(method, path) for path, views in app.routes.items() for method in views}
    assert served == set(ROUTES) | set(PAGES)
    assert not set(ROUTES) & set(PAGES)


def test_every_action_has_a_body_and_an_audience():
    assert set(ACTIONS) == set(ACTION_BODIES)
    assert all(ACTIONS.values())


def test_the_table_names_no_role_that_nobody_can_have():
    named = set().union(*ROUTES.values(), *ACTIONS.values())
    assert named <= {PUBLIC, REPORTER, RESIDENT, *STAFF_ROLES}


def test_every_role_of_the_shipped_accounts_is_known():
    roles = {role for account in SHIPPED.staff().values() for role in account["roles"]}
    assert roles <= set(STAFF_ROLES)


@pytest.fixture(scope="module")
def unmoved() -> Iterator[tuple[World, str]]:
    """One city and a report of it, for all calls that may change nothing."""
    with World().running() as world:
        yield world, world.filed()["number"]


def route_refusals(route: tuple[str, str], who: str) -> set[str]:
    """The codes with which *who* is refused on *route*; none where the table lets pass."""
    public = PUBLIC in ROUTES[route]
    of_a_report = "{number}" in route[1]
    if who == REPORTER and ((not of_a_report and not public) or route == ("POST", "/v1/reports")):
        return {"invalid_token"}  # a report's token opens that report and nothing else
    return expected(ROUTES[route], who)


def action_refusals(action: str, who: str) -> set[str]:
    return expected(ACTIONS[action], who)


def split(rows, refusals) -> tuple[list, list]:
    """Every row with every caller: those that are let pass, and those that are refused."""
    pairs = [(row, who) for row in rows for who in CALLERS]
    passed = [pair for pair in pairs if not refusals(*pair)]
    return passed, [pair for pair in pairs if refusals(*pair)]


PASSED, REFUSED = split([route for route in ROUTES if route != ACTION_ROUTE], route_refusals)
MAY_ACT, MAY_NOT_ACT = split(ACTIONS, action_refusals)
#: Reading moves nothing: those who may can do it all in one city.
READERS = [(route, who) for route, who in PASSED if route[0] == "GET"]
WRITERS = [(route, who) for route, who in PASSED if route[0] != "GET"]


def call_as(world: World, monkeypatch, who: str, number: str, route: tuple[str, str]):
    method, path = route
    how = acting_as(world, monkeypatch, who, number)
    body = BODY_OF.get(path, POTHOLE if method == "POST" else None)
    return world.call(method, concrete(path, number), body, **how)


def let_pass(answer, route) -> None:
    assert answer.code not in ("sign_in_needed", "role_may_not", "invalid_token")
    if route not in DECIDES_FURTHER:
        assert answer.status in (200, 201, 202)


@pytest.mark.parametrize(("route", "who"), WRITERS, ids=str)
def test_a_route_lets_pass_whom_the_table_names(world, monkeypatch, route, who):
    let_pass(call_as(world, monkeypatch, who, world.filed()["number"], route), route)


@pytest.mark.parametrize(("route", "who"), READERS, ids=str)
def test_a_route_shows_to_whom_the_table_names(unmoved, monkeypatch, route, who):
    world, number = unmoved
    let_pass(call_as(world, monkeypatch, who, number, route), route)


@pytest.mark.parametrize(("route", "who"), REFUSED, ids=str)
def test_a_route_refuses_whom_the_table_does_not_name(unmoved, monkeypatch, route, who):
    world, number = unmoved
    written, noted = len(world.engine.store.stream), len(world.register.records)
    answer = call_as(world, monkeypatch, who, number, route)
    assert {answer.code} == route_refusals(route, who)
    assert answer.status in (401, 403)
    assert (len(world.engine.store.stream), len(world.register.records)) == (written, noted)


@pytest.mark.parametrize(("action", "who"), MAY_ACT, ids=str)
def test_an_action_lets_pass_whom_the_table_names(world, monkeypatch, action, who):
    number = world.filed()["number"]
    how = acting_as(world, monkeypatch, who, number)
    answer = world.act(number, action, BODIES.get(action), **how)
    assert answer.code not in ("sign_in_needed", "role_may_not")


@pytest.mark.parametrize(("action", "who"), MAY_NOT_ACT, ids=str)
def test_an_action_refuses_whom_the_table_does_not_name(unmoved, monkeypatch, action, who):
    world, number = unmoved
    before = world.engine.store.load(number)
    how = acting_as(world, monkeypatch, who, number)
    answer = world.act(number, action, BODIES.get(action), **how)
    assert {answer.code} == action_refusals(action, who)
    assert world.engine.store.load(number) == before


def test_every_caller_is_tried_on_every_route_and_action():
    assert len(PASSED) + len(REFUSED) == (len(ROUTES) - 1) * len(CALLERS)
    assert len(MAY_ACT) + len(MAY_NOT_ACT) == len(ACTIONS) * len(CALLERS)


@pytest.mark.parametrize("action", [a for a, who in ACTIONS.items() if "officer" in who])
def test_an_officer_of_another_agency_cannot_know_of_the_report(world, action):
    number = world.filed()["number"]
    world.act(number, "verify", user="operator")
    absent = world.act("TL-7K3QX9MW", action, BODIES.get(action), user="petugas.dishub")
    theirs = world.act(number, action, BODIES.get(action), user="petugas.dishub")
    assert (theirs.status, theirs.code) == (404, "not_found")
    assert theirs.body == absent.body


@pytest.mark.parametrize("action", [a for a, who in ACTIONS.items() if REPORTER in who])
def test_the_token_of_another_report_opens_nothing(world, action):
    number, other = world.filed()["number"], world.filed()["number"]
    token = world.token_of(other)
    answer = world.act(number, action, BODIES.get(action), token=token)
    assert (answer.status, answer.code) == (401, "invalid_token")


def test_an_unknown_action_is_not_found(world):
    number = world.filed()["number"]
    assert world.act(number, "delete", user="admin").code == "not_found"


def test_a_caller_without_a_role_gets_least_and_not_all(world, monkeypatch):
    nobody = Caller(frozenset(), person="x")
    monkeypatch.setattr(identity.bootstrap, "identify_staff", lambda: lambda _token: nobody)
    assert world.get("/v1/queue", token="x").code == "sign_in_needed"


def test_the_table_can_be_printed():
    lines = list(table())
    assert ("POST", "/v1/reports/{number}/instruct", "mayor, secretary") in lines
    actions = {("POST", f"/v1/reports/{{number}}/{action}") for action in ACTIONS}
    rows = [*(set(ROUTES) - {ACTION_ROUTE} | actions), *PAGES]
    assert len(lines) == len(rows)


def test_no_action_is_hidden_behind_a_longer_path():
    """API Gateway matches word by word: where a path goes on below an action's word, a POST to
    that word finds no method, though the app's own router would have found the action."""
    below = "/v1/reports/{number}/"
    words = {
        path.removeprefix(below).split("/")[0] for path in app.routes if path.startswith(below)
    }
    for action in words & set(ACTIONS):
        assert "POST" in app.routes[below + action], action
