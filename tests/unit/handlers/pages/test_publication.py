"""Texts for the public: self-redaction by the reporter, release and moderation by the room."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_covering import own
from tests.unit.handlers.pages.test_desk import post, signed_in
from tests.unit.handlers.test_photos import upload

TOLD = WITH_MAIL | {"description": "Lubang di depan rumah Pak Budi, telepon 0812-3456-7890"}


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def decide(world, number, user="operator", **fields):
    path = f"/kasus/{number}/umum"
    return post(world, path, fields, signed_in(user), seen=path)


def shown(world, number, user="operator"):
    return world.get(f"/kasus/{number}/umum", headers=signed_in(user)).body.decode()


def test_a_text_with_a_number_is_refused_with_its_place_and_one_without_becomes_public(world):
    number = world.filed(TOLD)["number"]
    html = shown(world, number)
    assert '<mark>0812-3456-7890<span class="vh"> (nomor telepon)</span></mark>' in html
    assert "[disamarkan]" in html  # what the editor begins with
    refused = decide(world, number, do="release", text="Telepon 0812-3456-7890")
    assert refused.status == 422 and "masih memuat yang mirip data pribadi" in refused.body.decode()
    assert decide(world, number, do="release", text="Lubang besar di jalan").status == 303
    assert "Lubang besar di jalan" in world.get(f"/laporan/{number}").body.decode()
    assert decide(world, number, do="take_back").status == 303
    assert "Lubang besar di jalan" not in world.get(f"/laporan/{number}").body.decode()


def test_the_reporter_sees_what_others_read_and_releases_their_own_text(world):
    number = world.filed(TOLD)["number"]
    path, who = f"/laporan/{number}/umum", own(world, number)
    html = world.get(path, headers=who).body.decode()
    assert "Belum ada teks yang tampil" in html
    mark = re.search(r'name="csrf" value="([^"]+)"', html).group(1)

    def send(**fields):
        return world.post(path, urlencode({"csrf": mark} | fields).encode(), headers=who)

    assert send(do="release", text="Hubungi b@example.org").status == 422
    assert send(do="release", text="Lubang sedalam 20 cm").status == 303
    assert "Lubang sedalam 20 cm" in world.get(f"/laporan/{number}").body.decode()
    assert world.get(path).status == 401


def test_what_staff_wrote_can_be_withheld_and_shown_again_with_a_reason(world):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    body = {"outcome": "nothing_found", "reason": "Warga salah alamat", "note": "Dicek"}
    assert world.act(number, "submit", body, user="petugas.pupr").status == 200
    event = world.engine.loaded(number).report.seq
    target = {"event": str(event), "field": "reason"}
    assert decide(world, number, do="withhold", **target).status == 400
    assert "Warga salah alamat" in world.get(f"/laporan/{number}").body.decode()
    assert decide(world, number, do="withhold", reason="Menyalahkan warga", **target).status == 303
    assert "Warga salah alamat" not in world.get(f"/laporan/{number}").body.decode()
    assert "Ditahan dari umum" in shown(world, number)
    assert decide(world, number, do="show", reason="Sudah ditinjau", **target).status == 303
    assert "Warga salah alamat" in world.get(f"/laporan/{number}").body.decode()


def test_a_photo_is_withheld_and_the_inspectorate_may_do_so_but_release_nothing(world):
    number = world.filed(WITH_MAIL)["number"]
    photo = upload(world, number, jpeg(scene(2)), token=world.token_of(number))
    answer = decide(world, number, "inspektorat", do="withhold", photo=photo, reason="Anak kecil")
    assert answer.status == 303
    assert "ditahan dari umum" in shown(world, number)
    assert decide(world, number, "inspektorat", do="release", text="Apa saja").status == 403
    assert world.get(f"/kasus/{number}/umum", headers=signed_in("petugas.pupr")).status == 403


def test_nothing_of_a_sealed_report_is_offered_for_the_public(world):
    number = world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    html = shown(world, number)
    assert "dirahasiakan" in html and 'name="text"' not in html
