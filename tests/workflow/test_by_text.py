"""Answers by text message and chat: signed on the way in, careful about who wrote."""

from __future__ import annotations

import json
import time

import pytest

from chalicelib import bootstrap, config
from chalicelib.domain.inbound import phone_of
from chalicelib.domain.signing import body_signature, gateway_keys
from chalicelib.handlers import inbound
from chalicelib.services.replying import noting
from tests.fakes.world import POTHOLE, World
from tests.unit.handlers.pages.test_task import link, press

OFFICER = "081000000170"  # petugas.pupr, as a provider writes it
CITIZEN = "+6281234567890"
WITH_PHONE = POTHOLE | {"reporter": {"phone": CITIZEN}}
GATEWAYS = {
    "gw": {"channel": "sms"},
    "wa": {"channel": "whatsapp", "authenticated": True},
    "suara": {"channel": "voice"},
}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("GATEWAYS", json.dumps(GATEWAYS))
    config.gateways.cache_clear()
    made = World()
    with made.running():
        engine = made.engine
        noted = noting(engine.talks, config.link_keys, engine.clock)
        taken = engine.sms.send

        def send(delivery, address, now):
            noted(delivery, address, now)
            return taken(delivery, address, now)

        engine.sms.send = send
        yield made
    config.gateways.cache_clear()


def call(world, text, sender=OFFICER, provider="gw", id="", at=None, key=None, **more):
    body = json.dumps(
        {"id": id or f"{time.perf_counter_ns()}", "from": sender, "text": text} | more
    )
    stamp = str(int(at if at is not None else time.time()))
    signed_with = key or gateway_keys(config.link_keys(), provider)[0]
    signature = body_signature(signed_with, stamp, body.encode())
    headers = {"X-Timestamp": stamp, "X-Signature": f"sha256={signature}"}
    return world.call("POST", f"/v1/inbound/{provider}", body.encode(), headers=headers)


def text(world, words, sender=OFFICER, provider="gw", id=""):
    """Send *words* in, let everything happen, return the outcomes and what was sent back."""
    assert call(world, words, sender, provider, id).status == 202
    before = len(world.engine.sms.sent)
    bodies = world.engine.jobs.bodies.pop("inbound_text")
    outcomes = [bootstrap.text_replies()(inbound.text_of(body)).code for body in bodies]
    world.engine.pump()
    back = [d.context.get("answer", {}).get("id", "") for _, d, _ in world.engine.sms.sent[before:]]
    return outcomes[0], [one for one in back if one]


def assigned(world, body=WITH_PHONE):
    number = world.filed(body)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.pump()
    return number


def status(world, number):
    return world.engine.loaded(number).report.status


def test_a_whole_case_is_handled_by_text_messages(world):
    number = assigned(world)
    assert text(world, f"{number} TERIMA") == ("acknowledge", [])
    assert status(world, number) == "acknowledged"
    outcome, back = text(world, f"status {number.lower().replace('-', '')}")
    assert outcome == "status" and back[0].startswith("Diterima OPD")
    # A number can be forged: the rest goes by the link in the answer.
    outcome, back = text(world, "MULAI")
    assert (outcome, back) == ("link_needed", ["untuk itu, pastikan lewat tautan ini."])
    told = world.engine.sms.sent[-1][1]
    press(world, link(told, "start"))
    press(world, link(told, "arrive"))
    # A chat provider vouches for who wrote.
    assert text(world, "SELESAI", provider="wa")[0] == "photo_missing"
    submit = link(told, "submit")
    page = world.get(submit).body.decode()
    world.engine.blobs.keys.add(page.split('name="key" value="')[1].split('"')[0])
    press(world, submit, outcome="done", note="Ditambal")
    world.act(number, "validate", user="verifikator")
    world.engine.pump()
    assert text(world, "YA", CITIZEN)[0] == "link_needed"
    assert status(world, number) == "awaiting_confirmation"
    assert text(world, "ya sudah beres", CITIZEN, provider="wa")[0] == "confirm"
    assert status(world, number) == "closed_confirmed"


def test_not_yet_is_believed_even_from_an_ordinary_text(world):
    number = assigned(world)
    officer = world.engine.store.deliveries(number)
    told = next(d for d in officer if d.template == "step_task" and d.channel == "sms")
    submit = link(told, "submit")
    page = world.get(submit).body.decode()
    world.engine.blobs.keys.add(page.split('name="key" value="')[1].split('"')[0])
    press(world, submit, outcome="done", note="Ditambal")
    world.act(number, "validate", user="verifikator")
    world.engine.pump()
    assert text(world, "belum, masih bolong", CITIZEN)[0] == "dispute"
    assert status(world, number) == "reopened"


def test_t26_of_two_open_reports_the_right_one_is_found_or_asked_for(world):
    numbers = sorted(assigned(world) for _ in range(2))
    outcome, back = text(world, "TERIMA")
    assert outcome == "which"
    assert back == [
        f"Anda punya 2 laporan terbuka: yang mana? 1) {numbers[0]} 2) {numbers[1]}. "
        "Balas mis. 1 TERIMA"
    ]
    assert text(world, "2 TERIMA")[0] == "acknowledge"
    assert [status(world, one) for one in numbers] == ["assigned", "acknowledged"]
    # Only one is still to be accepted: nothing to ask.
    assert text(world, "terima")[0] == "acknowledge"
    assert [status(world, one) for one in numbers] == ["acknowledged", "acknowledged"]
    assert text(world, "2 SELESAI", provider="wa")[0] == "photo_missing"


def test_an_office_answers_by_number_also_what_it_was_told_together_with_others(world):
    numbers = [assigned(world) for _ in range(6)]  # from the third on they come in one message
    world.engine.talks.rows.clear()
    assert text(world, f"{numbers[-1]} TERIMA")[0] == "acknowledge"
    assert [status(world, one) for one in numbers] == ["assigned"] * 5 + ["acknowledged"]


def test_a_stranger_gets_no_answer_and_changes_nothing(world):
    number = assigned(world)
    sent = len(world.engine.sms.sent)
    assert text(world, f"{number} TERIMA", "+628999999999") == ("unknown", [])
    assert text(world, f"STATUS {number}", "+628999999999") == ("unknown", [])
    assert (status(world, number), len(world.engine.sms.sent)) == ("assigned", sent)


def test_t13_the_same_message_twice_acts_and_answers_once(world):
    number = assigned(world)
    assert text(world, f"STATUS {number}", id="same")[1] != []
    assert text(world, f"STATUS {number}", id="same")[1] == []
    text(world, f"{number} TERIMA", id="again")
    before = world.engine.loaded(number)
    text(world, f"{number} TERIMA", id="again")
    assert world.engine.loaded(number) == before


def test_a_call_counts_only_signed_fresh_and_by_the_key_of_its_provider(world):
    for refused in (
        call(world, "TERIMA", at=time.time() - 301),
        call(world, "TERIMA", at=time.time() + 301),
        call(world, "TERIMA", key=gateway_keys(config.link_keys(), "wa")[0]),
        call(world, "TERIMA", key=b"x" * 64),
        world.call("POST", "/v1/inbound/gw", b"{}"),
        world.call("POST", "/v1/inbound/gw", b"{}", headers={"X-Timestamp": "²"}),
    ):
        assert (refused.status, refused.code) == (401, "invalid_signature")
    assert call(world, "x", provider="nobody").status == 404
    assert call(world, "x", provider="suara").status == 404
    assert call(world, "x", surprise=1).status == 400
    assert "inbound_text" not in world.engine.jobs.bodies


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("081000000170", "+6281000000170"),
        ("6281000000170", "+6281000000170"),
        ("+62 810-0000-0170", "+6281000000170"),
        ("62-810 0000 0170", "+6281000000170"),
        ("TELKOMSEL", "TELKOMSEL"),
    ],
)
def test_a_number_is_the_same_however_providers_write_it(written, number):
    assert phone_of(written) == number


def test_awss_own_numbers_come_by_the_topic(world):
    number = assigned(world)
    told = {
        "originationNumber": "+6281000000170",
        "destinationNumber": "+628111",
        "messageBody": f"{number} terima",
        "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    }
    records = {"Records": [{"messageId": "1", "body": json.dumps(told)}]}
    assert inbound.inbound_text(records, None) == {"batchItemFailures": []}
    assert status(world, number) == "acknowledged"
