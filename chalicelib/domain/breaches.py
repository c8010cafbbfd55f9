"""Leaks of personal data: when the law's 3 × 24 hours end, and what is still owed.

UU 27/2022 art. 46: whoever fails to protect personal data tells the people concerned and the
authority in writing within 3 × 24 hours; holidays count. The clock runs from the moment the leak
is known, not from the moment somebody registers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import instant, parse_instant

NOTICE = timedelta(hours=72)
SUBJECTS, AUTHORITY = "subjects", "authority"
#: Whom the law wants told: the people concerned, and the authority (lembaga PDP).
WHOM = (SUBJECTS, AUTHORITY)
FIELDS = (
    "name",
    "email",
    "phone",
    "address",
    "description",
    "photo",
    "location",
    "who_reported",
)


def notify_by(known_at: datetime) -> datetime:
    """Return when both notices must have gone out at the latest."""
    return known_at + NOTICE


def standing(breach: Mapping[str, Any], now: datetime) -> str:
    """Return ``notified``, ``late`` (told too late), ``overdue`` or ``running``."""
    due = notify_by(parse_instant(breach["known_at"]))
    notices: Mapping[str, str] = breach.get("notices", {})
    if all(whom in notices for whom in WHOM):
        in_time = all(parse_instant(notices[whom]) <= due for whom in WHOM)
        return "notified" if in_time else "late"
    return "overdue" if now > due else "running"


def with_notice(breach: Mapping[str, Any], whom: str, at: datetime) -> dict[str, Any]:
    """Return the entry with a notice; the first one counts."""
    notices = {whom: instant(at), **breach.get("notices", {})}
    return {**breach, "notices": notices}
