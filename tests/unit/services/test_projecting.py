"""Views and counters: exact whatever order, however often, however concurrent."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from chalicelib.domain.report import Report
from chalicelib.services.ports import Conflict, TryAgain
from chalicelib.services.projecting import Projector, figures
from chalicelib.services.views import Filters
from tests.fakes.engine import Engine
from tests.fakes.views import MemoryViewStore


@pytest.fixture(scope="module")
def lived():
    """Some reports that have lived, with every row that the stream carried."""
    engine = Engine("2027-04-05T09:55:00+07:00")
    numbers = [engine.filed(category=code).report.number for code in ("INF-01", "DRT-01", "INF-01")]
    numbers.append(engine.filed(visibility="confidential").report.number)
    engine.act(numbers[0], "verify", by="operator")
    engine.act(numbers[2], "verify", by="operator", category="KES-01")
    engine.run_until("2027-04-07T12:00:00+07:00")
    engine.act(numbers[3], "reject", by="operator", reason="incomplete")
    reports = [engine.loaded(number).report for number in numbers]
    return list(engine.store.stream), reports


@pytest.mark.parametrize("seed", range(20))
def test_rows_late_doubled_and_out_of_order_give_the_same_figures(lived, seed):
    stream, reports = lived
    chance = random.Random(seed)
    rows = stream + chance.sample(stream, len(stream) // 2)
    chance.shuffle(rows)
    views = MemoryViewStore()
    while rows:
        batch, rows = rows[:7], rows[7:]
        Projector(views).project(batch)
    assert +views.counters == figures(reports)
    assert {n: v.version for n, v in views.views.items()} == newest(stream)


def newest(stream):
    """How many events each report's record has in the end."""
    lengths: dict[str, int] = {}
    for row in stream:
        if row.kind == "report":
            length = msgspec.json.decode(row.body, type=Report).seq
            lengths[row.number] = max(length, lengths.get(row.number, 0))
    return lengths


def test_many_projectors_at_once_give_the_same_figures(lived):
    stream, reports = lived
    views = MemoryViewStore()
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(Projector(views).project, [row]) for row in stream * 3]
        for one in done:
            one.result()
    assert +views.counters == figures(reports)


def test_the_same_row_twice_changes_nothing(lived):
    stream, _ = lived
    projector = Projector(MemoryViewStore())
    assert projector.project(stream) == 4
    assert projector.project(stream) == 0


def test_a_report_that_becomes_secret_leaves_the_list_and_its_figures(lived):
    _, reports = lived
    from dataclasses import replace

    views = MemoryViewStore()
    shown = reports[0]
    Projector(views).put(shown, 1)
    hidden = replace(shown, visibility="confidential")
    Projector(views).put(hidden, 2)
    assert views.page(Filters(), 10, None).items == ()
    assert +views.counters == figures([hidden])


def test_a_drill_is_in_no_list_and_no_figure(lived):
    _, reports = lived
    from dataclasses import replace

    views = MemoryViewStore()
    Projector(views).put(replace(reports[0], drill=True), 1)
    assert (views.page(Filters(), 10, None).items, +views.counters) == ((), {})


def test_a_store_that_is_always_busy_is_a_passing_fault(lived):
    _, reports = lived

    class Busy(MemoryViewStore):
        def replace(self, *_args):
            raise Conflict

    with pytest.raises(TryAgain):
        Projector(Busy()).put(reports[0], 1)
