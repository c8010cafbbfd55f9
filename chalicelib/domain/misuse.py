"""Hoaxes: suspected by one person, called back, confirmed by another; no emergency waits for it.

A suspicion holds back the dispatch of what waits for a person's decision anyway, until the reporter
has been called; an emergency was dispatched when it came in and goes on. Nobody confirms their own
suspicion. Only after a confirmed hoax may its reporter's contact be kept from filing: for a
bounded time, with notice and reason, with an appeal that somebody decides who had no part in it,
and never for an emergency.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.domain.report import Report

SUSPECTED, CLEARED, CONFIRMED = "suspected", "cleared", "confirmed"
HOAX = "hoax"
#: What came of calling back. ``real`` clears the report; ``no_contact``: none was left.
REAL = "real"
OUTCOMES = (REAL, "denied", "no_answer", "no_contact")
APPEALED, LIFTED, UPHELD = "open", "lift", "uphold"
DECISIONS = (LIFTED, UPHELD)
MOST_DAYS = 90


def awaits_call_back(report: Report) -> bool:
    """Whether dispatching waits for a call to the reporter; never in an emergency."""
    return report.hoax == SUSPECTED and not report.called_back and not report.emergency


def confirming_refused(report: Report, person: str) -> str:
    """Return why *person* may not confirm the hoax now, empty if they may."""
    if report.hoax != SUSPECTED:
        return "hoax_not_suspected"
    if person in ("", report.suspected_by):
        return "hoax_needs_two"
    return "" if report.called_back else "call_back_first"


def blocking_refused(report: Report) -> str:
    """Return why the reporter of *report* may not be kept from filing, empty if they may."""
    if report.hoax != CONFIRMED:
        return "not_misused"
    return "already_blocked" if report.blocked_until else ""


def appealing_refused(report: Report, now: datetime) -> str:
    """Return why there is nothing to appeal against, empty if there is."""
    if report.blocked_until is None or report.blocked_until <= now:
        return "nothing_to_appeal"
    return "already_appealed" if report.appeal else ""


def deciding_refused(report: Report, person: str) -> str:
    """Return why *person* may not decide the appeal, empty if they may."""
    if report.appeal != APPEALED:
        return "nothing_to_appeal"
    parties = {report.suspected_by, report.confirmed_by, report.blocked_by, ""}
    return "appeal_needs_another" if person in parties else ""


def until(now: datetime, days: int) -> datetime:
    """Return when a block of *days* ends; at most `MOST_DAYS`."""
    return now + timedelta(days=min(max(days, 1), MOST_DAYS))


def digests(secret: bytes, fields: Mapping[str, str]) -> frozenset[str]:
    """Return how a contact (``phone``, ``email``) and a resident (``owner``) are known again.

    Keyed, so that nobody without the key can try numbers out.
    """

    def digest(name: str, value: str) -> str:
        words = f"misuse|{name}|{value.strip().lower()}".encode()
        return hmac.new(secret, words, hashlib.sha256).hexdigest()[:32]

    known = ("phone", "email", "owner")
    return frozenset(digest(name, fields[name]) for name in known if fields.get(name))


def barred(blocks: Any, mine: frozenset[str], now: datetime) -> bool:
    """Whether one of *blocks* (rows with ``digests`` and ``until``) keeps *mine* from filing."""
    return any(
        mine & set(row["digests"]) and datetime.fromisoformat(row["until"]) > now for row in blocks
    )
