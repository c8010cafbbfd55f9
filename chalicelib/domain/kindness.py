"""How much people are told at once, and when they are left in peace: pure rules over policy data.

Nothing here ever delays what is urgent (`Delivery.urgent`: emergencies, instructions and
escalations that a person asked for).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.deliveries import DROPPED, PLANNED, Delivery, Fact, learned

_JAKARTA = ZoneInfo("Asia/Jakarta")
#: What answers the reporter's own act at once, whatever the hour.
ANSWERS_AT_ONCE = frozenset(
    {"reporter_received", "reporter_emergency", "reporter_closed", "subscription_confirm"}
)
BUNDLE = "bundle"
REMINDER = "step_reminder"
DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Kindness:
    """The policy in force (``data/kindness.json``).

    A person gets *free* messages per channel within *window* one by one; what comes beyond is
    gathered and sent as one at the window's end, naming at most *listed* reports.
    """

    window: timedelta
    free: int
    listed: int
    most: int
    quiet_from: time
    quiet_until: time
    quiet_channels: frozenset[str]
    digest_calendar: str
    digest_roles: tuple[str, ...]
    digest_slots: Mapping[str, time]
    digest_late: timedelta

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Kindness:
        """Read the policy; raise KeyError or ValueError for what is not of the form."""
        bundle, quiet, digest = data["bundle"], data["quiet"], data["digest"]
        return cls(
            window=timedelta(minutes=bundle["window_minutes"]),
            free=bundle["free"],
            listed=bundle["listed"],
            most=bundle["most"],
            quiet_from=time.fromisoformat(quiet["from"]),
            quiet_until=time.fromisoformat(quiet["until"]),
            quiet_channels=frozenset(quiet["channels"]),
            digest_calendar=digest["calendar"],
            digest_roles=tuple(digest["roles"]),
            digest_slots={name: time.fromisoformat(text) for name, text in digest["slots"].items()},
            digest_late=timedelta(minutes=digest["late_minutes"]),
        )

    def quiet_until_after(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end in which *now* lies (Jakarta), or None outside them."""
        local = now.astimezone(_JAKARTA)
        at, begins, ends = local.time(), self.quiet_from, self.quiet_until
        over_midnight = begins > ends
        within = (at >= begins or at < ends) if over_midnight else begins <= at < ends
        if not within:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and at >= begins else 0)
        return datetime.combine(day, ends, _JAKARTA)

    def send_at(self, delivery: Delivery) -> datetime | None:
        """Return until when a message to a citizen waits for the end of the night, or None."""
        rings = delivery.channel in self.quiet_channels
        if delivery.to_staff or delivery.urgent or not rings:
            return None
        if delivery.template in ANSWERS_AT_ONCE:
            return None
        return self.quiet_until_after(delivery.created_at)

    def may_bundle(self, delivery: Delivery) -> bool:
        """Whether *delivery* may be said together with others: a drill never with what is real."""
        once = delivery.template not in (BUNDLE, DIGEST) and not delivery.drill
        return delivery.to_staff and once and not delivery.urgent and delivery.attempts <= 1

    def digest_due(self, now: datetime) -> tuple[date, str] | None:
        """Return the day and slot whose digest is due at *now*, if it is not too late for it."""
        local = now.astimezone(_JAKARTA)
        begun = [
            (datetime.combine(local.date(), at, _JAKARTA), name)
            for name, at in self.digest_slots.items()
        ]
        due = [(at, name) for at, name in begun if at <= local < at + self.digest_late]
        return (local.date(), max(due)[1]) if due else None


def once_each(deliveries: Sequence[Delivery], ranks: Mapping[str, int]) -> list[Delivery]:
    """Return *deliveries* of steps that fell due together with one left for each person (S31).

    *ranks*: how high the step is, by its cause; reminders are below everything. The highest is
    sent, the others stay on record as suppressed, naming the one that was sent. What belongs to
    no step is left alone.
    """
    highest: dict[tuple[str, str], Delivery] = {}
    for one in deliveries:
        if one.cause not in ranks:
            continue
        key = (one.who, one.channel)
        best = highest.get(key)
        if best is None or _height(one, ranks) >= _height(best, ranks):
            highest[key] = one
    return [_left(one, highest.get((one.who, one.channel)), ranks) for one in deliveries]


def _height(one: Delivery, ranks: Mapping[str, int]) -> tuple[bool, int]:
    """A reminder of what was never said before is worth less than what it reminds of."""
    return one.template != REMINDER, ranks[one.cause]


def _left(one: Delivery, best: Delivery | None, ranks: Mapping[str, int]) -> Delivery:
    if best is None or one.cause not in ranks or one.id == best.id or one.status != PLANNED:
        return one
    said = Fact(DROPPED, 0, one.created_at, f"said by {best.id}")
    return replace(learned(one, said), error=f"said by {best.id}")
