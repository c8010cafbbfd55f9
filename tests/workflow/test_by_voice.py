"""Calls by telephone: life in danger, nobody has accepted, and mail is not enough."""

from __future__ import annotations

import http.server
import json
import threading
import time

import pytest

from chalicelib import bootstrap, config
from chalicelib.adapters.gateways import GatewayTexter, post
from chalicelib.domain.signing import body_signature, body_signature_fits, gateway_keys
from chalicelib.services.ports import NeverAgain, TryAgain
from tests.fakes.world import World

FIRE = {"category": "DRT-01", "location": {"lat": -6.1783, "lon": 106.6319}}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("GATEWAYS", "{}")
    config.gateways.cache_clear()
    made = World()
    with made.running():
        yield made
    config.gateways.cache_clear()


def after(world, minute):
    world.engine.run_until(f"2027-04-05T09:{55 + minute:02d}:00+07:00")


def calls(world):
    return world.get("/v1/calls", user="operator").json["items"]


def said(world, call, outcome, **more):
    body = {"outcome": outcome} | more
    return world.post(f"/v1/calls/{call}/outcome", body, user="operator")


def status(world, number):
    return world.engine.loaded(number).report.status


def test_silence_in_a_fire_puts_a_call_on_the_operators_list(world):
    number = world.filed(FIRE)["number"]
    after(world, 1)
    assert calls(world) == []  # the unit was told by mail and text, and has its two minutes
    after(world, 2)
    listed = calls(world)
    assert {one["number"] for one in listed} == {number}
    supervisor = next(one for one in listed if "upervisor" in one["office"])
    assert supervisor["phone"].startswith("+62")
    assert supervisor["due_at"] == "2027-04-05T10:01:00+07:00"
    assert supervisor["script"]["id"].startswith("Ini Ruang Kendali Kota Tangerang.")
    assert " ".join(number) in supervisor["script"]["id"]


def test_who_accepts_on_the_telephone_has_accepted(world):
    number = world.filed(FIRE)["number"]
    after(world, 2)
    squad = next(one for one in calls(world) if "upervisor" not in one["office"])
    assert said(world, squad["id"], "accepted", note="Komandan regu").status == 200
    assert status(world, number) == "acknowledged"
    called, accepted = (
        next(e for e in world.engine.loaded(number).events if e.type == type_)
        for type_ in ("called", "acknowledged")
    )
    assert (called.actor.role, called.data["outcome"]) == ("operator", "accepted")
    assert (accepted.actor.role, accepted.actor.agency) == ("officer", "BPBD")
    assert squad["id"] not in {one["id"] for one in calls(world)}
    # Pressed twice: nothing more.
    before = world.engine.loaded(number)
    assert said(world, squad["id"], "accepted", note="Komandan regu").status == 200
    assert world.engine.loaded(number) == before


def test_a_call_that_nobody_makes_has_its_own_deadline_and_fails_with_an_alarm(world):
    world.filed(FIRE)
    after(world, 2)
    first = {one["id"] for one in calls(world)}
    world.engine.run_until("2027-04-05T10:05:00+07:00")
    assert not first & {one["id"] for one in calls(world)}
    failed = [f for code, f in world.engine.alarms.raised if code == "message_failed"]
    assert {fact["error"] for fact in failed if fact["channel"] == "voice"} == {
        "NeverAgain: nobody called in time"
    }


def test_no_answer_is_on_record_and_takes_the_call_off_the_list(world):
    number = world.filed(FIRE)["number"]
    after(world, 2)
    one = calls(world)[0]
    assert said(world, one["id"], "no_answer").status == 200
    assert one["id"] not in {left["id"] for left in calls(world)}
    assert status(world, number) == "assigned"


def test_only_operators_see_the_numbers(world):
    world.filed(FIRE)
    after(world, 2)
    assert world.get("/v1/calls").code == "sign_in_needed"
    assert world.get("/v1/calls", user="petugas.bpbd").code == "role_may_not"
    assert said(world, "TL-7K3QX9MW~00000000", "reached").status == 404
    assert said(world, "x", "reached").status == 404


class Provider:
    """A gateway on this machine that notes what it is asked and answers as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.status, outer = 200, self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(b'{"id": "theirs-1"}')

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider(world, monkeypatch):
    made = Provider()
    found = {name: {"channel": name, "url": made.url} for name in ("sms", "voice")}
    monkeypatch.setenv("GATEWAYS", json.dumps(found))
    config.gateways.cache_clear()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_voice_gateway_calls_and_says_what_came_of_it(world, provider):
    number = world.filed(FIRE)["number"]
    after(world, 2)
    assert calls(world) == []  # nothing is left for the operator
    headers, body = provider.asked[0]
    key = gateway_keys(config.link_keys(), "voice")[0]
    signature = headers["X-Signature"].removeprefix("sha256=")
    assert body_signature_fits(key, headers["X-Timestamp"], body, signature)
    asked = json.loads(body)
    assert asked["text"].startswith("Ini Ruang Kendali") and asked["to"].startswith("+62")
    answer, stamp = json.dumps({"outcome": "accepted"}).encode(), str(int(time.time()))
    path = f"/v1/inbound/voice/calls/{asked['id']}"
    signed = {"X-Timestamp": stamp, "X-Signature": body_signature(key, stamp, answer)}
    assert world.call("POST", path, answer).code == "invalid_signature"
    assert world.call("POST", path, answer, headers=signed).status == 202
    called = next(e for e in world.engine.loaded(number).events if e.type == "called")
    assert called.actor.person == "gateway:voice"


def test_a_providers_refusal_is_final_and_its_trouble_passes(provider):
    texter = GatewayTexter("sms")
    assert texter.send("+628123", "Halo") == "theirs-1"
    sent = json.loads(provider.asked[-1][1])
    assert (sent["to"], sent["text"]) == ("+628123", "Halo")
    provider.status = 503
    with pytest.raises(TryAgain):
        texter.send("+628123", "Halo")
    provider.status = 400
    with pytest.raises(NeverAgain):
        texter.send("+628123", "Halo")


def test_a_provider_that_is_not_reached_securely_is_not_used(world, monkeypatch):
    monkeypatch.setenv("GATEWAYS", json.dumps({"sms": {"channel": "sms", "url": "http://x.id/"}}))
    config.gateways.cache_clear()
    with pytest.raises(NeverAgain):
        post("sms", {"id": "1"})
    assert bootstrap.calls().waiting() == []
