"""Which channels a message takes, and how much each may be used: policy, not code.

One text message costs more than everything else of a report together, so mail comes first; text
messages where time is short or silence has been met, calls where life is in danger and nobody has
answered. Channels that failed are made up for elsewhere (rerouting), whatever stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cap:
    """The most messages of a channel in one day and one month of the city's calendar.

    person: the most that one citizen gets in a day, whoever typed the number; 0 for no such limit.
    """

    day: int
    month: int
    person: int = 0


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """The policy in force (``data/channels.json``). Caps never hold back what is urgent."""

    otherwise: tuple[str, ...]
    loud_tiers: frozenset[str]
    loud_templates: frozenset[str]
    loud: tuple[str, ...]
    emergency: tuple[str, ...]
    unanswered_tiers: frozenset[str]
    unanswered: tuple[str, ...]
    caps: Mapping[str, Cap]
    #: Hosts of the push services of browsers; ``*.`` before those of which every part may be meant.
    push_services: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ChannelPolicy:
        """Read the policy; raise KeyError or ValueError for what is not of the form."""
        staff = data["staff"]
        policy = cls(
            otherwise=tuple(staff["otherwise"]),
            loud_tiers=frozenset(staff["loud"]["tiers"]),
            loud_templates=frozenset(staff["loud"]["templates"]),
            loud=tuple(staff["loud"]["channels"]),
            emergency=tuple(staff["emergency"]),
            unanswered_tiers=frozenset(staff["unanswered"]["tiers"]),
            unanswered=tuple(staff["unanswered"]["channels"]),
            push_services=tuple(data.get("push_services", ())),
            caps={name: Cap(**{k: int(v) for k, v in cap.items()}) for name, cap in _caps(data)},
        )
        if not all((policy.otherwise, policy.loud, policy.emergency, policy.unanswered)):
            raise ValueError("a message needs at least one channel")
        return policy

    def for_staff(
        self, template: str, tier: str, *, emergency: bool, unanswered: bool
    ) -> tuple[str, ...]:
        """Return the channels of *template* about a report of *tier*, the first one foremost.

        unanswered: it tells that nobody has accepted the task in its time.
        """
        if unanswered and tier in self.unanswered_tiers:
            return self.unanswered
        if emergency:
            return self.emergency
        loud = tier in self.loud_tiers and template in self.loud_templates
        return self.loud if loud else self.otherwise


def _caps(data: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return list(data.get("caps", {}).items())
