"""The SOP desk: the whole way of a version by three people, each in a browser of their own."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_desk import staff

SOP = "/meja-sop/jalan-berlubang"


@pytest.mark.parametrize("city", [True], indirect=True)
def test_a_version_comes_into_force_by_three_people(city):
    writer = staff(city, "penyusun", DESK)
    page = writer.page
    writer.go("/meja-sop")
    page.get_by_label("SOP yang diubah").select_option("jalan-berlubang")
    page.get_by_role("button", name="Mulai rancangan").click()
    page.wait_for_url(f"**{SOP}")
    page.get_by_role("group", name="Langkah L1").get_by_label("Waktu").fill("PT3H30M")
    page.get_by_role("button", name="Tambah langkah").click()
    page.get_by_text("Belum disimpan.").wait_for()
    writer.look("sop-draft-unsaved")
    page.locator(".steps-edit > li").last.get_by_role("button", name="Hapus").click()
    page.get_by_role("button", name="Simpan rancangan").click()
    page.get_by_text("Langkah L1: waktu").wait_for()
    writer.look("sop-draft")
    page.get_by_role("button", name="Ajukan untuk ditinjau").click()

    reviewer = staff(city, "peninjau", PHONE)
    reviewer.go(SOP)
    reviewer.look("sop-draft-review")
    reviewer.page.get_by_role("button", name="Nyatakan sudah ditinjau").click()

    approver = staff(city, "penyetuju", DESK, java_script_enabled=False)
    approver.go(f"{SOP}?at=2027-05-14T15:59")
    approver.page.get_by_role("button", name="Setujui").click()
    approver.page.get_by_label("Berlaku mulai").fill("2027-04-12")
    approver.page.get_by_role("button", name="Berlakukan").click()
    approver.go("/meja-sop")
    assert "mulai 12/04/2027" in approver.page.content()

    reviewer.go("/meja-sop")
    reviewer.look("sop-desk")


@pytest.mark.parametrize("city", [True], indirect=True)
def test_the_editor_on_a_telephone(city):
    writer = staff(city, "penyusun", PHONE)
    writer.go("/meja-sop")
    writer.look("sop-desk-begin")
    writer.page.get_by_label("SOP yang diubah").select_option("jalan-berlubang")
    writer.page.get_by_role("button", name="Mulai rancangan").click()
    writer.look("sop-draft")
