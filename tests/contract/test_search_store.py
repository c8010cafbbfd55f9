"""The search's postings, in memory and in DynamoDB: the same guarantees, held by the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.services.searching import Posting
from tests.fakes import emulated
from tests.fakes.search import MemorySearchStore


@pytest.fixture(params=["memory", "dynamo"])
def store(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemorySearchStore()
        return
    from chalicelib.adapters.search_store import DynamoSearchStore
    from chalicelib.adapters.tables import ViewRow

    with emulated.tables(ViewRow):
        yield DynamoSearchStore()


def posting(hour: int = 9, **fields: Any) -> Posting:
    values = {
        "number": f"TL-{hour:07d}X",
        "filed_at": f"2027-04-05T{hour:02d}:00:00+00:00",
        "day": "2027-04-05",
        "category": "INF-01",
        "kelurahan": "36.71.01.1007",
        "kecamatan": "36.71.01",
        "words": ("lubang", "pasar"),
    }
    return Posting(**{**values, **fields})


def test_a_posting_is_in_all_its_lists_newest_first(store: Any) -> None:
    first, second = posting(9), posting(10, words=("lubang",))
    store.post(None, first)
    store.post(None, second)
    assert store.posted(first.number) == first
    assert store.look("w:lubang", "", 10) == [second, first]
    assert store.look("w:lubang", "", 1) == [second]
    assert store.look("w:lubang", second.place, 10) == [first]
    assert store.look("w:pasar", "", 10) == [first]
    for key in ("c:INF-01", "a:36.71.01.1007", "a:36.71.01"):
        assert store.look(key, "", 10) == [second, first]


def test_a_changed_posting_leaves_the_lists_it_no_longer_belongs_to(store: Any) -> None:
    old = posting()
    new = replace(old, category="INF-02", words=("pasar", "anyar"))
    store.post(None, old)
    store.post(old, new)
    assert store.posted(old.number) == new
    assert [store.look(key, "", 9) for key in ("w:lubang", "c:INF-01")] == [[], []]
    found = [store.look(key, "", 9) for key in ("w:pasar", "w:anyar", "c:INF-02", "a:36.71.01")]
    assert found == [[new]] * 4


def test_posting_twice_is_posting_once_and_taking_away_leaves_nothing(store: Any) -> None:
    one = posting()
    store.post(None, one)
    store.post(None, one)
    assert store.look("w:pasar", "", 9) == [one]
    store.post(one, None)
    store.post(one, None)
    assert store.posted(one.number) is None
    assert [store.look(key, "", 9) for key in one.keys] == [[]] * 5
