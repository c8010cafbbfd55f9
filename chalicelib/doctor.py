"""Whether a city's catalogue and people are ready: ``python -m chalicelib.doctor``.

    python -m chalicelib.doctor                    the catalogue as it is shipped
    python -m chalicelib.doctor --data DIR         the same files elsewhere (an export)
    STAGE=dev python -m chalicelib.doctor --stage  the stage's own reference table, on AWS
    … --live                                       as for a stage that real citizens use

Prints every finding with its mend and ends with 1 if one of them is an error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.adapters.documents import DATA, FileDocuments, TableDocuments, message_templates
from chalicelib.domain.findings import ERROR, Finding
from chalicelib.services.catalogue import Catalogue, Documents
from chalicelib.services.doctoring import Doctor
from chalicelib.services.linting import LintSops


class _Now:
    """The real time; a catalogue is examined for the day that it is."""

    speed = 1.0

    def __init__(self, at: datetime | None = None) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at or datetime.now(UTC).replace(microsecond=0)


def linter(documents: Documents | None = None, at: datetime | None = None) -> LintSops:
    """Return the linter over *documents* (default: what is shipped) at *at* (default: now)."""
    catalogue = Catalogue(documents or FileDocuments(), lambda: 0.0)
    return LintSops(catalogue, _Now(at), message_templates)


def findings(
    documents: Documents | None = None, *, live: bool = False, at: datetime | None = None
) -> tuple[Finding, ...]:
    """Return what the doctor finds, errors first; see `Doctor.examine`."""
    lint = linter(documents, at)
    return Doctor(lint.catalogue, lint).examine(live=live)


def shown(found: Iterable[Finding]) -> Iterable[str]:
    """Yield each finding as lines for people: Indonesian, English, and the mend."""
    for one in found:
        mark = "GALAT" if one.severity == ERROR else "PERINGATAN"
        yield f"{mark} {one.code} ({one.where})"
        yield f"  {one.text('id')}"
        yield f"  {one.text('en')}"
        yield f"  → {one.mend('id')}"
        yield f"  → {one.mend('en')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine and print; see the module."""
    parser = argparse.ArgumentParser(prog="chalicelib.doctor", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--data", type=Path, default=DATA, help="folder of catalogue files")
    source.add_argument("--stage", action="store_true", help="read the stage's reference table")
    parser.add_argument("--live", action="store_true", help="as for real citizens")
    options = parser.parse_args(arguments)
    documents: Documents = TableDocuments() if options.stage else FileDocuments(options.data)
    found = findings(documents, live=options.live)
    sys.stdout.writelines(f"{line}\n" for line in shown(found))
    grave = sum(one.severity == ERROR for one in found)
    sys.stdout.write(f"{grave} galat / errors, {len(found) - grave} peringatan / warnings\n")
    return 1 if grave else 0


if __name__ == "__main__":
    raise SystemExit(main())
