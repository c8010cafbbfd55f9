"""Who may read a reporter's contact, when, and what of it: one table of purposes.

Reading is an exception that a step of the work needs: it names its purpose, shows only the fields
that the purpose needs, and is put on the report's record before anything is shown (UU 27/2022,
art. 16(2): limited, specific, accountable). What is no row of this table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain import report as r
from chalicelib.domain.actions import REPORTER_ROLE, ActionRefused, Caller, may_see
from chalicelib.domain.events import Event
from chalicelib.domain.misuse import CONFIRMED
from chalicelib.domain.report import Report

FIELDS = ("name", "email", "phone")
#: The reporter asks what is kept about them (UU 27/2022, art. 7): always, and all of it.
OWN = "own"
_AGENCY = frozenset({"officer", "agency_head"})
_ROOM = frozenset({"operator", "verifier"})
_INSPECTOR = frozenset({"inspector"})
_OPEN = frozenset(r.STATUSES) - r.CLOSED


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason to read a contact: whose, in which statuses, and which fields it needs."""

    code: str
    roles: frozenset[str]
    statuses: frozenset[str]
    fields: tuple[str, ...]
    name: Mapping[str, str]
    emergencies_only: bool = False
    #: The contact itself is shown to nobody: only keyed digests of it leave the function.
    digests_only: bool = False


PURPOSES: Mapping[str, Purpose] = {
    row.code: row
    for row in (
        Purpose(
            "call_back",
            _ROOM | _AGENCY,
            _OPEN,
            ("name", "phone"),
            {"id": "menelepon balik dalam keadaan darurat", "en": "calling back in an emergency"},
            emergencies_only=True,
        ),
        Purpose(
            "clarify",
            _ROOM | _AGENCY | _INSPECTOR,
            frozenset({r.NEEDS_INFORMATION}),
            ("phone", "email"),
            {
                "id": "menanyakan keterangan yang kurang",
                "en": "asking for information that is missing",
            },
        ),
        Purpose(
            "visit",
            _AGENCY,
            frozenset({r.ACKNOWLEDGED, r.IN_PROGRESS, r.RETURNED}),
            ("name", "phone"),
            {
                "id": "membuat janji untuk pekerjaan di lokasi",
                "en": "arranging the work at the place",
            },
        ),
        Purpose(
            "confirm_by_phone",
            frozenset({"operator"}),
            frozenset({r.AWAITING_CONFIRMATION}),
            ("name", "phone"),
            {
                "id": "menanyakan lewat telepon apakah hasilnya benar",
                "en": "asking by telephone whether the result is right",
            },
        ),
        Purpose(
            "misuse",
            _ROOM,
            frozenset({r.REJECTED}),
            ("phone", "email"),
            {
                "id": "membatasi kontak sesudah laporan palsu terbukti",
                "en": "keeping a contact from filing after a confirmed hoax",
            },
            digests_only=True,
        ),
        Purpose(
            "examine",
            _INSPECTOR,
            frozenset(r.STATUSES),
            FIELDS,
            {
                "id": "pemeriksaan oleh Inspektorat",
                "en": "an examination by the Inspectorate",
            },
        ),
    )
}
#: The purposes for which a contact is shown to somebody.
READABLE = tuple(code for code, row in PURPOSES.items() if not row.digests_only)
#: Every role that some purpose is open to.
READERS = frozenset[str]().union(*(PURPOSES[code].roles for code in READABLE))


def fields_for(report: Report, caller: Caller, purpose: str) -> tuple[str, ...]:
    """Return the fields that *caller* may read for *purpose* now; raise ActionRefused.

    Who asked not to be named, or to be kept confidential, is never shown to an agency; who asked
    not to be named is shown to the control room only while a life may depend on it.
    """
    if REPORTER_ROLE in caller.roles:
        return FIELDS
    if not may_see(report, caller):
        raise ActionRefused("forbidden", "not_yours")
    row = PURPOSES.get(purpose)
    if row is None:
        raise ActionRefused("invalid", "unknown_purpose", field="purpose", allowed=[*PURPOSES])
    roles = row.roles & caller.roles
    if not _own_agency(report, caller):
        roles -= _AGENCY
    if not roles:
        raise ActionRefused("forbidden", "purpose_not_yours")
    _needed_now(row, report)
    if not row.digests_only and not (roles - _barred(report)):
        raise ActionRefused("forbidden", "reporter_stays_unknown")
    return row.fields


def open_purposes(report: Report, caller: Caller) -> tuple[str, ...]:
    """Return the purposes for which *caller* could read the contact now."""
    found = []
    for code, purpose in PURPOSES.items():
        if purpose.digests_only:
            continue
        try:
            fields_for(report, caller, code)
        except ActionRefused:
            continue
        found.append(code)
    return () if REPORTER_ROLE in caller.roles else tuple(found)


def found_by_contact(report: Report) -> bool:
    """Whether the holder of the contact left with *report* may find it by that contact.

    Not where the reporter asked not to be named, and not what the law keeps secret (violence,
    integrity): somebody else in the house may hold the same telephone. Nor a drill, whose contact
    only plays a part.
    """
    named = report.visibility != "anonymous" and report.sensitivity != "secret"
    return named and not report.drill


def channels_given(events: Sequence[Event]) -> tuple[str, ...]:
    """Return over which channels the reporter can be reached by what was left, last of all."""
    given: tuple[str, ...] = ()
    for event in events:
        if event.type in ("filed", "contact_replaced"):
            given = tuple(event.data.get("channels", ()))
    return given


def _own_agency(report: Report, caller: Caller) -> bool:
    return bool(report.agency) and report.agency in caller.agencies


def _needed_now(row: Purpose, report: Report) -> None:
    if report.status not in row.statuses or (row.emergencies_only and not report.emergency):
        raise ActionRefused("conflict", "not_needed_now", purpose=row.code, status=report.status)
    if row.digests_only and report.hoax != CONFIRMED:
        raise ActionRefused("conflict", "not_misused")


def _barred(report: Report) -> frozenset[str]:
    """The roles to which this reporter stays unknown whatever the purpose."""
    if report.visibility == "anonymous":
        return _AGENCY | (frozenset() if report.emergency else _ROOM)
    return _AGENCY if report.visibility == "confidential" else frozenset()
