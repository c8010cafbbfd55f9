"""Proof and privacy at the desk: covering, moderation, contacts, audits and the leaks' register."""

from __future__ import annotations

import pytest

from chalicelib.domain.report import DRAWN
from tests.browser.conftest import PHONE
from tests.browser.test_desk import SHAPES, staff
from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import WITH_MAIL
from tests.unit.handlers.test_contact import BY_BOTH, at_work
from tests.unit.handlers.test_photos import upload

TOLD = WITH_MAIL | {"description": "Lubang di depan rumah Pak Budi, telepon 0812-3456-7890"}


@pytest.fixture
def pictured(city):
    """A report with a photo, and the browser's route to what the bucket would give."""
    number = city.world.filed(TOLD)["number"]
    token = city.world.token_of(number)
    photo = upload(city.world, number, jpeg(scene(1)), token=token)
    return number, photo


def with_photos(visit):
    """Let the browser get the copies that lie in the bucket in memory."""
    files = visit.city.world.engine.blobs.files

    def give(route):
        key = route.request.url.split("?")[0].split("/", 3)[3]
        route.fulfill(body=files[key], content_type="image/jpeg")

    visit.context.route("https://photos.test/*/**", give)
    return visit


@SHAPES
def test_a_face_is_covered_with_a_finger_and_approved_by_another(city, pictured, shape):
    number, photo = pictured
    world = city.world
    visit = with_photos(staff(city, "operator", shape))
    page = visit.page
    visit.go("/moderasi?daftar=cover")
    world.project()
    visit.go("/moderasi?daftar=cover")
    visit.look("moderation")
    page.locator(f'a[href="/kasus/{number}/umum"]').click()
    visit.look("publication")
    page.get_by_role("link", name="Tutup wajah dan pelat").click()
    page.get_by_role("button", name="Tidak ada wajah").wait_for()
    frame = page.locator("#cover svg").bounding_box()
    left, top = frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.2
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + frame["width"] * 0.3, top + frame["height"] * 0.4, steps=4)
    page.mouse.up()
    assert float(page.get_by_label("Lebar %").input_value()) == pytest.approx(30, abs=1)
    page.get_by_role("button", name="Tambah kotak").click()
    visit.look("cover")
    page.get_by_label("Dari atas %").nth(1).fill("70")
    page.get_by_role("button", name="Lihat hasilnya").last.click()
    page.get_by_role("status").wait_for()
    page.get_by_role("button", name="Simpan penutup ini").click()
    page.wait_for_url("**/umum")
    assert world.engine.loaded(number).report.media[photo].cover == DRAWN
    other = with_photos(staff(city, "verifikator", shape))
    other.go(f"/kasus/{number}/foto/{photo}")
    other.look("cover-review")
    other.page.get_by_role("button", name="Setujui untuk umum").click()
    other.page.wait_for_url("**/umum")
    other.look("publication-after")
    assert world.engine.loaded(number).report.media[photo].published
    anyone = with_photos(city.visit(shape))
    anyone.go(f"/laporan/{number}")
    anyone.look("track-public-photo")


def test_without_a_script_the_boxes_are_numbers(city, pictured):
    number, photo = pictured
    visit = with_photos(staff(city, "operator", PHONE, java_script_enabled=False))
    page = visit.page
    visit.go(f"/kasus/{number}/foto/{photo}")
    page.get_by_role("button", name="Tambah kotak").click()
    page.get_by_label("Dari kiri %").fill("5")
    page.get_by_role("button", name="Lihat hasilnya").last.click()
    assert page.locator(".cover--look rect").get_attribute("x") == "5.0%"
    page.get_by_role("button", name="Simpan penutup ini").click()
    assert city.world.engine.loaded(number).report.media[photo].boxes == ((0.05, 0.4, 0.2, 0.2),)


def test_the_reporter_covers_their_own_and_sees_what_others_read(city, pictured):
    number, photo = pictured
    visit = with_photos(city.visit(PHONE)).own(number)
    visit.go(f"/laporan/{number}")
    visit.look("track-own-photo")
    visit.go(f"/laporan/{number}/foto/{photo}?lang=en")
    visit.look("cover-own")
    visit.go(f"/laporan/{number}/umum?lang=id")
    visit.look("publication-own")
    visit.page.get_by_label("Teks untuk umum").fill("Telepon 0812-3456-7890")
    visit.page.get_by_role("button", name="Tampilkan teks ini").click()
    visit.page.get_by_role("alert").wait_for()
    visit.look("publication-own-refused")


@SHAPES
def test_a_contact_is_read_on_record(city, shape):
    number = at_work(city.world, BY_BOTH)["number"]
    visit = staff(city, "petugas.pupr", shape)
    visit.go(f"/kasus/{number}")
    visit.page.get_by_role("link", name="Baca kontak pelapor").click()
    visit.look("contact-ask")
    visit.page.get_by_label("Alasan untuk kasus ini").fill("Alamatnya kurang jelas")
    visit.page.get_by_role("button", name="Baca kontak dan catat").click()
    visit.page.get_by_role("status").wait_for()
    visit.look("contact-read")


@SHAPES
def test_an_audit_in_the_field(city, shape):
    world = city.world
    number = world.filed(WITH_MAIL | {"location": {"kelurahan": "Bugel"}})["number"]
    for action, user, body in (
        ("verify", "operator", {}),
        ("acknowledge", "petugas.pupr", {}),
        ("start", "petugas.pupr", {}),
        ("submit", "petugas.pupr", {"outcome": "nothing_found", "reason": "Tak ada lubang"}),
        ("validate", "verifikator", {}),
    ):
        assert world.act(number, action, body, user=user).status == 200
    world.act(number, "dispute", {"reason": "Masih ada"}, token=world.token_of(number))
    world.project()
    visit = staff(city, "camat.karawaci", shape)
    visit.go("/pemeriksaan")
    visit.look("audits")
    visit.page.locator(f'a[href="/pemeriksaan/{number}"]').click()
    visit.look("audit")
    visit.page.get_by_text("Tidak dikerjakan", exact=True).click()
    visit.page.get_by_label("Yang terlihat di lokasi").fill("Lubangnya masih ada")
    visit.page.get_by_role("button", name="Catat pemeriksaan").click()
    visit.page.wait_for_url("**/pemeriksaan")
    assert world.engine.loaded(number).report.audit == "not_done"


@SHAPES
def test_a_leak_and_its_three_days(city, shape):
    visit = staff(city, "inspektorat", shape)
    page = visit.page
    visit.go("/kebocoran")
    page.get_by_label("Diketahui sejak").fill("2027-04-05T08:00")
    page.get_by_label("Apa yang terjadi").fill("Daftar pelapor terkirim ke alamat yang salah")
    page.get_by_text("Nama", exact=True).click()
    page.get_by_text("Nomor telepon", exact=True).click()
    visit.look("leaks-form")
    page.get_by_role("button", name="Catat dan jalankan SOP").click()
    page.get_by_label("Nomor surat kepada: Orang").wait_for()
    visit.look("leak")
    page.get_by_label("Nomor surat kepada: Orang").fill("B/101/INSP")
    page.get_by_role("button", name="Catat sudah diberi tahu").first.click()
    visit.go("/kebocoran?lang=en")
    visit.look("leaks-english")
