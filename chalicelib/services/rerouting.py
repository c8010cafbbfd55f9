"""A message failed for good: the next channel, then the next person, then the next step.

Each failed message is answered for by itself, so one recipient's fault never repeats another's
message. What is planned instead has ids of its own below the same cause, so answering twice
plans nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import notices
from chalicelib.domain.deliveries import (
    ANSWERED,
    FAILED,
    HARD,
    SUPPRESSED,
    Delivery,
    Fact,
    learned,
)
from chalicelib.domain.events import Draft
from chalicelib.domain.kindness import BUNDLE
from chalicelib.domain.roles import NEXT_HIGHER, Recipient
from chalicelib.services.bundling import Bundler
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.ports import Alarms, Clock, Conflict, ReportStore, TryAgain, real

_TRIES = 6
NOTHING = "nothing_to_do"
ANSWERED_FOR = "answered"
#: Tried in this order where a channel failed; push and mail cost nothing.
_CHANNELS = (notices.MAIL, notices.SMS)


@dataclass(frozen=True)
class Reroute:
    """The use case behind every message that failed for good."""

    store: ReportStore
    planner: Planner
    clock: Clock
    alarms: Alarms
    salts: Callable[[], str]
    bundler: Bundler

    def __call__(self, number: str, id: str) -> str:
        """Look for another way for one failed message; ``nothing_to_do`` if there is no need.

        Raises TryAgain when the report is being changed by others.
        """
        for _ in range(_TRIES):
            failed = self.store.delivery(number, id)
            if failed is None or not failed.needs_answer:
                return NOTHING
            try:
                self._answer(failed)
            except Conflict:
                continue
            done = Fact(ANSWERED, 0, self.clock.now())
            if self.store.settle(learned(failed, done, pace=self.clock.speed)):
                return ANSWERED_FOR
        raise TryAgain("the report or the message is being changed by others")

    def _answer(self, failed: Delivery) -> None:
        if failed.template == BUNDLE:
            self._hand_back(failed)
            return
        stored = self.store.load(failed.number)
        if stored is None or stored.report.closed or failed.to_follower:
            return
        composer = Composer(
            stored,
            number=failed.number,
            now=self.clock.now(),
            planner=self.planner,
            salts=self.salts,
            arm_grace=real(ARM_GRACE, self.clock),
        )
        siblings = [one for one in self.store.deliveries(failed.number) if _together(one, failed)]
        self._instead(composer, failed, siblings)
        if composer.deliveries or composer.added:
            self.store.save(composer.change())

    def _hand_back(self, bundle: Delivery) -> None:
        """The members of a failed bundle fail with it; each is answered for by itself."""
        for row in self.bundler.members(bundle):
            member = self.store.delivery(row["n"], row["i"])
            if member is None or member.status in (FAILED, SUPPRESSED):
                continue
            fact = Fact(HARD, max(1, member.attempts), self.clock.now(), bundle.error)
            if not self.store.settle(learned(member, fact, pace=self.clock.speed)):
                raise Conflict

    def _instead(self, composer: Composer, failed: Delivery, siblings: list[Delivery]) -> None:
        # Nothing tells whether a push was seen, so it never stands for having reached somebody.
        proven = (one for one in siblings if one.channel != notices.PUSH)
        alive = [one for one in proven if one.status != FAILED]
        if any(one.who == failed.who for one in alive):
            return  # the same person is reached another way
        tried = {(one.who, one.channel) for one in siblings}
        channel = self._next_channel(composer, failed, tried)
        if channel is not None:
            composer.plan_instead(failed, *channel)
            return
        if failed.to_reporter:
            return
        others = {one.who for one in siblings}
        for recipient in _higher(composer, failed):
            who = recipient.person or recipient.position
            if who in others:
                continue
            for channel_name in _CHANNELS[:1] if recipient.mail else _CHANNELS[1:]:
                composer.plan_instead(failed, recipient, channel_name)
            return
        if not any(one.to_staff for one in alive):
            self._nobody_reached(composer, failed)

    def _next_channel(
        self, composer: Composer, failed: Delivery, tried: set[tuple[str, str]]
    ) -> tuple[Recipient | None, str] | None:
        untried = [name for name in _CHANNELS if (failed.who, name) not in tried]
        if failed.to_reporter:
            return next(
                ((None, name) for name in untried if name in composer.current.channels), None
            )
        for recipient in composer.recipients(failed.role, "") if failed.role else ():
            if (recipient.person or recipient.position) != failed.who:
                continue
            addresses: Mapping[str, Any] = {"mail": recipient.mail, "sms": recipient.phone}
            return next(((recipient, name) for name in untried if addresses[name]), None)
        return None

    def _nobody_reached(self, composer: Composer, failed: Delivery) -> None:
        """Not one of a step's recipients can be reached: the next step fires at once (S30)."""
        kind, _, key = failed.cause.partition("#")
        known = {event.data.get("entry") for event in composer.events if _gave_up(event.type)}
        if kind != "step" or key in known:
            return
        cycle, step, _ = key.split("#")
        data = {"step": step, "cycle": int(cycle), "entry": key}
        composer.add(Draft("unreachable", composer.now, data=data))
        self.alarms.raise_alarm("nobody_reachable", {"number": failed.number, "step": step})


def _gave_up(type_: str) -> bool:
    return type_ == "unreachable"


def _together(one: Delivery, failed: Delivery) -> bool:
    return one.cause == failed.cause and one.to_reporter == failed.to_reporter


def _higher(composer: Composer, failed: Delivery) -> Iterator[Recipient]:
    """Who answers in the recipient's place: the same office's others, then its superiors."""
    role: str | None = failed.role
    while role:
        yield from composer.recipients(role)
        role = NEXT_HIGHER.get(role)
