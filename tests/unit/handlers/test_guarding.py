"""Limits and proofs of work as people and programs meet them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.domain import proof
from tests.fakes.world import POTHOLE, World

CARRIER, HOME = "36.68.1.9", "2404:c0:1234:5678::1"
WITH_PHONE = POTHOLE | {"reporter": {"phone": "0812-0000-0001"}}
KEY = {"Idempotency-Key": "Zk3v1pQm8Xs0Rt5Yw9LbNg"}


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as world:
        yield world


def limited(world: World, **rates: dict[str, int]) -> None:
    """Make limits small enough to reach."""
    body, version = world.protect.current()
    changed = {**body, "rates": {**body["rates"], **rates}, "proof": {**body["proof"], "bits": 6}}
    put = {"body": changed, "based_on": version, "reason": "Uji batas"}
    assert world.call("PUT", "/v1/admin/limits", put, user="admin").status == 200


def asking(world: World) -> None:
    limited(world)
    on = {"mode": "on", "reason": "Serangan dari banyak alamat"}
    assert world.post("/v1/protection", on, user="operator").json["asked"] is True


def file(world: World, body: dict = POTHOLE, **how):
    return world.post("/v1/reports", body, address=how.pop("address", CARRIER), **how)


SMALL = {"seconds": 600, "most": 3, "quiet": 1}


def test_a_sender_over_the_limit_is_told_for_how_long_in_both_languages(world) -> None:
    limited(world, shared_address=SMALL)
    assert [file(world).status for _ in range(3)] == [201] * 3
    refused = file(world)
    assert (refused.status, refused.code) == (429, "too_often")
    assert refused.headers["Retry-After"] == str(refused.json["retry_after"])
    assert refused.json["limit"] == "shared_address"
    assert refused.json["detail"] != refused.json["detail_en"]
    assert file(world, address="36.68.1.10").status == 201


def test_an_emergency_passes_whatever_was_sent_before_and_is_marked(world) -> None:
    limited(world, shared_address=SMALL)
    first = file(world, {"category": "DRT-01"})
    for _ in range(6):
        file(world)
    again = file(world, {"category": "DRT-01"})
    assert (first.status, again.status) == (201, 201)
    flags = [world.engine.store.load(a.json["number"]).report.flags for a in (first, again)]
    assert flags == [(), ("shared_address",)]


def test_one_telephone_gets_less_than_an_address(world) -> None:
    codes = [file(world, WITH_PHONE, address=f"36.68.1.{n}").status for n in range(12)]
    assert codes == [201] * 10 + [429] * 2


def test_two_addresses_of_one_household_are_one_sender(world) -> None:
    limited(world, household=SMALL)
    sent = [file(world, address=f"2404:c0:1234:5678::{n}").status for n in range(4)]
    assert sent == [201, 201, 201, 429]
    assert file(world, address="2404:c0:1234:9999::1").status == 201


def test_this_very_machine_is_not_the_internet(world) -> None:
    limited(world, shared_address=SMALL)
    assert {file(world, address="127.0.0.1").status for _ in range(8)} == {201}


def test_a_header_does_not_make_another_sender(world) -> None:
    limited(world, shared_address=SMALL)
    sent = [file(world, headers={"X-Forwarded-For": f"1.2.3.{n}"}).status for n in range(4)]
    assert sent[-1] == 429


def test_behind_a_proxy_of_ours_the_address_it_saw_counts(world, monkeypatch) -> None:
    monkeypatch.setenv("TRUSTED_HOPS", "1")
    limited(world, shared_address=SMALL)
    sent = [
        file(world, headers={"X-Forwarded-For": f"9.9.9.9, 36.68.2.{n % 2}"}).status
        for n in range(7)
    ]
    assert sent == [201] * 6 + [429]


def test_filing_makes_no_call_for_the_limits_of_the_first_few(world) -> None:
    for _ in range(3):
        file(world, WITH_PHONE)
    assert not world.usage.counts


def test_a_holder_of_a_token_is_limited_per_report_but_not_in_an_emergency(world) -> None:
    limited(world, report=SMALL)
    for body, last in ((POTHOLE, 429), ({"category": "DRT-01"}, 200)):
        filed = file(world, body).json
        codes = [
            world.act(
                filed["number"], "comments", {"text": "x"}, token=filed["token"], address=HOME
            )
            for _ in range(4)
        ]
        assert codes[-1].status == last


def test_staff_are_limited_by_their_account_and_never_about_an_emergency(world) -> None:
    limited(world, account=SMALL)
    calm, urgent = file(world).json["number"], file(world, {"category": "DRT-01"}).json["number"]

    def escalate(number: str) -> int:
        how = {"user": "operator", "address": CARRIER}
        return world.act(number, "escalate", {"reason": "Perlu"}, **how).status

    assert [escalate(calm) for _ in range(4)] == [200, 200, 200, 429]
    assert escalate(urgent) == 200


def test_a_stranger_cannot_make_us_write_to_somebody_all_day(world) -> None:
    def follow(category: str) -> int:
        body = {"category": category, "email": "korban@example.org", "language": "id"}
        return world.post("/v1/subscriptions", body, address=CARRIER).status

    codes = [follow(f"INF-0{n}") for n in range(1, 8)]
    assert codes == [202] * 5 + [429] * 2


def test_nor_by_asking_for_somebodys_reports(world) -> None:
    body = {"phone": "0812-0000-0009"}
    sent = [world.post("/v1/own-reports", body, address=CARRIER).status for _ in range(6)]
    assert sent == [202] * 5 + [429]


# --- proof of work ---------------------------------------------------------------------------


def test_while_proofs_are_asked_for_a_solved_challenge_files_one_report(world) -> None:
    asking(world)
    refused = file(world, headers=KEY)
    assert (refused.status, refused.code) == (429, "proof_needed")
    given, bits = refused.json["challenge"], refused.json["bits"]
    answer = proof.solve(given, KEY["Idempotency-Key"], bits)
    solved = {**KEY, "Proof-Of-Work": f"{given} {answer}"}
    filed, again = file(world, headers=solved), file(world, headers=solved)
    assert (filed.status, again.json["number"]) == (201, filed.json["number"])
    other = {**solved, "Idempotency-Key": "another-key-of-22-letters"}
    assert file(world, headers=other).code == "proof_needed"


def test_a_challenge_can_be_had_beforehand(world) -> None:
    asking(world)
    given = world.get("/v1/challenge").json
    assert (given["needed"], given["algorithm"]) == (True, "sha-256")
    answer = proof.solve(given["challenge"], KEY["Idempotency-Key"], given["bits"])
    solved = {**KEY, "Proof-Of-Work": f"{given['challenge']} {answer}"}
    assert file(world, headers=solved).status == 201


def test_a_proof_without_a_key_proves_nothing(world) -> None:
    asking(world)
    given = world.get("/v1/challenge").json
    answer = proof.solve(given["challenge"], "", given["bits"])
    header = {"Proof-Of-Work": f"{given['challenge']} {answer}"}
    assert file(world, headers=header).code == "proof_needed"


def test_emergencies_staff_and_other_systems_are_asked_for_nothing(world) -> None:
    asking(world)
    assert file(world, {"category": "DRT-01"}).status == 201
    assert file(world, user="operator").status == 201
    sent = urlencode(
        {"api_key": "demo-open311-key", "service_code": "INF-01", "lat": -6.1783, "long": 106.6319}
    )
    assert world.post("/open311/v2/requests.json", sent.encode(), address=CARRIER).status == 201


@pytest.mark.parametrize("user", ["petugas.pupr", "sekda", "verifikator", ""])
def test_only_operators_and_administrators_switch(world, user) -> None:
    on = {"mode": "on", "reason": "Serangan"}
    assert world.post("/v1/protection", on, user=user).status in (401, 403)


def test_the_switch_is_on_the_audit_record(world) -> None:
    asking(world)
    items = world.get("/v1/admin/audit", user="auditor").json["items"]
    (switched,) = [one for one in items if one["act"] == "proof-on"]
    assert (switched["by"]["person"], switched["reason"]) == (
        "operator",
        "Serangan dari banyak alamat",
    )


def test_limits_that_are_none_are_refused(world) -> None:
    put = {"body": {"rates": {}}, "based_on": 1, "reason": "Uji"}
    assert world.call("PUT", "/v1/admin/limits", put, user="admin").code == "limits_invalid"


# --- the page, without a script ----------------------------------------------------------------


def send(world: World, fields: dict[str, str]):
    return world.post("/lapor", urlencode(fields).encode(), address=CARRIER)


FORM = {"category": "INF-01", "kelurahan": "Sukarasa", "description": "Lubang besar", **{
    "key": KEY["Idempotency-Key"], "address": "Jl. Daan Mogot"}}  # fmt: skip


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_without_a_script_one_waits_a_minute_and_nothing_is_lost(world) -> None:
    asking(world)
    refused = send(world, FORM)
    text = refused.body.decode()
    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
    assert "Lubang besar" in text and "Jl. Daan Mogot" in text and "60 detik" in text
    again = {**FORM, "ticket": hidden(text, "ticket"), "key": hidden(text, "key")}
    early = send(world, again)
    assert early.status == 429 and hidden(early.body.decode(), "ticket") == again["ticket"]
    world.engine.clock.at += timedelta(seconds=60)
    assert send(world, again).status == 303


def test_the_page_says_in_english_too_that_too_much_was_sent(world) -> None:
    limited(world, shared_address=SMALL)
    for _ in range(3):
        send(world, {k: v for k, v in FORM.items() if k != "key"})
    refused = send(world, FORM)
    assert refused.status == 429
    assert "Isian Anda tersimpan" in refused.body.decode()
    english = world.post("/lapor?lang=en", urlencode(FORM).encode(), address=CARRIER).body.decode()
    assert "What you wrote is kept below" in english and "Lubang besar" in english


def test_an_emergency_from_the_page_is_never_asked(world) -> None:
    asking(world)
    limited(world, shared_address=SMALL)
    sent = [send(world, {"category": "DRT-01"}).status for _ in range(6)]
    assert sent == [303] * 6
