"""A draft against the reports of the last 90 days: what would have been otherwise, and its cost."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from chalicelib import bootstrap
from chalicelib.handlers import answers
from chalicelib.services import replaying
from tests.fakes.world import WITH_MAIL, World

SOP = "jalan-berlubang"
PATH = f"/v1/drafts/{SOP}/replay"


@pytest.fixture
def city() -> Iterator[World]:
    with World("2027-04-05T09:55:00+07:00", administered=True).running() as running:
        yield running


def drafted(city: World, change: Callable[[dict[str, Any]], None]) -> None:
    draft = city.post("/v1/drafts", {"sop": SOP}, user="penyusun").json
    content = copy.deepcopy(draft["content"])
    change(content)
    body = {"content": content, "revision": draft["revision"], "reason": "x"}
    assert city.call("PUT", f"/v1/drafts/{SOP}", body, user="penyusun").status == 200


def step(content: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in content["steps"] if one["id"] == id)


def unanswered(city: World, count: int = 1) -> list[str]:
    """Reports that the operator verified and nobody at PUPR took on until Wednesday."""
    numbers = [city.filed(WITH_MAIL)["number"] for _ in range(count)]
    for number in numbers:
        city.act(number, "verify", user="operator")
    city.engine.run_until("2027-04-07T09:00:00+07:00")
    city.project()
    return numbers


def compared(city: World) -> dict[str, Any]:
    asked = city.post(PATH, user="penyusun")
    assert asked.status == 201, asked.body
    msgspec.convert(asked.json, answers.Replay)
    city.engine.jobs.run("replay", bootstrap.replay_reports().run)
    result = city.get(PATH, user="peninjau")
    msgspec.convert(result.json, answers.Replay)
    assert result.json["status"] == "done"
    return dict(result.json)


def test_a_draft_like_the_sop_in_force_changes_nothing(city):
    unanswered(city)
    drafted(city, lambda content: content["document"].update(warnings=["Awas"]))
    found = compared(city)
    assert (found["reports"], found["changed_reports"], found["examples"]) == (1, 0, [])
    assert found["before"] == found["after"]


def test_what_is_counted_before_is_what_really_fired(city):
    (number,) = unanswered(city)
    drafted(city, lambda content: None)
    steps = {entry.split("#", 1)[1] for entry, _ in city.engine.fired(number)}
    assert set(compared(city)["before"]["firings"]) == steps


def test_an_earlier_escalation_shows_its_recipient_its_messages_and_its_cost(city):
    unanswered(city)

    def sooner(content: dict[str, Any]) -> None:
        step(content, "L3")["at"] = "P1D"

    drafted(city, sooner)
    found = compared(city)
    assert (found["reports"], found["changed_reports"]) == (1, 1)
    gained = {
        office: count - found["before"]["recipients"].get(office, 0)
        for office, count in found["after"]["recipients"].items()
        if count != found["before"]["recipients"].get(office, 0)
    }
    assert gained == {"pusat_kendali": 1, "asisten": 1}
    assert found["after"]["escalations"] - found["before"]["escalations"] == 2
    more = {name: found["after"]["messages"][name] - count
            for name, count in found["before"]["messages"].items()}  # fmt: skip
    assert more == {"mail": 2, "sms": 2}
    assert found["examples"][0]["instead"] == [
        {"step": "L3#0", "at": "2027-04-06T09:00:00Z", "to": ["pusat_kendali", "asisten"]}
    ]


def test_a_report_that_was_answered_escalates_under_neither(city):
    number = city.filed(WITH_MAIL)["number"]
    city.act(number, "verify", user="operator")
    city.act(number, "acknowledge", user="petugas.pupr")
    city.engine.run_until("2027-04-06T16:30:00+07:00")
    city.project()
    drafted(city, lambda content: step(content, "L3").update(at="P1D"))
    assert "L3#0" not in compared(city)["after"]["firings"]


def test_sealed_reports_are_left_out_and_the_result_says_so(city):
    city.filed(WITH_MAIL | {"visibility": "confidential"})
    city.project()
    drafted(city, lambda content: None)
    found = compared(city)
    assert (found["reports"], found["left_out"]) == (0, ["secret", "confidential"])


def test_it_goes_page_by_page_to_a_bound_and_says_when_it_was_cut(city, monkeypatch):
    monkeypatch.setattr(replaying, "PAGE", 2)
    monkeypatch.setattr(replaying, "MOST", 4)
    unanswered(city, 6)
    drafted(city, lambda content: None)
    found = compared(city)
    assert (found["reports"], found["truncated"]) == (4, True)


def test_a_message_that_comes_twice_or_late_changes_nothing(city):
    unanswered(city)
    drafted(city, lambda content: None)
    found = compared(city)
    first = {"sop": SOP, "asked": 1}
    assert bootstrap.replay_reports().run(first) == "overtaken"
    assert city.get(PATH, user="peninjau").json == found


def test_a_draft_edited_meanwhile_is_not_judged_by_the_old_question(city):
    drafted(city, lambda content: None)
    city.post(PATH, user="penyusun")
    revision = city.get(f"/v1/drafts/{SOP}", user="penyusun").json["revision"]
    content = city.get(f"/v1/drafts/{SOP}", user="penyusun").json["content"]
    step(content, "L1")["at"] = "PT3H"
    body = {"content": content, "revision": revision, "reason": "x"}
    city.call("PUT", f"/v1/drafts/{SOP}", body, user="penyusun")
    said = city.engine.jobs.run("replay", bootstrap.replay_reports().run)
    assert said == ["draft gone"]
    assert city.get(PATH, user="penyusun").json["status"] == "asked"


def test_without_a_draft_there_is_nothing_to_compare(city):
    assert city.post(PATH, user="penyusun").code == "not_found"
    assert city.get(PATH, user="penyusun").code == "not_found"
