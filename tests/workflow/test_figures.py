"""Views and figures are what the record says, after any history, and can be made again from it."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chalicelib import bootstrap
from chalicelib import rebuild as command
from chalicelib.domain.actions import ActionRefused
from chalicelib.services.acting import NotFound
from chalicelib.services.ports import Contact
from chalicelib.services.projecting import Projector, figures
from chalicelib.services.rebuilding import Rebuild
from chalicelib.services.tallies import what
from chalicelib.services.views import View
from tests.fakes.engine import Engine
from tests.fakes.views import MemoryViewStore

START = "2027-04-05T09:55:00+07:00"
USERS = ("operator", "verifikator", "petugas.pupr", "kadis.pupr", "petugas.bpbd", "sekda", "")
FILINGS: tuple[dict[str, Any], ...] = (
    {"category": "INF-01"},
    {"category": "INF-01", "visibility": "confidential"},
    {"category": "INF-01", "about_unit": "PUPR"},
    {"category": "INF-02", "contact": Contact()},
    {"category": "DRT-01"},
    {"category": "WAS-01"},
)
ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("verify", {}),
    ("verify", {"category": "INF-02"}),
    ("verify", {"category": "WAS-01"}),
    ("assign", {"agency": "DLH"}),
    ("acknowledge", {}),
    ("decline", {"reason": "x", "agency": "DLH"}),
    ("start", {}),
    ("ask", {"question": "x"}),
    ("refer", {"body": "PLN", "reason": "x"}),
    ("reject", {"reason": "incomplete"}),
    ("submit", {"outcome": "nothing_found", "note": "x"}),
    ("validate", {}),
    ("return", {"reason": "x"}),
    ("confirm", {}),
    ("dispute", {"reason": "x"}),
    ("reopen", {}),
    ("withdraw", {}),
)


class History(RuleBasedStateMachine):
    """Reports filed and acted on at random, told to the projector late, twice and out of order."""

    @initialize()
    def begin(self) -> None:
        self.engine = Engine(START)
        self.views = MemoryViewStore()
        self.projector = Projector(self.views, self.engine.store.load)
        self.numbers: list[str] = []

    @rule(filing=st.sampled_from(FILINGS))
    def file(self, filing: dict[str, Any]) -> None:
        self.numbers.append(self.engine.filed(**filing).report.number)

    @rule(which=st.integers(0, 99), act=st.sampled_from(ACTIONS), user=st.sampled_from(USERS))
    def act(self, which: int, act: tuple[str, dict[str, Any]], user: str) -> None:
        if not self.numbers:
            return
        name, fields = act
        number = self.numbers[which % len(self.numbers)]
        with suppress(ActionRefused, NotFound):
            self.engine.act(number, name, user, **dict(fields))

    @rule(hours=st.sampled_from([1, 24, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        self.engine.run_until((self.engine.clock.at + timedelta(hours=hours)).isoformat())

    @rule(seed=st.randoms(use_true_random=False))
    def a_part_of_the_stream_arrives_in_any_order(self, seed: Any) -> None:
        rows = [row for row in self.engine.store.stream if seed.random() < 0.5]
        seed.shuffle(rows)
        self.projector.project(rows)

    @invariant()
    def once_all_is_told_views_and_figures_are_what_the_record_says(self) -> None:
        caught_up = MemoryViewStore()
        caught_up.views, caught_up.counters = dict(self.views.views), Counter(self.views.counters)
        projector = Projector(caught_up, self.engine.store.load)
        projector.project(self.engine.store.stream)
        reports = [self.engine.loaded(number).report for number in self.numbers]
        assert caught_up.every_count() == figures(reports)
        assert Rebuild(self.engine.store, caught_up, projector).compare().equal


def test_figures_are_exact_after_any_history():
    sample = settings(
        max_examples=10,
        stateful_step_count=12,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=sample)


@pytest.mark.long
def test_figures_are_exact_after_many_histories():
    many = settings(
        max_examples=300,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=many)


@pytest.fixture
def city():
    engine, views = Engine(START), MemoryViewStore()
    numbers = [engine.filed(**filing).report.number for filing in FILINGS]
    Projector(views, engine.store.load).project(engine.store.stream)
    return Rebuild(engine.store, views, Projector(views, engine.store.load)), views, numbers


def test_a_comparison_finds_what_was_lost_changed_or_made_up_and_mending_makes_it_equal(city):
    rebuild, views, numbers = city
    assert rebuild.compare().equal
    del views.views[numbers[0]]
    shown = views.views[numbers[3]]
    views.views[numbers[3]] = View(shown.number, shown.version, shown.counted[:1], None)
    made_up = (what("2027-04", "INF-01", "PUPR", ("received", "running", "none_yet", "none", "")),)
    views.views["TL-7K3QX9MW"] = View("TL-7K3QX9MW", 1, made_up)
    where = ("where#2027-04#36.71.01#36.71.01.1007", "-.-")
    views.counters[where] += 5
    found = rebuild.compare()
    assert found.views == tuple(sorted((numbers[0], numbers[3])))
    assert found.orphans == ("TL-7K3QX9MW",)
    assert found.counters[where] == (5, 0)
    assert rebuild.mend().equal
    assert views.every_count() == figures(rebuild.store.load(one).report for one in numbers)


def test_the_command_compares_first_and_writes_only_when_told(city, monkeypatch, capsys):
    rebuild, views, numbers = city
    monkeypatch.setattr(bootstrap, "rebuild", lambda: rebuild)
    assert command.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "equal"
    del views.views[numbers[0]]
    assert command.main([]) == 1
    assert numbers[0] not in views.views
    assert f"  {numbers[0]}" in capsys.readouterr().out.splitlines()
    assert command.main(["--write"]) == 0
    assert numbers[0] in views.views
