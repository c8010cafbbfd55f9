"""Board, 112 call, leaders' page, public figures and the open data that they follow from."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from urllib.parse import urlencode

import pytest

from chalicelib.domain.text import spreadsheet_cell
from tests.fakes.world import SUKARASA, WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import csrf, signed_in


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def done(world, number, confirm=True):
    world.act(number, "acknowledge", user="petugas.pupr")
    room = world.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    world.engine.blobs.keys.add(room["upload"]["fields"]["key"])
    body = {"outcome": "done", "note": "x", "photos": [room["id"]]}
    assert world.act(number, "submit", body, user="petugas.pupr").status == 200
    assert world.act(number, "validate", user="verifikator").status == 200
    if confirm:
        assert world.act(number, "confirm", token=world.token_of(number)).status == 200


def lived(world):
    """Two on time, one late, one overdue, one emergency that nobody answers."""
    numbers = [world.filed(WITH_MAIL)["number"] for _ in range(4)]
    world.engine.pump()
    for number in numbers:
        world.act(number, "verify", user="operator")
    done(world, numbers[0])
    done(world, numbers[1])
    world.engine.run_until("2027-04-09T08:00:00+07:00")
    done(world, numbers[2])
    fire = world.filed({"category": "DRT-01", "location": SUKARASA})["number"]
    world.engine.run_until("2027-04-09T08:03:06+07:00")
    world.project()
    return numbers, fire


def test_the_board_shows_the_unanswered_emergency_as_late_with_a_running_clock(world):
    _, fire = lived(world)
    html = world.get("/ruang", headers=signed_in("operator")).body.decode()
    assert "1 lewat batas" in html and fire in html
    assert (
        'class="is-late"' in html and ">03.06<" in html and "lewat 01.06 dari batas terima" in html
    )
    world.act(fire, "acknowledge", user="petugas.bpbd")
    world.project()
    html = world.get("/ruang", headers=signed_in("operator")).body.decode()
    assert "Diterima, menuju lokasi" in html and "lagi sampai harus tiba" in html
    world.act(fire, "arrive", user="petugas.bpbd")
    world.project()
    assert 'class="is-done"' in world.get("/ruang", headers=signed_in("operator")).body.decode()


def test_the_board_says_that_a_drill_is_running_and_does_not_show_it(world):
    body = {"category": "DRT-01", "location": SUKARASA, "description": "Gudang cat"}
    drill = world.call("POST", "/v1/drills", body, user="kadis.bpbd").json["number"]
    world.project()
    html = world.get("/ruang", headers=signed_in("operator")).body.decode()
    line = re.search(r'<div class="drill-bar room__drill".*?</div>', html).group()
    assert " ".join(re.sub(r"<[^>]+>", "", line).split()) == (
        "LATIHAN Sedang berjalan, tidak ada di papan ini: Kebakaran, Kel. Sukasari (mulai 09.55)"
    )
    assert html.count(drill) == 1 and "Tidak ada darurat yang berjalan." in html
    world.call("POST", f"/v1/drills/{drill}/stop", {"reason": "Cukup"}, user="kadis.bpbd")
    html = world.get("/ruang", headers=signed_in("operator")).body.decode()
    assert "LATIHAN" not in html


def test_the_board_is_for_the_control_room_and_leaders(world):
    assert world.get("/ruang", headers=signed_in("petugas.pupr")).status == 403
    assert world.get("/ruang", headers=signed_in("walikota")).status == 200
    assert world.get("/panggilan-112", headers=signed_in("walikota")).status == 403


def test_a_112_call_is_filed_by_the_call_taker_and_dispatched_at_once(world):
    who = signed_in("operator")
    html = world.get("/panggilan-112", headers=who).body.decode()
    assert "Keluar dari bangunan" in html
    fields = {
        "category": "DRT-01",
        "address": "Jl. Merdeka 3",
        "phone": "0812-3456-7890",
        "csrf": csrf(html),
        "key": "c" * 24,
    }
    sent = world.post("/panggilan-112", urlencode(fields).encode(), headers=who)
    assert sent.status == 303
    number = sent.headers["Location"].rpartition("/")[2]
    shown = world.get(f"/v1/reports/{number}", user="operator").json
    assert (shown["source"], shown["status"]) == ("112", "assigned")
    wrong = fields | {"phone": "1", "key": "d" * 24}
    again = world.post("/panggilan-112", urlencode(wrong).encode(), headers=who)
    assert again.status == 422 and "Jl. Merdeka 3" in again.body.decode()


def test_the_leaders_page_names_what_is_silent_and_where_it_is_worst(world):
    _, fire = lived(world)
    html = world.get("/pimpinan", headers=signed_in("walikota")).body.decode()
    assert "1 darurat tanpa jawaban" in html and fire in html
    assert "lewat 1 menit" in html and "seharusnya 09/04/2027 08.02" in html
    assert "Sukasari" in html and "Jalan berlubang" in html
    world.act(fire, "acknowledge", user="petugas.bpbd")
    world.engine.run_until("2027-04-09T08:30:00+07:00")
    world.project()
    html = world.get("/pimpinan", headers=signed_in("walikota")).body.decode()
    assert "1 darurat belum didatangi" in html and "Dijawab, belum ada yang tiba (1)" in html


def test_heads_and_camats_see_emergencies_of_their_own_alone(world):
    _, fire = lived(world)
    secret = world.filed({"category": "DRT-10", "location": {"kelurahan": "36.71.07.1001"}})
    tree = world.filed({"category": "DRT-14", "location": {"kelurahan": "36.71.07.1001"}})
    world.engine.run_until("2027-04-09T09:00:00+07:00")
    world.project()

    def seen(user):
        html = world.get("/pimpinan", headers=signed_in(user)).body.decode()
        numbers = {fire, secret["number"], tree["number"]}
        return {one for one in numbers if one in html}

    assert seen("walikota") == {fire, secret["number"], tree["number"]}
    assert seen("camat.karawaci") == {tree["number"]}
    assert seen("kadis.bpbd") == {fire}
    assert seen("kadis.pupr") == set()


def test_a_camats_page_begins_with_the_own_area_and_names_nobody(world):
    inside = WITH_MAIL | {"location": {"kelurahan": "36.71.07.1001"}}
    old = world.filed(inside)["number"]
    secret = world.filed(inside | {"visibility": "confidential"})["number"]
    outside = world.filed(WITH_MAIL)["number"]
    for number in (old, outside):
        world.act(number, "verify", user="operator")
    world.engine.run_until("2027-04-15T10:00:00+07:00")
    new = world.filed(inside)["number"]
    world.project()
    html = world.get("/pimpinan", headers=signed_in("camat.karawaci")).body.decode()
    area = html[html.index("Wilayah Karawaci") : html.index("Instruksi yang")]
    rows = re.findall(r'<li class="(row[^"]*)" data-id="([^"]+)"', area)
    assert rows == [("row row--late", old), ("row", new)]
    assert outside not in area and secret not in html
    assert "Bu Tini" not in html and "warga@example.org" not in html


def test_the_leaders_page_follows_instructions_up_and_names_broken_limits_of_the_law(world):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    until = {"text": "Tutup hari ini", "until": "2027-04-05T15:00:00+07:00"}
    world.act(number, "instruct", until, user="walikota")
    world.project()
    html = world.get("/pimpinan", headers=signed_in("walikota")).body.decode()
    assert "Instruksi yang belum dijawab (1)" in html and "Melewati batas hukum (0)" in html
    assert "dari Wali Kota" in html and "jawab sebelum 05/04/2027 15.00" in html
    world.engine.run_until("2027-05-05T10:00:00+07:00")
    world.project()
    html = world.get("/pimpinan", headers=signed_in("sekda")).body.decode()
    assert "Melewati batas hukum (1)" in html and html.count(f'data-id="i{number}"') == 1
    world.act(number, "answer_instruction", {"text": "Sudah"}, user="kadis.pupr")
    world.project()
    html = world.get("/pimpinan", headers=signed_in("walikota")).body.decode()
    assert "Instruksi yang belum dijawab (0)" in html
    assert "Sudah dijawab (1)" in html and "dijawab terlambat" in html
    assert "05/05/2027 10.00, batas 05/04/2027 15.00" in html
    other = world.get("/pimpinan", headers=signed_in("kadis.bpbd")).body.decode()
    assert number not in other


def figure(html, id):
    return int(re.search(rf'id="{id}"[^>]*>([\d.]+)', html).group(1).replace(".", ""))


def test_every_figure_follows_from_the_open_data(world):
    lived(world)
    html = world.get("/angka").body.decode()
    text = world.get("/data/laporan.csv?bulan=2027-04").body.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    statuses, promises = Counter(r["status"] for r in rows), Counter(r["promise"] for r in rows)
    closed = world.get("/data/kamus.json").json["closed"]
    assert figure(html, "reports") == len(rows) == 5
    assert figure(html, "confirmed") == statuses["closed_confirmed"] == 3
    assert figure(html, "automatic") == statuses["closed_automatic"] == 0
    assert figure(html, "open") == sum(r["status"] not in closed for r in rows) == 2
    assert (promises["on_time"], promises["late"], promises["overdue"]) == (2, 1, 1)
    said = dict(re.findall(r'data-f="([^"]+)">([^<]*)<', html))
    assert said["whole/percent"] == f"{100 * 2 / 4:.1f}".replace(".", ",") == "50,0"
    parts = [said[f"promise/agency/PUPR/{part}"] for part in ("on_time", "late", "overdue")]
    assert parts == ["2", "1", "1"]
    assert said["rate/36.71.01/rate"] == f"{5 * 10_000 / 172_665:.1f}".replace(".", ",")


def test_the_open_data_page_by_page_are_all_rows_once(world, monkeypatch):
    from chalicelib.handlers.pages import figures

    lived(world)
    monkeypatch.setattr(figures, "_ROWS", 2)
    target, numbers = "/data/laporan.csv?bulan=2027-04", []
    while target:
        answer = world.get(target)
        numbers += [row["number"] for row in csv.DictReader(io.StringIO(answer.body.decode()))]
        following = re.match(r"<([^>]+)>", answer.headers.get("Link", ""))
        target = following.group(1) if following else ""
    assert len(numbers) == len(set(numbers)) == 5


def test_confidential_reports_are_in_no_open_data_but_counted(world):
    secret = world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    world.project()
    assert secret not in world.get("/data/laporan.csv?bulan=2027-04").body.decode()
    assert "1 laporan rahasia" in world.get("/angka").body.decode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_taken_for_a_formula(text):
    assert spreadsheet_cell(text) == "'" + text
