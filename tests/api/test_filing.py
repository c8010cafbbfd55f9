"""Filing at the edge: what it costs, what a key promises, every category, raw gateway events."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.conftest import gateway
from tests.fakes.engine import SHIPPED
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL

FIELDS = {"number", "token", "status", "category", "area", "promises", "url"}
KEYED = {"Idempotency-Key": "Zk3v1pQm8Xs0Rt5Yw9LbNg"}
REPORTER = {"name": "Bu Tini", "email": "warga@example.org", "phone": "+6281234567890"}
WHOLE = {
    "category": "INF-01",
    "description": "Lubang besar",
    "location": {**SUKARASA, "address": "Jl. Melati 7"},
    "about_unit": "DLH",
    "reporter": REPORTER,
    "on_behalf": False,
    "visibility": "public",
    "language": "id",
    "source": "web",
    "observed_at": "2027-04-05T09:00:00+07:00",
}
#: One other value for every field that a filing has.
OTHER = {
    "category": "INF-02",
    "description": "Lubang kecil",
    "location": {**SUKARASA, "address": "Jl. Melati 8"},
    "about_unit": "DISHUB",
    "reporter": REPORTER | {"phone": "+6281234567891"},
    "on_behalf": True,
    "visibility": "anonymous",
    "language": "en",
    "source": "kiosk",
    "observed_at": "2027-04-05T09:01:00+07:00",
}


def test_filing_writes_once_and_sends_nothing_itself(world):
    world.filed(WITH_MAIL)
    engine = world.engine
    queued = sum(len(bodies) for bodies in engine.queues.bodies.values())
    sent = len(engine.mail.sent) + len(engine.sms.sent)
    assert (engine.store.transactions, queued, sent, engine.executions.transitions) == (1, 0, 0, 0)


@pytest.mark.parametrize("category", sorted(SHIPPED.categories()))
def test_every_category_can_be_filed_and_answers_with_the_fields_of_the_design(world, category):
    answer = world.post("/v1/reports", {"category": category, "location": SUKARASA})
    assert (answer.status, set(answer.json), answer.json["category"]) == (201, FIELDS, category)
    promised = [set(promise) for promise in answer.json["promises"]]
    assert promised == [{"step", "due_at", "limit"}] * len(promised)


@pytest.mark.parametrize(
    "category", sorted(c.code for c in SHIPPED.categories().values() if c.kind == "emergency")
)
def test_every_emergency_needs_its_category_alone(world, category):
    receipt = world.filed({"category": category})
    assert (receipt["status"], receipt["area"]) == ("assigned", None)


def test_the_same_key_eight_times_at_once_is_one_report_and_one_transaction(world):
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(world.post, "/v1/reports", WHOLE, headers=KEYED) for _ in range(8)]
        answers = [call.result() for call in calls]
    receipts = {(answer.status, answer.json["number"], answer.json["token"]) for answer in answers}
    assert len(receipts) == 1
    assert world.engine.store.transactions == 1


@pytest.mark.parametrize("field", WHOLE)
def test_the_same_key_with_any_field_changed_is_another_request(world, field):
    world.filed(WHOLE, headers=KEYED)
    answer = world.post("/v1/reports", WHOLE | {field: OTHER[field]}, headers=KEYED)
    assert (answer.status, answer.code) == (422, "key_reused")
    assert world.engine.store.transactions == 1


def test_the_order_of_the_fields_and_blanks_around_them_are_no_other_request(world):
    first = world.post("/v1/reports", WHOLE, headers=KEYED)
    turned = json.dumps(dict(reversed(WHOLE.items())), indent=4).encode()
    assert world.post("/v1/reports", turned, headers=KEYED).body == first.body


def test_a_repeated_filing_gets_its_first_answer_after_the_case_went_on(world):
    first = world.post("/v1/reports", WHOLE, headers=KEYED)
    world.act(first.json["number"], "verify", user="operator")
    assert world.post("/v1/reports", WHOLE, headers=KEYED).body == first.body


def test_a_refused_request_leaves_its_key_free(world):
    assert world.post("/v1/reports", WHOLE | {"category": "X"}, headers=KEYED).status == 422
    assert world.post("/v1/reports", WHOLE, headers=KEYED).status == 201


def test_a_body_that_the_gateway_passes_as_text_is_taken(world):
    answer = gateway("POST", "/v1/reports", body=json.dumps(POTHOLE))
    assert answer["statusCode"] == 201


def test_broken_utf8_arrives_in_base64_and_is_refused(world):
    body = base64.b64encode(b'{"category":"DRT-01","description":"\xff"}').decode()
    answer = gateway("POST", "/v1/reports", body=body, isBase64Encoded=True)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "invalid_text")


def test_no_body_and_no_headers_is_an_empty_request(world):
    answer = gateway("POST", "/v1/reports")
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"], problem["errors"][0]["pointer"]) == (
        400,
        "invalid_field",
        "/category",
    )
