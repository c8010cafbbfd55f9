"""Errands and devices' states, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errands import DONE, Errand, finished, tried
from chalicelib.services.sensing import State
from tests.fakes import emulated
from tests.fakes.errands import MemoryDeviceStates, MemoryErrandStore

NOW = datetime(2027, 4, 5, 3, 0, tzinfo=UTC)
ERRAND = Errand("hook", "hook-a", "TL-1-2", NOW, {"type": "report.filed"}, due_at=NOW)
LEASE = timedelta(minutes=2)


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: Any) -> Iterator[tuple[Any, Any]]:
    if request.param == "memory":
        yield MemoryErrandStore(), MemoryDeviceStates()
        return
    from chalicelib.adapters.device_states import DynamoDeviceStates
    from chalicelib.adapters.errand_store import DynamoErrandStore
    from chalicelib.adapters.tables import ViewRow

    with emulated.tables(ViewRow):
        yield DynamoErrandStore(), DynamoDeviceStates()


@pytest.fixture
def errands(stores: tuple[Any, Any]) -> Any:
    return stores[0]


def test_an_errand_is_planned_once(errands):
    assert errands.put(ERRAND)
    assert not errands.put(replace(ERRAND, payload={}))
    assert errands.get("hook-a", "TL-1-2") == ERRAND
    assert errands.get("hook-a", "TL-9-9") is None


def test_one_worker_at_a_time_has_an_errand_until_its_lease_runs_out(errands):
    errands.put(ERRAND)
    assert errands.claim("hook-a", "TL-1-2", NOW - timedelta(seconds=1), LEASE) is None
    claimed = errands.claim("hook-a", "TL-1-2", NOW, LEASE)
    assert (claimed.attempts, claimed.due_at) == (1, NOW + LEASE)
    assert errands.claim("hook-a", "TL-1-2", NOW, LEASE) is None
    taken_over = errands.claim("hook-a", "TL-1-2", NOW + LEASE, LEASE)
    assert taken_over.attempts == 2
    assert not errands.replace(claimed, finished(claimed, NOW, "too late"))
    assert errands.replace(taken_over, finished(taken_over, NOW, "ok"))
    assert errands.get("hook-a", "TL-1-2").status == DONE


def test_what_is_due_is_found_by_kind_and_leaves_when_it_is_done(errands):
    for n, due in ((1, 30), (2, 10), (3, 90)):
        errands.put(replace(ERRAND, id=f"TL-{n}-1", due_at=NOW + timedelta(seconds=due)))
    errands.put(replace(ERRAND, kind="refer", owner="TL-5", id="r2"))
    minute = NOW + timedelta(seconds=60)
    assert [one.id for one in errands.due("hook", minute)] == ["TL-2-1", "TL-1-1"]
    claimed = errands.claim("hook-a", "TL-2-1", minute, LEASE)
    errands.replace(claimed, finished(claimed, minute, "ok"))
    claimed = errands.claim("hook-a", "TL-1-1", minute, LEASE)
    errands.replace(claimed, tried(claimed, minute, "HTTP 500"))
    assert [one.id for one in errands.due("hook", minute)] == []
    soon = minute + timedelta(seconds=5)
    assert [one.id for one in errands.due("hook", soon)] == ["TL-1-1"]


def test_an_owners_errands_are_listed_newest_first(errands):
    for n in range(5):
        created = NOW + timedelta(seconds=n)
        errands.put(replace(ERRAND, id=f"TL-{n}-1", created_at=created))
    first = errands.of("hook-a", 3, None)
    rest = errands.of("hook-a", 3, first.cursor)
    assert [one["id"] for one in (*first.items, *rest.items)] == [
        f"TL-{n}-1" for n in (4, 3, 2, 1, 0)
    ]
    assert rest.cursor is None


def test_a_devices_state_is_changed_by_whoever_read_it_last(stores):
    states = stores[1]
    first = State(1, "TL-1", 1)
    assert states.get("gauge") is None
    assert states.put("gauge", None, first)
    assert not states.put("gauge", None, first)
    assert states.put("gauge", first, replace(first, signals=2))
    assert not states.put("gauge", first, replace(first, signals=3))
    assert states.get("gauge").signals == 2
