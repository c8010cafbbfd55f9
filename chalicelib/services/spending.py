"""How many messages of a costly channel went out today and this month, held against the caps.

A cap reached raises one alarm. From then on what is not urgent is refused here, and so goes by
another channel; an emergency is counted and never refused.
"""

from __future__ import annotations

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

    def __call__(self, delivery: Delivery, address: str, now: datetime) -> None:
        """Count *delivery*; raise CapReached if it may not go out and is not urgent."""
        cap = self.policy().caps.get(delivery.channel)
        if cap is None:
            return
        day = f"{now.astimezone(CITY_ZONE):%Y-%m-%d}"
        over = False
        for period, most in ((day, cap.day), (day[:7], cap.month)):
            used = self.counters.count(delivery.channel, period, now + _KEPT)
            over = over or used > most
            if used == most + 1:
                facts = {"channel": delivery.channel, "period": period, "cap": most}
                self.alarms.raise_alarm("channel_cap_reached", facts)
        if over and not delivery.urgent:
            raise CapReached(f"the cap of {delivery.channel} is reached")
