"""Administering other systems over HTTP: secrets once, logs without them, signals by key."""

from __future__ import annotations

import json

import msgspec

from chalicelib.handlers import answers

HOOK = {"id": "dasbor", "url": "https://hook.example/in"}
GAUGE = {"id": "gauge-7", "name": "Pengukur 7", "category": "INF-05"}
GAUGE |= {"lat": -6.1783, "lon": 106.6319}


def test_a_subscription_is_told_its_secret_once_and_its_log_shows_each_attempt(world):
    made = world.post("/v1/admin/webhooks", HOOK, user="admin")
    assert made.status == 201
    msgspec.convert(made.json, answers.Webhook)
    assert made.json["secret"].startswith("whsec_")
    listed = world.get("/v1/admin/webhooks", user="admin")
    assert "secret" not in listed.json["items"][0]
    number = world.filed()["number"]
    world.engine.pump()
    page = world.get("/v1/admin/webhooks/dasbor/deliveries", user="admin").json
    msgspec.convert(page, answers.WebhookDeliveries)
    assert [(one["id"], one["status"]) for one in page["items"]] == [(f"{number}-1", "done")]
    path = f"/v1/admin/webhooks/dasbor/deliveries/{number}-1"
    assert world.post(path, {}, user="admin").status == 202
    world.engine.pump()
    said = [headers["webhook-id"] for _, _, _, headers in world.engine.outgoing.called]
    assert said == [f"{number}-1"] * 2


def test_payloads_are_as_described(world):
    world.post("/v1/admin/webhooks", HOOK, user="admin")
    number = world.filed()["number"]
    world.act(number, "verify", user="operator")
    world.engine.pump()
    for _, _, body, _ in world.engine.outgoing.called:
        msgspec.convert(json.loads(body), answers.WebhookPayload)


def test_a_subscription_that_will_not_do_says_which_field(world):
    for change, field in (
        ({"url": "http://hook.example/in"}, "/url"),
        ({"types": ["x"]}, "/types"),
    ):
        refused = world.post("/v1/admin/webhooks", HOOK | change, user="admin")
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (400, field)
    for path in ("renew", "stop", "deliveries/x"):
        answer = world.post(f"/v1/admin/webhooks/nobody/{path}", {}, user="admin")
        assert answer.code == "not_found"


def test_a_device_signals_by_its_key_and_nothing_else(world):
    made = world.post("/v1/admin/devices", GAUGE, user="admin")
    msgspec.convert(made.json, answers.ADevice)
    key = {"X-Device-Key": made.json["key"]}
    first = world.post("/v1/signals", {"signal": "raised", "reading": "1 m"}, headers=key)
    again = world.post("/v1/signals", {"signal": "raised"}, headers=key)
    msgspec.convert(first.json, answers.SignalTaken)
    assert (first.status, again.status) == (201, 200)
    assert again.json == {"outcome": "repeated", "number": first.json["number"], "signals": 2}
    assert world.post("/v1/signals", {"signal": "raised"}).code == "device_unknown"
    wrong = world.post("/v1/signals", {"signal": "on"}, headers=key)
    assert wrong.status == 400


def test_a_device_that_says_too_much_is_slowed_down(world):
    key = {"X-Device-Key": world.post("/v1/admin/devices", GAUGE, user="admin").json["key"]}
    codes = [world.post("/v1/signals", {"signal": "raised"}, headers=key).status for _ in range(61)]
    assert (codes[0], set(codes[1:60]), codes[60]) == (201, {200}, 429)
