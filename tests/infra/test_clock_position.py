"""The local runner's clock goes on from where it stood and never runs backwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.clock import ScaledClock
from infra.local.position import PositionKeeper, continue_clock, saved_position

REAL = datetime(2026, 11, 24, tzinfo=UTC)
START = "2027-04-05T09:55:00+07:00"
APRIL = datetime(2027, 4, 5, 2, 55, tzinfo=UTC)


def settings(tmp_path, saved=None, **given):
    path = tmp_path / "clock.json"
    if saved:
        path.write_text(json.dumps({"system": saved.isoformat()}))
    environ = dict(given)
    continue_clock(path, environ, REAL)
    if "CLOCK_START" not in environ:
        return None
    assert datetime.fromisoformat(environ["CLOCK_ANCHOR"]) == REAL
    return datetime.fromisoformat(environ["CLOCK_START"]), float(environ["CLOCK_SPEED"])


def test_without_settings_and_position_it_is_real_time(tmp_path):
    assert settings(tmp_path) is None


def test_real_time_that_has_overtaken_the_position_is_real_time_again(tmp_path):
    assert settings(tmp_path, saved=REAL - timedelta(days=1)) is None


def test_the_first_start_is_where_the_settings_say(tmp_path):
    found = settings(tmp_path, CLOCK_START=START, CLOCK_SPEED="3600")
    assert found == (APRIL, 3600)


def test_the_same_settings_go_on_from_the_position(tmp_path):
    saved = APRIL + timedelta(days=9)
    found = settings(tmp_path, saved=saved, CLOCK_START=START, CLOCK_SPEED="3600")
    assert found == (saved, 3600)


def test_a_later_start_is_honoured(tmp_path):
    assert settings(tmp_path, saved=REAL, CLOCK_START=START) == (APRIL, 1)


def test_without_settings_time_that_ran_ahead_goes_on_at_the_usual_speed(tmp_path):
    assert settings(tmp_path, saved=APRIL) == (APRIL, 1)


def test_a_speed_alone_starts_from_now_or_from_the_position_ahead(tmp_path):
    assert settings(tmp_path, CLOCK_SPEED="60") == (REAL, 60)
    assert settings(tmp_path, saved=APRIL, CLOCK_SPEED="60") == (APRIL, 60)


def test_a_damaged_position_counts_as_none(tmp_path):
    (tmp_path / "clock.json").write_text('{"sys')
    assert saved_position(tmp_path / "clock.json") is None


def test_a_start_without_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        settings(tmp_path, CLOCK_START="2027-04-05T09:55:00")


def test_the_keeper_writes_the_position_at_both_ends(tmp_path):
    path = tmp_path / "clock.json"
    clock = ScaledClock(APRIL, 3600, datetime.now(UTC))
    keeper = PositionKeeper(path, clock)
    keeper.start()
    first = saved_position(path)
    keeper.stop()
    assert APRIL <= first <= saved_position(path) <= clock.now()
