"""Views and counters: exact whatever order, however often, however concurrent."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.report import replay
from chalicelib.services.ports import Conflict, TryAgain
from chalicelib.services.projecting import Projector, figures
from chalicelib.services.views import Filters
from tests.fakes.engine import Engine
from tests.fakes.views import MemoryViewStore


@pytest.fixture(scope="module")
def lived():
    """Some reports that have lived, and the store with every row that its stream carried."""
    engine = Engine("2027-04-05T09:55:00+07:00")
    numbers = [engine.filed(category=code).report.number for code in ("INF-01", "DRT-01", "INF-01")]
    numbers.append(engine.filed(visibility="confidential").report.number)
    engine.act(numbers[0], "verify", by="operator")
    engine.act(numbers[2], "verify", by="operator", category="KES-01")
    engine.run_until("2027-04-07T12:00:00+07:00")
    engine.act(numbers[3], "reject", by="operator", reason="incomplete")
    reports = [engine.loaded(number).report for number in numbers]
    return engine.store, reports


def states_of(store, reports):
    """Every state that the reports have gone through."""
    records = [store.load(report.number).events for report in reports]
    return [replay(record[:n]) for record in records for n in range(1, len(record) + 1)]


def lengths_of(views):
    return {number: view.version for number, view in views.views.items()}


@pytest.mark.parametrize("seed", range(20))
def test_states_late_doubled_and_out_of_order_give_the_same_figures(lived, seed):
    store, reports = lived
    chance = random.Random(seed)
    states = states_of(store, reports)
    states += chance.sample(states, len(states) // 2)
    chance.shuffle(states)
    views = MemoryViewStore()
    for state in states:
        Projector(views, store.load).put(state, state.seq)
    assert +views.counters == figures(reports)
    assert lengths_of(views) == {report.number: report.seq for report in reports}


def test_rows_in_any_order_bring_the_views_up_to_the_record(lived):
    store, reports = lived
    rows = list(reversed(store.stream))
    views = MemoryViewStore()
    for start in range(0, len(rows), 7):
        Projector(views, store.load).project(rows[start : start + 7])
    assert +views.counters == figures(reports)
    assert lengths_of(views) == {report.number: report.seq for report in reports}


def test_many_projectors_at_once_give_the_same_figures(lived):
    store, reports = lived
    views = MemoryViewStore()
    put = Projector(views, store.load).put
    with ThreadPoolExecutor(8) as pool:
        states = states_of(store, reports) * 3
        for one in [pool.submit(put, state, state.seq) for state in states]:
            one.result()
    assert +views.counters == figures(reports)


def test_the_same_row_twice_changes_nothing(lived):
    store, _ = lived
    projector = Projector(MemoryViewStore(), store.load)
    assert projector.project(store.stream) == 4
    assert projector.project(store.stream) == 0


def test_a_report_that_becomes_secret_leaves_the_list_and_its_figures(lived):
    store, reports = lived
    from dataclasses import replace

    views = MemoryViewStore()
    shown = reports[0]
    Projector(views, store.load).put(shown, 1)
    hidden = replace(shown, visibility="confidential")
    Projector(views, store.load).put(hidden, 2)
    assert views.page(Filters(), 10, None).items == ()
    assert +views.counters == figures([hidden])


def test_a_drill_is_in_no_list_and_no_figure(lived):
    store, reports = lived
    from dataclasses import replace

    views = MemoryViewStore()
    Projector(views, store.load).put(replace(reports[0], drill=True), 1)
    assert (views.page(Filters(), 10, None).items, +views.counters) == ((), {})


def test_a_store_that_is_always_busy_is_a_passing_fault(lived):
    store, reports = lived

    class Busy(MemoryViewStore):
        def replace(self, *_args):
            raise Conflict

    with pytest.raises(TryAgain):
        Projector(Busy(), store.load).put(reports[0], 1)
