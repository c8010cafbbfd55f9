"""Keeping one sender from drowning all others, without standing in anybody's way.

Every process counts by itself first and lets a few pass unseen, so that filing normally costs no
call beside its transaction. Only a sender who goes on is counted where all processes count, under
a keyed digest that is another one in every window: neither an address nor a telephone number is
kept, and no two windows can be put together. If that counter cannot be reached, the sender passes:
a limit that fails must not be what loses a report.

When too much comes in from everywhere, anonymous reports must carry a proof of work (`proof`) for
a while. Emergencies are never counted, never held up and never asked for anything; one that comes
from a sender over a limit is marked, so that whoever calls back knows.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.domain import proof
from chalicelib.domain.limits import AUTO, Limits, Mark
from chalicelib.domain.signing import Keyring
from chalicelib.services.clients import Usage
from chalicelib.services.measuring import UNDER_ATTACK, Measures
from chalicelib.services.ports import TryAgain

log = logging.getLogger("live_room.guard")
#: How many senders one process remembers; the ones not heard of for longest are forgotten first.
MOST_REMEMBERED = 10_000
EVERYBODY = Mark("everybody", "")


class TooOften(Exception):
    """A sender is over a limit for *seconds* more. *rate* names the limit."""

    def __init__(self, rate: str, seconds: int) -> None:
        super().__init__(rate)
        self.rate, self.seconds = rate, seconds


class ProofNeeded(Exception):
    """A proof of work is asked for just now. *wait*: seconds that waiting instead would take."""

    def __init__(self, challenge: str, bits: int, seconds: int, wait: int) -> None:
        super().__init__("proof needed")
        self.challenge, self.bits, self.seconds, self.wait = challenge, bits, seconds, wait


@dataclass(frozen=True, slots=True)
class Proof:
    """What a sender sent along: a solved challenge, or a ticket of one who waited."""

    key: str = ""
    challenge: str = ""
    answer: str = ""
    ticket: str = ""


@dataclass
class Tally:
    """What this process has seen of each sender in the window that runs."""

    seen: OrderedDict[str, tuple[int, int, bool]] = field(default_factory=OrderedDict)

    def add(self, digest: str, window: int) -> tuple[int, bool]:
        """Count one more; return how many there were, and whether the sender is over its limit."""
        count, kept, over = self.seen.pop(digest, (0, window, False))
        if kept != window:
            count, over = 0, False
        self.seen[digest] = (count + 1, window, over)
        if len(self.seen) > MOST_REMEMBERED:
            self.seen.popitem(last=False)
        return count + 1, over

    def close(self, digest: str, window: int) -> None:
        """Remember for the rest of the window that the sender is over its limit."""
        count, _, _ = self.seen.get(digest, (0, window, False))
        self.seen[digest] = (count, window, True)


@dataclass
class Guard:
    """The use case. *seconds*: real time since 1970; *switch_on*: asks for proofs until then."""

    limits: Callable[[], Limits]
    usage: Usage
    seconds: Callable[[], float]
    secret: Callable[[], bytes]
    switch_on: Callable[[float], None]
    measures: Measures
    tally: Tally = field(default_factory=Tally)
    _until: float = 0.0

    def admit(self, marks: Sequence[Mark]) -> None:
        """Count one more of each of *marks*; raise TooOften for the first that is over."""
        for mark in marks:
            left = self._over(mark)
            if left:
                raise TooOften(mark.rate, left)

    def noticed(self, marks: Sequence[Mark]) -> tuple[str, ...]:
        """Count in this process alone, and return the limits that are past what passes unseen.

        For what must not wait for anything: no call is made and nothing is refused.
        """
        found = []
        for mark in marks:
            rate = self.limits().rates[mark.rate]
            window, _ = rate.window(self.seconds())
            count, over = self.tally.add(self._digest(mark, window), window)
            if over or count > rate.quiet:
                found.append(mark.rate)
        return tuple(found)

    def admit_stranger(self, marks: Sequence[Mark], given: Proof) -> None:
        """Let an anonymous report pass, raise TooOften, or ProofNeeded while one is asked for."""
        self.admit(marks)
        if self.limits().proof.mode == AUTO and self._over(EVERYBODY):
            self._attacked()
        if self.asks_for_proof():
            self._check(given)

    def asks_for_proof(self) -> bool:
        """Whether anonymous reports must carry a proof now."""
        now, policy = self.seconds(), self.limits().proof
        return policy.asked_at(now) or (policy.mode == AUTO and now < self._until)

    def challenge(self) -> ProofNeeded:
        """Return a challenge to solve, asked for or not, with what it takes."""
        policy = self.limits().proof
        made = proof.challenge(self._ring(), policy.bits, self._now(), policy.seconds)
        return ProofNeeded(made, policy.bits, policy.seconds, policy.wait)

    def ticket(self, key: str, marks: Sequence[Mark]) -> str:
        """Return a ticket for whoever waits instead; raise TooOften beyond a sender's share."""
        self.admit([Mark("waiting", f"{mark.rate}|{mark.value}") for mark in marks])
        return proof.ticket(self._ring(), key, self._now(), self.limits().proof.wait)

    def _check(self, given: Proof) -> None:
        now = self._now()
        try:
            if given.ticket:
                left = proof.opens_in(self._ring(), given.ticket, given.key, now)
                if left:
                    raise TooOften("waiting", left)
                return
            proof.check(self._ring(), given.challenge, given.key, given.answer, now)
        except proof.ProofRefused:
            raise self.challenge() from None

    def _over(self, mark: Mark) -> int:
        """Return for how many seconds *mark* is over its limit, 0 if it is not."""
        rate = self.limits().rates[mark.rate]
        window, left = rate.window(self.seconds())
        digest = self._digest(mark, window)
        count, over = self.tally.add(digest, window)
        if over:
            return left
        if count <= rate.quiet:
            return 0
        gone = int(self.seconds()) + 2 * rate.seconds
        try:
            counted = self.usage.count(f"LIMIT#{mark.rate}#{digest}", gone)
        except TryAgain:
            log.warning("limit not counted", extra={"limit": mark.rate})
            return 0
        if counted + rate.quiet <= rate.most:
            return 0
        self.tally.close(digest, window)
        log.warning("limit reached", extra={"limit": mark.rate})
        return left

    def _attacked(self) -> None:
        """Ask for proofs from now on: here at once, everywhere within a minute."""
        now, policy = self.seconds(), self.limits().proof
        if now < max(self._until, policy.until):
            return
        self._until = now + policy.minutes * 60
        self.measures.record(UNDER_ATTACK, 1)
        try:
            self.switch_on(self._until)
        except TryAgain:
            log.warning("proofs are asked for by this process alone")

    def _digest(self, mark: Mark, window: int) -> str:
        words = f"limit|{mark.rate}|{mark.value}|{window}".encode()
        return hmac.new(self.secret(), words, hashlib.sha256).hexdigest()[:32]

    def _ring(self) -> Keyring:
        return Keyring(hmac.new(self.secret(), b"proof", hashlib.sha256).digest())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)
