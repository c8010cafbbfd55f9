"""Sending on, webhooks and sensors: other systems are down, late and twice; nothing is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from chalicelib.domain.actions import ANYONE, Caller, Command
from chalicelib.services.administering import Act
from chalicelib.services.clients import KeyUnknown
from chalicelib.services.ports import NeverAgain, TryAgain
from chalicelib.services.sensing import Signal
from chalicelib.services.webhooks import SubscriptionInvalid
from tests.fakes.engine import Engine
from tests.fakes.errands import refused

MONDAY = "2027-04-05T10:00:00+07:00"
ACT = Act("test", ANYONE, "")
ENDPOINT = {"url": "https://pln.example/open311/v2", "key_setting": "PLN_KEY"}


def later(engine: Engine, **span: float) -> None:
    engine.run_until((engine.clock.at + timedelta(**span)).isoformat())


# ---------------------------------------------------------------- webhooks


def subscribed(engine: Engine, *types: str) -> str:
    _, secret = engine.webhooks.add("dasbor", "https://hook.example/in", types, ACT)
    return secret


def bodies(engine: Engine) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body, _ in engine.outgoing.called]


def test_what_is_said_is_signed_as_standard_webhooks_has_it():
    engine = Engine(MONDAY)
    secret = subscribed(engine)
    engine.filed(description="Rahasia Bu Tini, telepon 0812")
    engine.pump()
    [(_, url, body, headers)] = engine.outgoing.called
    assert url == "https://hook.example/in"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert b"Tini" not in body and b"0812" not in body and b"example.org" not in body


def test_a_receiver_that_fails_for_an_hour_loses_nothing():
    engine = Engine(MONDAY)
    subscribed(engine)
    engine.outgoing.answer = refused
    number = engine.filed().report.number
    later(engine, minutes=20)
    engine.act(number, "verify", "operator")
    later(engine, minutes=20)
    engine.act(number, "acknowledge", "petugas.pupr")
    later(engine, minutes=20)
    failed = len(engine.outgoing.called)
    engine.outgoing.answer = lambda *_: (204, b"")
    later(engine, hours=3)
    arrived = [json.loads(body) for _, _, body, _ in engine.outgoing.called[failed:]]
    assert sorted(one["type"] for one in arrived) == [
        "report.acknowledged",
        "report.filed",
        "report.verified",
    ]
    assert {one["data"]["number"] for one in arrived} == {number}
    assert engine.alarms.raised == []
    page = engine.errand_store.of("hook-dasbor", 10, None)
    assert {one["status"] for one in page.items} == {"done"}


def test_an_event_told_twice_by_the_stream_is_said_once():
    engine = Engine(MONDAY)
    subscribed(engine)
    engine.filed()
    engine.pump()
    engine._seen = 0
    engine.pump()
    assert len(engine.outgoing.called) == 1


def test_a_receiver_that_never_answers_ends_with_an_alarm_and_can_be_told_again():
    engine = Engine(MONDAY)
    subscribed(engine, "report.filed")
    engine.outgoing.answer = lambda *_: (500, b"")
    number = engine.filed().report.number
    later(engine, days=5)
    assert len(engine.outgoing.called) == 10
    assert [code for code, _ in engine.alarms.raised] == ["errand_failed"]
    engine.outgoing.answer = lambda *_: (200, b"")
    assert engine.errands.replay("hook-dasbor", f"{number}-1")
    engine.pump()
    assert engine.errand_store.get("hook-dasbor", f"{number}-1").status == "done"


def test_only_the_types_asked_for_are_said_and_nothing_hidden():
    engine = Engine(MONDAY)
    subscribed(engine, "report.verified")
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    engine.filed("WAS-01")
    engine.pump()
    assert [one["type"] for one in bodies(engine)] == ["report.verified"]


def test_a_new_secret_signs_from_then_on_and_a_stopped_receiver_hears_nothing():
    engine = Engine(MONDAY)
    old = subscribed(engine)
    assert engine.webhooks.renew("dasbor", ACT) != old
    engine.webhooks.stop("dasbor", ACT)
    engine.filed()
    engine.pump()
    assert engine.outgoing.called == []


@pytest.mark.parametrize(
    ("id", "url", "types"),
    [
        ("Not an id", "https://hook.example", ()),
        ("dasbor", "http://hook.example", ()),
        ("dasbor", "https://hook.example", ("report.nothing",)),
    ],
)
def test_a_subscription_that_will_not_do_is_refused(id, url, types):
    with pytest.raises(SubscriptionInvalid):
        Engine(MONDAY).webhooks.add(id, url, types, ACT)


# ---------------------------------------------------------------- sending on


def with_body(engine: Engine, **fields: Any) -> None:
    def edit(rows: Any) -> Any:
        return [row | fields if row["code"] == "PLN" else row for row in rows]

    engine.administer.change(ACT, "document", "bodies", edit)


def referred(engine: Engine, **fields: Any) -> str:
    number = engine.filed("EXT-01", description="Listrik padam sejak pagi").report.number
    given = {"body": "PLN", "reason": "Kewenangan PLN"} | fields
    engine.act(number, "refer", "operator", **given)
    engine.pump()
    return number


def types(engine: Engine, number: str) -> list[str]:
    return [event.type for event in engine.loaded(number).events if event.type != "fired"]


def test_a_body_with_an_endpoint_gets_a_request_and_its_closing_comes_back():
    engine = Engine(MONDAY)
    with_body(engine, open311=ENDPOINT)
    replies: dict[str, Any] = {"POST": [{"service_request_id": "PLN-77"}]}
    replies["GET"] = [{"service_request_id": "PLN-77", "status": "open"}]
    engine.outgoing.answer = lambda method, *_: (200, json.dumps(replies[method]).encode())
    number = referred(engine)
    report = engine.loaded(number).report
    assert (report.status, report.reference) == ("referred", "PLN-77")
    _, url, body, _ = engine.outgoing.called[0]
    form = parse_qs(body.decode())
    assert url == "https://pln.example/open311/v2/requests.json"
    assert form["api_key"] == ["key of PLN_KEY"]
    assert form["attribute[fixmystreet_id]"] == [number]
    assert "example.org" not in body.decode()
    replies["GET"][0] |= {"status": "closed", "status_notes": "Gardu diperbaiki"}
    later(engine, hours=13)
    assert types(engine, number)[-1] == "referral_settled"
    assert engine.loaded(number).report.outcome == "done"
    assert ("mail", "reporter_body_answer", "reporter") in engine.sent(number)
    later(engine, days=30)
    assert not [step for step, _ in engine.fired(number) if "#F" in step]


def test_a_body_that_is_down_is_tried_until_it_takes_the_report():
    engine = Engine(MONDAY)
    with_body(engine, open311=ENDPOINT)
    engine.outgoing.answer = refused
    number = referred(engine)
    later(engine, hours=1)
    assert "referral_sent" not in types(engine, number)
    engine.outgoing.answer = lambda *_: (201, b'[{"service_request_id": "PLN-1"}]')
    later(engine, hours=3)
    assert types(engine, number).count("referral_sent") == 1


def test_a_body_with_a_mail_address_gets_a_mail_once():
    engine = Engine(MONDAY)
    with_body(engine, mail="pengaduan@pln.example")
    engine.body_mail.faults = [TryAgain("busy")]
    number = referred(engine)
    later(engine, minutes=10)
    assert engine.body_mail.sent == [("pengaduan@pln.example", number, "Kewenangan PLN")]
    assert types(engine, number)[-1] == "referral_sent"


@pytest.mark.parametrize("how", ["nothing", "refused"])
def test_what_cannot_be_passed_on_comes_back_to_the_operator(how):
    engine = Engine(MONDAY)
    if how == "refused":
        with_body(engine, mail="x@pln.example")
        engine.body_mail.faults = [NeverAgain("no such mailbox")]
    number = referred(engine)
    assert types(engine, number)[-1] == "referral_failed"
    assert ("mail", "step_verification", "operator") in engine.sent(number)


def test_what_was_passed_on_by_hand_is_not_sent_again():
    engine = Engine(MONDAY)
    with_body(engine, mail="x@pln.example")
    referred(engine, reference="PLN/2027/15")
    assert engine.body_mail.sent == []


def test_a_referral_without_an_answer_is_asked_about_by_its_own_timer():
    engine = Engine(MONDAY)
    with_body(engine, mail="x@pln.example")
    number = referred(engine)
    later(engine, days=30)
    assert {"1#F7#0", "1#F14#0"} <= set(dict(engine.fired(number)))


def test_a_body_that_refuses_gives_the_case_back_with_the_time_first_promised():
    engine = Engine(MONDAY)
    with_body(engine, mail="x@pln.example")
    number = engine.filed("EXT-01").report.number
    before = engine.planner.timeline(engine.loaded(number).events)
    later(engine, minutes=5)
    engine.act(number, "refer", "operator", body="PLN", reason="Kewenangan PLN")
    later(engine, hours=1)
    caller = Caller(frozenset({"body"}), client="pln")
    fields = {"meaning": "refused"}
    engine.do(number, Command("answer_referral", caller, fields, {"text": "Bukan jaringan kami"}))
    engine.pump()
    stored = engine.loaded(number)
    assert (stored.report.status, stored.report.referred_to) == ("received", "")
    after = engine.planner.timeline(stored.events)
    assert [(e.step, e.due_at) for e in after.entries] == [
        (e.step, e.due_at) for e in before.entries
    ]


# ---------------------------------------------------------------- sensors


def gauge(engine: Engine) -> str:
    fields = {"id": "gauge-7", "name": "Pengukur banjir 7", "category": "INF-05"}
    fields |= {"lat": -6.1783, "lon": 106.6319, "address": "Jembatan Cisadane"}
    return engine.sensing.add(fields, ACT)[1]


def test_a_signal_that_repeats_is_one_open_report():
    engine = Engine(MONDAY)
    key = gauge(engine)
    said = [engine.sensing.sense(key, Signal("raised", f"{n} cm")) for n in range(30)]
    assert [one.outcome for one in said] == ["filed"] + ["repeated"] * 29
    assert {one.number for one in said} == {said[0].number}
    assert said[-1].signals == 30
    stored = engine.loaded(said[0].number)
    assert (stored.report.source, len(stored.events)) == ("sensor.gauge-7", 1)
    later(engine, minutes=1)
    assert dict(engine.fired(said[0].number))


def test_when_the_signal_clears_closing_is_proposed_and_done_by_people():
    engine = Engine(MONDAY)
    key = gauge(engine)
    number = engine.sensing.sense(key, Signal("raised", "120 cm")).number
    assert engine.sensing.sense(key, Signal("cleared", "20 cm")).outcome == "cleared"
    assert engine.sensing.sense(key, Signal("cleared", "19 cm")).outcome == "cleared"
    engine.pump()
    assert types(engine, number).count("signal_cleared") == 1
    told = [to for _, template, to in engine.sent(number) if template == "closing_proposed"]
    assert set(told) == {"petugas.pupr"}
    assert engine.loaded(number).report.status == "assigned"
    assert engine.sensing.sense(key, Signal("raised", "130 cm")).outcome == "repeated"
    assert types(engine, number)[-1] == "signal_returned"


def test_after_its_report_is_closed_a_signal_makes_a_new_one():
    engine = Engine(MONDAY)
    key = gauge(engine)
    first = engine.sensing.sense(key, Signal("raised")).number
    engine.act(first, "withdraw")
    assert engine.sensing.sense(key, Signal("cleared")).outcome == "nothing_open"
    second = engine.sensing.sense(key, Signal("raised"))
    assert (second.outcome, second.number != first) == ("filed", True)


def test_a_device_that_is_shut_out_says_nothing_more():
    engine = Engine(MONDAY)
    key = gauge(engine)
    engine.sensing.revoke("gauge-7", ACT)
    for wrong in (key, "", "lrd_made-up"):
        with pytest.raises(KeyUnknown):
            engine.sensing.sense(wrong, Signal("raised"))
