"""Backs a stage's tables up into files, and makes an empty stage go on where the backup stands.

    python -m infra.tools.backup export --at 2027-05-14T10:00:00+07:00 --to BUCKET   # on AWS
    python -m infra.tools.backup save FOLDER                                        # anywhere
    python -m infra.tools.backup restore FOLDER                 # into an empty stage, then checks
    python -m infra.tools.backup check                          # the checks alone

``export`` asks DynamoDB for every table as it was at one instant of the last 35 days (point-in-time
recovery); download the bucket's ``live-room/`` and that folder is what ``restore`` reads. ``save``
writes the same form by reading the tables, for a stage that stands still or an emulator.

``restore`` refuses a stage that has reports. What a report's functions need is written before the
row that wakes them, so that nothing fires or is sent on half a record, whether they run or not.
Then every running timeline is begun again under a new epoch, views and figures are made equal to
the record, and the record is held against the books. Ends with 1 unless all of it holds.

For a stage: ``STAGE``, ``AWS_REGION`` and credentials that may do this. A backup holds who
reported: keep it as you keep the identity table.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib import bootstrap, config
from chalicelib.adapters import aws, keys
from chalicelib.domain.timeline import next_due
from chalicelib.ledger import lines
from chalicelib.services.sealing import every_day
from chalicelib.verify import ledger_faults, of_days

#: Everything that is kept in tables, in the order in which it is written back: what reports refer
#: to first, the reports last.
TABLES = (
    "reference",
    "accounts",
    "photos",
    "followers",
    "books",
    "identity",
    "views",
    "reports",
)
PREFIX = "live-room"
_BATCH = 25
_TRIES = 8
Item = dict[str, Any]


class NotEmpty(RuntimeError):
    """The stage has reports already: it is not the one to restore into."""


def save(folder: Path) -> Iterator[tuple[str, int]]:
    """Write every table into *folder*; yield each with its number of rows."""
    for thing in TABLES:
        target = folder / thing / "data"
        target.mkdir(parents=True, exist_ok=True)
        count = 0
        with gzip.open(target / "part.json.gz", "wt", encoding="utf-8") as file:
            for item in _scan(thing):
                file.write(json.dumps({"Item": _written(item)}, separators=(",", ":")) + "\n")
                count += 1
        yield thing, count


def export(at: datetime, bucket: str) -> Iterator[str]:
    """Ask DynamoDB for every table as it was at *at*; yield the ARNs of the exports."""
    client = aws.client("dynamodb")
    for thing in TABLES:
        table = client.describe_table(TableName=config.resource(thing))["Table"]
        answer = client.export_table_to_point_in_time(
            TableArn=table["TableArn"],
            ExportTime=at,
            S3Bucket=bucket,
            S3Prefix=f"{PREFIX}/{thing}",
            ExportFormat="DYNAMODB_JSON",
        )
        yield str(answer["ExportDescription"]["ExportArn"])


def restore(folder: Path) -> Iterator[tuple[str, int]]:
    """Write what *folder* holds into the empty stage; yield each table with its number of rows."""
    # A stage that runs writes digests for its officers: those alone do not make it a city.
    if next(bootstrap.store().numbers(), None) is not None:
        raise NotEmpty(config.resource("reports"))
    for thing in ("identity", "books"):
        if next(_scan(thing), None) is not None:
            raise NotEmpty(config.resource(thing))
    for thing in TABLES:
        if thing != "reports":
            yield thing, _put_all(thing, _rows(folder / thing))
            continue
        # A report's own row wakes whoever acts on it, a message's row its sender: they come when
        # all else is there. Three passes over the files, so that memory stays small.
        counts = [_put_all(thing, _of_phase(folder / thing, phase)) for phase in range(3)]
        yield thing, sum(counts)


def go_on() -> int:
    """Begin every running timeline again under a new epoch; return how many there were.

    Its old execution, if there is still one somewhere, then wakes nobody.
    """
    store, planner, arm = bootstrap.store(), bootstrap.planner(), bootstrap.arm_timeline()
    count = 0
    for number in store.numbers():
        stored = store.load(number)
        if stored is None or stored.armed_epoch != stored.epoch:
            continue
        if next_due(planner.timeline(stored.events), frozenset(stored.report.fired)) is not None:
            arm.renew(number, stored.epoch)
            count += 1
    return count


def check(say: Callable[[str], Any]) -> bool:
    """Hold views and figures against the record, and the record against the books."""
    found = bootstrap.rebuild().mend()
    say(f"views and figures of {found.reports} reports: {'equal' if found.equal else 'NOT EQUAL'}")
    days = list(every_day(bootstrap.books()))
    signed = {one.mark: one for one in bootstrap.books().public_keys()}
    wrong = list(of_days(days, signed, "")) if days else []
    wrong += ledger_faults((json.dumps(row) for row in lines(bootstrap.clock().now())), days)
    for what in wrong:
        say(what)
    say(f"records against {len(days)} closed days: {'NOT VERIFIED' if wrong else 'verified'}")
    return found.equal and not wrong


def _phase(item: Item) -> int:
    sort = str(item["sk"]["S"])
    if sort == keys.CURRENT:
        return 1
    return 2 if sort.startswith(keys.MESSAGE) else 0


def _of_phase(folder: Path, phase: int) -> Iterator[Item]:
    return (item for item in _rows(folder) if _phase(item) == phase)


def _rows(folder: Path) -> Iterator[Item]:
    """Yield the rows of one table, from whatever files its folder holds (as DynamoDB exports)."""
    for path in sorted(folder.rglob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for text in file:
                yield _read(json.loads(text)["Item"])


def _written(value: Any) -> Any:
    """Return *value* with its bytes as DynamoDB's exports write them: in base 64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    return [_written(one) for one in value] if isinstance(value, list) else value


def _read(item: Item) -> Item:
    """Return *item* with what `_written` wrote as bytes again, however deep."""
    return {name: _read_typed(value) for name, value in item.items()}


def _read_typed(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, held),) = value.items()
    if kind == "B":
        return {kind: base64.b64decode(held)}
    if kind == "BS":
        return {kind: [base64.b64decode(one) for one in held]}
    if kind == "L":
        return {kind: [_read_typed(one) for one in held]}
    return {kind: _read(held)} if kind == "M" else value


def _scan(thing: str) -> Iterator[Item]:
    pages = aws.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=config.resource(thing), ConsistentRead=True):
        yield from page["Items"]


def _put_all(thing: str, rows: Iterable[Item]) -> int:
    count, batch = 0, []
    for item in rows:
        batch.append({"PutRequest": {"Item": item}})
        count += 1
        if len(batch) == _BATCH:
            _put(thing, batch)
            batch = []
    if batch:
        _put(thing, batch)
    return count


def _put(thing: str, batch: list[Item]) -> None:
    """Write one batch; what DynamoDB leaves out is put again, a bounded number of times."""
    left = {config.resource(thing): batch}
    for tries in range(_TRIES):
        left = aws.client("dynamodb").batch_write_item(RequestItems=left)["UnprocessedItems"]
        if not left:
            return
        time.sleep(0.05 * 2**tries)
    raise RuntimeError(f"{thing}: DynamoDB took only part of a batch {_TRIES} times")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 0 if all of it holds."""
    options = _parser().parse_args(arguments)
    _say(f"stage {config.stage()}, region {config.region()}")
    if options.do == "export":
        for arn in export(options.at, options.to):
            _say(arn)
        return 0
    if options.do == "check":
        return int(not check(_say))
    if options.do == "save":
        for thing, count in save(options.folder):
            _say(f"{thing}: {count} rows")
        return 0
    try:
        for thing, count in restore(options.folder):
            _say(f"{thing}: {count} rows")
    except NotEmpty as error:
        _say(f"{error} is not empty: restore into an empty stage")
        return 1
    _say(f"timelines begun again under a new epoch: {go_on()}")
    return int(not check(_say))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="infra.tools.backup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="do", required=True)
    asked = commands.add_parser("export", help="ask DynamoDB for an export of every table")
    asked.add_argument("--at", type=datetime.fromisoformat, required=True)
    asked.add_argument("--to", required=True, help="bucket that the exports go to")
    for name in ("save", "restore"):
        commands.add_parser(name).add_argument("folder", type=Path)
    commands.add_parser("check")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
