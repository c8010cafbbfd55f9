"""Existing reports come in as history: once each, telling nobody, firing nothing of the past."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from chalicelib import bootstrap, config
from chalicelib.domain.events import verify_chain
from chalicelib.domain.laksa import RowRefused, case_of, columns_of
from chalicelib.importing import main
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.importing import ImportReports
from tests.fakes.engine import SECRET, Engine

NOW = "2027-04-05T09:55:00+07:00"
HEAD = "No Laporan;Tanggal;Kategori;Kronologi;Alamat;Kelurahan;OPD;Status;Tanggal Selesai;Telepon\n"
ROWS = (
    "L-1;05/01/2027 10:00;jalan berlubang;Lubang;Jl. Mawar;Sukasari;PUPR;Selesai;"
    "08/01/2027 15:00;08\n"
    "L-2;01/04/2027 09:30;INF-07;Lampu mati;Jl. Melati;Cikokol;Dishub;Proses;;08\n"
    "L-3;02/04/2027 08.15;sampah menumpuk;Bau;;Karawaci;;Menunggu;;08\n"
)
BAD = (
    "L-4;2027-13-01;INF-01;x;;Sukasari;;Menunggu;;\n"
    "L-5;01/04/2027;ufo;x;;Sukasari;;Menunggu;;\n"
    "L-6;01/04/2027;INF-01;x;;Bandung;;Menunggu;;\n"
    "L-7;01/04/2027;INF-01;x;;Sukasari;;Entah;;\n"
    "L-8;01/04/2016;INF-01;x;;Sukasari;;Selesai;;\n"
    "L-9;01/05/2028;INF-01;x;;Sukasari;;Menunggu;;\n"
    "L-10;03/04/2027;INF-01;x;;Sukasari;PUPR;Selesai;01/04/2027;\n"
    ";01/04/2027;INF-01;x;;Sukasari;;Menunggu;;\n"
    "L-11;01/04/2027;INF-01;x;;Sukasari;Dinas Cuaca;Proses;;\n"
)


@pytest.fixture
def engine() -> Engine:
    return Engine(NOW)


@pytest.fixture
def run(engine, tmp_path, monkeypatch, capsys):
    """Write a file, import it into *engine*, and return exit code and what was printed."""
    monkeypatch.setenv("TOKEN_SECRET", SECRET.decode())
    config.token_secret.cache_clear()

    def call(text: str, *options: str) -> tuple[int, str]:
        file = tmp_path / "export.csv"
        file.write_text(HEAD + text)
        parts = {"clock": engine.clock, "store": engine.store, "catalogue": engine.catalogue}
        with bootstrap.override(**parts):
            code = main(["laksa", str(file), *options])
        return code, capsys.readouterr().out

    yield call
    config.token_secret.cache_clear()


def imported(engine: Engine) -> dict[str, str]:
    """External number → number of ours."""
    numbers = list(engine.store.current)
    return {engine.loaded(n).events[0].data["external"]["number"]: n for n in numbers}


def test_a_dry_run_writes_nothing_and_says_what_everything_means(engine, run):
    code, said = run(ROWS + BAD, "--dry-run")
    assert (code, engine.store.current) == (1, {})
    assert "  No Laporan               -> number\n" in said
    assert "  selesai                  -> closed_automatic\n" in said
    assert "  jalan berlubang                          -> INF-01\n" in said
    assert "  accepted                 3\n" in said
    assert "  baris                    12\n" in said


@pytest.mark.parametrize(
    "line",
    [
        "baris 5: L-4: date_unreadable filed_at '2027-13-01'",
        "baris 6: L-5: unknown_category category 'ufo'",
        "baris 7: L-6: unknown_kelurahan kelurahan 'Bandung'",
        "baris 8: L-7: unknown_status status 'Entah'",
        "baris 9: L-8: no_sop_on_that_day filed_at '2016-03-31T17:00:00Z'",
        "baris 11: L-10: closed_before_filed closed_at '01/04/2027'",
        "baris 12: -: number_missing number ''",
        "baris 13: L-11: unknown_agency agency 'Dinas Cuaca'",
    ],
)
def test_every_refused_row_is_named_with_its_reason(run, line):
    assert line in run(ROWS + BAD, "--dry-run")[1]


def test_a_date_to_come_is_refused(engine, run):
    code, said = run("L-9;05/04/2027 10:00;INF-01;x;;Sukasari;;Menunggu;;\n")
    assert (code, "date_in_the_future" in said) == (1, True)


def test_states_become_ours_and_done_is_never_a_confirmation(engine, run):
    assert run(ROWS)[0] == 0
    reports = {ours: engine.loaded(n).report for ours, n in imported(engine).items()}
    assert {key: one.status for key, one in reports.items()} == {
        "L-1": "closed_automatic",
        "L-2": "acknowledged",
        "L-3": "received",
    }
    assert [reports[key].filed_at.astimezone(CITY_ZONE).isoformat() for key in ("L-1", "L-2")] == [
        "2027-01-05T10:00:00+07:00",
        "2027-04-01T09:30:00+07:00",
    ]
    assert (reports["L-2"].agency, reports["L-2"].source) == ("DISHUB", "laksa")


def test_nobody_is_told_and_nothing_of_the_past_fires(engine, run):
    run(ROWS)
    engine.run_until("2027-04-05T10:30:00+07:00")
    assert engine.mail.sent == engine.sms.sent == []
    for number in imported(engine).values():
        fired = [e for e in engine.loaded(number).events if e.type == "fired"]
        assert fired and all(e.data["imported"] and e.data["told"] == [] for e in fired)
        verify_chain(engine.loaded(number).events)


def test_an_open_report_goes_on_from_here(engine, run):
    run(ROWS)
    number = imported(engine)["L-2"]
    engine.run_until("2027-04-06T16:00:01+07:00")
    live = [e.data["entry"] for e in engine.loaded(number).events if e.type == "fired"]
    told = [e for e in engine.loaded(number).events if e.type == "fired" and e.data["told"]]
    assert "1#R100#0" in live
    assert told and all(e.at >= datetime.fromisoformat(NOW) for e in told)


def test_the_same_file_again_adds_nothing(engine, run):
    run(ROWS)
    before = {n: engine.loaded(n) for n in engine.store.current}
    code, said = run(ROWS)
    assert (code, "  already_imported         3\n" in said) == (0, True)
    assert {n: engine.loaded(n) for n in engine.store.current} == before


def test_who_reported_is_not_taken_over(engine, run):
    run(ROWS)
    assert engine.store.identities == {}
    assert all(engine.loaded(n).report.channels == () for n in engine.store.current)


def test_their_categories_can_be_mapped_by_a_file(engine, run, tmp_path: Path):
    mapping = tmp_path / "map.csv"
    mapping.write_text("ufo,INF-01\n")
    row = "L-5;01/04/2027;ufo;x;;Sukasari;;Menunggu;;\n"
    assert run(row, "--categories", str(mapping))[0] == 0
    assert engine.loaded(imported(engine)["L-5"]).report.category == "INF-01"


def test_an_emergency_with_its_many_reminders_fits_one_transaction(engine, run):
    assert run("L-6;01/03/2027 10:00;DRT-01;x;;Sukasari;BPBD;Selesai;01/03/2027 12:00;\n")[0] == 0


def test_a_file_without_the_needed_columns_is_refused():
    with pytest.raises(RowRefused, match="column_missing"):
        known = {"number": ["nomor"], "category": ["kategori"], "filed_at": [], "status": []}
        columns_of(["nomor", "kategori"], known)


@pytest.mark.parametrize(
    ("given", "point"),
    [
        ({"point": "-6.1783, 106.6319"}, (-6.1783, 106.6319)),
        ({"lat": "-6,1783", "lon": "106,6319"}, (-6.1783, 106.6319)),
        ({"point": "di depan sekolah"}, None),
        ({}, None),
    ],
)
def test_a_point_is_read_in_the_forms_people_export(given, point):
    row = {"number": "1", "status": "menunggu", "filed_at": "2027-04-01", "category": "x", **given}
    assert case_of(row, {"menunggu": "waiting"}, CITY_ZONE).point == point


def test_two_imports_at_once_make_one_report(engine):
    take = ImportReports(
        engine.store,
        engine.catalogue,
        engine.planner,
        engine.clock,
        lambda: SECRET,
        lambda: "0" * 32,
    )
    row = {"number": "1", "status": "menunggu", "filed_at": "2027-04-01", "category": "INF-01"}
    case = case_of(row, {"menunggu": "waiting"}, CITY_ZONE)
    assert [take(case).result for _ in range(2)] == ["imported", "already_imported"]
    assert len(engine.store.current) == 1
