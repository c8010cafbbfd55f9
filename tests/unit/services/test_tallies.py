"""Few rows of many numbers say what one counter for each figure would say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.auditing import FINDINGS
from chalicelib.domain.endings import ENDINGS
from chalicelib.domain.report import DESPITE, NO_PROOF, PROVEN, STATUSES
from chalicelib.services import tallies
from chalicelib.services.tallies import WORDS, counts_in, keys_of

MONTH = "2027-04"
PROMISES = ("", "on_time", "late", "overdue")
#: A word that a later version may bring, and that no column has a letter for.
UNHEARD = "unheard_of"
words = {
    "status": st.sampled_from((*STATUSES, UNHEARD)),
    "ending": st.sampled_from(("running", *ENDINGS, UNHEARD)),
    "proof": st.sampled_from(("none_yet", PROVEN, DESPITE, NO_PROOF)),
    "audit": st.sampled_from(("none", "ordered", *FINDINGS)),
    "promise": st.sampled_from(PROMISES),
}


def test_every_word_that_a_report_can_stand_under_has_a_letter_of_its_own():
    said = {*STATUSES, *ENDINGS, *FINDINGS, *PROMISES, PROVEN, DESPITE, NO_PROOF}
    assert said | {"running", "none_yet", "none", "ordered"} <= set(WORDS)
    columns = [tallies.where(MONTH, "", "", (word, ""))[1] for word in WORDS]
    assert len(set(columns)) == len(WORDS)
    assert {len(column) for column in columns} == {3}


@given(**words)
def test_a_cell_adds_to_every_breakdown_of_what_is_reported(status, ending, proof, audit, promise):
    cell = tallies.what(MONTH, "INF-01", "PUPR", (status, ending, proof, audit, promise))
    assert set(keys_of(cell)) == {
        ("category", MONTH, "INF-01", status),
        ("status", MONTH, status, status),
        ("agency", MONTH, "PUPR", status),
        ("month", MONTH, MONTH, status),
        ("ending", MONTH, ending, status),
        ("proof", MONTH, proof, status),
        ("audit", MONTH, audit, status),
        *(
            (("promise-agency", MONTH, "PUPR", promise),
             ("promise-category", MONTH, "INF-01", promise))
            if promise
            else ()
        ),
    }  # fmt: skip


def test_a_cell_adds_to_every_breakdown_of_where_it_is():
    cell = tallies.where(MONTH, "36.71.01", "36.71.01.1007", ("closed_confirmed", "late"))
    assert keys_of(cell) == (
        ("kecamatan", MONTH, "36.71.01", "closed_confirmed"),
        ("kelurahan", MONTH, "36.71.01.1007", "closed_confirmed"),
        ("promise-kelurahan", MONTH, "36.71.01.1007", "late"),
    )


def test_a_time_is_counted_in_its_class_by_category():
    for name in tallies.TIMED:
        cell = tallies.took(MONTH, "INF-01", "PUPR", name, 1440)
        assert keys_of(cell) == ((f"time-{name}", MONTH, "INF-01", "1440"),)


def test_a_time_is_counted_in_its_class_by_kelurahan():
    for name in tallies.TIMED:
        cell = tallies.took_there(MONTH, "36.71.01", "36.71.01.1007", name, 90)
        assert keys_of(cell) == ((f"time-{name}-kelurahan", MONTH, "36.71.01.1007", "90"),)


def test_a_report_counts_once_for_where_it_came_from_and_how_it_ended():
    cell = tallies.came_from(MONTH, "poster-36.71.01.1007", "closed_confirmed")
    assert keys_of(cell) == (("source", MONTH, "poster-36.71.01.1007", "closed_confirmed"),)
    running = tallies.came_from(MONTH, "web", tallies.RUNNING)
    assert counts_in({running: 3}, ("source",)) == {("source", MONTH, "web", "running"): 3}


def test_each_group_is_read_from_the_rows_that_hold_it():
    groups = ("kelurahan", "promise-kelurahan", "time-resolved-kelurahan", "kecamatan")
    assert tallies.kinds_of(groups) == (tallies.WHERE, tallies.WITHHELD)
    assert tallies.kinds_of(("source",)) == (tallies.FROM, tallies.WITHHELD)
    assert tallies.kinds_of(("category", "time-resolved")) == (tallies.WHAT, tallies.WITHHELD)


def test_only_the_groups_asked_for_and_the_withheld_are_counted_without_zeros():
    cells = Counter(
        {
            tallies.where(MONTH, "36.71.01", "people", ("received", "")): 2,
            tallies.where(MONTH, "36.71.01", "people", ("assigned", "")): 0,
            tallies.where(MONTH, "36.71.01", "36.71.01.1007", ("received", "")): 3,
            tallies.withheld(MONTH): 4,
        }
    )
    assert counts_in(cells, ("kecamatan",)) == {
        ("kecamatan", MONTH, "36.71.01", "received"): 5,
        ("withheld", MONTH, "", ""): 4,
    }
