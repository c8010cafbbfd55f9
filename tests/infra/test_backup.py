"""A city is lost in the middle of its escalations and goes on in an empty stage from a backup."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.city import City
from chalicelib import bootstrap
from chalicelib.adapters import aws, tables
from chalicelib.domain.events import verify_chain
from chalicelib.services.sealing import every_day
from infra.tools import backup
from tests.fakes.world import WITH_MAIL

#: What all these stand on is made once, by one worker.
pytestmark = pytest.mark.xdist_group("backup")

MONDAY = "2027-04-05T10:00:00+07:00"
LOST = "2027-04-07T09:00:00+07:00"
END = "2027-04-09T09:00:00+07:00"
ALL = (
    *(tables.ReportRow, tables.ViewRow, tables.IdentityRow, tables.ReferenceRow),
    *(tables.FollowerRow, tables.AccountRow, tables.PhotoRow, tables.BookRow),
)


@contextmanager
def a_city() -> Iterator[City]:
    """A stage with all its tables in DynamoDB, its books among them."""
    from chalicelib.adapters.books import DynamoBooks

    with City(MONDAY).open() as city:
        for row in ALL[5:]:
            row._connection = None
            row.create_table(wait=True)
        city.books = DynamoBooks()  # type: ignore[assignment]
        with bootstrap.override(**bootstrap._made | {"books": city.books}):
            yield city
        for row in ALL:
            row._connection = None


def until_lost(city: City) -> list[str]:
    """Three reports at different places of their way, one day closed, one message unsent."""
    numbers = [city.filed(WITH_MAIL | {"description": f"Lubang {n}"})["number"] for n in range(3)]
    city.settle()
    for number in numbers[:2]:
        city.act(number, "verify", user="operator")
    city.settle()
    city.act(numbers[0], "acknowledge", user="petugas.pupr")
    closed(city)
    city.pass_until(LOST)
    closed(city)
    city.act(numbers[0], "start", user="petugas.pupr")
    return numbers


def closed(city: City) -> None:
    from dataclasses import replace

    seal = city.seal_days()
    replace(seal, marks=bootstrap.store(), books=city.books, clock=city.clock)()


def sent(numbers: list[str]) -> Counter[tuple[int, str]]:
    """Every message handed to a provider, by the report's place among *numbers* and message."""
    place = {f"R#{number}": index for index, number in enumerate(numbers)}
    rows = [row for row in backup._scan("reports") if row["sk"]["S"].startswith("MSG#")]
    return Counter(
        {
            (place[row["pk"]["S"]], row["sk"]["S"]): int(row["attempts"]["N"])
            for row in rows
            if row["pk"]["S"] in place
        }
    )


def facts(numbers: list[str]) -> Any:
    """What must be the same whether the city was lost or not."""
    store = bootstrap.store()
    loaded = [store.load(number) for number in numbers]
    return (
        [
            [(event.type, event.at, event.data.get("entry")) for event in one.events]
            for one in loaded
        ],
        [sorted(one.report.fired) for one in loaded],
        sent(numbers),
    )


@pytest.fixture(scope="module")
def never_lost() -> Any:
    with a_city() as city:
        numbers = until_lost(city)
        city.settle()
        city.pass_until(END)
        return facts(numbers)


def emptied() -> None:
    """The stack is gone and made anew: the same tables with nothing in them."""
    client = aws.client("dynamodb")
    for row in ALL:
        client.delete_table(TableName=row.Meta.table_name)
        row._connection = None
        row.create_table(wait=True)


def test_a_lost_city_goes_on_from_its_backup_as_if_it_had_never_been_lost(
    never_lost: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_city() as city:
        numbers = until_lost(city)
        before = {n: bootstrap.store().load(n) for n in numbers}
        saved = dict(backup.save(tmp_path))
        emptied()
        city.meter.stream.clear()
        city.meter.queued.clear()
        city.executions.__init__()  # type: ignore[misc]
        assert backup.main(["restore", str(tmp_path)]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[1:] == [
            *(f"{thing}: {count} rows" for thing, count in saved.items()),
            "timelines begun again under a new epoch: 3",
            "views and figures of 3 reports: equal",
            "records against 3 closed days: verified",
        ]
        days = [one.day.day for one in every_day(bootstrap.books())]
        assert days == ["2027-04-04", "2027-04-05", "2027-04-06"]
        after = {n: bootstrap.store().load(n) for n in numbers}
        assert {n: one.events for n, one in after.items()} == {
            n: one.events for n, one in before.items()
        }
        assert all(after[n].epoch == before[n].epoch + 1 for n in numbers)
        # the stream of a new table tells of every row from its beginning
        city.meter.stream = [*as_inserted(), *city.meter.stream]
        city.settle()
        assert all(one.armed_epoch == one.epoch for one in map(bootstrap.store().load, numbers))
        city.pass_until(END)
        for number in numbers:
            verify_chain(bootstrap.store().load(number).events)
        assert facts(numbers) == never_lost
        assert bootstrap.rebuild().compare().equal


def as_inserted() -> list[dict[str, Any]]:
    return [
        {"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in backup._scan("reports")
    ]


def test_a_stage_that_has_reports_is_not_restored_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_city() as city:
        city.filed()
        dict(backup.save(tmp_path))
        rows = sum(1 for _ in backup._scan("reports"))
        assert backup.main(["restore", str(tmp_path)]) == 1
        assert "is not empty" in capsys.readouterr().out
        assert sum(1 for _ in backup._scan("reports")) == rows


def test_a_stage_that_has_only_told_its_officers_that_nothing_waits_counts_as_empty(
    tmp_path: Path,
) -> None:
    with a_city() as city:
        city.filed()
        saved = dict(backup.save(tmp_path))
        emptied()
        digest = {"pk": {"S": "DAY#2027-04-06"}, "sk": {"S": "MSG#digest#kadis.pupr#mail"}}
        backup._put_all("reports", [digest])
        assert dict(backup.restore(tmp_path)) == saved


def test_a_backup_in_which_a_record_was_changed_is_found_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_city() as city:
        until_lost(city)
        dict(backup.save(tmp_path))
        path = tmp_path / "reports" / "data" / "part.json.gz"
        with gzip.open(path, "rt") as file:
            text = file.read()
        with gzip.open(path, "wt") as file:
            file.write(text.replace('\\"role\\":\\"operator\\"', '\\"role\\":\\"verifier\\"'))
        emptied()
        assert backup.main(["restore", str(tmp_path)]) == 1
        said = capsys.readouterr().out
        assert "was changed" in said and said.endswith("NOT VERIFIED\n")


def test_what_wakes_somebody_is_written_after_what_they_read(tmp_path: Path) -> None:
    with a_city() as city:
        until_lost(city)
        dict(backup.save(tmp_path))
        emptied()
        city.meter.stream.clear()
        written: list[str] = []
        put = backup._put

        def noting(thing: str, batch: list[Any]) -> None:
            if thing == "reports":
                written.extend(one["PutRequest"]["Item"]["sk"]["S"] for one in batch)
            put(thing, batch)

        backup._put = noting
        try:
            dict(backup.restore(tmp_path))
        finally:
            backup._put = put
        kinds = ["M" if k.startswith("MSG#") else "C" if k == "CURRENT" else "-" for k in written]
        assert "".join(kinds) == "".join(sorted(kinds, key="-CM".index))
        assert set(kinds) == set("-CM")


def test_dynamodb_is_asked_for_every_table_at_one_instant(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    class Client:
        def describe_table(self, TableName: str) -> Any:
            return {"Table": {"TableArn": f"arn:{TableName}"}}

        def export_table_to_point_in_time(self, **request: Any) -> Any:
            asked.append(request)
            return {"ExportDescription": {"ExportArn": request["TableArn"] + "/export/1"}}

    from datetime import datetime

    at = datetime.fromisoformat(MONDAY)
    real, aws.client = aws.client, lambda name: Client()  # type: ignore[assignment]
    try:
        arns = list(backup.export(at, "a-bucket"))
    finally:
        aws.client = real
    assert len(arns) == len(backup.TABLES)
    assert {one["ExportTime"] for one in asked} == {at}
    assert json.dumps([one["S3Prefix"] for one in asked]).count("live-room/") == len(asked)


def test_every_table_of_the_stack_is_in_the_backup() -> None:
    from tests.infra.test_template import KEYS

    assert set(backup.TABLES) == set(KEYS)


def test_bytes_are_kept_however_deep_they_lie() -> None:
    item = {
        "pk": {"S": "R#1"},
        "packed": {"B": b"\x00\xff{"},
        "deep": {"M": {"B": {"L": [{"B": b"\x01"}, {"N": "1"}, {"BS": [b"\x02", b""]}]}}},
        "none": {"NULL": True},
    }
    assert backup._read(json.loads(json.dumps(backup._written(item)))) == item
