"""One's own settings, and the desk of messages, by telephone and desk."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from tests.browser.test_desk import SHAPES, staff

CHANGEABLE = pytest.mark.parametrize("city", [True], indirect=True)
ID = "reporter_received"


@CHANGEABLE
@SHAPES
def test_a_leader_sets_how_to_be_told(city, shape):
    visit = staff(city, "kadis.pupr", shape)
    page = visit.page
    visit.go("/saya")
    visit.look("settings")
    page.get_by_text("Ringkasan pagi dan sore").click()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("status").first.wait_for()
    assert city.world.engine.store.contact_mark("kadis.pupr", "digest").reason == "off"


@CHANGEABLE
@SHAPES
def test_words_are_proposed_by_one_and_approved_by_another(city, shape):
    visit = staff(city, "penyusun", shape)
    page = visit.page
    visit.go("/meja-pesan")
    visit.look("messages-desk")
    page.locator(f'a[href="/meja-pesan/{ID}"]').click()
    visit.look("message-template")
    words = page.locator("#t\\.sms\\.id")
    words.fill("Laporan {{ number }} kami terima ☺. Pantau: {{ link }}")
    assert "tidak ada di SMS: ☺" in page.locator("#t\\.sms\\.id-n").inner_text()
    words.fill("Laporan {{ number }} kami terima. Pantau: {{ link }}")
    page.get_by_label("Mengapa diubah").fill("Lebih ramah")
    page.get_by_role("button", name="Lihat hasilnya").click()
    page.get_by_text("Belum diusulkan").wait_for()
    page.get_by_role("button", name="Usulkan").click()
    page.get_by_text("menunggu persetujuan").wait_for()
    other = staff(city, "penyetuju", shape)
    other.go(f"/meja-pesan/{ID}?lang=en")
    other.look("message-proposal-english")
    other.page.get_by_role("button", name="Approve and use").click()
    other.page.get_by_text("approved by the city").wait_for()
    assert bootstrap.template_desk().template(ID).version == 2
