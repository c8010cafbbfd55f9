"""Duplicates, crowds that are one case, and supports: each reporter keeps a voice of their own."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.events import instant
from chalicelib.services.ports import Contact
from tests.fakes.engine import Engine
from tests.workflow.test_story import with_photo

MONDAY = "2027-04-05T10:00:00+07:00"
PLACE = (-6.1783, 106.6319)


def at(engine: Engine, minutes: float) -> None:
    engine.run_until((engine.clock.at + timedelta(minutes=minutes)).isoformat())


def merged(engine: Engine) -> tuple[str, str]:
    main = engine.filed().report.number
    at(engine, 60)
    late = engine.filed(contact=Contact(email="lain@example.org")).report.number
    engine.act(late, "merge", "operator", into=main)
    engine.pump()
    return main, late


def templates(engine: Engine, number: str) -> list[str]:
    return sorted(t for _, t, to in engine.sent(number) if to == "reporter")


# ---------------------------------------------------------------- candidates


def test_open_reports_of_the_kind_near_by_are_found_nearest_first():
    engine = Engine(MONDAY)
    here = engine.filed().report.number
    near = engine.filed(lat=-6.1785).report.number
    engine.filed(lat=-6.1800)  # 190 m away
    engine.filed("LIN-01")
    closed = engine.filed().report.number
    engine.act(closed, "reject", "operator", reason="incomplete")
    engine.pump()
    found = engine.crowds.near("INF-01", *PLACE)
    assert [(one.number, one.metres) for one in found] == [(here, 0), (near, 22)]
    assert [one.number for one in engine.crowds.near_report(here)] == [near]
    engine.clock.at += timedelta(days=15)
    assert engine.crowds.near("INF-01", *PLACE) == []


def test_where_people_are_concerned_nobody_learns_of_a_neighbours_report():
    engine = Engine(MONDAY)
    number = engine.filed("TRB-01").report.number
    engine.pump()
    assert engine.crowds.near_publicly("TRB-01", *PLACE) == []
    assert engine.loaded(number).report.status == "received"


# ---------------------------------------------------------------- merging


def test_whoever_was_merged_hears_of_the_main_reports_news_once_each():
    engine = Engine(MONDAY)
    main, late = merged(engine)
    assert engine.crowds.counts(main) == {"joined": 1}
    engine.act(main, "verify", "operator")
    engine.act(main, "acknowledge", "petugas.pupr")
    photo = with_photo(engine, main)
    engine.act(main, "submit", "petugas.pupr", outcome="done", photos=[photo])
    engine.act(main, "validate", "verifikator")
    engine.pump()
    engine.act(main, "confirm")
    engine.pump()
    assert templates(engine, late) == ["reporter_merged"] + ["reporter_news"] * 3 + [
        "reporter_received"
    ]
    heard = [e.data["what"] for e in engine.loaded(late).events if e.type == "news"]
    assert heard == ["acknowledged", "validated", "confirmed"]


def test_told_twice_by_the_stream_nobody_is_told_twice():
    engine = Engine(MONDAY)
    main, late = merged(engine)
    engine.act(main, "verify", "operator")
    engine.act(main, "acknowledge", "petugas.pupr")
    engine.pump()
    before = engine.sent(late), engine.crowds.counts(main)
    engine._seen = 0
    engine.pump()
    assert (engine.sent(late), engine.crowds.counts(main)) == before


def test_photos_and_the_older_clock_go_with_a_merge():
    engine = Engine(MONDAY)
    old = engine.filed().report.number
    engine.act(old, "add_photo", photo="p-1", type="image/jpeg", purpose="problem")
    engine.run_until("2027-04-07T10:00:00+07:00")
    new = engine.filed().report.number
    own = engine.planner.timeline(engine.loaded(new).events)
    engine.act(old, "merge", "operator", into=new)
    engine.pump()
    report = engine.loaded(new).report
    assert (report.joined, report.joined_photos) == ((old,), (f"{old}/p-1",))
    after = engine.planner.timeline(engine.loaded(new).events)

    def due(timeline, step):
        return instant(next(e.due_at for e in timeline.entries if e.step == step))

    # Three working days from Monday the 5th, not from Wednesday the 7th.
    assert due(own, "R100") == "2027-04-12T09:00:00Z"
    assert due(after, "R100") == "2027-04-08T09:00:00Z"


def test_a_merge_can_be_undone_and_keeps_the_time_that_was_promised():
    engine = Engine(MONDAY)
    main = engine.filed().report.number
    other = engine.filed().report.number
    before = engine.planner.timeline(engine.loaded(other).events)
    engine.run_until("2027-04-05T10:30:00+07:00")
    engine.act(other, "merge", "operator", into=main)
    engine.pump()
    engine.run_until("2027-04-05T11:00:00+07:00")
    engine.act(other, "unmerge", "operator", reason="Lubang yang lain")
    engine.pump()
    stored = engine.loaded(other)
    assert (stored.report.status, stored.report.merged_into) == ("received", "")
    after = engine.planner.timeline(stored.events)
    assert [(e.step, e.due_at) for e in after.entries] == [
        (e.step, e.due_at) for e in before.entries
    ]
    assert engine.crowds.counts(main) == {}
    assert templates(engine, other)[-1] == "reporter_unmerged"
    engine.run_until("2027-04-06T10:00:00+07:00")
    assert dict(engine.fired(other))


def test_those_who_had_joined_come_along_and_go_back_with_an_undone_merge():
    engine = Engine(MONDAY)
    main, late = merged(engine)
    third = engine.filed().report.number
    engine.act(main, "merge", "operator", into=third)
    engine.pump()
    assert engine.crowds.counts(third) == {"joined": 2}
    assert engine.crowds.counts(main) == {}
    engine.act(main, "unmerge", "operator", reason="Bukan hal yang sama")
    engine.pump()
    assert engine.crowds.counts(third) == {}
    assert engine.crowds.counts(main) == {"joined": 1}
    assert [one.number for one in engine.crowd.members(main, "", 9)] == [late]


def test_nothing_is_merged_into_itself_or_into_what_was_merged():
    engine = Engine(MONDAY)
    main, late = merged(engine)
    for number, into in ((main, main), (main, late)):
        with pytest.raises(ActionRefused, match="merge_target_unknown"):
            engine.act(number, "merge", "operator", into=into)


# ---------------------------------------------------------------- crowds


def test_six_hundred_reports_around_one_place_in_ten_minutes_are_one_case():
    engine = Engine(MONDAY)
    numbers = []
    for n in range(600):
        engine.clock.at = datetime.fromisoformat(MONDAY) + timedelta(seconds=n)
        spread = {"lat": PLACE[0] + (n % 25 - 12) * 2e-5, "lon": PLACE[1] + (n % 23 - 11) * 2e-5}
        contact = Contact(email=f"warga{n}@example.org")
        numbers.append(engine.filed(contact=contact, **spread).report.number)
        if n % 20 == 19:
            engine.pump()
    statuses = Counter(engine.loaded(number).report.status for number in numbers)
    assert statuses == {"received": 1, "merged": 599}
    parent = numbers[0]
    assert engine.loaded(parent).report.status == "received"
    assert engine.crowds.counts(parent) == {"joined": 599}
    told = Counter(
        (delivery.number, delivery.template)
        for _, delivery, _ in engine.mail.sent
        if delivery.recipient == "reporter"
    )
    assert set(told.values()) == {1}
    assert {number for number, t in told if t == "reporter_merged"} == set(numbers) - {parent}
    engine.act(parent, "verify", "operator")
    engine.act(parent, "acknowledge", "petugas.pupr")
    engine.pump()
    news = Counter(d.number for _, d, _ in engine.mail.sent if d.template == "reporter_news")
    assert news == dict.fromkeys(set(numbers) - {parent}, 1)


def test_a_broken_main_is_one_case_over_a_whole_neighbourhood():
    engine = Engine(MONDAY)
    numbers = [
        engine.filed("EXT-02", lat=PLACE[0] + n * 2e-4, lon=PLACE[1] + n * 1e-4).report.number
        for n in range(25)
    ]
    engine.pump()
    statuses = Counter(engine.loaded(number).report.status for number in numbers)
    assert statuses["merged"] == 24


def test_a_report_about_a_unit_is_not_joined_to_what_the_public_reads():
    engine = Engine(MONDAY)
    crowd = [engine.filed().report.number for _ in range(12)]
    engine.pump()
    main = engine.loaded(crowd[-1]).report.merged_into or crowd[0]
    about = engine.filed(about_unit="PUPR").report.number
    engine.pump()
    assert engine.loaded(about).report.status == "received"
    assert about not in engine.loaded(main).report.joined


def test_emergencies_are_never_joined_by_the_machine():
    engine = Engine(MONDAY)
    numbers = [engine.filed("DRT-01").report.number for _ in range(20)]
    engine.pump()
    assert {engine.loaded(number).report.status for number in numbers} == {"assigned"}


def test_what_an_officer_has_begun_is_not_taken_away():
    engine = Engine(MONDAY)
    first = [engine.filed().report.number for _ in range(6)]
    engine.act(first[3], "verify", "operator")
    engine.act(first[3], "acknowledge", "petugas.pupr")
    for _ in range(4):
        engine.filed()
    engine.pump()
    assert engine.loaded(first[3]).report.status == "acknowledged"
    assert engine.loaded(first[5]).report.status == "merged"


def test_reports_spread_over_days_are_no_crowd():
    engine = Engine(MONDAY)
    numbers = []
    for _ in range(10):
        numbers.append(engine.filed().report.number)
        at(engine, 30)
    assert {engine.loaded(number).report.status for number in numbers} == {"received"}
