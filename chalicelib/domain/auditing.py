"""Which closes are looked at again in the field: a sample that nobody can foresee, all disputes.

The draw is a hash of the number and of the record up to the result: nobody who does the work can
know it beforehand or bend it afterwards, and everybody can repeat it from the record.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from chalicelib.domain.events import SYSTEM, Draft
from chalicelib.domain.report import DONE, Report

#: One validated result in twenty (the city's proposal: at least 5 %, and all disputed ones).
SHARE = 0.05
ORDERED = "ordered"
FINDINGS = ("as_reported", "partly", "not_done")
SAMPLE, DISPUTED = "sample", "disputed"


def drawn(number: str, record_hash: str, share: float = SHARE) -> bool:
    """Whether the result at the end of the record with *record_hash* is looked at in the field."""
    digest = hashlib.sha256(f"audit|{number}|{record_hash}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def ordered_for(report: Report, why: str, now: datetime) -> tuple[Draft, ...]:
    """Return the order for a field audit, if one is due and none stands; a drill has none."""
    if report.drill or report.audit == ORDERED:
        return ()
    if why == SAMPLE and not (report.outcome == DONE and drawn(report.number, report.last_hash)):
        return ()
    return (Draft("audit_ordered", now, SYSTEM, {"why": why}),)
