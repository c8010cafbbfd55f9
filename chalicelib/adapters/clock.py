"""The system's own clock: real time on AWS, or a scaled one for demonstrations.

With ``CLOCK_SPEED`` and ``CLOCK_START`` an SOP's days pass in minutes. Everything the product
decides uses the system's time; tokens, presigned uploads and AWS signatures keep real time.
Instants are aware, in UTC and whole seconds, so that their text sorts and compares.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """What the rest of the system may know about time."""

    @property
    def speed(self) -> float:
        """Seconds of system time in one real second."""

    def now(self) -> datetime:
        """The system's time, in UTC, cut to the whole second."""

    def to_real(self, instant: datetime) -> datetime:
        """The real moment at which the system's clock will show *instant*."""

    def from_real(self, moment: datetime) -> datetime:
        """What the system's clock shows at the real *moment*, cut to the whole second."""


@dataclass(frozen=True)
class SystemClock:
    """Real time; what AWS runs on."""

    speed: float = 1.0

    def now(self) -> datetime:
        return whole_seconds(datetime.now(UTC))

    def to_real(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC)

    def from_real(self, moment: datetime) -> datetime:
        return whole_seconds(moment)


@dataclass(frozen=True)
class ScaledClock:
    """Shows *start* at the real moment *anchor_real* and runs *speed* times as fast from there."""

    start: datetime
    speed: float
    anchor_real: datetime

    def __post_init__(self) -> None:
        if self.speed <= 0:
            raise ValueError("a clock that stands still or runs backwards never reaches a deadline")

    def now(self) -> datetime:
        return self.from_real(datetime.now(UTC))

    def to_real(self, instant: datetime) -> datetime:
        # A microsecond late rather than early: whoever waits until then finds the instant reached.
        real = self.anchor_real + (instant - self.start) / self.speed
        return real.astimezone(UTC) + timedelta(microseconds=1)

    def from_real(self, moment: datetime) -> datetime:
        return whole_seconds(self.start + (moment - self.anchor_real) * self.speed)


def whole_seconds(moment: datetime) -> datetime:
    """*moment* in UTC without its fraction; a moment without a zone is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


@lru_cache(maxsize=1)
def clock_from_environment() -> Clock:
    """The clock that CLOCK_START, CLOCK_SPEED and CLOCK_ANCHOR describe; real time without them.

    CLOCK_ANCHOR is the real moment at which CLOCK_START held. The local runner sets it, so that
    several processes show the same time; without it the clock starts at the first call, which is
    why the answer is kept.
    """
    start, speed = os.environ.get("CLOCK_START"), os.environ.get("CLOCK_SPEED")
    if not start and not speed:
        return SystemClock()
    anchor = os.environ.get("CLOCK_ANCHOR")
    real = _instant("CLOCK_ANCHOR", anchor) if anchor else datetime.now(UTC)
    return ScaledClock(
        start=_instant("CLOCK_START", start) if start else real,
        speed=float(speed) if speed else 1.0,
        anchor_real=real,
    )


def _instant(name: str, text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{name} needs a time zone, for example 2027-04-05T09:55:00+07:00")
    return moment.astimezone(UTC)
