"""Import the city's existing reports.

    python -m chalicelib.importing laksa export.csv --dry-run
    python -m chalicelib.importing laksa export.csv

Reads a LAKSA export (CSV, UTF-8, comma or semicolon; columns and states: ``data/laksa.json``).
A dry run needs nothing but the file: it prints which columns and categories mean what, and each
refused row with its reason. Without ``--dry-run`` the rows go into the stage of the environment
(``STAGE``, AWS credentials); a row that is there already is left alone, so a file can be imported
again. ``--categories`` names a CSV of two columns: their category, our code. Exit code 1 if a row
was refused.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.domain.laksa import STATUS_OF, RowRefused, case_of, columns_of

if TYPE_CHECKING:
    from chalicelib.services.importing import ImportReports, Outcome

MAPPING = Path(__file__).resolve().parent / "data" / "laksa.json"
#: Refused rows printed; all are counted.
_SHOWN = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Import, or say what would be imported; return the exit code."""
    options = _parser().parse_args(arguments)
    mapping = json.loads(MAPPING.read_text())
    with options.file.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, dialect=_dialect(file))
        try:
            columns = columns_of(list(reader.fieldnames or ()), mapping["columns"])
        except RowRefused as refused:
            print(f"{refused.reason}: {refused.field} ({refused.value})", file=sys.stderr)
            return 2
        outcomes = list(_outcomes(reader, columns, mapping, _importer(options)))
    _report(columns, outcomes, mapping["states"])
    return int(any(not one.taken for _, _, one in outcomes))


def _outcomes(
    reader: csv.DictReader[str],
    columns: Mapping[str, str],
    mapping: Mapping[str, Any],
    take: ImportReports,
) -> Iterator[tuple[int, str, Outcome]]:
    """Yield line, category as written, and what came of it."""
    from chalicelib.services.catalogue import CITY_ZONE
    from chalicelib.services.importing import Outcome

    for row in reader:
        fields = {columns[name]: value or "" for name, value in row.items() if name in columns}
        try:
            outcome = take(case_of(fields, mapping["states"], CITY_ZONE))
        except RowRefused as refused:
            number = fields.get("number", "")
            outcome = Outcome(number, refused.reason, field=refused.field, value=refused.value)
        yield reader.line_num, fields.get("category", "").strip(), outcome


def _report(
    columns: Mapping[str, str],
    outcomes: Sequence[tuple[int, str, Outcome]],
    states: Mapping[str, str],
) -> None:
    print("Kolom:")
    for name, meant in columns.items():
        print(f"  {name:24} -> {meant}")
    print("Status:")
    for said, state in states.items():
        print(f"  {said:24} -> {STATUS_OF[state]}")
    print("Kategori:")
    meant_by = sorted({(words, one.category) for _, words, one in outcomes if one.category})
    for words, code in meant_by:
        print(f"  {words:40} -> {code}")
    refused = [(line, one) for line, _, one in outcomes if not one.taken]
    if refused:
        print("Ditolak:")
    for line, one in refused[:_SHOWN]:
        print(f"  baris {line}: {one.external or '-'}: {one.result} {one.field} {one.value!r}")
    print("Jumlah:")
    for result, count in sorted(Counter(one.result for _, _, one in outcomes).items()):
        print(f"  {result:24} {count}")
    print(f"  {'baris':24} {len(outcomes)}")


def _importer(options: argparse.Namespace) -> ImportReports:
    from chalicelib import bootstrap, config
    from chalicelib.services.importing import ImportReports

    catalogue = bootstrap.catalogue()
    if options.dry_run:
        import time

        from chalicelib.adapters.documents import FileDocuments
        from chalicelib.services.catalogue import Catalogue

        catalogue = Catalogue(FileDocuments(), time.monotonic)
    from chalicelib.services.composing import Planner

    return ImportReports(
        None if options.dry_run else bootstrap.store(),
        catalogue,
        Planner(catalogue),
        bootstrap.clock(),
        (lambda: b"no number of a dry run is kept") if options.dry_run else config.token_secret,
        bootstrap.salt,
        _categories(options.categories),
    )


def _categories(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) >= 2}


def _dialect(file: Any) -> type[csv.Dialect]:
    """Comma or semicolon, by the first line."""
    first = file.readline()
    file.seek(0)

    class Found(csv.excel):
        delimiter = ";" if first.count(";") > first.count(",") else ","

    return Found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chalicelib.importing", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("system", choices=("laksa",), help="where the file comes from")
    parser.add_argument("file", type=Path, help="the export, CSV")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen; write nothing"
    )
    parser.add_argument("--categories", type=Path, help="CSV: their category, our code")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
