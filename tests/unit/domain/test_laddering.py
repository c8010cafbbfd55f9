"""The drawn ladder: every clock, assumed starts named, limits counted both ways."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.explanation import beside, derive
from chalicelib.domain.laddering import AT_ONCE, AT_PROMISE, GIVEN, draw, limits
from chalicelib.domain.sop import Duration, Sop, SopInvalid
from chalicelib.domain.timeline import ClockEvent, plan
from chalicelib.domain.workdays import MOST_DAYS, days_of, hours_of
from tests.fakes.engine import SHIPPED

FRIDAY = datetime.fromisoformat("2027-05-14T15:59:00+07:00")
CALENDARS = SHIPPED.calendars()


def local(at: datetime | None) -> str | None:
    return at.astimezone(FRIDAY.tzinfo).isoformat()[:16] if at else None


def drawn(category: str, at: datetime = FRIDAY, **given: datetime):
    return draw(SHIPPED.sop_in_force(category, at), CALENDARS, at, given)


def test_each_later_clock_starts_at_the_last_moment_that_keeps_the_promise_before_it():
    assumed = [(one.type, local(one.at), one.because) for one in drawn("INF-01").assumed]
    assert assumed == [
        ("verified", "2027-05-21T16:30", AT_PROMISE),
        ("paused", "2027-05-21T16:30", AT_ONCE),
        ("referred", "2027-05-21T16:30", AT_ONCE),
        ("resolved", "2027-05-25T16:00", AT_PROMISE),
        ("validated", "2027-05-26T16:00", AT_PROMISE),
    ]


def test_what_is_given_is_taken_and_never_before_what_precedes_it():
    verified = datetime.fromisoformat("2027-05-14T16:10:00+07:00")
    ladder = drawn("INF-01", verified=verified, resolved=FRIDAY)
    assert [(one.type, local(one.at), one.because) for one in ladder.assumed[:4]] == [
        ("verified", "2027-05-14T16:10", GIVEN),
        ("paused", "2027-05-14T16:10", AT_ONCE),
        ("referred", "2027-05-14T16:10", AT_ONCE),
        ("resolved", "2027-05-14T16:10", GIVEN),
    ]
    first = next(entry for entry in ladder.entries if entry.step == "L0")
    assert local(first.due_at) == "2027-05-14T16:10"


@pytest.mark.parametrize("category", sorted(SHIPPED.categories()))
def test_every_step_of_every_sop_stands_in_its_ladder_as_often_as_it_fires(category):
    ladder = drawn(category)
    wanted = {
        (step.id, repeat)
        for step in ladder.sop.steps
        for repeat in range(1 + (step.repeat.times if step.repeat else 0))
    }
    assert {(entry.step, entry.repeat) for entry in ladder.entries} == wanted
    assert {entry.state for entry in ladder.entries} == {"planned"}


def test_the_citizens_rungs_are_those_of_a_report_on_which_nobody_moves():
    ladder = drawn("INF-01")
    planned = plan(ladder.sop, CALENDARS, [ClockEvent("filed", FRIDAY)])
    assert [e for e in ladder.entries if e.clock == "citizen"] == [
        e for e in planned.entries if e.clock == "citizen"
    ]


def test_beyond_the_calendar_nothing_is_guessed():
    ladder = drawn("INF-01", datetime.fromisoformat("2027-12-30T10:00:00+07:00"))
    unknown = {entry.step: entry.due_at for entry in ladder.entries if entry.state == "unknown"}
    assert unknown["R100"] is None and unknown["LEGAL"] is None


def test_where_the_law_is_unclear_both_ways_are_counted_and_the_earlier_governs():
    (legal,) = (one for one in limits(drawn("WAS-01").entries) if one.kind == "legal")
    assert (legal.governing.step, local(legal.governing.due_at)) == (
        "LEGAL-UU",
        "2027-07-14T00:00",
    )
    assert [(e.step, local(e.due_at)) for e in legal.others] == [("LEGAL", "2027-08-13T16:30")]
    assert beside(legal.governing, legal) == (
        "Dihitung juga menurut PermenPANRB 62/2018, dalam hari kerja: Jumat, 13 Agustus 2027 "
        "pukul 16.30 WIB. Yang lebih awal yang ditunjukkan sebagai batas."
    )
    assert beside(legal.others[0], legal, "en") == (
        "The earlier limit is the one shown: Wednesday, 14 July 2027 at 00:00 WIB, in calendar "
        "days, by UU 25/2009 ps. 50; Perpres 76/2013."
    )


def test_a_limit_counted_in_one_way_only_says_nothing_more():
    (legal,) = (one for one in limits(drawn("DRT-01").entries) if one.kind == "legal")
    assert beside(legal.governing, legal) == ""


def test_a_day_shows_its_windows_its_breaks_and_its_reason():
    kantor = CALENDARS["kantor"]
    friday, saturday, feast = (hours_of(kantor, date(2027, 5, day)) for day in (14, 15, 17))
    assert (friday.kind, friday.windows, friday.breaks) == (
        "working",
        (("07:30", "11:30"), ("13:00", "16:30")),
        (("11:30", "13:00"),),
    )
    assert (saturday.kind, saturday.windows) == ("weekend", ())
    assert (feast.kind, feast.note, feast.provisional) == (
        "holiday",
        {"id": "Hari Raya Idul Adha", "en": "Eid al-Adha"},
        True,
    )


def test_ramadan_shows_its_own_hours_and_that_its_dates_may_move():
    day = hours_of(CALENDARS["kantor"], date(2027, 2, 9))
    assert (day.windows, day.variant, day.provisional) == (
        (("08:00", "12:00"), ("12:30", "15:00")),
        {"id": "Ramadan 2027", "en": "Ramadan 2027"},
        True,
    )


def test_a_deadline_within_ramadan_says_which_hours_counted():
    ladder = drawn("INF-01", datetime.fromisoformat("2027-02-09T09:00:00+07:00"))
    reminder = next(entry for entry in ladder.entries if entry.step == "V80")
    derived = derive(reminder)
    assert local(reminder.due_at) == "2027-02-10T08:30"
    assert derived["provisional"] is True
    assert derived["text"] == (
        "Jatuh tempo Rabu, 10 Februari 2027 pukul 08.30 WIB: 6 jam kerja sejak Selasa, "
        "9 Februari 2027 pukul 09.00 WIB; dihitung 9–10 Februari; jam kerja Ramadan 2027 "
        "9–10 Februari (perkiraan)."
    )


def test_days_beyond_the_calendar_are_unknown_and_an_open_calendar_is_open_all_day():
    assert hours_of(CALENDARS["kantor"], date(2028, 1, 3)).kind == "unknown"
    assert hours_of(CALENDARS["24x7"], date(2027, 5, 17)).windows == (("00:00", "24:00"),)


def test_a_strip_of_days_is_bounded():
    calendar = Calendar.always("24x7", "Asia/Jakarta")
    days = list(days_of(calendar, date(2027, 1, 1), date(2037, 1, 1)))
    assert len(days) == MOST_DAYS


@pytest.mark.parametrize("text", ["P3661D", "PT87841H", "P" + "9" * 40 + "D"])
def test_a_budget_of_more_than_ten_years_is_refused(text):
    with pytest.raises(SopInvalid, match="longer than ten years"):
        Duration.parse(text)


def test_a_step_that_repeats_without_end_is_refused():
    step = {"id": "L0", "clock": "agency", "at": "PT1M"}
    repeat = {"every": "PT1M", "times": 501}
    form = {"id": "x", "version": 1, "calendar": "kantor", "steps": [step | {"repeat": repeat}]}
    with pytest.raises(SopInvalid, match="more than 500"):
        Sop.from_dict(form)
