"""The table of all categories for Friday 14 May 2027, 15.59: long holiday, feast not yet fixed."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib.ladders import COLUMNS, main
from tests.fakes.engine import SHIPPED

AT = "2027-05-14T15:59+07:00"
#: category → what its line says: tier, SOP, first told, then the times and the counts.
GOLDEN = {
    "DRT-01": "P0 kebakaran@1 piket.bpbd,operator - 05-14T16:01 05-14T16:14 05-15T15:59 "
    "06-10T16:00* working 05-14T16:14 05-14T16:19",
    "INF-01": "P2 jalan-berlubang@1 operator 05-21T16:30* 05-24T11:30* 05-24T16:00* "
    "05-25T16:00* 06-10T16:00* working 05-28T16:30* 06-02T16:00*",
    "INF-05": "P1 genangan@1 piket.pupr,operator - 05-14T16:14 05-14T17:59 05-21T16:30* "
    "06-10T16:00* working 05-14T21:59 05-15T15:59",
    "LIN-08": "P5 jemput-sampah@1 operator 05-21T16:30* 05-26T16:00* 05-25T16:00* "
    "05-27T16:00* 06-10T16:00* working 06-10T16:00* -",
    "ADM-03": "P3 pelayanan-kecamatan-kelurahan@1 operator 05-21T16:30* 05-25T16:00* - "
    "06-10T16:00* 06-10T16:00* working 06-10T16:00* 06-21T16:00*",
    "WAS-01": "P4 pungli-petugas@1 inspektorat - 05-21T16:30* - - 07-14T00:00 calendar "
    "07-14T00:00 08-13T16:30*",
    "INFO-02": "P5 informasi-publik-kip@1 operator 05-21T16:30* 05-25T16:00* - "
    "06-04T16:30* 06-04T16:30* working 06-04T16:30* -",
}


def told(row: dict[str, str]) -> str:
    times = [row[name] for name in COLUMNS[4:12]]
    shown = [time.replace("2027-", "").replace(":00+07:00", "") or "-" for time in times]
    return " ".join([row["tier"], row["sop"], row["first_told"].replace(", ", ","), *shown])


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    from contextlib import redirect_stdout

    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["--at", AT, "--csv"]) == 0
    return {row["category"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}


def test_all_seventy_five_categories_have_their_line(rows):
    assert list(rows) == list(SHIPPED.categories())
    assert len(rows) == 75


@pytest.mark.parametrize("category", GOLDEN)
def test_a_categorys_ladder_is_the_one_worked_out_by_hand(rows, category):
    assert told(rows[category]) == GOLDEN[category]


def test_the_table_and_one_ladder_in_full_are_readable_text(capsys):
    main(["--at", AT, "--category", "INF-01"])
    head, _, line = capsys.readouterr().out.splitlines()
    assert head.startswith("Kategori  Tier SOP")
    assert "21/05 16.30*" in line
    main(["--at", AT, "--category", "INF-01", "--full"])
    text = capsys.readouterr().out
    assert "  2027-05-17  holiday                  Hari Raya Idul Adha *\n" in text
    assert "  2027-05-21  07:30-11:30 13:00-16:30\n" in text


def test_a_moment_without_its_zone_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--at", "2027-05-14T15:59"])
    assert "needs its zone" in capsys.readouterr().err
