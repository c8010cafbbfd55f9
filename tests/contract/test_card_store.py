"""Cards, updates and cells, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.services.cards import Card, Update
from tests.fakes import emulated
from tests.fakes.cards import MemoryCardStore

CARD = Card("TL-1", 3, "2027-03-31T17:30:00Z", "INF-01", "qqguf7q", {"number": "TL-1", "n": 1})
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


def test_what_is_near_is_found_by_cells_newest_first_and_bounded(cards):
    for n in range(5):
        cards.put_card(replace(CARD, number=f"TL-{n}", filed_at=f"2027-04-05T03:00:0{n}Z"))
    cards.put_card(replace(CARD, number="TL-9", cell="qqguf7r"))
    cards.put_card(replace(CARD, number="TL-8", cell="qqguf7x"))
    found = cards.near(["qqguf7q", "qqguf7r"], "2027-01-01T00:00:00Z", 3)
    assert [card.number for card in found] == ["TL-4", "TL-3", "TL-2", "TL-9"]
    assert [card.number for card in cards.near(["qqguf7q"], "2027-04-05T03:00:04Z", 3)] == ["TL-4"]


def test_counting_calls_adds_one_each_time(cards):
    if isinstance(cards, MemoryCardStore):
        pytest.skip("the counter has a store of its own")
    from chalicelib.adapters.usage import DynamoUsage

    assert [DynamoUsage().count("demo#20270405", 2_000_000_000) for _ in range(3)] == [1, 2, 3]
