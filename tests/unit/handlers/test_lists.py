"""The public list, the figures and the work list."""

from __future__ import annotations

import pytest

from chalicelib.services.projecting import figures
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL

ELSEWHERE = {"kelurahan": "36.71.07.1009"}


def numbers(answer):
    assert answer.status == 200, answer.body
    return [row["number"] for row in answer.json["items"]]


def at(world, hour):
    world.engine.clock.at = world.engine.clock.at.replace(hour=hour)


def test_the_public_list_is_newest_first_and_pages(world):
    filed = []
    for hour in range(3, 8):
        at(world, hour)
        filed.append(world.filed()["number"])
    world.project()
    first = world.get("/v1/reports?limit=2")
    second = world.get(f"/v1/reports?limit=2&cursor={first.json['cursor']}")
    third = world.get(f"/v1/reports?limit=2&cursor={second.json['cursor']}")
    assert numbers(first) + numbers(second) + numbers(third) == filed[::-1]
    assert third.json["cursor"] is None


def test_nothing_secret_is_listed_and_the_sums_still_add_up(world):
    shown = world.filed()["number"]
    world.filed(POTHOLE | {"visibility": "confidential"})
    world.filed(POTHOLE | {"about_unit": "PUPR"})
    world.filed({"category": "WAS-01", "location": SUKARASA})
    world.project()
    assert numbers(world.get("/v1/reports")) == [shown]
    statistics = world.get("/v1/statistics").json
    assert (statistics["total"]["reports"], statistics["withheld"]) == (1, 3)


def test_the_list_never_has_a_point_or_words(world):
    world.filed(WITH_MAIL)
    world.project()
    row = world.get("/v1/reports").json["items"][0]
    assert "location" not in row and "Lubang besar" not in str(row)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=INF-01", ["near", "far"]),
        ("category=DRT-01", ["fire"]),
        ("status=received", ["near", "far"]),
        ("status=assigned", ["fire"]),
        ("area=36.71.01.1007", ["near"]),
        ("area=36.71.07", ["far"]),
        ("near=-6.1783,106.6319", ["near"]),
        ("from=2027-04-05&to=2027-04-05", ["near", "far", "fire"]),
        ("from=2027-04-06", []),
        ("category=INF-01&area=36.71.07", ["far"]),
    ],
)
def test_the_list_can_be_narrowed(world, query, expected):
    filed = {
        "near": world.filed()["number"],
        "far": world.filed(POTHOLE | {"location": ELSEWHERE})["number"],
        "fire": world.filed({"category": "DRT-01"})["number"],
    }
    world.project()
    found = numbers(world.get(f"/v1/reports?{query}"))
    assert sorted(found) == sorted(filed[name] for name in expected)


def test_figures_are_exact_after_every_change_and_equal_to_those_made_anew(world):
    filed = [world.filed(WITH_MAIL)["number"] for _ in range(4)]
    world.project()
    for number in filed[:3]:
        world.act(number, "verify", user="operator")
    world.act(filed[3], "reject", {"reason": "incomplete"}, user="operator")
    world.act(filed[0], "acknowledge", user="petugas.pupr")
    world.project()
    statistics = world.get("/v1/statistics?by=agency").json
    reports = [world.engine.store.load(number).report for number in filed]
    assert +world.views.counters == figures(reports)
    assert [(row["key"], row["reports"], row["open"]) for row in statistics["items"]] == [
        ("", 1, 0),
        ("PUPR", 3, 3),
    ]


@pytest.mark.parametrize("by", ["category", "status", "kecamatan", "kelurahan", "agency", "month"])
def test_every_breakdown_has_the_same_total(world, by):
    world.filed()
    world.filed({"category": "DRT-01"})
    world.project()
    statistics = world.get(f"/v1/statistics?by={by}").json
    assert statistics["total"]["reports"] == 2
    assert sum(row["reports"] for row in statistics["items"]) == 2


def test_figures_of_a_period_count_by_month_of_filing(world):
    world.filed()
    world.project()
    assert world.get("/v1/statistics?from=2027-04-01&to=2027-04-30").json["total"]["reports"] == 1
    assert world.get("/v1/statistics?from=2027-05-01").json["total"]["reports"] == 0


def test_a_work_list_is_its_agencys_and_nearest_first(world):
    late = world.filed()["number"]
    at(world, 7)
    early = world.filed({"category": "DRT-01"})["number"]
    world.act(late, "verify", user="operator")
    assert numbers(world.get("/v1/queue", user="petugas.pupr")) == [late]
    assert numbers(world.get("/v1/queue?agency=BPBD", user="sekda")) == [early]
    refused = world.get("/v1/queue?agency=BPBD", user="petugas.pupr")
    assert (refused.status, refused.code) == (403, "not_your_agency")


def test_a_narrowed_work_list_has_full_pages(world):
    """Narrowing comes before paging: no empty page hides what lies behind it."""
    filed = []
    for hour in range(3, 9):
        at(world, hour)
        filed.append(world.filed(POTHOLE if hour % 2 else POTHOLE | {"category": "INF-02"}))
    wanted = [one["number"] for one in filed if one["category"] == "INF-02"]
    first = world.get("/v1/queue?limit=2&category=INF-02", user="operator")
    cursor = first.json["cursor"]
    rest = world.get(f"/v1/queue?limit=2&category=INF-02&cursor={cursor}", user="operator")
    assert (len(numbers(first)), len(numbers(rest)), rest.json["cursor"]) == (2, 1, None)
    assert sorted(numbers(first) + numbers(rest)) == sorted(wanted)
    assert numbers(world.get("/v1/queue?status=verified", user="operator")) == []


def test_the_inspectorates_list_is_for_nobody_else(world):
    number = world.filed({"category": "WAS-01", "location": SUKARASA})["number"]
    assert numbers(world.get("/v1/queue?agency=INSPEKTORAT", user="inspektorat")) == [number]
    assert numbers(world.get("/v1/queue?agency=INSPEKTORAT", user="walikota")) == []
