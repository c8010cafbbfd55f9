"""The views table, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.adapters import view_store
from chalicelib.domain.report import PhotoState
from chalicelib.services.ports import Conflict
from chalicelib.services.projecting import Projector, figures
from chalicelib.services.tallies import counts_in
from chalicelib.services.views import GROUPS, Filters, view_of
from tests.fakes import emulated
from tests.fakes.engine import Engine
from tests.fakes.views import MemoryViewStore

NOW = datetime.fromisoformat("2027-04-30T12:00:00+07:00")


def projector_of(views):
    """A projector that is told what to show and loads nothing."""
    return Projector(views, lambda _number: None)


@pytest.fixture(scope="module")
def reports():
    engine = Engine("2027-02-27T09:00:00+07:00")
    numbers = []
    for day in ("2027-02-27", "2027-03-31", "2027-04-01", "2027-04-05"):
        engine.clock.at = datetime.fromisoformat(f"{day}T09:00:00+07:00")
        numbers.append(engine.filed().report.number)
    return [engine.loaded(number).report for number in numbers]


@pytest.fixture(params=["memory", "dynamo"])
def views(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryViewStore()
        return
    from chalicelib.adapters.tables import ViewRow
    from chalicelib.adapters.view_store import DynamoViewStore

    with emulated.tables(ViewRow):
        yield DynamoViewStore(lambda: NOW)


def test_what_was_put_is_found_again(views, reports):
    new = view_of(reports[0], 3)
    views.replace(None, new)
    assert views.get(reports[0].number) == new
    assert views.get("TL-7K3QX9MW") is None


def test_only_the_view_that_was_read_can_be_replaced_and_nothing_is_counted_otherwise(
    views, reports
):
    one, two = view_of(reports[0], 1), view_of(reports[0], 2)
    views.replace(None, one)
    with pytest.raises(Conflict):
        views.replace(None, two)
    views.replace(one, two)
    with pytest.raises(Conflict):
        views.replace(one, view_of(reports[0], 3))
    for group in GROUPS:
        assert sum(views.counts((group,), "", "").values()) == 1


def test_counters_follow_the_status(views, reports):
    projector = projector_of(views)
    projector.put(reports[0], 1)
    closed = replace(reports[0], status="closed_confirmed")
    projector.put(closed, 2)
    assert views.counts(("agency",), "", "") == counts_in(figures([closed]), ("agency",))
    assert {key[3] for key in views.counts(("agency",), "", "")} == {"closed_confirmed"}


def test_counts_are_bounded_by_month(views, reports):
    for report in reports:
        projector_of(views).put(report, 1)
    total = {
        (first, last): sum(views.counts(("category",), first, last).values())
        for first, last in (("", ""), ("2027-03", ""), ("", "2027-03"), ("2027-03", "2027-03"))
    }
    assert total == {
        ("", ""): 4,
        ("2027-03", ""): 3,
        ("", "2027-03"): 2,
        ("2027-03", "2027-03"): 1,
    }


def test_withheld_reports_are_counted_with_every_group(views, reports):
    projector_of(views).put(replace(reports[0], visibility="confidential"), 1)
    assert dict(views.counts(("status",), "", "")) == {("withheld", "2027-02", "", ""): 1}


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_list_pages_over_months_newest_first_and_to_its_end(views, reports, limit):
    for report in reports:
        projector_of(views).put(report, 1)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = views.page(Filters(), limit, cursor)
        found += [row["number"] for row in page.items]
        cursor, pages = page.cursor, pages + 1
        assert len(page.items) <= limit
    assert found == [report.number for report in reversed(reports)]


def test_a_rare_filter_is_answered_in_short_pages_that_lead_on_to_its_end(
    views, reports, monkeypatch
):
    """Only so many rows are looked at for a page; what fits may lie behind many that do not."""
    monkeypatch.setattr(view_store, "_LOOKED_AT", 2)
    projector_of(views).put(replace(reports[0], status="closed_confirmed"), 1)
    for report in reports[1:]:
        projector_of(views).put(report, 1)
    rare = Filters(status="closed_confirmed")
    first = views.page(rare, 3, None)
    found, cursor = list(first.items), first.cursor
    assert found or cursor, "a page without rows that is not the last has a cursor"
    while cursor:
        page = views.page(rare, 3, cursor)
        found += page.items
        cursor = page.cursor
    assert [row["number"] for row in found] == [reports[0].number]
    if not isinstance(views, MemoryViewStore):
        assert (first.items, bool(first.cursor)) == ((), True)


def test_filters_narrow_the_list(views, reports):
    for report in reports:
        projector_of(views).put(report, 1)
    found = {
        filters: [row["number"] for row in views.page(filters, 10, None).items]
        for filters in (
            Filters(first_day="2027-04-01"),
            Filters(last_day="2027-03-31"),
            Filters(first_day="2027-03-31", last_day="2027-04-01"),
            Filters(status="assigned"),
        )
    }
    oldest, older, newer, newest = (report.number for report in reports)
    assert list(found.values()) == [[newest, newer], [older, oldest], [newer, older], []]


def test_a_report_that_is_hidden_leaves_the_list(views, reports):
    projector_of(views).put(reports[0], 1)
    projector_of(views).put(replace(reports[0], visibility="confidential"), 2)
    assert views.page(Filters(), 10, None).items == ()


def test_a_cursor_that_somebody_made_up_leads_nowhere_bad(views, reports):
    projector_of(views).put(reports[0], 1)
    for cursor in ("x", "|", "9999-99|x", "2027-04", "2020-01|zz"):
        views.page(Filters(), 10, cursor)


def test_an_emergency_is_on_the_board_while_it_runs(views, reports):
    projector = projector_of(views)
    fires = [
        replace(report, number=f"{report.number[:-1]}{n}", tier="P0", category="DRT-01")
        for n, report in enumerate(reports)
    ]
    for version, fire in enumerate(reversed(fires), start=1):
        projector.put(fire, version)
    assert [row["number"] for row in views.alarms(10)] == [fire.number for fire in fires]
    assert [row["number"] for row in views.alarms(2)] == [fire.number for fire in fires[:2]]
    projector.put(replace(fires[0], status="awaiting_validation", resolved_at=NOW), 9)
    projector.put(replace(fires[1], about_unit="BPBD"), 9)
    assert [row["number"] for row in views.alarms(10)] == [fire.number for fire in fires[2:]]


def test_all_of_it_can_be_walked_and_corrected(views, reports):
    for version, report in enumerate(reports, start=1):
        projector_of(views).put(report, version)
    walked = sorted(views.every_view(), key=lambda view: view.number)
    expected = [view_of(report, version) for version, report in enumerate(reports, start=1)]
    assert walked == sorted(expected, key=lambda view: view.number)
    assert views.every_count() == figures(reports)
    key = next(iter(figures(reports)))
    views.correct({key: 3})
    assert views.every_count()[key] == figures(reports)[key] + 3
    views.correct({key: -3})
    assert views.every_count() == figures(reports)


def test_what_waits_for_somebodys_eyes_is_listed_oldest_first_until_it_waits_no_more(
    views, reports
):
    def with_photo(report, **state):
        return replace(report, media={"p-1": PhotoState(state="accepted", **state)})

    for report in reports:
        new = view_of(with_photo(report), 1)
        views.replace(None, new)
    first = views.waiting("cover", 3, None)
    rest = views.waiting("cover", 3, first.cursor)
    numbers = [row["number"] for row in (*first.items, *rest.items)]
    assert numbers == [report.number for report in sorted(reports, key=lambda one: one.filed_at)]
    assert (len(first.items), rest.cursor) == (3, None)
    old = views.get(reports[0].number)
    drawn = view_of(with_photo(reports[0], cover="drawn"), 2)
    views.replace(old, drawn)
    assert reports[0].number not in [row["number"] for row in views.waiting("cover", 9, None).items]
    assert [row["photos"] for row in views.waiting("review", 9, None).items] == [["p-1"]]
    shown = view_of(with_photo(reports[0], cover="approved", published=True), 3)
    views.replace(drawn, shown)
    assert [views.waiting(kind, 9, None).items for kind in ("review", "publish")] == [(), ()]


def test_photos_of_what_nobody_may_see_wait_for_no_covering(reports):
    photo = {"p-1": PhotoState(state="accepted")}
    for change in ({"visibility": "confidential"}, {"tier": "P4"}, {"about_unit": "kel-bugel"}):
        assert view_of(replace(reports[0], media=photo, **change), 1).waits == {}
    audited = replace(reports[0], media=photo, visibility="confidential", audit="ordered")
    assert list(view_of(audited, 1).waits) == ["audit"]


def test_a_view_of_before_counters_were_kept_in_rows_is_counted_when_it_is_next_shown(reports):
    from chalicelib.adapters.tables import ViewRow
    from chalicelib.adapters.view_store import DynamoViewStore

    with emulated.tables(ViewRow):
        views, number = DynamoViewStore(lambda: NOW), reports[0].number
        body = '{"counted": [["category", "2027-02", "INF-01", "received"]], "shown": null}'
        ViewRow(f"VIEW#{number}", "PUBLIC", version=99, body=body).save()
        assert views.get(number).counted == ()
        assert projector_of(views).put(reports[0], 3)
        assert views.every_count() == figures(reports[:1])
        assert not projector_of(views).put(reports[0], 3)


def test_an_empty_list_asks_for_the_months_that_hold_something_and_no_others(reports):
    from chalicelib.adapters.tables import ViewRow
    from chalicelib.adapters.view_store import DynamoViewStore

    with emulated.tables(ViewRow):
        views = DynamoViewStore(lambda: NOW)
        projector_of(views).put(reports[0], 1)
        assert list(views._months("2027-04", "")) == ["2027-04", "2027-02"]
        assert list(views._months("2027-04", "2027-03")) == ["2027-04"]
        assert list(views._months("2027-02", "2027-03")) == []
