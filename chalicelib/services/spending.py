"""How many messages of a costly channel went out today and this month, held against the caps.

A cap reached raises one alarm. From then on what is not urgent is refused here, and so goes by
another channel; an emergency is counted and never refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.channels import ChannelPolicy
from chalicelib.domain.deliveries import Delivery
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.ports import Alarms, NeverAgain

#: Longer than the longest month, so that its counter is still there at its end.
_KEPT = timedelta(days=40)
_A_DAY = timedelta(days=2)


class CapReached(NeverAgain):
    """The channel's cap is used up; the message goes another way."""


class Counters(Protocol):
    """Counters that forget themselves."""

    def count(self, channel: str, period: str, until: datetime) -> int:
        """Add one to the messages of *channel* in *period*; return the new number."""


@dataclass(frozen=True)
class Spending:
    """The use case: asked right before each message of a channel with a cap."""

    counters: Counters
    policy: Callable[[], ChannelPolicy]
    alarms: Alarms
    #: Tells numbers apart without keeping them.
    key: Callable[[], bytes] = bytes

    def __call__(self, delivery: Delivery, address: str, now: datetime) -> None:
        """Count *delivery*; raise CapReached if it may not go out and is not urgent."""
        cap = self.policy().caps.get(delivery.channel)
        if cap is None:
            return
        day = f"{now.astimezone(CITY_ZONE):%Y-%m-%d}"
        self._one_person(delivery, address, cap.person, day, now)
        over = False
        for period, most in ((day, cap.day), (day[:7], cap.month)):
            used = self.counters.count(delivery.channel, period, now + _KEPT)
            over = over or used > most
            if used == most + 1:
                facts = {"channel": delivery.channel, "period": period, "cap": most}
                self.alarms.raise_alarm("channel_cap_reached", facts)
        if over and not delivery.urgent:
            raise CapReached(f"the cap of {delivery.channel} is reached")

    def _one_person(
        self, delivery: Delivery, address: str, most: int, day: str, now: datetime
    ) -> None:
        """Let nobody have a citizen's telephone ring all day by typing its number into reports."""
        if not most or delivery.to_staff or delivery.urgent:
            return
        digest = hmac.new(self.key(), f"{day}|{address}".encode(), hashlib.sha256).hexdigest()[:32]
        if self.counters.count(f"{delivery.channel}|{digest}", day, now + _A_DAY) > most:
            raise CapReached(f"this person had enough of {delivery.channel} today")
