"""The books of a city: closed once a day, caught up, resumed, and checked by anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap, ledger, verify
from chalicelib.domain import books
from chalicelib.domain.books import SHARDS, Sealed
from chalicelib.domain.ledger import tree
from chalicelib.services.ports import Contact, TryAgain
from chalicelib.services.sealing import ProveReports, SealDays, every_day
from tests.fakes.books import LocalSigner, MemoryBooks, MemoryVault
from tests.fakes.engine import Engine

ROOT = Path(__file__).parents[3]
START = "2027-04-05T10:00:00+07:00"
TINI = Contact(name="Bu Tini", email="warga@example.org")


class City:
    """An engine whose books are closed when one says so."""

    def __init__(self) -> None:
        self.engine = Engine(START)
        self.kept, self.vault, self.signer = MemoryBooks(), MemoryVault(), LocalSigner()
        self.numbers = [self.engine.filed(contact=TINI).report.number for _ in range(3)]

    @property
    def seal(self) -> SealDays:
        engine = self.engine
        return SealDays(engine.store, self.kept, self.signer, self.vault, engine.clock, "test")

    def at(self, moment: str) -> tuple[str, ...]:
        self.engine.run_until(moment)
        return self.seal()

    def proof(self, number: str) -> Any:
        found = ProveReports(self.engine.store, self.kept).proof(self.engine.loaded(number))
        return {"proof": found[0].to_dict(), "day": found[1].to_dict()} if found else {}


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def week(city: City) -> City:
    """Three days closed, with something on the first and the third only."""
    city.at("2027-04-05T11:00:00+07:00")
    city.engine.act(city.numbers[0], "verify", "operator")
    city.at("2027-04-06T00:30:00+07:00")
    city.at("2027-04-08T00:45:00+07:00")
    return city


def test_a_day_is_closed_half_an_hour_after_it_is_over_and_not_before(city: City) -> None:
    assert city.at("2027-04-05T10:30:00+07:00") == ("2027-04-04",)
    assert city.at("2027-04-06T00:29:59+07:00") == ()
    assert city.at("2027-04-06T00:30:00+07:00") == ("2027-04-05",)
    assert city.at("2027-04-06T01:30:00+07:00") == ()
    closed = city.kept.closed["2027-04-05"]
    assert (closed.day.reports, closed.day.previous) == (3, city.kept.closed["2027-04-04"].day.root)


def test_the_day_is_what_the_marks_of_its_reports_say(city: City) -> None:
    city.at("2027-04-05T10:30:00+07:00")
    city.at("2027-04-06T00:30:00+07:00")
    sealed = city.kept.closed["2027-04-05"]
    for name, shard in zip(SHARDS, sealed.day.shards, strict=True):
        expected = []
        for number in sorted(city.numbers):
            if books.shard_of(number) == name:
                events = [
                    event
                    for event in city.engine.loaded(number).events
                    if event.recorded_at < books.end_of("2027-04-05")
                ]
                expected.append(books.Mark(number, len(events), events[-1].hash).leaf)
        assert (shard.reports, shard.root) == (len(expected), tree(expected).hex())


def test_missed_days_are_caught_up_in_their_order_even_empty_ones(city: City) -> None:
    city.at("2027-04-05T10:30:00+07:00")
    assert city.at("2027-04-12T00:30:00+07:00") == tuple(
        f"2027-04-{day:02d}" for day in range(5, 12)
    )
    assert [one.day.day for one in books.chained(every_day(city.kept))][-1] == "2027-04-11"


class _Breaks:
    """A part whose *method* fails the *nth* time, before or after its effect."""

    def __init__(self, part: Any, method: str, nth: int, *, after: bool) -> None:
        self._part, self._method, self._left, self._after = part, method, nth, after

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._part, name)
        if name != self._method:
            return function

        def called(*given: Any) -> Any:
            self._left -= 1
            if self._left:
                return function(*given)
            if self._after:
                function(*given)
            raise TryAgain(name)

        return called


CALLS = [
    *(("books", "keep_part", nth) for nth in (1, 7, 16)),
    *(("books", method, 1) for method in ("keep_key", "close_once", "last")),
    ("signer", "sign", 1),
    ("vault", "put_once", 2),
    ("marks", "day_marks", 9),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "method", "nth"), CALLS)
def test_whatever_fails_the_next_run_goes_on_and_nothing_closed_is_changed(
    city: City, part: str, method: str, nth: int, after: bool
) -> None:
    city.at("2027-04-05T10:30:00+07:00")
    city.engine.run_until("2027-04-06T00:30:00+07:00")
    parts = {
        "marks": city.engine.store,
        "books": city.kept,
        "signer": city.signer,
        "vault": city.vault,
    }
    parts[part] = _Breaks(parts[part], method, nth, after=after)
    broken = SealDays(clock=city.engine.clock, book="test", **parts)
    with pytest.raises(TryAgain):
        broken()
    before = dict(city.kept.closed)
    city.seal()
    assert sorted(city.kept.closed) == ["2027-04-04", "2027-04-05"]
    assert before.items() <= city.kept.closed.items()
    locked = {name: json.loads(body) for name, body in city.vault.files.items()}
    assert locked == {f"days/{day}.json": one.to_dict() for day, one in city.kept.closed.items()}


def test_a_run_goes_on_where_the_last_one_stopped(city: City) -> None:
    city.at("2027-04-05T10:30:00+07:00")
    city.engine.run_until("2027-04-06T00:30:00+07:00")
    marks = _Breaks(city.engine.store, "day_marks", 9, after=False)
    with pytest.raises(TryAgain):
        SealDays(marks, city.kept, city.signer, city.vault, city.engine.clock, "test")()
    read: list[str] = []

    class Noting:
        def day_marks(self, day: str, shard: str) -> Iterator[books.Mark]:
            read.append(shard)
            return city.engine.store.day_marks(day, shard)

    SealDays(Noting(), city.kept, city.signer, city.vault, city.engine.clock, "test")()
    assert read == list("89abcdef")


def test_two_at_once_close_a_day_once_with_the_first_ones_signature(city: City) -> None:
    city.at("2027-04-05T10:30:00+07:00")
    city.engine.run_until("2027-04-06T00:30:00+07:00")

    class Late(MemoryBooks):
        def close_once(self, sealed: Sealed) -> bool:
            city.seal()
            return city.kept.close_once(sealed)

    late = Late()
    late.closed, late.parts = city.kept.closed, city.kept.parts
    SealDays(city.engine.store, late, city.signer, city.vault, city.engine.clock, "test")()
    locked = json.loads(city.vault.files["days/2027-04-05.json"])
    assert locked == city.kept.closed["2027-04-05"].to_dict()


def test_a_signature_that_does_not_hold_is_not_published(city: City) -> None:
    class Wrong(LocalSigner):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"!")

    seal = SealDays(city.engine.store, city.kept, Wrong(), city.vault, city.engine.clock, "test")
    with pytest.raises(Exception, match="2027-04-04"):
        seal()
    assert city.kept.closed == {}


# ---------------------------------------------------------------- anybody verifies


@pytest.fixture
def files(week: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    with bootstrap.override(store=week.engine.store, clock=week.engine.clock):
        assert ledger.main([]) == 0
    (tmp_path / "ledger.jsonl").write_text(capsys.readouterr().out)
    days = [one.to_dict() for one in every_day(week.kept)]
    (tmp_path / "days.json").write_text(json.dumps({"items": days[::-1], "cursor": None}))
    (tmp_path / "key.pem").write_text(week.signer.key().pem)
    (tmp_path / "proof.json").write_text(json.dumps(week.proof(week.numbers[0])))
    return tmp_path


def verified(files: Path, *more: str) -> tuple[int, str]:
    """What the tool says of the files, run with the standard library alone."""
    command = [sys.executable, "-S", "-m", "chalicelib.verify", str(files / "ledger.jsonl")]
    for name, file in (("--days", "days.json"), ("--key", "key.pem"), ("--proof", "proof.json")):
        command += [name, str(files / file)]
    done = subprocess.run(
        [*command, *more],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_whole_city_is_verified_by_its_days_without_any_library(
    week: City, files: Path
) -> None:
    root = week.kept.closed["2027-04-07"].day.root
    code, said = verified(files, "--known", week.kept.closed["2027-04-05"].day.root)
    assert said.startswith(f"days: 2027-04-04 to 2027-04-07, signed\nnewest root: {root}\n")
    assert (code, said.splitlines()[-1]) == (0, "verified")


def test_erased_words_change_no_day(week: City, files: Path) -> None:
    for number in week.numbers:
        week.engine.recorder.erase(number, {1})
    number = week.numbers[0]
    assert "description" not in week.engine.loaded(number).events[0].texts
    assert week.proof(number) == json.loads((files / "proof.json").read_text())
    assert week.at("2027-04-09T00:30:00+07:00") == ("2027-04-08",)
    assert verified(files)[0] == 0


def test_a_report_from_before_the_books_is_in_their_first_day(city: City) -> None:
    """As a stage that ran before it had books: marks of the first day by the tool."""
    city.engine.run_until("2027-04-10T09:00:00+07:00")
    city.engine.store.by_day.clear()
    with bootstrap.override(store=city.engine.store, clock=city.engine.clock, books=city.kept):
        assert ledger.main(["--begin"]) == 0
    assert city.seal() == ("2027-04-09",)
    assert city.kept.closed["2027-04-09"].day.reports == 3
    for number in city.numbers:
        assert books.Proof.from_dict(city.proof(number)["proof"]).leads_to(
            city.kept.closed["2027-04-09"].day
        )


def _first_line(files: Path, change: Any) -> None:
    lines = (files / "ledger.jsonl").read_text().splitlines()
    row = json.loads(lines[0])
    lines[0:1] = change(row)
    (files / "ledger.jsonl").write_text("\n".join(lines) + "\n")


def _dropped(row: dict[str, Any]) -> list[str]:
    return []


def _cut(row: dict[str, Any]) -> list[str]:
    return [json.dumps(row | {"events": row["events"][:1]})]


@pytest.mark.parametrize("change", [_dropped, _cut])
def test_a_report_taken_away_or_cut_is_found_by_its_day(files: Path, change: Any) -> None:
    _first_line(files, change)
    code, said = verified(files)
    assert code == 1
    assert "the records are not those of that day" in said


def test_a_record_rewritten_with_sound_hashes_is_found_by_its_day(
    week: City, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can write the table can make a chain anew; the signed day does not fit it."""
    again = Engine(START)
    forged = again.filed(contact=TINI, category="INF-02").report.number
    assert forged == week.numbers[0]
    again.run_until("2027-04-09T09:00:00+07:00")
    with bootstrap.override(store=again.store, clock=again.clock):
        ledger.main([])
    (line,) = capsys.readouterr().out.splitlines()
    lines = (files / "ledger.jsonl").read_text().splitlines()
    (place,) = [n for n, one in enumerate(lines) if json.loads(one)["number"] == forged]
    (files / "ledger.jsonl").write_text("\n".join([*lines[:place], line, *lines[place + 1 :]]))
    (files / "forged.jsonl").write_text(line)
    assert verify.main([str(files / "forged.jsonl")]) == 0  # by itself it is sound
    code, said = verified(files)
    # What it was never filed as is in none of the days since.
    assert (code, said.splitlines()[4:]) == (1, [
        "2027-04-05: the records are not those of that day",
        "2027-04-06: the records are not those of that day",
        "2027-04-07: the records are not those of that day",
        "not verified",
    ])  # fmt: skip


def _days(files: Path, change: Any) -> None:
    body = json.loads((files / "days.json").read_text())
    change(body["items"])
    (files / "days.json").write_text(json.dumps(body))


def test_a_missing_a_changed_and_a_foreign_day_are_found(files: Path) -> None:
    sound = (files / "days.json").read_text()
    for change, words in (
        (lambda days: days.pop(1), "does not follow"),
        (lambda days: days[1].update(signature=days[0]["signature"]), "is not signed"),
        (lambda days: days[1].update(key="00" * 32), "is not signed"),
        (lambda days: days[1].update(reports=9), "is not what follows"),
        (lambda days: days[1]["shards"][0].update(reports=9), "is not what follows"),
    ):
        (files / "days.json").write_text(sound)
        _days(files, change)
        code, said = verified(files)
        assert (code, words in said) == (1, True), said


def test_a_root_that_somebody_kept_and_is_gone_is_found(files: Path) -> None:
    code, said = verified(files, "--known", "ab" * 32)
    assert (code, f"no day has the root {'ab' * 32}" in said) == (1, True)


def test_a_proof_of_something_else_is_found(files: Path) -> None:
    body = json.loads((files / "proof.json").read_text())
    body["proof"]["events"] += 1
    (files / "proof.json").write_text(json.dumps(body))
    code, said = verified(files)
    assert (code, "as the proof says" in said) == (1, True)


def test_openssl_checks_a_day_too(week: City, tmp_path: Path) -> None:
    import base64

    sealed = week.kept.closed["2027-04-05"]
    (tmp_path / "key.pem").write_text(week.signer.key().pem)
    (tmp_path / "day").write_text(sealed.to_dict()["statement"])
    (tmp_path / "signature").write_bytes(base64.b64decode(sealed.signature))
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "day"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Verified OK\n"


def test_what_is_not_signed_for_is_said_to_be_unchecked(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main(["--days", str(files / "days.json")]) == 0
    assert "SIGNATURES NOT CHECKED" in capsys.readouterr().out
