"""The clock port: whole seconds in UTC, and a scaled clock that never runs backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.adapters.clock import (
    ScaledClock,
    SystemClock,
    clock_from_environment,
    whole_seconds,
)

WIB = timezone(timedelta(hours=7))
START = datetime(2027, 4, 5, 9, 55, tzinfo=WIB)
REAL = datetime(2026, 11, 24, 0, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("CLOCK_START", "CLOCK_SPEED", "CLOCK_ANCHOR"):
        monkeypatch.delenv(name, raising=False)
    clock_from_environment.cache_clear()
    yield
    clock_from_environment.cache_clear()


def test_real_time_is_in_utc_and_whole_seconds():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=2)


def test_real_time_needs_no_translation():
    assert SystemClock().to_real(START) == START
    assert SystemClock().speed == 1.0


def test_a_scaled_clock_shows_its_start_at_its_anchor_and_an_hour_one_second_later():
    clock = ScaledClock(START, 3600, REAL)
    assert clock.from_real(REAL) == START
    assert clock.from_real(REAL + timedelta(seconds=1)) == START + timedelta(hours=1)


def test_a_scaled_clock_cuts_to_whole_seconds_in_utc():
    shown = ScaledClock(START, 3600, REAL).from_real(
        REAL + timedelta(milliseconds=1, microseconds=1)
    )
    assert shown == START + timedelta(seconds=3)
    assert (shown.tzinfo, shown.microsecond) == (UTC, 0)


@pytest.mark.parametrize("speed", [0.5, 1, 7, 60, 3600, 100_000])
@pytest.mark.parametrize("ahead", [0, 1, 59, 3601, 86_399, 31_536_000])
def test_whoever_waits_until_the_real_moment_finds_the_instant_reached(speed, ahead):
    clock = ScaledClock(START, speed, REAL)
    due = START + timedelta(seconds=ahead)
    assert due <= clock.from_real(clock.to_real(due)) < due + timedelta(seconds=max(1, speed / 1e5))


def test_now_of_a_scaled_clock_moves_with_real_time():
    clock = ScaledClock(START, 1000, datetime.now(UTC) - timedelta(seconds=2))
    assert START + timedelta(seconds=2000) <= clock.now() < START + timedelta(seconds=12_000)


@pytest.mark.parametrize("speed", [0, -1])
def test_a_clock_that_stands_still_is_refused(speed):
    with pytest.raises(ValueError, match="never reaches"):
        ScaledClock(START, speed, REAL)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        whole_seconds(datetime(2027, 1, 1))  # noqa: DTZ001


def test_without_settings_the_clock_is_real_time():
    assert clock_from_environment() == SystemClock()


def test_settings_make_a_scaled_clock_with_the_given_anchor(monkeypatch):
    monkeypatch.setenv("CLOCK_START", "2027-04-05T09:55:00+07:00")
    monkeypatch.setenv("CLOCK_SPEED", "3600")
    monkeypatch.setenv("CLOCK_ANCHOR", REAL.isoformat())
    assert clock_from_environment() == ScaledClock(START, 3600.0, REAL)


def test_without_anchor_the_clock_starts_at_the_first_call_and_keeps_that(monkeypatch):
    monkeypatch.setenv("CLOCK_START", "2027-04-05T02:55:00Z")
    clock = clock_from_environment()
    assert clock is clock_from_environment()
    assert START <= clock.now() < START + timedelta(seconds=5)


def test_a_speed_alone_starts_from_now(monkeypatch):
    monkeypatch.setenv("CLOCK_SPEED", "60")
    clock = clock_from_environment()
    assert clock.speed == 60
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=2)


def test_a_start_without_zone_is_refused(monkeypatch):
    monkeypatch.setenv("CLOCK_START", "2027-04-05T09:55:00")
    with pytest.raises(ValueError, match="CLOCK_START needs a time zone"):
        clock_from_environment()
