"""Many timelines due at once, and whether reading grows: the two computations hold for a few."""

from __future__ import annotations

from bench import scale, together


def test_whatever_falls_due_in_one_second_fires_once_each_in_one_sweep():
    engine = together.due_together(25)
    order, cpu, sweeps = together.fire_all(engine)
    assert (len(order), len(set(order)), len(cpu), sweeps) == (25, 25, 25, 2)
    for number in order:
        steps = [one.data["step"] for one in engine.loaded(number).events if one.type == "fired"]
        assert steps.count("L1") == 1


def test_the_last_one_waits_for_those_before_it_divided_among_the_workers():
    late = together.lags([0.01] * 100, 10)
    assert [round(one, 2) for one in (late[0], late[9], late[10], late[99])] == [
        0.04, 0.04, 0.08, 0.4,
    ]  # fmt: skip


def test_the_table_says_what_grows():
    same = {"1000": {"calls": 2, "read_units": 1.5, "bytes": 900}}
    same |= {"10000": {"calls": 2, "read_units": 1.5, "bytes": 912}}
    more = {"1000": {"calls": 2, "read_units": 1.5, "bytes": 900}}
    more |= {"10000": {"calls": 3, "read_units": 9.5, "bytes": 9000}}
    told = scale.lines({"a list": same, "a walk": more})
    assert [line.split()[-1] for line in told[2:]] == ["same", "GROWS"]
