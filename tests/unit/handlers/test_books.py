"""The books over HTTP: published for anybody, and nobody's report with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import verify
from tests.fakes.world import POTHOLE, World


@pytest.fixture
def world() -> Iterator[World]:
    with World("2027-04-05T09:55:00+07:00").running() as running:
        yield running


def closed(world: World, moment: str) -> None:
    world.engine.run_until(moment)
    world.seal_days()()


def test_what_the_service_publishes_is_what_the_tool_verifies(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.filed()["number"]
    closed(world, "2027-04-05T10:00:00+07:00")
    closed(world, "2027-04-09T01:00:00+07:00")
    pages, cursor = [], ""
    while cursor is not None:
        page = world.get(f"/v1/ledger?limit=2&cursor={cursor}").json
        pages, cursor = [*pages, *page["items"]], page["cursor"]
    assert [day["day"] for day in pages] == [f"2027-04-0{day}" for day in (8, 7, 6, 5, 4)]
    (key,) = world.get("/v1/ledger/key").json["items"]
    files = {
        "days.json": json.dumps(pages),
        "key.pem": key["pem"],
        "proof.json": world.get(f"/v1/reports/{number}/proof").body.decode(),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    given = [("--days", "days.json"), ("--key", "key.pem"), ("--proof", "proof.json")]
    command = [word for name, file in given for word in (name, str(tmp_path / file))]
    assert verify.main(command) == 0
    assert capsys.readouterr().out.endswith("verified\n")


def test_a_day_is_for_ever_and_an_unknown_one_is_not_found(world: World) -> None:
    closed(world, "2027-04-05T10:00:00+07:00")
    first = world.get("/v1/ledger/2027-04-04")
    assert (first.status, first.json["reports"]) == (200, 0)
    for day in ("2027-04-05", "2027-13-45", "x", "2027-04-04T00"):
        assert world.get(f"/v1/ledger/{day}").code == "not_found"
    assert world.get("/v1/ledger?cursor=!").code == "invalid_cursor"


def test_before_its_day_is_closed_a_report_has_a_mark_and_no_proof(world: World) -> None:
    number = world.filed()["number"]
    stored = world.engine.loaded(number)
    assert world.get(f"/v1/reports/{number}/proof").json == {
        "number": number,
        "now": {"events": len(stored.events), "hash": stored.report.last_hash},
        "proof": None,
        "day": None,
    }


def test_a_confidential_report_proves_itself_to_its_reporter_alone(world: World) -> None:
    filed = world.filed(POTHOLE | {"visibility": "confidential"})
    closed(world, "2027-04-05T10:00:00+07:00")
    closed(world, "2027-04-06T01:00:00+07:00")
    path = f"/v1/reports/{filed['number']}/proof"
    absent = world.get("/v1/reports/TL-7K3QX9MW/proof")
    assert (world.get(path).status, world.get(path).code) == (404, absent.code)
    own = world.get(path, token=filed["token"])
    assert own.json["day"]["day"] == "2027-04-05"


def test_no_list_of_days_names_a_report(world: World) -> None:
    number = world.filed()["number"]
    closed(world, "2027-04-05T10:00:00+07:00")
    closed(world, "2027-04-06T01:00:00+07:00")
    assert number not in world.get("/v1/ledger").body.decode()
