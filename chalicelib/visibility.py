"""Who sees which field of which report: the rule as one table, for reading and for tests.

    python -m chalicelib.visibility

Kinds of report, callers and fields are those below; every cell is held against real answers in
``tests/unit/privacy/test_visibility.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

NOTHING, PUBLIC, REPORTER, STAFF, CHECKER = "nothing", "public", "reporter", "staff", "checker"

#: What can be asked of a report → what each kind of access opens.
FIELDS: Mapping[str, frozenset[str]] = {
    "that it exists": frozenset({PUBLIC, REPORTER, STAFF, CHECKER}),
    "status, times, promises": frozenset({PUBLIC, REPORTER, STAFF, CHECKER}),
    "category, kelurahan, agency": frozenset({PUBLIC, REPORTER, STAFF, CHECKER}),
    "released text": frozenset({PUBLIC, REPORTER, STAFF, CHECKER}),
    "covered photos": frozenset({PUBLIC, REPORTER, STAFF, CHECKER}),
    "description": frozenset({REPORTER, STAFF, CHECKER}),
    "address": frozenset({REPORTER, STAFF, CHECKER}),
    "own photos": frozenset({REPORTER, STAFF, CHECKER}),
    "comments": frozenset({REPORTER, STAFF, CHECKER}),
    "who read the contact": frozenset({REPORTER, STAFF, CHECKER}),
    "accounts of staff": frozenset({STAFF, CHECKER}),
    "what photo checks found": frozenset({CHECKER}),
    "untouched photos": frozenset({CHECKER}),
}
#: The contact is in no view at all: it is read for a purpose, by itself, and on record.
CALLERS = (
    "anybody",
    "reporter",
    "operator",
    "verifier",
    "officer",
    "agency_head",
    "officer of another agency",
    "territorial",
    "territorial elsewhere",
    "secretary",
    "mayor",
    "inspector",
    "auditor",
    "sop_author",
    "admin",
)
_LEADERS = {"secretary": STAFF, "mayor": STAFF, "auditor": STAFF}
_ROOM = {"operator": CHECKER, "verifier": CHECKER, "inspector": CHECKER}
_AGENCY = {"officer": STAFF, "agency_head": STAFF}
_OPEN = {**dict.fromkeys(CALLERS, PUBLIC), "reporter": REPORTER, **_LEADERS, **_ROOM, **_AGENCY}
_SEALED = {**dict.fromkeys(CALLERS, NOTHING), "reporter": REPORTER}
#: Kind of report → caller → access. `officer`, `agency_head`, `territorial`: of the report's own.
TABLE: Mapping[str, Mapping[str, str]] = {
    "public": {**_OPEN, "territorial": STAFF},
    "anonymous": {**_OPEN, "territorial": STAFF},
    "confidential": {**_SEALED, **_LEADERS, **_ROOM, **_AGENCY},
    "about the officer's own agency": {**_SEALED, **_LEADERS, **_ROOM, "territorial": STAFF},
    "about an official (P4)": {**_SEALED, "inspector": CHECKER},
}


def sees(kind: str, caller: str, field: str) -> bool:
    """Whether *caller* sees *field* of a report of *kind*."""
    return TABLE[kind][caller] in FIELDS[field]


def main() -> int:
    """Print one table per kind of report: callers down, fields across."""
    for kind in TABLE:
        print(f"\n{kind}")
        for number, field in enumerate(FIELDS, 1):
            print(f"  {number:2} {field}")
        print(" " * 27 + " ".join(f"{number:>2}" for number in range(1, len(FIELDS) + 1)))
        for caller in CALLERS:
            cells = " ".join(" x" if sees(kind, caller, field) else " ." for field in FIELDS)
            print(f"  {caller:25}{cells}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
