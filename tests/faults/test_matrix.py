"""Whatever call of a whole case fails, in whatever way, every promise holds."""

from __future__ import annotations

import pytest

from tests.faults.breaking import FAULTS, KILLED_AFTER, KILLED_BEFORE, THROTTLED, Break, Call
from tests.faults.case import healthy, run, wrongs
from tests.faults.matrix import cells, played, table


def place_of(name: str) -> int:
    return next(call.nth for call in healthy().calls if call.name == name)


def test_a_fixed_sample_of_all_calls_and_faults_is_survived() -> None:
    found = played(every=36)
    assert {broken.fault for _, broken in found} == set(FAULTS)
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_call_and_fault_is_survived() -> None:
    found = played()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def test_the_matrix_names_every_worker_and_each_of_its_parts() -> None:
    calls = {call.name for call, _ in cells()}
    assert {name.partition(":")[0] for name in calls} == {
        "file", "act", "dispatch", "relay", "project", "fire", "arm", "send", "sweep",
    }  # fmt: skip
    assert {"file: store.save", "act: store.save", "fire: store.save", "arm: executions.start",
            "send: store.claim", "send: mail.send", "send: sms.send", "send: store.settle",
            "dispatch: queues.wake", "sweep: queues.wake", "sweep: queues.send",
            "project: views.replace", "act: blobs.read"} <= calls  # fmt: skip


def test_without_the_sweeper_a_killed_sender_is_seen_to_lose_its_message() -> None:
    broken = Break(place_of("send: store.claim"), KILLED_BEFORE)
    assert wrongs(broken) == []
    found = wrongs(broken, off="sweeper")
    assert [line.partition(":")[0] for line in found] == [
        "messages",
        "never sent",
        "something is still due at the end",
    ]


def test_without_the_sweeper_a_killed_firer_is_seen_to_leave_a_step_unfired() -> None:
    calls = run(off="sweeper")[0].breaker.calls
    places = [call.nth for call in calls if call.name == "fire: store.load"]
    found = [line for nth in places for line in wrongs(Break(nth, KILLED_BEFORE), off="sweeper")]
    assert any(line.startswith("not fired by one sweep") for line in found)


def test_a_sender_killed_between_provider_and_record_repeats_one_message_and_that_is_allowed() -> (
    None
):
    assert wrongs(Break(place_of("send: mail.send"), KILLED_AFTER)) == []


def test_a_table_says_how_many_runs_of_each_kind_were_survived() -> None:
    call = Call("send", "mail", "send", 7)
    lines = list(table({(call, Break(7, THROTTLED)): ["sent again: x"]}))
    assert lines[1].split()[:4] == ["send:", "mail.send", "0/1", "-"]
    assert lines[2:] == [
        "all              0 of 1 survived",
        "  send: mail.send (call 7), throttled: sent again: x",
    ]
