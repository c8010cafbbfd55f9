"""The limits that the law itself sets, by kind of report. To be confirmed by Bagian Hukum.

Days are working days of the office (``hari kerja``). A limit counted in calendar days of the same
number ends earlier and so keeps the law as well. Where a category has a statute of its own, its row
in the catalogue says so (``legal_limits``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.catalogue import Category


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """At most *days* from filing; *extended* if the law allows a written extension, else 0."""

    days: int
    basis: str
    extended: int = 0


#: First answer: verified within three working days (guide to SP4N-LAPOR!).
VERIFICATION = LegalLimit(3, "PermenPANRB 62/2018")
_COMPLAINT = LegalLimit(14, "PermenPANRB 62/2018")
#: kind → the limit until the answer. Aspirations and thanks have none.
RESOLUTION: Mapping[str, LegalLimit] = {
    "emergency": _COMPLAINT,
    "report": _COMPLAINT,
    "complaint": _COMPLAINT,
    "request": _COMPLAINT,
    "referral": _COMPLAINT,
    "information": LegalLimit(5, "PermenPANRB 62/2018"),
    "oversight": LegalLimit(60, "PermenPANRB 62/2018; UU 25/2009"),
}


def resolution_limit(category: Category) -> LegalLimit | None:
    """Return the law's limit for a category, None where the law sets none."""
    own = (category.extra or {}).get("legal_limits")
    if own:
        return LegalLimit(int(own["days"]), str(own["basis"]), int(own.get("extended", 0)))
    return RESOLUTION.get(category.kind)
