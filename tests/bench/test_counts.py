"""What must not grow: calls, writes and transitions, counted and never timed."""

from __future__ import annotations

import pytest

from bench import cases, flood, routes, surface
from chalicelib.handlers import audience

#: What all these stand on is made once, by one worker.
pytestmark = pytest.mark.xdist_group("counts")


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
    assert case.transitions <= 4
    assert case.messages()["mail"] <= 7
    assert case.totals.written <= 260


def test_what_a_reading_costs_does_not_grow_with_what_is_stored():
    """`python -m bench.scale` does the same beside 100,000 reports."""
    grown = routes.growth((110, 300))
    assert set(grown) == {*routes.READING, "sweep"}
    few, many = (
        {name: (one[size]["calls"], one[size]["read_units"]) for name, one in grown.items()}
        for size in ("110", "300")
    )
    assert many == few
    assert many["GET /v1/reports/similar"] == (9, 5.5)
    assert many["GET /v1/queue"] == (8, 4.0)


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


def test_in_a_flood_no_partition_is_asked_for_more_than_it_gives():
    writes, reads = flood.hottest(flood.partitions()), flood.hottest(flood.reads())
    assert [one for one in writes if one[2] > flood.WRITES_A_PARTITION] == []
    assert [one for one in reads if one[2] > flood.READS_A_PARTITION] == []
    # Filing itself has room for more than six times that flood.
    filing = {table: units for table, _, units in reversed(writes) if table.startswith("reports")}
    assert max(filing.values()) <= flood.WRITES_A_PARTITION / 6
    assert "too much" not in flood.table()


def test_a_flood_counts_in_the_kinds_of_rows_that_a_filing_is_counted_in(alone):
    counted = {key.split("#")[1] for _, key in alone["project"][0].keys if key.startswith("TALLY")}
    assert counted == set(flood.COUNTED)


#: What is asked of AWS by some routes of every kind; the whole table takes a minute.
ASKED = (
    "GET /v1/reports",
    "GET /v1/reports/{number}",
    "GET /v1/statistics",
    "GET /v1/queue",
    "POST /v1/reports/{number}/acknowledge",
    "GET /angka",
    "GET /",
)


def test_every_route_page_and_function_is_counted_or_said_not_to_be():
    named = {(method, path) for method, path, _ in surface.places()}
    listed = {*audience.ROUTES, *audience.PAGES}
    assert {one for one in listed if not one[1].endswith(audience.ACTION)} <= named
    assert {("POST", f"/v1/reports/{{number}}/{name}") for name in audience.ACTIONS} <= named
    events = {name for name in surface.functions() if not name.startswith("route_")}
    assert events == set(surface.PLAYED) | set(surface.UNPLAYED)


def test_routes_are_asked_as_somebody_who_may_and_public_lists_read_little():
    found = surface.calls(ASKED)
    assert set(found) == set(ASKED)
    assert {name: one["status"] for name, one in found.items()} == {
        **dict.fromkeys(ASKED, 200),
        # It waits to be verified: to an officer it is not there yet.
        "POST /v1/reports/{number}/acknowledge": 404,
    }
    reads = {name: sum(one["calls"].values()) for name, one in found.items()}
    assert reads["GET /v1/reports"] <= 2
    assert reads["GET /v1/statistics"] <= 8
    assert reads["GET /angka"] <= 16


@pytest.mark.long
def test_no_route_and_no_page_fails_when_it_is_asked():
    assert {
        name: one["status"] for name, one in surface.calls().items() if one["status"] >= 500
    } == {}
