"""The ledger: written by the city, verified by anybody, without anything of anybody in it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap, ledger, verify
from chalicelib.domain.ledger import tree
from chalicelib.services.ports import Contact
from tests.fakes.engine import Engine

ROOT = Path(__file__).parents[2]
START = "2027-04-05T10:00:00+07:00"
MIDNIGHT = "2027-04-06T00:00:00+07:00"


@pytest.fixture
def city() -> Iterator[Engine]:
    engine = Engine(START)
    tini = Contact(name="Bu Tini", email="warga@example.org")
    numbers = [engine.filed(contact=tini).report.number for _ in range(3)]
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(numbers[0], "verify", "operator")
    engine.run_until("2027-04-06T12:00:00+07:00")
    with bootstrap.override(store=engine.store, clock=engine.clock):
        yield engine


Written = Callable[..., tuple[list[dict[str, Any]], str]]


@pytest.fixture
def written(city: Engine, capsys: pytest.CaptureFixture[str]) -> Written:
    def write(until: str = MIDNIGHT) -> tuple[list[dict[str, Any]], str]:
        assert ledger.main(["--until", until]) == 0
        out, err = capsys.readouterr()
        return [json.loads(text) for text in out.splitlines()], err.split()[1]

    return write


def put(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_what_is_written_is_verified_without_any_library(written: Written, tmp_path: Path) -> None:
    rows, root = written()
    command = [sys.executable, "-S", "-m", "chalicelib.verify"]
    answer = subprocess.run(
        [*command, put(tmp_path / "ledger.jsonl", rows), "--root", root],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"reports: 3\nroot: {root}\nverified\n"


def test_the_root_of_a_day_stays_what_it_was_however_long_reports_go_on(
    city: Engine, written: Written
) -> None:
    before = written()
    city.run_until("2027-04-12T00:00:00+07:00")
    assert written() == before
    assert written("2027-04-12T00:00:00+07:00")[1] != before[1]


def test_nothing_that_anybody_wrote_or_left_is_in_it(written: Written) -> None:
    text = json.dumps(written()[0])
    for secret in ("Tini", "warga@example.org", "Lubang besar", "106.6319", "salt", '"texts"'):
        assert secret not in text


def _changed(rows: list[dict[str, Any]]) -> None:
    rows[0]["events"][0]["data"]["tier"] = "urgent"


def _shortened(rows: list[dict[str, Any]]) -> None:
    rows[0]["events"].pop()


def _without_its_beginning(rows: list[dict[str, Any]]) -> None:
    del rows[0]["events"][0]


def _left_out(rows: list[dict[str, Any]]) -> None:
    rows.pop()


def _twice(rows: list[dict[str, Any]]) -> None:
    rows.append(rows[0])


def _renamed(rows: list[dict[str, Any]]) -> None:
    rows[0]["number"] = "TL-AAAAAAAA"


def _another_thing(rows: list[dict[str, Any]]) -> None:
    rows[0] = {"number": rows[0]["number"], "events": [7]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_changed, "was changed"),
        (_shortened, "the root is not"),
        (_without_its_beginning, "does not follow"),
        (_left_out, "the root is not"),
        (_twice, "comes twice"),
        (_renamed, "of another report"),
        (_another_thing, "not a line of a ledger"),
    ],
)
def test_whatever_is_changed_is_found(
    written: Written,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[dict[str, Any]]], None],
    words: str,
) -> None:
    rows, root = written()
    change(rows)
    assert verify.main([put(tmp_path / "ledger.jsonl", rows), "--root", root]) == 1
    said = capsys.readouterr().out
    assert words in said and said.endswith("not verified\n")


def test_erased_words_break_no_line(city: Engine, written: Written, tmp_path: Path) -> None:
    before = written()
    for number in city.store.numbers():
        city.recorder.erase(number, {1})
    rows, root = written()
    assert (rows, root) == before
    assert verify.main([put(tmp_path / "ledger.jsonl", rows), "--root", root]) == 0


def _by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962's definition, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = _by_definition(leaves[:half]), _by_definition(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("count", range(34))
def test_the_tree_is_the_standards(count: int) -> None:
    leaves = [bytes([number]) for number in range(count)]
    assert tree(leaves) == _by_definition(leaves)
