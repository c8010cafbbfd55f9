"""A holiday is decreed late: open reports are planned anew, forward only, and people told once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.adapters.documents import DATA
from chalicelib.domain.calendar import Calendar
from chalicelib.domain.decrees import reason
from chalicelib.domain.events import verify_chain
from chalicelib.services.facts import context_from
from chalicelib.services.messages import render
from chalicelib.services.replanning import JOB
from tests.fakes.documents import Overlay, catalogue_of
from tests.fakes.engine import Engine

MONDAY = "2027-04-05T09:55:00+07:00"
TUESDAY = "2027-04-06T10:00:00+07:00"
SHIPPED: dict[str, Any] = json.loads((DATA / "calendars" / "kantor.json").read_text())
HOLIDAY = {"id": "Hari libur tambahan", "en": "An added holiday", "kind": "libur", "source": "x"}


def second_version(*holidays: str, **changes: Any) -> dict[str, Any]:
    """The shipped office calendar with these days closed, as its version 2."""
    notes = {**SHIPPED["notes"], **dict.fromkeys(holidays, HOLIDAY)}
    closed = sorted({*SHIPPED["closed"], *holidays})
    return {**SHIPPED, "version": 2, "closed": closed, "notes": notes, **changes}


class City:
    """An engine whose calendar can be replaced."""

    def __init__(self, start: str = MONDAY) -> None:
        self.documents = Overlay()
        self.engine = Engine(start, catalogue_of(self.documents))

    def verified(self, **fields: Any) -> str:
        number = self.engine.filed(**fields).report.number
        self.engine.act(number, "verify", "operator")
        return number

    def decree(self, body: dict[str, Any]) -> list[str]:
        """Publish the version and run the job to its end; return what became of the reports."""
        self.documents.put_calendar(body)
        self.engine.replan.announce("kantor", body["version"])
        said = self.engine.jobs.run(JOB, self.engine.replan.run)
        self.engine.pump()
        return [one for one in said if " " not in one]

    def promised(self, number: str) -> str:
        timeline = self.engine.planner.timeline(self.engine.loaded(number).events)
        (entry,) = (e for e in timeline.entries if e.step == "R100")
        return self.engine.catalogue.day(entry.due_at).isoformat() if entry.due_at else "unknown"

    def told(self, number: str) -> list[tuple[str, str, str]]:
        return [one for one in self.engine.sent(number) if one[1] == "reporter_promise_moved"]


@pytest.fixture
def city() -> City:
    return City()


def test_a_promise_moves_and_its_reporter_is_told_once(city):
    number = city.verified()
    city.engine.run_until(TUESDAY)
    assert city.promised(number) == "2027-04-08"
    assert city.decree(second_version("2027-04-07")) == ["promise_moved", "current"]
    assert city.promised(number) == "2027-04-09"
    assert city.told(number) == [("mail", "reporter_promise_moved", "reporter")]


def test_running_the_job_again_tells_nobody_again_and_writes_nothing(city):
    number = city.verified()
    city.decree(second_version("2027-04-07"))
    before = city.engine.loaded(number)
    city.engine.replan.announce("kantor", 2)
    city.engine.jobs.run(JOB, city.engine.replan.run)
    city.engine.pump()
    assert city.engine.loaded(number) == before
    assert len(city.told(number)) == 1


def test_the_moved_step_fires_at_its_new_time_and_not_at_the_old_one(city):
    number = city.verified()
    city.engine.run_until(TUESDAY)
    city.decree(second_version("2027-04-07"))
    city.engine.run_until("2027-04-09T16:29:59+07:00")
    assert not any(entry == "1#R100#0" for entry, _ in city.engine.fired(number))
    city.engine.run_until("2027-04-09T16:30:00+07:00")
    assert ("1#R100#0", "2027-04-09T09:30:00Z") in city.engine.fired_due(number)


def test_what_has_fired_stays_fired_and_a_broken_promise_stays_broken(city):
    number = city.verified()
    city.engine.run_until("2027-04-09T10:00:00+07:00")
    fired = city.engine.fired_due(number)
    assert ("1#R100#0", "2027-04-08T09:00:00Z") in fired
    assert city.decree(second_version("2027-04-07", "2027-04-12"))[0] == "replanned"
    assert city.engine.fired_due(number) == fired
    assert city.promised(number) == "2027-04-08"
    assert city.told(number) == []


def test_a_holiday_that_is_already_past_moves_nothing(city):
    number = city.verified()
    city.engine.run_until("2027-04-08T09:00:00+07:00")
    city.decree(second_version("2027-04-06"))
    assert city.promised(number) == "2027-04-08"
    assert city.told(number) == []


def test_an_emergencys_clock_knows_no_holidays_so_nobody_is_told(city):
    number = city.engine.filed("DRT-01").report.number
    assert city.decree(second_version("2027-04-07")) == ["replanned", "current"]
    assert city.told(number) == []


def test_a_closed_report_is_left_alone(city):
    number = city.engine.filed().report.number
    city.engine.act(number, "reject", "operator", reason="incomplete")
    assert city.decree(second_version("2027-04-07")) == []
    assert city.engine.replan.replan(number, "kantor", 2) == "closed"


def test_a_report_filed_under_the_new_calendar_needs_no_replanning(city):
    city.documents.put_calendar(second_version("2027-04-07"))
    number = city.verified()
    assert city.engine.replan.replan(number, "kantor", 2) == "current"
    assert city.promised(number) == "2027-04-09"


def test_a_calendar_that_now_reaches_further_turns_the_unknown_into_a_promise():
    city = City("2027-12-30T10:00:00+07:00")
    number = city.verified()
    assert city.promised(number) == "unknown"
    city.decree(second_version("2028-01-01", known_until="2028-12-31"))
    assert city.promised(number) == "2028-01-04"
    assert len(city.told(number)) == 1


def test_the_record_says_why_and_its_chain_holds(city):
    number = city.verified()
    city.decree(second_version("2027-04-07"))
    events = city.engine.loaded(number).events
    verify_chain(events)
    (changed,) = (event for event in events if event.type == "calendar_changed")
    assert changed.data == {
        "calendar": "kantor",
        "name": "kantor",
        "version": 2,
        "reason": {
            "id": "ditetapkan libur: Hari libur tambahan",
            "en": "declared a holiday: An added holiday",
        },
    }


def test_a_second_decree_moves_it_again_and_tells_of_that_too(city):
    number = city.verified()
    city.decree(second_version("2027-04-07"))
    city.decree(second_version("2027-04-07", "2027-04-08") | {"version": 3})
    assert city.promised(number) == "2027-04-12"
    assert len(city.told(number)) == 2


def test_every_open_report_of_a_long_work_list_is_reached():
    city = City()
    numbers = [city.engine.filed().report.number for _ in range(230)]
    city.decree(second_version("2027-04-07"))
    assert {city.promised(number) for number in numbers} == {"2027-04-09"}


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        (
            "id",
            "menjadi 09/04/2027 16.30",
            "Semula: Kamis, 8 April 2027 pukul 16.00 WIB. Anda tidak perlu",
        ),
        ("en", "is now 09/04/2027 16.30", "Before: Thursday, 8 April 2027 at 16.00 WIB. You need"),
    ],
)
def test_the_message_says_the_old_and_the_new_moment_and_the_cause(city, language, subject, said):
    number = city.verified()
    city.decree(second_version("2027-04-07"))
    (delivery,) = (
        one
        for one in city.engine.store.deliveries(number)
        if one.template == "reporter_promise_moved"
    )
    context = context_from(number, delivery.context, link="https://x.test/t/1", texts={})
    mail = render(delivery.template, language=language, channel="mail", context=context)
    assert subject in mail.subject
    assert said in mail.text
    cause = {"id": "ditetapkan libur: Hari libur", "en": "declared a holiday: An added"}
    assert cause[language] in mail.text


def test_the_reason_is_the_named_days_or_the_new_year_or_just_a_change():
    old = Calendar.from_dict("kantor", SHIPPED)

    def why(**changes: Any) -> str:
        return reason(old, Calendar.from_dict("kantor", {**SHIPPED, **changes}))["en"]

    assert why(known_until="2028-12-31") == "the working calendar of the coming year has been " + (
        "laid down"
    )
    assert why() == "the working calendar changed"
