"""How often somebody may write, and when a report has to carry a proof of work: policy, not code.

Limits keep one sender from drowning all others; they are no way to keep a city's people out. So
an IPv4 address, behind which a carrier may have thousands of telephones, gets far more than an
IPv6 network, which is one household; and what is urgent is let through and only marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Any

OFF, AUTO, ON = "off", "auto", "on"
MODES = (OFF, AUTO, ON)
#: What is counted; every name needs a rate in the policy.
RATES = (
    "shared_address",
    "household",
    "telephone",
    "mail",
    "resident",
    "account",
    "report",
    "confirmation",
    "waiting",
    "everybody",
)
#: Harder ones would keep out old telephones and not machines.
MOST_BITS = 24


@dataclass(frozen=True, slots=True)
class Rate:
    """At most *most* in each window of *seconds*.

    quiet: how many of them one process lets pass without asking the counter that all share.
    """

    seconds: int
    most: int
    quiet: int

    def __post_init__(self) -> None:
        """Refuse a rate that would let nothing pass, or everything."""
        if not (60 <= self.seconds <= 86400 and 0 <= self.quiet <= self.most and self.most > 0):
            raise ValueError("not a rate")

    def window(self, now: float) -> tuple[int, int]:
        """Return the window in which *now* (epoch seconds) lies, and the seconds left of it."""
        index = int(now // self.seconds)
        return index, max(1, int((index + 1) * self.seconds - now))


@dataclass(frozen=True, slots=True)
class ProofPolicy:
    """When an anonymous report must carry a proof of work, and how much of it.

    mode: ``auto`` asks for it until *until* (epoch seconds; put there by the system when too much
    comes in, for *minutes*). bits: zero bits that the digest begins with. seconds: how long a
    challenge may be solved. wait: how long somebody without a script waits instead.
    """

    mode: str
    until: float
    minutes: int
    bits: int
    seconds: int
    wait: int

    def __post_init__(self) -> None:
        """Refuse what nobody could fulfil."""
        if self.mode not in MODES or not 1 <= self.bits <= MOST_BITS:
            raise ValueError("not a policy for proofs")

    def asked_at(self, now: float) -> bool:
        """Whether a proof is asked for at *now*."""
        return self.mode == ON or (self.mode == AUTO and now < self.until)


@dataclass(frozen=True, slots=True)
class Limits:
    """The policy in force (``data/limits.json``)."""

    rates: Mapping[str, Rate]
    proof: ProofPolicy

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Limits:
        """Read the policy; raise KeyError, TypeError or ValueError for what is not of the form."""
        rates = {name: Rate(**data["rates"][name]) for name in RATES}
        return cls(rates, ProofPolicy(**data["proof"]))


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a sender is counted: the name of a rate, and what tells senders apart in it.

    The value is personal data more often than not; only its keyed digest is ever kept.
    """

    rate: str
    value: str


def address_mark(address: str) -> Mark | None:
    """Return how an IP address counts; None for none, or one that is not of the internet."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if not found.is_global:
        return None
    if isinstance(found, IPv4Address):
        return Mark("shared_address", str(found))
    return Mark("household", found.exploded[:19])


def address_of(peer: str, forwarded: str, hops: int) -> str:
    """Return the sender's address: the *peer*'s, or what the nearest *hops* proxies of ours say.

    ``X-Forwarded-For`` is what its sender likes, but for what our own proxies added at its end.
    API Gateway adds its peer as well, which is the nearest proxy and not the sender.
    """
    if hops <= 0:
        return peer
    parts = [part.strip() for part in forwarded.split(",") if part.strip()]
    if parts and parts[-1] == peer:
        parts.pop()
    return parts[-hops] if len(parts) >= hops else peer
