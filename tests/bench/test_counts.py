"""What must not grow: calls, writes and transitions, counted and never timed."""

from __future__ import annotations

import pytest

from bench import cases, flood, routes


@pytest.fixture(scope="module")
def alone():
    return routes.measure()


def test_filing_is_one_transaction_and_no_other_call_before_the_answer(alone):
    (filing,) = alone["POST /v1/reports"]
    assert filing.calls == {"dynamodb:TransactWriteItems": 1}
    assert filing.written <= 15
    assert max(filing.items) <= 1100


def test_an_action_reads_once_and_writes_once(alone):
    (action,) = alone["POST /v1/reports/{number}/{action}"]
    assert action.calls == {"dynamodb:Query": 1, "dynamodb:TransactWriteItems": 1}


def test_firing_reads_once_and_writes_once(alone):
    for firing in alone["fire"]:
        assert firing.calls == {"dynamodb:Query": 1, "dynamodb:TransactWriteItems": 1}


def test_a_case_answered_in_time_stays_small():
    case = cases.run("answered in time")
    assert case.transitions <= 5
    assert case.messages()["mail"] <= 7
    assert case.totals.written <= 290


#: What is like a report is looked for among the latest of nine cells: bounded, not constant.
BOUNDED = {"GET /v1/reports/similar"}


def test_what_a_reading_costs_does_not_grow_with_what_is_stored():
    grown = routes.growth((110, 160))
    assert set(grown) == {*routes.READING, "sweep"}
    assert {name for name, sizes in grown.items() if sizes["110"] != sizes["160"]} <= BOUNDED
    assert {name: sizes["160"]["calls"] for name, sizes in grown.items() if name in BOUNDED} == {
        "GET /v1/reports/similar": grown["GET /v1/reports/similar"]["110"]["calls"]
    }


def test_the_flood_is_counted_by_what_filing_and_projecting_really_write(alone):
    filing, project = alone["POST /v1/reports"][0], alone["project"][0]
    written = {
        f"{table} {key.partition('#')[0]}": units
        for one in (filing, project)
        for (table, key), units in one.keys.items()
    }
    assert written == {
        "reports R": flood.UNITS["reports"],
        "reports MARK": flood.UNITS["mark"],
        "reports.due DUE": flood.UNITS["due"],
        "reports.queue QUEUE": flood.UNITS["queue"],
        "identity R": 2,
        "views VIEW": flood.UNITS["view"],
        "views TALLY": flood.UNITS["tally"],
        "views MONTHS": 1,
        "views.feed FEED": flood.UNITS["feed"],
        "views CARD": 1,
        "views.feed CARDS": flood.UNITS["cards"],
        "views CELL": flood.UNITS["cell"],
        "views FIND": flood.UNITS["find"],
        "views UPDATES": flood.UNITS["updates"],
    }


def test_a_flood_leaves_filing_and_firing_alone_and_holds_up_only_the_figures():
    over = {
        (table, key.partition("#")[0])
        for table, key, units in flood.hottest(flood.partitions())
        if units > flood.WRITES_A_PARTITION
    }
    assert over == {("views", "TALLY")}
