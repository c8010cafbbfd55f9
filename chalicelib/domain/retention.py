"""How long what of a report is kept, and what is forgotten first: who reported, then all words.

Kept for good: the figures and the audit, that is every event with its time, office and structured
facts. UU 27/2022 art. 16(2)g and 43: personal data are erased when their purpose is over. The
periods are proposals until the city's archive schedule (JRA) is set; longer ones need a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.events import Event
from chalicelib.domain.report import Report

CONTACT, WORDS = "contact", "words"


@dataclass(frozen=True, slots=True)
class Stage:
    """Something that is forgotten so long after a report was closed, and why not before."""

    code: str
    after: timedelta
    name: Mapping[str, str]
    why: Mapping[str, str]


STAGES = (
    Stage(
        CONTACT,
        timedelta(days=90),
        {"id": "Nama dan kontak pelapor", "en": "Reporter's name and contact"},
        {
            "id": "Pelapor dapat membuka kembali laporan selama 30 hari; sisanya untuk keberatan.",
            "en": "A report can be opened again for 30 days; the rest is for objections.",
        },
    ),
    Stage(
        WORDS,
        timedelta(days=730),
        {
            "id": "Uraian, alamat, titik lokasi, tulisan lain, dan foto",
            "en": "Description, address, exact place, other words, and photos",
        },
        {
            "id": "Pemeriksaan internal, Ombudsman dan BPK dapat memerlukannya selama dua tahun.",
            "en": "Internal audit, the Ombudsman and the BPK may need them for two years.",
        },
    ),
)


def next_at(report: Report) -> datetime | None:
    """Return when something of *report* is to be forgotten next; None: nothing, or not closed."""
    stage = _next(report)
    return report.closed_at + stage.after if stage and report.closed_at else None


def due_stage(report: Report, now: datetime) -> str:
    """Return what is to be forgotten of *report* now, empty for nothing."""
    stage, at = _next(report), next_at(report)
    return stage.code if stage and at and at <= now else ""


def with_words(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events that still hold what somebody wrote."""
    return tuple(event for event in events if event.texts)


def _next(report: Report) -> Stage | None:
    if not report.closed:
        return None
    return next((stage for stage in STAGES if stage.code not in report.forgotten), None)
