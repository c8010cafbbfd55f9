"""The citizen's journeys: report, emergency, track, answer; with and without scripts, offline."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, SCREENS
from tests.fakes.world import SUKARASA, WITH_MAIL

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\x01" * 64


def in_work(world):
    number = world.filed(
        WITH_MAIL | {"location": SUKARASA | {"address": "Jl. Daan Mogot, depan No. 112"}}
    )["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.run_until("2027-04-05T15:30:00+07:00")
    world.act(number, "acknowledge", user="petugas.pupr")
    world.act(number, "start", user="petugas.pupr")
    return number


def to_confirm(world):
    number = in_work(world)
    room = world.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    world.engine.blobs.keys.add(room["upload"]["fields"]["key"])
    done = {"outcome": "done", "note": "Ditambal panas", "photos": [room["id"]]}
    assert world.act(number, "submit", done, user="petugas.pupr").status == 200
    assert world.act(number, "validate", user="verifikator").status == 200
    return number


@SHAPES
def test_a_report_with_photo_in_a_few_taps(city, shape, tmp_path):
    photo = tmp_path / "lubang.jpg"
    photo.write_bytes(JPEG)
    here = {"latitude": SUKARASA["lat"], "longitude": SUKARASA["lon"]}
    visit = city.visit(shape, geolocation=here, permissions=["geolocation"])
    page = visit.page
    visit.go("/")
    visit.look("report")
    page.get_by_label("Cari dengan kata sehari-hari").fill("jalan bolong")
    page.locator("#found .choice").first.click()
    page.get_by_text("Harus selesai", exact=False).or_(page.locator("#promise b")).first.wait_for()
    assert "Kamis, 8 April 2027 pukul 16.00 WIB" in page.locator("#promise").inner_text()
    page.get_by_role("button", name="Pakai tempat saya sekarang").click()
    page.get_by_text("Kel. Sukasari, Kec. Tangerang", exact=False).wait_for()
    page.locator("#photos").set_input_files(photo)
    page.get_by_label("Keterangan singkat").fill("Lubang sekitar 1 meter")
    visit.look("report-filled")
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporan/TL-*")
    assert page.get_by_role("heading", level=1).inner_text() == "Jalan berlubang: laporan diterima"
    assert visit.uploads == 1
    visit.look("track-new")


def test_a_report_without_scripts(city):
    visit = city.visit(PHONE, java_script_enabled=False)
    page = visit.page
    visit.go("/")
    page.get_by_role("radio", name="Jalan berlubang").check()
    page.get_by_role("combobox", name="Kelurahan").select_option("36.71.01.1007")
    page.get_by_label("Nomor telepon untuk kabar").fill("0812")
    page.get_by_role("button", name="Kirim laporan").click()
    assert "Contoh: 0812-3456-7890" in page.content()
    page.get_by_label("Nomor telepon untuk kabar").fill("0812-3456-7890")
    page.get_by_role("button", name="Kirim laporan").click()
    assert "laporan diterima" in page.get_by_role("heading", level=1).inner_text()


def test_a_mistake_looks_clear(city):
    visit = city.visit(PHONE, java_script_enabled=True)
    visit.go("/")
    page = visit.page
    page.get_by_role("radio", name="Jalan berlubang").check()
    page.get_by_role("combobox", name="Kelurahan").select_option("36.71.01.1007")
    page.get_by_label("Nomor telepon untuk kabar").fill("0812")
    page.get_by_role("button", name="Kirim laporan").click()
    page.get_by_role("alert").wait_for()
    visit.look("report-error")


def test_by_keyboard_alone(city):
    visit = city.visit(DESK)
    visit.go("/")
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
    page.keyboard.press("Enter")
    page.get_by_label("Cari dengan kata sehari-hari").focus()
    page.keyboard.type("lampu mati")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("new FormData(document.forms[0]).get('category')") == "INF-07"
    page.get_by_role("combobox", name="Kelurahan").focus()
    page.keyboard.type("Sukasari")
    page.get_by_role("button", name="Kirim laporan").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/laporan/TL-*")


def test_offline_it_waits_with_its_photo_and_sends_itself_once(city, tmp_path):
    visit = city.visit(PHONE, service_workers="allow")
    visit.go("/")
    page = visit.page
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    page.get_by_role("radio", name="Jalan berlubang").check()
    page.get_by_role("combobox", name="Kelurahan").select_option("36.71.01.1007")
    photo = tmp_path / "lubang.jpg"
    photo.write_bytes(JPEG)
    visit.context.set_offline(True)
    page.locator("#photos").set_input_files(photo)
    page.get_by_role("button", name="Kirim laporan").click()
    page.get_by_text("Belum ada sinyal", exact=False).wait_for()
    page.reload()
    page.get_by_role("img", name="Foto 1").wait_for()
    assert page.evaluate("new FormData(document.forms[0]).get('category')") == "INF-01"
    visit.context.set_offline(False)
    page.wait_for_url("**/laporan/TL-*")
    city.world.project()
    assert len(city.world.get("/v1/reports").json["items"]) == 1
    assert visit.uploads == 1


@SHAPES
def test_an_emergency_is_one_tap(city, shape):
    visit = city.visit(shape)
    visit.go("/darurat")
    visit.look("emergency")
    visit.page.get_by_role("button", name="Kebakaran", exact=False).click()
    visit.page.wait_for_url("**/laporan/TL-*")
    visit.look("track-emergency")
    assert visit.page.get_by_role("heading", level=1).inner_text().startswith("Kebakaran")


@SHAPES
def test_tracking_says_what_until_when_and_who_is_next(city, shape):
    number = in_work(city.world)
    visit = city.visit(shape).own(number)
    visit.go("/lacak")
    visit.look("find")
    visit.page.get_by_label("Nomor laporan").fill(number.lower())
    visit.page.get_by_role("button", name="Cari").click()
    visit.look("track-in-work")
    text = visit.page.locator(".plate").inner_text()
    assert "Harus selesai paling lambat Kamis, 8 April 2027 pukul 16.00 WIB" in text
    assert "Petugas lapangan PUPR" in text


def test_tracking_in_english(city):
    number = in_work(city.world)
    visit = city.visit(PHONE).own(number)
    visit.go(f"/laporan/{number}?lang=en")
    visit.look("track-english")
    assert (
        visit.page.get_by_role("heading", level=1).inner_text() == "Pothole, minor damage: in work"
    )


@SHAPES
@pytest.mark.parametrize("answer", ["confirm", "dispute"])
def test_the_reporter_has_the_last_word(city, shape, answer):
    number = to_confirm(city.world)
    visit = city.visit(shape).own(number)
    page = visit.page
    visit.go(f"/laporan/{number}")
    visit.look("track-confirm")
    if answer == "confirm":
        page.get_by_role("button", name="Ya, sudah baik").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Jalan berlubang: selesai"
    else:
        page.get_by_text("Belum, ini alasannya").click()
        page.get_by_label("Apa yang belum baik?").fill("Masih ada lubang di sebelahnya")
        page.get_by_role("button", name="Kirim sanggahan").click()
        assert "dibuka kembali" in page.get_by_role("heading", level=1).inner_text()
    visit.look(f"track-after-{answer}")


def test_the_dark_theme_and_a_narrow_screen_hold(city):
    number = in_work(city.world)
    visit = city.visit({"viewport": {"width": 320, "height": 640}}, color_scheme="dark").own(number)
    for path, name in (("/", "report-dark"), (f"/laporan/{number}", "track-dark")):
        visit.go(path)
        visit.look(name)


def test_the_first_load_is_small(city):
    import gzip

    visit = city.visit(PHONE)
    bodies: list[bytes] = []
    visit.page.on("response", lambda answer: bodies.append(answer.body()))
    visit.go("/")
    visit.page.wait_for_load_state("networkidle")
    assert sum(len(gzip.compress(body)) for body in bodies) < 100_000


@SHAPES
def test_a_similar_report_is_offered_before_sending(city, shape):
    other = city.world.filed(WITH_MAIL)["number"]
    city.world.engine.pump()
    here = {"latitude": SUKARASA["lat"], "longitude": SUKARASA["lon"]}
    visit = city.visit(shape, geolocation=here, permissions=["geolocation"])
    page = visit.page
    visit.go("/")
    page.get_by_role("radio", name="Jalan berlubang").check()
    page.get_by_role("button", name="Pakai tempat saya sekarang").click()
    page.locator("#near").get_by_text(other).wait_for()
    visit.look("report-similar")
    page.get_by_role("link", name="Saya juga mengalami").click()
    page.get_by_label("Surel atau nomor telepon untuk kabar").fill("tetangga@example.org")
    page.get_by_role("button", name="Saya juga mengalami").click()
    page.get_by_role("heading", name="Satu langkah lagi").wait_for()
    visit.look("joined")


@SHAPES
def test_a_photo_is_added_without_a_script(city, shape, tmp_path):
    photo = tmp_path / "lubang.jpg"
    photo.write_bytes(JPEG)
    number = in_work(city.world)
    visit = city.visit(shape).own(number)
    visit.go(f"/laporan/{number}")
    visit.page.get_by_role("button", name="Tambah foto").click()
    visit.look("photo")
    visit.page.get_by_label("Ambil foto atau pilih berkas").set_input_files(photo)


@SHAPES
def test_a_poster_prints_on_one_sheet(city, shape):
    visit = city.visit(shape)
    visit.go("/poster/36.71.01.1007?aset=KRW-0417&jenis=INF-07")
    visit.look("poster")
    visit.go("/poster")
    visit.look("posters")


@SHAPES
def test_anybody_checks_a_report_in_the_books(city, shape):
    number = city.world.filed(WITH_MAIL)["number"]
    city.world.seal_days()()
    city.world.engine.run_until("2027-04-06T01:00:00+07:00")
    city.world.seal_days()()
    visit = city.visit(shape)
    visit.go("/buku")
    visit.page.get_by_label("Nomor laporan").fill(number.lower())
    visit.page.get_by_role("button", name="Periksa").click()
    assert "Cocok." in visit.page.locator("#hasil").inner_text()
    visit.look("books")


def test_the_form_is_usable_on_a_third_generation_network_before_pictures_come(city):
    """Throttled to 3G (400 kbit/s down, 400 ms): what is needed first is small and in few requests.

    How long it took is recorded beside the pictures of the pages; nothing is asserted on time.
    """
    import json
    import time

    visit = city.visit(PHONE)
    page = visit.page
    network = visit.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000,
            "uploadThroughput": 50_000}  # fmt: skip
    network.send("Network.emulateNetworkConditions", slow)
    loaded: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on("Network.responseReceived", lambda one: loaded.update(
        {one["requestId"]: one["type"]}))  # fmt: skip
    network.on("Network.loadingFinished", lambda one: sizes.update(
        {one["requestId"]: int(one["encodedDataLength"])}))  # fmt: skip
    page.route("**/*.{png,jpg,webp,woff2}", lambda route: None)  # they never come
    begun = time.monotonic()
    page.goto(city.address + "/", wait_until="domcontentloaded")
    page.get_by_role("radio", name="Jalan berlubang").check()
    page.get_by_role("combobox", name="Kelurahan").select_option("36.71.01.1007")
    usable = time.monotonic() - begun
    requests = len(loaded)
    record = {"seconds_until_usable": round(usable, 1), "requests": requests,
              "kinds": sorted(loaded.values()), "bytes": sum(sizes.values())}  # fmt: skip
    SCREENS.mkdir(parents=True, exist_ok=True)
    (SCREENS / "report-3g.json").write_text(json.dumps(record, indent=1) + "\n")
    assert requests <= 12 and record["bytes"] < 100_000
    assert not {"Image", "Media"} & set(loaded.values())
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporan/TL-*")
