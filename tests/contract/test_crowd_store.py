"""Members, counts and bursts, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.services.crowds import Burst, Member
from tests.fakes import emulated
from tests.fakes.crowds import MemoryCrowdStore


@pytest.fixture(params=["memory", "dynamo"])
def crowd(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryCrowdStore()
        return
    from chalicelib.adapters.crowd_store import DynamoCrowdStore
    from chalicelib.adapters.tables import ViewRow

    with emulated.tables(ViewRow):
        yield DynamoCrowdStore()


def test_joining_twice_counts_once(crowd):
    one = Member("TL-2", "duplicate")
    assert crowd.join("TL-1", one)
    assert not crowd.join("TL-1", one)
    assert crowd.counts("TL-1") == {"joined": 1}
    assert crowd.counts("TL-9") == {}


def test_a_support_counts_for_its_kelurahan_when_it_is_proven(crowd):
    one = Member("TL-2", "support", "36.71.01.1001")
    crowd.join("TL-1", one)
    assert crowd.counts("TL-1") == {"unproven": 1}
    crowd.join("TL-1", replace(one, proven=True))
    assert crowd.counts("TL-1") == {"supports": 1, "supports#36.71.01.1001": 1}


def test_whoever_leaves_is_off_the_counts_and_returned(crowd):
    one = Member("TL-2", "support", "36.71.01.1001", proven=True)
    crowd.join("TL-1", one)
    assert crowd.part("TL-1", "TL-2") == one
    assert crowd.part("TL-1", "TL-2") is None
    assert (crowd.counts("TL-1"), list(crowd.members("TL-1", "", 9))) == ({}, [])


def test_members_come_in_parts_by_number(crowd):
    for n in (3, 1, 2, 5, 4):
        crowd.join("TL-1", Member(f"TL-{n}", "duplicate"))
    first = crowd.members("TL-1", "", 2)
    rest = crowd.members("TL-1", first[-1].number, 9)
    assert [one.number for one in (*first, *rest)] == [f"TL-{n}" for n in range(1, 6)]
    assert list(crowd.members("TL-1", "", 0)) == []


def test_a_burst_is_found_by_its_cell_and_kind(crowd):
    burst = Burst("qqguf7q", "INF-01", "TL-1", "2027-04-05T04:00:00Z")
    crowd.put_burst(replace(burst, parent="TL-0"))
    crowd.put_burst(burst)
    assert list(crowd.bursts(["qqguf7q", "qqguf7r"], "INF-01")) == [burst]
    assert list(crowd.bursts(["qqguf7q"], "LIN-01")) == []
