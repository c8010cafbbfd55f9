"""The citizen's pages without a script: report, emergency, tracking, answer."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.fakes.world import WITH_MAIL, World

FORM = {
    "category": "INF-01",
    "kelurahan": "36.71.01.1007",
    "description": "Lubang <b>besar</b>",
    "key": "k" * 24,
}


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def post(world, path, fields, **how):
    return world.post(path, urlencode(fields).encode(), **how)


def cookie_of(answer):
    return answer.headers["Set-Cookie"].partition(";")[0]


def test_the_form_files_a_report_and_leads_to_its_page(world):
    sent = post(world, "/lapor", FORM)
    assert sent.status == 303
    number = sent.headers["Location"].rpartition("/")[2]
    assert "HttpOnly" in sent.headers["Set-Cookie"] and "SameSite=Lax" in sent.headers["Set-Cookie"]
    own = world.get(f"/laporan/{number}", headers={"Cookie": cookie_of(sent)}).body.decode()
    assert "Lubang &lt;b&gt;besar&lt;/b&gt;" in own
    assert "Jalan berlubang: laporan diterima" in own
    other = world.get(f"/laporan/{number}").body.decode()
    assert "besar" not in other and "Jalan berlubang: laporan diterima" in other


def test_the_same_form_sent_twice_is_one_report(world):
    first, second = post(world, "/lapor", FORM), post(world, "/lapor", FORM)
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"phone": "0812"}, "Nomor telepon tidak benar. Contoh: 0812-3456-7890."),
        ({"email": "x"}, "Alamat surel tidak benar. Contoh: nama@contoh.id."),
        ({"category": ""}, "Pilih salah satu jenis masalah."),
        ({"category": "XXX-99"}, "Kategori ini tidak ada."),
        ({"kelurahan": ""}, "Tempat kejadian perlu diisi"),
        ({"lat": "abc", "lon": "1"}, "Bentuknya tidak sesuai."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_is_lost(world, changed, said):
    answer = post(world, "/lapor", FORM | changed)
    html = answer.body.decode()
    assert answer.status in (400, 422)
    assert said in html
    assert "Lubang &lt;b&gt;besar&lt;/b&gt;</textarea>" in html


def test_an_emergency_is_one_field(world):
    sent = post(world, "/lapor", {"category": "DRT-01", "source": "web-darurat", "key": "e" * 24})
    page = world.get(sent.headers["Location"], headers={"Cookie": cookie_of(sent)})
    assert "Kebakaran: sudah diteruskan" in page.body.decode()


def test_a_form_of_another_site_is_refused(world):
    answer = post(world, "/lapor", FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403


def test_a_place_is_named_without_being_in_any_address(world):
    answer = post(world, "/tempat", {"lat": "-6.1783", "lon": "106.6319"})
    assert answer.json["area"]["kelurahan"]["name"] == "Sukasari"
    assert post(world, "/tempat", {"lat": "-6.9", "lon": "107.6"}).json == {"area": None}


def test_what_would_be_promised_is_dated(world):
    html = world.get("/janji/INF-01").body.decode()
    assert "paling lambat <b>Kamis, 8 April 2027 pukul 16.00 WIB</b>" in html
    assert world.get("/janji/XXX").status == 404


def test_a_number_is_found_however_it_is_written(world):
    number = world.filed()["number"]
    found = world.get(f"/lacak?nomor={number.lower().replace('-', '')}")
    assert found.headers["Location"] == f"/laporan/{number}"
    assert "tidak benar" in world.get("/lacak?nomor=TL-00000000").body.decode()


def test_a_confidential_report_is_absent_for_everybody_else(world):
    number = world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    assert world.get(f"/laporan/{number}").status == 404
    mine = {"Cookie": f"lr_{number}={world.token_of(number)}"}
    assert world.get(f"/laporan/{number}", headers=mine).status == 200
    forged = {"Cookie": f"lr_{number}=lrt_wrong"}
    assert world.get(f"/laporan/{number}", headers=forged).status == 404


def test_the_reporter_disputes_from_the_page_and_only_with_the_forms_mark(world):
    sent = post(world, "/lapor", FORM)
    number = sent.headers["Location"].rpartition("/")[2]
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    room = world.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    world.engine.blobs.keys.add(room["upload"]["fields"]["key"])
    done = {"outcome": "done", "note": "Ditambal", "photos": [room["id"]]}
    assert world.act(number, "submit", done, user="petugas.pupr").status == 200
    assert world.act(number, "validate", user="verifikator").status == 200
    mine = {"Cookie": cookie_of(sent)}
    html = world.get(f"/laporan/{number}", headers=mine).body.decode()
    assert "Jalan berlubang: apakah sudah baik?" in html and "Ya, sudah baik" in html
    mark = re.search(r'name="csrf" value="([0-9a-f]+)"', html).group(1)
    path, fields = f"/laporan/{number}/dispute", {"reason": "Masih berlubang"}
    assert post(world, path, fields, headers=mine).status == 403
    assert post(world, path, fields | {"csrf": mark}).status == 401
    assert post(world, path, fields | {"csrf": mark}, headers=mine).status == 303
    again = world.get(f"/laporan/{number}", headers=mine).body.decode()
    assert "Jalan berlubang: dibuka kembali" in again and "Masih berlubang" in again
