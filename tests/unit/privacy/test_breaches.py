"""Leaks: the law's 3 × 24 hours from the moment they are known, holidays included."""

from __future__ import annotations

import pytest

LEAK = {
    "known_at": "2027-04-05T09:00:00+07:00",
    "what": "Daftar pelapor tersebar di grup percakapan",
    "fields": ["name", "phone"],
    "people": 12,
}


def register(world, **changes):
    return world.post("/v1/breaches", LEAK | changes, user="inspektorat")


def told(world, number, whom):
    body = {"whom": whom, "reference": "800/123-ITDA"}
    return world.post(f"/v1/breaches/{number}/notices", body, user="inspektorat")


def test_the_clock_runs_from_when_it_was_known_and_not_from_its_registration(world):
    answer = register(world)
    assert answer.status == 201
    assert answer.json["notify_by"] == "2027-04-08T02:00:00Z"
    assert answer.json["registered_at"] == "2027-04-05T02:55:00Z"
    assert answer.json["standing"] == "running"


def test_it_is_a_sealed_case_of_the_inspectorates_under_the_sop_for_leaks(world):
    number = register(world).json["number"]
    report = world.engine.loaded(number).report
    assert (report.sop_id, report.tier, report.secret) == ("kebocoran-identitas", "P4", True)
    assert world.get(f"/v1/reports/{number}").status == 404
    assert world.get(f"/v1/reports/{number}", user="kadis.pupr").status == 404
    steps = {
        entry["step"]: entry["due_at"]
        for entry in world.get(f"/v1/reports/{number}/timeline", user="inspektorat").json["entries"]
    }
    assert steps["PDP72"] == "2027-04-08T09:55:00+07:00"
    world.engine.run_until("2027-04-08T10:00:00+07:00")
    fired = dict(world.engine.fired(number))
    assert any(entry.split("#")[1] == "PDP72" for entry in fired)


def test_both_the_people_and_the_authority_are_told(world):
    number = register(world).json["number"]
    assert told(world, number, "subjects").json["standing"] == "running"
    world.engine.clock.at = world.engine.clock.at.replace(day=6)
    assert told(world, number, "authority").json["standing"] == "notified"
    first = told(world, number, "subjects").json["notices"]
    assert first == {"subjects": "2027-04-05T02:55:00Z", "authority": "2027-04-06T02:55:00Z"}


def test_a_holiday_does_not_stop_it_and_late_is_called_late(world):
    number = register(world).json["number"]
    world.engine.clock.at = world.engine.clock.at.replace(day=8, hour=3)
    (row,) = world.get("/v1/breaches", user="auditor").json["items"]
    assert row["standing"] == "overdue"
    told(world, number, "subjects")
    assert told(world, number, "authority").json["standing"] == "late"


@pytest.mark.parametrize("at", ["2027-04-05T11:00:00+07:00", "2025-04-05T11:00:00+07:00"])
def test_a_leak_is_known_in_the_past(world, at):
    assert register(world, known_at=at).code == "date_not_in_the_past_year"


def test_the_register_is_the_inspectorates(world):
    number = register(world).json["number"]
    for user in ("operator", "admin", "walikota", "kadis.pupr"):
        assert world.get("/v1/breaches", user=user).code == "role_may_not"
        assert world.post("/v1/breaches", LEAK, user=user).code == "role_may_not"
    assert world.get("/v1/breaches").code == "sign_in_needed"
    assert told(world, "TL-7K3QX9MW", "subjects").status == 404
    assert [
        row["number"] for row in world.get("/v1/breaches", user="inspektorat").json["items"]
    ] == [number]


def test_the_same_key_registers_once(world):
    key = {"Idempotency-Key": "A" * 24}
    first = world.post("/v1/breaches", LEAK, user="inspektorat", headers=key).json
    again = world.post("/v1/breaches", LEAK, user="inspektorat", headers=key).json
    assert again["number"] == first["number"]
    assert len(world.get("/v1/breaches", user="inspektorat").json["items"]) == 1
