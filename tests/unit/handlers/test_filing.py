"""Filing over HTTP: what the receipt says, and that a repeated request is harmless."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.handlers.openapi import _FILINGS
from tests.fakes.world import POTHOLE, WITH_MAIL

KEY = "Zk3v1pQm8Xs0Rt5Yw9LbNg"


def keyed(key=KEY):
    return {"Idempotency-Key": key}


def test_the_receipt_has_number_token_area_and_promises_and_nothing_else(world):
    answer = world.post("/v1/reports", WITH_MAIL)
    receipt = answer.json
    number = receipt["number"]
    assert (answer.status, receipt) == (
        201,
        {
            "number": number,
            "token": world.token_of(number),
            "status": "received",
            "category": "INF-01",
            "area": {
                "kelurahan": {"code": "36.71.01.1007", "name": "Sukasari"},
                "kecamatan": {"code": "36.71.01", "name": "Tangerang"},
            },
            "promises": [
                {"step": "V1", "due_at": "2027-04-06T16:00:00+07:00", "limit": "service"},
                {"step": "V3", "due_at": "2027-04-08T16:00:00+07:00", "limit": "legal"},
                {"step": "R100", "due_at": "2027-04-08T16:00:00+07:00", "limit": "service"},
                {"step": "LEGAL", "due_at": "2027-04-23T16:30:00+07:00", "limit": "legal"},
            ],
            "url": f"http://127.0.0.1:8000/laporan/{number}",
        },
    )


def test_filing_costs_one_transaction(world):
    world.filed(WITH_MAIL)
    assert world.engine.store.transactions == 1


def test_the_reporter_is_in_the_identity_table_and_nowhere_else(world):
    reporter = {"name": "Bu Tini", "email": "warga@example.org", "phone": "0812-3456-7890"}
    number = world.filed(POTHOLE | {"reporter": reporter})["number"]
    contact = world.engine.store.contact(number)
    assert (contact.name, contact.email, contact.phone) == (
        "Bu Tini",
        "warga@example.org",
        "+6281234567890",
    )
    stored = world.engine.store.load(number)
    written = repr([event.to_dict() for event in stored.events]) + repr(stored.report)
    assert not any(part in written for part in ("Tini", "warga@", "81234567890"))


def test_an_anonymous_report_keeps_no_name(world):
    body = WITH_MAIL | {"visibility": "anonymous"}
    assert world.engine.store.contact(world.filed(body)["number"]).name == ""


def test_an_emergency_needs_the_category_alone(world):
    receipt = world.filed({"category": "DRT-01"})
    assert (receipt["status"], receipt["area"]) == ("assigned", None)


def test_an_emergency_beyond_the_city_is_taken(world):
    assert world.filed({"category": "DRT-01", "location": {"lat": -6.2, "lon": 106.82}})["number"]


def test_an_operator_files_on_behalf_of_a_caller(world):
    body = POTHOLE | {"on_behalf": True, "source": "112"}
    number = world.filed(body, user="operator")["number"]
    filed = world.engine.store.load(number).events[0]
    assert (filed.actor.person, filed.data["source"], filed.data["on_behalf"]) == (
        "operator",
        "112",
        True,
    )


@pytest.mark.parametrize("source", ["112", "sp4n-lapor", "SP4N", "loket"])
def test_nobody_can_pass_for_an_office_of_the_citys_own(world, source):
    answer = world.post("/v1/reports", POTHOLE | {"source": source})
    assert (answer.status, answer.code) == (403, "source_needs_staff")
    assert world.engine.store.transactions == 0


@pytest.mark.parametrize("name", _FILINGS)
def test_every_example_of_the_document_is_taken(world, name):
    assert world.post("/v1/reports", _FILINGS[name]).status == 201


def test_the_same_key_twice_gives_the_same_receipt_and_one_report(world):
    first = world.post("/v1/reports", WITH_MAIL, headers=keyed())
    second = world.post("/v1/reports", WITH_MAIL, headers=keyed())
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(world.engine.store.current) == 1


def test_the_same_key_sixteen_times_at_once_gives_one_report(world):
    with ThreadPoolExecutor(16) as pool:
        calls = [
            pool.submit(world.post, "/v1/reports", WITH_MAIL, headers=keyed()) for _ in range(16)
        ]
        answers = [call.result() for call in calls]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert len(world.engine.store.current) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 15


def test_the_same_key_with_another_body_is_refused_and_nothing_is_stored(world):
    world.filed(WITH_MAIL, headers=keyed())
    answer = world.post("/v1/reports", WITH_MAIL | {"description": "x"}, headers=keyed())
    assert (answer.status, answer.code) == (422, "key_reused")
    assert len(world.engine.store.current) == 1


@pytest.mark.parametrize("key", ["1", "abc", "a" * 21, "a b" * 10, "ü" * 30, "a" * 201])
def test_a_key_that_could_be_guessed_is_refused(world, key):
    answer = world.post("/v1/reports", POTHOLE, headers=keyed(key))
    assert (answer.status, answer.code) == (400, "weak_idempotency_key")
    assert world.engine.store.current == {}


def test_without_a_key_two_requests_are_two_reports(world):
    assert world.filed()["number"] != world.filed()["number"]


def test_text_is_kept_with_unix_line_ends_and_without_control_characters(world):
    body = POTHOLE | {"description": " satu\r\ndua\u0007\u202e\u00a0tiga\t\u200bempat \r\n"}
    number = world.filed(body)["number"]
    stored = world.engine.store.load(number)
    assert stored.events[0].texts["description"] == "satu\ndua tiga empat"
