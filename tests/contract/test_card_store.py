"""Cards, updates and cells, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.services.cards import Card, Update
from tests.fakes import emulated
from tests.fakes.cards import MemoryCardStore

CARD = Card("TL-1", 3, "2027-03-31T17:30:00Z", "INF-01", "", {"number": "TL-1", "n": 1})
STEP = Update("TL-1", 4, "2027-04-05T03:00:00Z", {"number": "TL-1", "state": "open"})


@pytest.fixture(params=["memory", "dynamo"])
def cards(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryCardStore()
        return
    from chalicelib.adapters.card_store import DynamoCardStore
    from chalicelib.adapters.tables import ViewRow

    with emulated.tables(ViewRow):
        yield DynamoCardStore()


def test_an_older_version_never_overwrites_a_newer_one(cards):
    assert cards.put_card(CARD)
    assert not cards.put_card(replace(CARD, version=2, shown=None))
    assert not cards.put_card(CARD)
    assert cards.card("TL-1") == CARD
    assert cards.put_card(replace(CARD, version=4, shown=None))
    assert cards.card("TL-1").shown is None
    assert cards.card("TL-2") is None


def test_cards_are_listed_over_months_newest_first_and_hidden_ones_are_not(cards):
    late = replace(CARD, number="TL-2", filed_at="2027-04-05T03:00:00Z", shown={"n": 2})
    hidden = replace(CARD, number="TL-3", filed_at="2027-04-05T03:00:01Z", shown=None)
    for card in (CARD, late, hidden):
        cards.put_card(card)
    assert list(cards.cards("2027-01-06T00:00:00Z", "2027-04-05T03:00:00Z")) == [late, CARD]
    assert list(cards.cards(CARD.filed_at, CARD.filed_at)) == [CARD]
    assert list(cards.cards("2027-03-31T17:30:01Z", "2027-04-05T02:59:59Z")) == []


def test_updates_come_oldest_first_both_ends_inclusive_and_once(cards):
    steps = [
        Update(f"TL-{n}", 1, f"2027-04-0{day}T03:00:0{n}Z", {"n": n})
        for day in (4, 5)
        for n in (5, 1, 3, 2)
    ]
    cards.put_updates(steps)
    cards.put_updates(steps[:2])
    found = list(cards.updates("2027-04-04T03:00:02Z", "2027-04-05T03:00:02Z"))
    assert [(one.at, one.number) for one in found] == sorted(
        (one.at, one.number)
        for one in steps
        if "2027-04-04T03:00:02Z" <= one.at <= "2027-04-05T03:00:02Z"
    )


def test_an_update_without_content_takes_the_one_before_away(cards):
    cards.put_updates([STEP])
    assert list(cards.updates(STEP.at, STEP.at)) == [STEP]
    cards.put_updates([replace(STEP, shown=None)])
    assert list(cards.updates(STEP.at, STEP.at)) == []


def standing(number="TL-1", version=1, at="2027-04-05T03:00:00Z", **how):
    """A card as it is put: *how* has its cell, its kind, and what else is shown of it."""
    cell, category = how.pop("cell", "qqguf7q"), how.pop("category", "INF-01")
    shown = {"number": number, "status": "verified", "category": category, "filed_at": at}
    shown |= {"lat": -6.1783, "lon": 106.6319, "source": "web"} | how
    return Card(number, version, at, category, cell, shown)


def near(cards, *cells, category="INF-01", since="2027-01-01T00:00:00Z", limit=3):
    return [(one["number"], one["status"]) for one in cards.near(cells, category, since, limit)]


def test_what_is_near_is_found_by_cell_and_kind_newest_first_and_bounded(cards):
    for n in range(5):
        cards.put_card(standing(f"TL-{n}", at=f"2027-04-05T03:00:0{n}Z"))
    cards.put_card(standing("TL-9", cell="qqguf7r", at="2027-03-31T17:30:00Z"))
    cards.put_card(standing("TL-8", cell="qqguf7x"))
    cards.put_card(standing("TL-7", category="INF-02", at="2027-04-05T03:00:09Z"))
    verified = [(f"TL-{n}", "verified") for n in (4, 3, 2, 9)]
    assert near(cards, "qqguf7q", "qqguf7r") == verified
    assert near(cards, "qqguf7q", since="2027-04-05T03:00:04Z") == verified[:1]
    assert near(cards, "qqguf7q", category="INF-02") == [("TL-7", "verified")]


def test_whoever_is_overtaken_while_putting_a_card_leaves_no_neighbour_behind():
    from chalicelib.adapters.card_store import DynamoCardStore
    from chalicelib.adapters.tables import ViewRow

    class Overtaken(DynamoCardStore):
        """Another one puts a newer card just after this one has read the old one."""

        meanwhile: Card | None = None

        def card(self, number: str) -> Card | None:
            found, newer = super().card(number), self.meanwhile
            if newer is not None:
                self.meanwhile = None
                self.put_card(newer)
            return found

    with emulated.tables(ViewRow):
        cards = Overtaken()
        cards.put_card(standing())
        cards.meanwhile = standing(version=3, status="closed_confirmed")
        assert not cards.put_card(standing(version=2, cell="qqguf7r"))
        assert (near(cards, "qqguf7q"), near(cards, "qqguf7r")) == ([], [])
        assert cards.card("TL-1") == standing(version=3, status="closed_confirmed")


def test_a_neighbour_is_what_its_report_is_and_is_gone_when_that_is_closed_moved_or_hidden(cards):
    cards.put_card(standing())
    cards.put_card(standing(version=3, status="in_progress"))
    cards.put_card(standing(version=2))
    assert near(cards, "qqguf7q") == [("TL-1", "in_progress")]
    cards.put_card(standing(version=4, cell="qqguf7r"))
    assert (near(cards, "qqguf7q"), near(cards, "qqguf7r")) == ([], [("TL-1", "verified")])
    cards.put_card(standing(version=5, category="INF-02"))
    assert near(cards, "qqguf7r") == []
    assert near(cards, "qqguf7q", category="INF-02") == [("TL-1", "verified")]
    cards.put_card(standing(version=6, category="INF-02", status="closed_confirmed"))
    assert near(cards, "qqguf7q", category="INF-02") == []
    cards.put_card(standing(version=7, category="INF-02", status="reopened"))
    assert near(cards, "qqguf7q", category="INF-02") == [("TL-1", "reopened")]
    cards.put_card(replace(standing(version=8), shown=None))
    assert near(cards, "qqguf7q", category="INF-02") == []


def test_a_card_of_before_is_put_where_its_neighbours_look(cards):
    from chalicelib.adapters.tables import ViewRow

    cards.put_card(standing())
    if not isinstance(cards, MemoryCardStore):
        for row in ViewRow.query("CELL#qqguf7q#INF-01"):
            row.delete()
        assert near(cards, "qqguf7q") == []
    for _ in range(2):
        cards.settle(cards.card("TL-1"))
        assert near(cards, "qqguf7q") == [("TL-1", "verified")]


def test_a_neighbour_that_stays_as_it_was_is_not_written_again(cards):
    if isinstance(cards, MemoryCardStore):
        pytest.skip("memory keeps no rows for cells")
    from bench.meter import Meter

    meter = Meter()
    cards.put_card(standing())
    with meter.running():
        cards.put_card(standing(version=2, updated_at="2027-04-05T04:00:00Z"))
    assert meter.take().calls == {"dynamodb:GetItem": 1, "dynamodb:PutItem": 1}


def test_counting_calls_adds_one_each_time(cards):
    if isinstance(cards, MemoryCardStore):
        pytest.skip("the counter has a store of its own")
    from chalicelib.adapters.usage import DynamoUsage

    assert [DynamoUsage().count("demo#20270405", 2_000_000_000) for _ in range(3)] == [1, 2, 3]
