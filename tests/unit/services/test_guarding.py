"""Limits for senders: seldom asked, kept as digests, never a reason to lose a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain import proof
from chalicelib.domain.limits import Limits, Mark
from chalicelib.services.guarding import Guard, Proof, ProofNeeded, Tally, TooOften
from chalicelib.services.ports import TryAgain
from tests.fakes.clients import MemoryUsage
from tests.fakes.engine import RecordingMeasures

POLICY: dict[str, Any] = json.loads(Path("chalicelib/data/limits.json").read_text())
SENDER = Mark("telephone", "+6281200000001")
KEY = "Zk3v1pQm8Xs0Rt5Yw9LbNg"


class City:
    """Some processes of one stage."""

    def __init__(self, **rates: dict[str, int]) -> None:
        self.policy = {**POLICY, "rates": {**POLICY["rates"], **rates}}
        self.policy["proof"] = {**POLICY["proof"], "bits": 4}
        self.usage, self.measures = MemoryUsage(), RecordingMeasures()
        self.now = 1_800_000_000.0
        self.switched: list[float] = []

    def process(self, usage: Any = None) -> Guard:
        return Guard(
            lambda: Limits.from_dict(self.policy),
            usage or self.usage,
            lambda: self.now,
            lambda: b"s" * 32,
            self.switched.append,
            self.measures,
        )


class Broken:
    def count(self, key: str, expires_at: int) -> int:
        raise TryAgain("usage")


def test_the_first_few_cost_no_call_at_all() -> None:
    city = City()
    guard = city.process()
    for _ in range(POLICY["rates"]["telephone"]["quiet"]):
        guard.admit([SENDER])
    assert not city.usage.counts


def test_the_limit_is_exact_in_one_process_and_ends_with_its_window() -> None:
    city = City()
    guard = city.process()
    for _ in range(10):
        guard.admit([SENDER])
    with pytest.raises(TooOften) as refused:
        guard.admit([SENDER])
    left = 3600 - city.now % 3600
    assert (refused.value.rate, refused.value.seconds) == ("telephone", left)
    city.now += left
    guard.admit([SENDER])


def test_one_who_is_over_is_refused_without_another_call() -> None:
    city = City()
    guard = city.process()
    for _ in range(10):
        guard.admit([SENDER])
    for _ in range(50):
        with pytest.raises(TooOften):
            guard.admit([SENDER])
    assert sum(city.usage.counts.values()) == 8  # 10 - 3 unseen, and the one that was refused


def test_processes_count_together() -> None:
    city = City()
    processes = [city.process() for _ in range(4)]
    passed = 0
    for _ in range(40):
        for guard in processes:
            try:
                guard.admit([SENDER])
                passed += 1
            except TooOften:
                pass
    assert passed <= 10 + 3 * len(processes)


def test_another_sender_is_not_held_up() -> None:
    city = City()
    guard = city.process()
    for _ in range(10):
        guard.admit([SENDER])
    guard.admit([Mark("telephone", "+6281200000002")])


def test_neither_address_nor_number_is_kept_and_windows_cannot_be_joined() -> None:
    city = City()
    guard = city.process()
    for _ in range(5):
        guard.admit([SENDER])
    city.now += 3600
    for _ in range(5):
        guard.admit([SENDER])
    kept = "".join(city.usage.counts)
    assert "81200000001" not in kept
    assert len(city.usage.counts) == 2


def test_a_counter_that_cannot_be_reached_refuses_nobody() -> None:
    city = City()
    guard = city.process(Broken())
    for _ in range(200):
        guard.admit([SENDER])


def test_an_emergency_makes_no_call_and_is_only_noticed() -> None:
    city = City()
    guard = city.process(Broken())
    found = [guard.noticed([SENDER]) for _ in range(5)]
    assert found == [(), (), (), ("telephone",), ("telephone",)]


def test_a_process_remembers_a_bounded_number_of_senders() -> None:
    tally = Tally()
    for number in range(10_050):
        tally.add(str(number), 1)
    assert len(tally.seen) == 10_000
    assert tally.add("0", 1) == (1, False)


# --- proof of work ---------------------------------------------------------------------------


def under_attack(city: City) -> Guard:
    guard = city.process()
    city.policy["rates"]["everybody"] = {"seconds": 600, "most": 5, "quiet": 2}
    for _ in range(5):
        guard.admit_stranger([], Proof())
    with pytest.raises(ProofNeeded):
        guard.admit_stranger([], Proof())
    return guard


def test_a_flood_switches_proofs_on_once_and_it_is_measured() -> None:
    city = City()
    guard = under_attack(city)
    with pytest.raises(ProofNeeded):
        guard.admit_stranger([], Proof())
    assert city.switched == [city.now + 3600]
    assert city.measures.recorded == [("UnderAttack", 1)]


def test_it_ends_by_itself() -> None:
    city = City()
    guard = under_attack(city)
    city.now += 3601
    guard.admit_stranger([], Proof())


def test_whoever_solved_the_challenge_passes_with_that_key_only() -> None:
    city = City()
    guard = under_attack(city)
    needed = guard.challenge()
    answer = proof.solve(needed.challenge, KEY, needed.bits)
    guard.admit_stranger([], Proof(KEY, needed.challenge, answer))
    with pytest.raises(ProofNeeded):
        guard.admit_stranger([], Proof("another-key-of-22-letters", needed.challenge, answer))


def test_whoever_waited_passes_with_the_ticket() -> None:
    city = City()
    guard = under_attack(city)
    ticket = guard.ticket(KEY, [SENDER])
    with pytest.raises(TooOften) as early:
        guard.admit_stranger([], Proof(KEY, ticket=ticket))
    assert (early.value.rate, early.value.seconds) == ("waiting", 60)
    city.now += 60
    guard.admit_stranger([], Proof(KEY, ticket=ticket))


def test_one_sender_gets_only_so_many_tickets() -> None:
    guard = under_attack(City())
    for _ in range(20):
        guard.ticket(KEY, [SENDER])
    with pytest.raises(TooOften):
        guard.ticket(KEY, [SENDER])


def test_off_means_off() -> None:
    city = City()
    city.policy["proof"]["mode"] = "off"
    city.policy["rates"]["everybody"] = {"seconds": 600, "most": 5, "quiet": 2}
    guard = city.process()
    for _ in range(50):
        guard.admit_stranger([], Proof())
    assert city.switched == []


def test_on_asks_the_first_one() -> None:
    city = City()
    city.policy["proof"]["mode"] = "on"
    with pytest.raises(ProofNeeded):
        city.process().admit_stranger([], Proof())
