"""A running report moves to another SOP version by an explicit act only, and repeats no step."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.actions import ActionRefused
from chalicelib.services.administering import Act, Administer, Write
from chalicelib.services.catalogue import Catalogue
from tests.fakes.engine import Engine, staff
from tests.fakes.registers import MemoryRegister

MONDAY = "2027-04-05T09:55:00+07:00"
ADMIN = Act("import", staff("admin"), "admin", "uji")


class City(Engine):
    """An engine whose catalogue can be written."""

    def __init__(self, start: str = MONDAY) -> None:
        self.register = MemoryRegister()
        super().__init__(start, Catalogue(self.register, lambda: 0.0))
        self.office = Administer(self.register, self.clock, lambda: "0" * 32, self.catalogue.forget)

    def new_version(
        self, edit: Callable[[dict[str, Any]], None], first: str, sop: str = "jalan-berlubang"
    ) -> None:
        body = copy.deepcopy(self.register.latest("sop", sop).body)
        body["version"] = 2
        edit(body)
        rows = [
            row if row["sop"] != sop else {**row, "to": None}
            for row in json.loads(self.register.get("document", "assignments"))
        ]
        row = {"category": body["categories"][0], "sop": sop, "version": 2, "from": first}
        self.office.write(
            ADMIN,
            Write("sop", sop, body),
            Write("document", "assignments", [*rows, {**row, "to": None}]),
        )

    def keys(self, number: str) -> list[str]:
        return [key for key, _ in self.fired(number)]


def at(sop: dict[str, Any], **times: str) -> None:
    for step in sop["steps"]:
        if step["id"] in times:
            step["at"] = times[step["id"]]


def test_a_new_version_alone_moves_no_running_report():
    city = City()
    number = city.filed().report.number
    city.new_version(lambda sop: at(sop, V80="PT1H"), "2027-04-05")
    city.run_until("2027-04-05T14:00:00+07:00")
    assert city.keys(number) == ["1#V0#0"]
    assert city.loaded(number).report.sop_version == 1


def test_time_used_up_stays_used_and_no_step_fires_twice():
    city = City()
    number = city.filed().report.number
    city.act(number, "verify", "operator")
    city.run_until("2027-04-05T14:30:00+07:00")
    before = city.keys(number)
    assert before == ["1#L0#0", "1#A50#0", "1#A80#0"]
    city.new_version(lambda sop: at(sop, A50="PT1H", A80="PT2H", L1="PT3H"), "2027-04-05")
    city.act(number, "migrate", "sekda", reason="Keselamatan: lubang di depan sekolah")
    city.run_until("2027-04-05T14:30:01+07:00")
    # 3 h 35 min of working time are used: of what is overdue under version 2 only L1 is new
    assert city.keys(number) == [*before, "1#L1#0"]
    city.run_until("2027-04-08T16:30:00+07:00")
    fired = city.keys(number)
    assert len(fired) == len(set(fired))
    assert city.loaded(number).report.sop_version == 2


def test_of_several_overdue_steps_only_the_highest_fires():
    city = City()
    number = city.filed().report.number
    city.act(number, "verify", "operator")
    city.run_until("2027-04-05T11:00:00+07:00")
    city.new_version(
        lambda sop: at(sop, A50="PT10M", A80="PT20M", L1="PT30M", R50="PT2H"), "2027-04-05"
    )
    city.act(number, "migrate", "verifikator", reason="Musim hujan")
    city.run_until("2027-04-05T11:00:01+07:00")
    assert city.keys(number) == ["1#L0#0", "1#L1#0"]


def test_the_act_is_on_the_record_with_its_reason_and_where_it_came_from():
    city = City()
    number = city.filed().report.number
    city.new_version(lambda sop: None, "2027-04-05")
    city.act(number, "migrate", "sekda", reason="Perbaikan SOP")
    event = city.loaded(number).events[-1]
    assert (event.type, event.actor.person, event.texts["reason"]) == (
        "migrated",
        "sekda",
        "Perbaikan SOP",
    )
    assert event.data["from"] == {"id": "jalan-berlubang", "version": 1}
    assert (event.data["id"], event.data["version"]) == ("jalan-berlubang", 2)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "already_under_this_version"),
        ({"version": 1}, "already_under_this_version"),
        ({"version": 2}, "sop_version_never_served"),
        ({"version": 7}, "sop_version_never_served"),
        ({"sop": "pju-padam", "version": 1}, "sop_version_never_served"),
    ],
)
def test_only_a_version_that_has_served_the_category_can_be_chosen(fields, code):
    city = City()
    number = city.filed().report.number
    city.new_version(lambda sop: None, "2027-05-01")
    with pytest.raises(ActionRefused) as refused:
        city.act(number, "migrate", "sekda", reason="uji", **fields)
    assert refused.value.code == code


def test_an_officer_may_not_choose_the_rule_that_they_are_measured_by():
    city = City()
    number = city.filed().report.number
    city.act(number, "verify", "operator")
    with pytest.raises(ActionRefused) as refused:
        city.act(number, "migrate", "petugas.pupr", reason="uji")
    assert refused.value.code == "role_may_not"


def test_a_report_stays_with_the_owner_of_its_day_when_the_parks_move():
    city = City("2025-12-31T14:00:00+07:00")
    before = city.filed("LIN-06").report.number
    city.act(before, "verify", "operator")
    city.run_until("2026-01-02T10:00:00+07:00")
    after = city.filed("LIN-06").report.number
    city.act(after, "verify", "operator")
    city.run_until("2026-01-05T10:00:00+07:00")
    assert [city.loaded(one).report.agency for one in (before, after)] == ["DISBUDPAR", "DLH"]
    told = {position for _, positions in city.fired(before) for position in positions}
    assert {one for one in told if one.endswith(".dlh")} == set()
