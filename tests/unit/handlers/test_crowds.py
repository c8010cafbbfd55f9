"""Over HTTP: what is near before filing, supporting, and how many stand behind a report."""

from __future__ import annotations

import pytest

from chalicelib.handlers import answers
from tests.fakes.world import World

HERE = "category=INF-01&lat=-6.1783&lon=106.6319"
WISH = {"category": "ASP-01", "description": "Taman bermain", "location": {"kelurahan": "Sukarasa"}}


def support(world: World, number: str, who: str, kelurahan: str = "Sukarasa") -> object:
    body = {"reporter": {"email": who}, "kelurahan": kelurahan}
    return world.post(f"/v1/reports/{number}/support", body)


def affirm_all(world: World) -> None:
    """Every supporter uses the link in the message."""
    for number, change in list(world.engine.store.current.items()):
        if change.report.source == "support" and not change.report.affirmed:
            world.act(number, "affirm", token=world.token_of(number))
    world.engine.pump()


def test_whoever_is_about_to_report_sees_what_is_reported_already(world):
    import msgspec

    number = world.filed()["number"]
    world.engine.pump()
    found = world.get(f"/v1/reports/similar?{HERE}")
    assert [one["number"] for one in found.json["items"]] == [number]
    msgspec.convert(found.json, answers.SimilarList)
    assert world.get("/v1/reports/similar?category=INF-01&lat=0&lon=0").json["items"] == []


@pytest.mark.parametrize("query", ["", "category=INF-01", "category=X&lat=1&lon=1", HERE + "1e9"])
def test_a_search_that_will_not_do_is_refused(world, query):
    assert world.get(f"/v1/reports/similar?{query}").status == 400


def test_supports_count_once_a_resident_when_they_were_confirmed(world):
    number = world.filed(WISH)["number"]
    for who in ("a@example.org", "a+again@example.org", "A@Example.org", "b@example.org"):
        answer = support(world, number, who)
        assert (answer.status, answer.json["state"]) == (202, "confirm_by_message")
        assert "token" not in answer.json
    world.engine.pump()
    assert world.get(f"/v1/reports/{number}/crowd").json["supports"] == 0
    affirm_all(world)
    shown = world.get(f"/v1/reports/{number}/crowd").json
    assert (shown["supports"], shown["open"]) == (2, True)
    assert [(one["name"], one["supports"]) for one in shown["areas"]] == [("Sukarasa", 2)]
    mails = [
        d.template for _, d, to in world.engine.mail.sent if to != "operator@tangerang.example"
    ]
    assert mails.count("reporter_support") == 2


def test_a_kelurahan_that_stands_behind_a_suggestion_makes_it_a_matter_of_the_head(world):
    number = world.filed(WISH)["number"]
    world.act(number, "verify", user="operator")
    for n in range(26):
        support(world, number, f"warga{n}@example.org")
    world.engine.pump()
    affirm_all(world)
    reached = [e for e in world.engine.loaded(number).events if e.type == "threshold_reached"]
    assert [(e.data["kelurahan"], e.data["needed"]) for e in reached] == [("36.71.01.1001", 25)]


def test_a_suggestion_takes_supports_for_ninety_days(world):
    number = world.filed(WISH)["number"]
    world.engine.clock.at = world.engine.clock.at.replace(month=7, day=5)
    assert support(world, number, "a@example.org").code == "support_closed"


def test_what_is_hidden_cannot_be_supported(world):
    number = world.filed({"category": "WAS-01", "location": {"kelurahan": "Sukarasa"}})["number"]
    assert support(world, number, "a@example.org").code == "not_found"
    assert world.get(f"/v1/reports/{number}/crowd").code == "not_found"


def test_a_support_starts_no_sop_of_its_own(world):
    number = world.filed()["number"]
    support(world, number, "a@example.org")
    world.engine.run_until("2027-04-12T10:00:00+07:00")
    [child] = [n for n in world.engine.store.current if n != number]
    assert world.engine.fired(child) == []
    assert world.engine.loaded(child).report.merged_into == number


def test_only_the_room_sees_candidates_of_a_filed_report(world):
    first, second = world.filed()["number"], world.filed()["number"]
    world.engine.pump()
    found = world.get(f"/v1/reports/{first}/similar", user="operator").json["items"]
    assert [one["number"] for one in found] == [second]
    assert world.get(f"/v1/reports/{first}/similar").code == "sign_in_needed"
