"""The time plate: one figure, what it counts to, and its state, ready to be set on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.handlers.pages import words
from chalicelib.services.progress import Countdown


def plate_of(countdown: Countdown | None, language: str) -> dict[str, Any] | None:
    """The figure, its label and its sentence, ready to be set."""
    if countdown is None:
        return None
    label = words.CLOCK[countdown.state]
    if countdown.awaited == "confirmed" and countdown.state != "late":
        label = ("Waktu Anda menjawab", "Your time to answer")
    return {
        "label": words.say(label, language),
        "drawing": {"near": "seru", "late": "lewat", "paused": "jeda"}.get(countdown.state, "jam"),
        "state": countdown.state,
        "figure": figure(countdown.left_seconds, language),
        "until": words.say(words.AWAITED[countdown.awaited], language),
        "share": f"{countdown.share * 100:.1f}",
        "due_at": countdown.due_at,
        "working": countdown.working,
        "open_until": countdown.open_until,
        "basis": countdown.basis,
        "confirming": countdown.awaited == "confirmed",
    }


def figure(seconds: float | None, language: str) -> list[tuple[str, str]]:
    """Return a span of time as numbers with their units, the two largest that matter."""
    if seconds is None:
        return []
    english = language == "en"
    minutes = int(abs(seconds)) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 2:
        parts = [(days, "days" if english else "hari"), (hours, "hours" if english else "jam")]
    else:
        hours = minutes // 60
        parts = [(hours, "h" if english else "jam"), (rest, "min" if english else "menit")]
        parts = parts if hours else parts[1:]
    return [(str(number), unit) for number, unit in parts]


def in_short(span: timedelta, language: str) -> str:
    """Return a span of time for a line of a list: ``11 hari 4 jam``."""
    return " ".join(" ".join(part) for part in figure(span.total_seconds(), language))
