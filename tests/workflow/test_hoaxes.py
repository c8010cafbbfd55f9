"""A hoax from suspicion to appeal, and that none of it stands in the way of an emergency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.world import POTHOLE, World

CALLER = {"phone": "0812-0000-0001"}
BY_PHONE = POTHOLE | {"reporter": CALLER}


@pytest.fixture
def world() -> Iterator[World]:
    with World(administered=True).running() as world:
        yield world


def act(world: World, number: str, action: str, user: str, **body: Any):
    return world.act(number, action, body, user=user)


def suspected(world: World, body: Any = BY_PHONE) -> str:
    number = world.filed(body)["number"]
    assert act(world, number, "suspect", "operator", reason="Suara tertawa").status == 200
    return number


def confirmed(world: World, body: Any = BY_PHONE) -> str:
    number = suspected(world, body)
    assert act(world, number, "call_back", "operator", outcome="denied").status == 200
    assert act(world, number, "confirm_hoax", "verifikator").status == 200
    return number


def blocked(world: World, days: int = 30) -> str:
    number = confirmed(world)
    reason = "Tiga laporan palsu dalam seminggu"
    assert act(world, number, "block", "verifikator", days=days, reason=reason).status == 200
    return number


def told(world: World, number: str) -> list[str]:
    return [one.template for one in world.engine.store.messages.values() if one.number == number]


# --- suspicion and call-back -----------------------------------------------------------------


def test_a_suspected_report_is_dispatched_after_the_call_back(world) -> None:
    number = suspected(world)
    assert act(world, number, "verify", "verifikator").code == "call_back_first"
    assert act(world, number, "assign", "verifikator", agency="PUPR").code == "call_back_first"
    assert act(world, number, "call_back", "operator", outcome="real").status == 200
    assert act(world, number, "verify", "verifikator").status == 200


def test_nobody_answering_does_not_bury_a_report(world) -> None:
    number = suspected(world)
    assert act(world, number, "call_back", "operator", outcome="no_answer").status == 200
    assert act(world, number, "verify", "verifikator").status == 200


def test_an_emergency_goes_on_whoever_suspects_it(world) -> None:
    number = suspected(world, {"category": "DRT-01"})
    assert world.engine.loaded(number).report.status == "assigned"
    world.engine.pump()
    assert "step_emergency" in told(world, number)
    moved = act(world, number, "assign", "operator", agency="BPBD")
    assert moved.status == 200
    taken = act(world, number, "acknowledge", "petugas.bpbd")
    assert taken.status == 200


def test_the_control_room_is_told_to_call_back(world) -> None:
    number = suspected(world)
    assert "step_verification" in told(world, number)


def test_neither_the_public_nor_the_reporter_reads_of_a_suspicion(world) -> None:
    filed = world.filed(BY_PHONE)
    number = filed["number"]
    act(world, number, "suspect", "operator", reason="Suara tertawa")
    act(world, number, "call_back", "operator", outcome="denied")
    for how in ({}, {"token": filed["token"]}):
        seen = world.get(f"/v1/reports/{number}", **how).body.decode()
        assert "Suara tertawa" not in seen and "suspected" not in seen and "called_back" not in seen


# --- two people ------------------------------------------------------------------------------


def test_whoever_suspects_does_not_confirm(world) -> None:
    number = suspected(world)
    act(world, number, "call_back", "verifikator", outcome="denied")
    assert act(world, number, "confirm_hoax", "operator").code == "hoax_needs_two"
    assert act(world, number, "confirm_hoax", "verifikator").status == 200
    assert world.engine.loaded(number).report.status == "rejected"


@pytest.mark.parametrize("action", ["confirm_hoax", "reject"])
def test_no_hoax_without_a_suspicion_and_a_call(world, action) -> None:
    number = world.filed(BY_PHONE)["number"]
    body = {"reason": "hoax"} if action == "reject" else {}
    assert act(world, number, action, "operator", **body).code == "hoax_not_suspected"
    act(world, number, "suspect", "operator", reason="Suara tertawa")
    assert act(world, number, action, "verifikator", **body).code == "call_back_first"


def test_a_prank_call_to_the_emergency_line_is_closed_after_dispatch_and_the_crew_is_told(
    world,
) -> None:
    number = confirmed(world, {"category": "DRT-01", "reporter": CALLER})
    assert world.engine.loaded(number).report.status == "rejected"
    assert "step_instruction" in told(world, number)


# --- the block ---------------------------------------------------------------------------------


def test_a_blocked_contact_cannot_file_and_still_reaches_an_emergency(world) -> None:
    blocked(world)
    refused = world.post("/v1/reports", BY_PHONE)
    assert (refused.status, refused.code) == (403, "contact_blocked")
    urgent = world.filed({"category": "DRT-01", "reporter": CALLER})
    assert world.engine.loaded(urgent["number"]).report.flags == ("blocked",)
    assert (
        world.post("/v1/reports", POTHOLE | {"reporter": {"phone": "0812-0000-0002"}}).status == 201
    )
    assert world.post("/v1/reports", POTHOLE).status == 201


def test_the_block_ends_by_itself(world) -> None:
    blocked(world, days=2)
    world.engine.clock.at += timedelta(days=2)
    assert world.post("/v1/reports", BY_PHONE).status == 201


@pytest.mark.parametrize("days", [0, 91])
def test_a_block_is_bounded(world, days) -> None:
    number = confirmed(world)
    answer = act(world, number, "block", "operator", days=days, reason="Berulang")
    assert (answer.status, answer.code) == (400, "invalid_field")


def test_there_is_no_block_without_a_confirmed_hoax(world) -> None:
    number = world.filed(BY_PHONE)["number"]
    act(world, number, "reject", "operator", reason="incomplete")
    answer = act(world, number, "block", "operator", days=3, reason="Kesal")
    assert (answer.status, answer.code) == (409, "not_misused")


def test_an_anonymous_report_without_a_contact_blocks_nobody(world) -> None:
    number = confirmed(world, POTHOLE)
    answer = act(world, number, "block", "operator", days=3, reason="Berulang")
    assert answer.code == "nobody_to_block"


def test_the_one_who_is_blocked_is_told_why_until_when_and_how_to_appeal(world) -> None:
    number = blocked(world)
    assert told(world, number).count("reporter_blocked") == 1
    seen = world.get(f"/v1/reports/{number}", token=world.token_of(number)).json
    (line,) = [one for one in seen["history"] if one["type"] == "blocked"]
    assert line["texts"]["reason"] == "Tiga laporan palsu dalam seminggu"
    assert "appeal" in seen["actions"]


def test_the_contact_itself_is_shown_to_nobody_for_it(world) -> None:
    number = blocked(world)
    (row,) = world.register.latest("document", "blocks").body
    assert sorted(row) == ["digests", "number", "until"]
    assert "81200000001" not in str(row)
    asked = world.post(
        f"/v1/reports/{number}/contact", {"purpose": "misuse", "reason": "x"}, user="operator"
    )
    assert asked.code == "invalid_field"
    seen = world.get(f"/v1/reports/{number}", user="operator").json
    assert "misuse" not in seen["contact_purposes"]
    assert [one["type"] for one in seen["history"]].count("contact_read") == 1


def test_other_systems_are_no_way_around_it_and_the_control_room_is(world) -> None:
    blocked(world)
    assert world.post("/v1/reports", BY_PHONE | {"source": "112"}, user="operator").status == 201
    body = b"api_key=demo-open311-key&service_code=INF-01&lat=-6.1783&long=106.6319"
    refused = world.post("/open311/v2/requests.json", body + b"&phone=081200000001")
    assert refused.status in (400, 403)


def test_the_public_reads_neither_of_the_block_nor_of_the_appeal(world) -> None:
    number = blocked(world)
    world.act(number, "appeal", {"text": "Bukan saya"}, token=world.token_of(number))
    act(world, number, "decide_appeal", "sekda", outcome="uphold", reason="Suara yang sama")
    seen = world.get(f"/v1/reports/{number}").json
    shown = {one["type"] for one in seen["history"]}
    assert not shown & {"suspected", "called_back", "blocked", "appealed", "appeal_decided"}


# --- the appeal --------------------------------------------------------------------------------


def test_an_appeal_is_decided_by_somebody_who_had_no_part_in_it(world) -> None:
    number = blocked(world)
    token = world.token_of(number)
    assert (
        world.act(number, "appeal", {"text": "Anak saya yang menelepon"}, token=token).status == 200
    )
    again = world.act(number, "appeal", {"text": "Sekali lagi"}, token=token)
    assert again.code == "already_appealed"
    lift = {"outcome": "lift", "reason": "Benar, bukan pemilik nomor"}
    for person in ("operator", "verifikator"):
        assert act(world, number, "decide_appeal", person, **lift).code == "appeal_needs_another"
    assert act(world, number, "decide_appeal", "sekda", **lift).status == 200
    assert world.post("/v1/reports", BY_PHONE).status == 201
    assert "reporter_block_lifted" in told(world, number)


def test_a_block_that_is_upheld_stands_and_the_reporter_is_told(world) -> None:
    number = blocked(world)
    world.act(number, "appeal", {"text": "Bukan saya"}, token=world.token_of(number))
    uphold = {"outcome": "uphold", "reason": "Suara yang sama"}
    assert act(world, number, "decide_appeal", "sekda", **uphold).status == 200
    assert world.post("/v1/reports", BY_PHONE).code == "contact_blocked"
    assert "reporter_block_stands" in told(world, number)


def test_there_is_nothing_to_appeal_when_nothing_stands(world) -> None:
    number = confirmed(world)
    answer = world.act(number, "appeal", {"text": "Bukan"}, token=world.token_of(number))
    assert answer.code == "nothing_to_appeal"
    assert act(world, number, "decide_appeal", "sekda", outcome="lift", reason="x").status == 409


def test_lists_of_what_waits_for_a_call_and_for_a_decision(world) -> None:
    first = suspected(world)
    second = blocked(world)
    world.act(second, "appeal", {"text": "Bukan saya"}, token=world.token_of(second))
    world.project()
    rows = {kind: world.views.waiting(kind, 10, None).items for kind in ("suspect", "appeal")}
    assert {kind: [row["number"] for row in found] for kind, found in rows.items()} == {
        "suspect": [first],
        "appeal": [second],
    }


def test_every_act_is_on_the_audit_record_with_its_reason(world) -> None:
    blocked(world)
    items = world.get("/v1/admin/audit", user="auditor").json["items"]
    (row,) = [one for one in items if one["act"] == "block"]
    assert (row["by"]["person"], row["reason"]) == (
        "verifikator",
        "Tiga laporan palsu dalam seminggu",
    )
