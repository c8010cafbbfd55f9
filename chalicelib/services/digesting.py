"""Digests for leaders: each working morning and afternoon, also when there is nothing to say.

A digest that says "nothing is waiting" tells that the system runs; silence would not. Each is
planned once for a person and slot, so that a run that is lost or repeated changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.domain.deliveries import Delivery, delivery_id, inbox
from chalicelib.domain.events import instant, parse_instant
from chalicelib.domain.kindness import DIGEST, Kindness
from chalicelib.domain.roles import AGENCY_ROLES, Recipient
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.following import OFF
from chalicelib.services.messages import phrase
from chalicelib.services.ports import Clock, ReportStore

#: Reports of one agency that a digest counts; beyond, it says so by its number alone.
_COUNTED = 500
_FIGURES = (
    ("late", "lewat batas", "past their limit"),
    ("today", "jatuh tempo hari ini", "due today"),
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class SendDigests:
    """Plans the digests of the slot that has begun, if any."""

    store: ReportStore
    catalogue: Catalogue
    clock: Clock

    def __call__(self) -> int:
        """Return how many digests were planned now."""
        policy, now = self.catalogue.kindness(), self.clock.now()
        due = policy.digest_due(now)
        calendar = self.catalogue.calendars()[policy.digest_calendar]
        if due is None or not calendar.knows(due[0]) or not calendar.hours(due[0]):
            return 0
        rows: dict[str, list[Row]] = {}
        planned = 0
        for recipient, agency in self._leaders(policy, now):
            planned += self._one(recipient, agency, due, policy, rows)
        return planned

    def _leaders(self, policy: Kindness, now: datetime) -> Iterator[tuple[Recipient, str]]:
        """Each leader with the agency that the digest is about; "" is the whole city."""
        directory = self.catalogue.directory()
        for role in policy.digest_roles:
            whose = sorted(self.catalogue.agencies()) if role in AGENCY_ROLES else [""]
            for agency in whose:
                for one in directory.resolve(role, agency=agency or None, at=now):
                    if isinstance(one, Recipient) and one.fallback_from is None and one.mail:
                        yield one, agency

    def _one(
        self,
        recipient: Recipient,
        agency: str,
        due: tuple[date, str],
        policy: Kindness,
        rows: dict[str, list[Row]],
    ) -> int:
        who = recipient.person or recipient.position
        day, slot = due
        id = delivery_id(f"{DIGEST}#{day.isoformat()}#{slot}#{recipient.position}", who, "mail")
        if self.store.delivery(inbox(who), id) is not None:
            return 0
        mark = self.store.contact_mark(who, DIGEST)
        if mark is not None and mark.reason == OFF:
            return 0
        digest = Delivery(
            number=inbox(who),
            id=id,
            recipient=recipient.position,
            person=recipient.person or "",
            channel="mail",
            template=DIGEST,
            language=recipient.language,
            created_at=self.clock.now(),
            title=recipient.title.get(recipient.language, recipient.position),
            address=recipient.mail or "",
            context=self._facts(self._open(agency, rows), slot, policy.listed),
        )
        return int(self.store.put_message_once(digest))

    def _open(self, agency: str, rows: dict[str, list[Row]]) -> list[Row]:
        for code in [agency] if agency else sorted(self.catalogue.agencies()):
            if code not in rows:
                page = self.store.queue(code, _COUNTED, None, lambda row: not row.get("drill"))
                rows[code] = list(page.items)
        if agency:
            return rows[agency]
        return sorted((row for part in rows.values() for row in part), key=_nearest)

    def _facts(self, rows: list[Row], slot: str, listed: int) -> dict[str, Any]:
        now = self.clock.now()
        today = now.astimezone(CITY_ZONE).date()
        due = [parse_instant(row["due_at"]) for row in rows if row.get("due_at")]
        ahead = sorted(at for at in due if at > now)
        late = sum(at <= now for at in due)
        counts = {
            "late": late,
            "today": sum(at.astimezone(CITY_ZONE).date() == today for at in ahead),
        }
        facts: dict[str, Any] = {
            "slot": phrase("slot", slot),
            "count": len(rows),
            "nothing": not rows,
            "figures": [
                {
                    "label": {"id": id.capitalize(), "en": en.capitalize()},
                    "value": str(counts[name]),
                }
                for name, id, en in _FIGURES
                if rows
            ],
            "listed": [self._line(row) for row in sorted(rows, key=_nearest)[:listed]],
            "more": max(0, len(rows) - listed),
        }
        if ahead:
            facts["due_at"] = instant(ahead[0])
        return facts

    def _line(self, row: Row) -> dict[str, Any]:
        category = self.catalogue.categories().get(row.get("category", ""))
        secret = bool(row.get("secret"))
        return {
            "number": row["number"],
            "kind": "",
            "category": dict(category.name) if category and not secret else "",
            "kelurahan": "" if secret else self.catalogue.areas.name(row.get("kelurahan") or ""),
            "due_at": "" if secret else row.get("due_at") or "",
        }


def _nearest(row: Row) -> str:
    return str(row.get("due_at") or "9")
