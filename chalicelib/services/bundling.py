"""Floods: beyond a few messages in a few minutes a person gets one that names them all.

A bundle is a message of its own, under the person's inbox, due when the window ends. It closes
when the sender claims it: whatever comes later joins the next one. A member is put on the
bundle's list before it is marked as held, so none can be forgotten in between; a bundle that
fails for good hands its members back, and each looks for another way by itself.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.deliveries import Delivery, delivery_id, inbox
from chalicelib.domain.events import instant
from chalicelib.domain.kindness import BUNDLE, Kindness
from chalicelib.services.ports import ReportStore, TryAgain

#: Bundles of one person, channel and window; each holds `Kindness.most` messages.
_SERIES = 8


@dataclass(frozen=True)
class Bundler:
    """Decides whether a message goes out by itself or with others."""

    store: ReportStore
    policy: Callable[[], Kindness]

    def hold(self, delivery: Delivery, now: datetime) -> str:
        """Return the id of the bundle that took *delivery*, or "" if it goes out by itself.

        Raises TryAgain if everything that could take it closed meanwhile.
        """
        policy = self.policy()
        if not policy.may_bundle(delivery):
            return ""
        who, channel = delivery.who, delivery.channel
        until = self.store.pace(who, channel, now, policy.window, policy.free)
        if until is None:
            return ""
        until = max(until, now)
        for number in range(_SERIES):
            bundle = _bundle(delivery, now, until, number)
            if self.store.join(bundle, _member(delivery), policy.most):
                return bundle.id
        raise TryAgain("every bundle is closed")

    def opened(self, bundle: Delivery, now: datetime) -> Delivery:
        """Return what is to be sent for *bundle*: its one member, or itself with its list."""
        policy = self.policy()
        self.store.use_up_pace(bundle.who, bundle.channel, now, policy.free)
        members = self.members(bundle)
        if len(members) == 1:
            only = self.store.delivery(members[0]["n"], members[0]["i"])
            if only is not None:
                return only
        return replace(bundle, context=_context(members, policy.listed))

    def members(self, bundle: Delivery) -> list[Mapping[str, Any]]:
        """Return what the bundle holds, the nearest duty first."""
        rows = [json.loads(row) for row in self.store.members(bundle.number, bundle.id)]
        return sorted(rows, key=lambda row: (row["d"] or "9", row["n"], row["i"]))


def _bundle(delivery: Delivery, now: datetime, until: datetime, number: int) -> Delivery:
    cause = f"bundle#{instant(until)}#{number}"
    return Delivery(
        number=inbox(delivery.who),
        id=delivery_id(cause, delivery.recipient, delivery.channel),
        recipient=delivery.recipient,
        person=delivery.person,
        channel=delivery.channel,
        template=BUNDLE,
        language=delivery.language,
        created_at=now,
        title=delivery.title,
        address=delivery.address,
        role=delivery.role,
        due_at=until,
    )


def _member(delivery: Delivery) -> str:
    facts = delivery.context
    secret = bool(facts.get("secret"))
    row = {
        "n": delivery.number,
        "i": delivery.id,
        "t": delivery.template,
        "d": "" if secret else facts.get("due_at", ""),
        "c": "" if secret else facts.get("category", ""),
        "k": "" if secret else facts.get("kelurahan", ""),
    }
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _context(members: Sequence[Mapping[str, Any]], listed: int) -> dict[str, Any]:
    """The facts of the one message: how many of each kind, and the reports nearest to due."""
    due = [row["d"] for row in members if row["d"]]
    kinds = Counter(row["t"] for row in members)
    context: dict[str, Any] = {
        "count": len(members),
        "kinds": [{"kind": kind, "count": count} for kind, count in kinds.most_common()],
        "listed": [_line(row) for row in members[:listed]],
        "more": max(0, len(members) - listed),
    }
    if due:
        context["due_at"] = due[0]
    return context


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": row["n"],
        "kind": row["t"],
        "category": row["c"],
        "kelurahan": row["k"],
        "due_at": row["d"],
    }
