"""Staff's pages: the work list by deadline, and a case with the forms that fit the reader."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from chalicelib import bootstrap
from chalicelib.domain.actions import STAFF_ACTIONS
from chalicelib.handlers.pages.case_forms import BY_ACTION
from chalicelib.handlers.session import session_cookie
from tests.fakes.pictures import jpeg, repaired, scene
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.test_photos import upload


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def signed_in(user):
    return {"Cookie": session_cookie(bootstrap.sessions().begin(user)).partition(";")[0]}


def csrf(html):
    return re.search(r'name="csrf" value="([^"]+)"', html).group(1)


def post(world, path, fields, who, seen=""):
    html = world.get(seen or path.rpartition("/")[0], headers=who).body.decode()
    body = urlencode(fields | {"csrf": csrf(html)}).encode()
    return world.post(path, body, headers=who)


def assigned(world):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    return number


def test_every_action_of_staff_has_a_form():
    # Moving to another SOP version belongs to the SOP desk.
    assert set(BY_ACTION) >= set(STAFF_ACTIONS) - {"migrate"}


def test_a_stranger_signs_in_first_and_a_citizen_gets_no_further(world):
    answer = world.get("/tugas")
    assert (answer.status, answer.headers["Location"]) == (303, "/masuk?ke=%2Ftugas")


def test_the_work_list_is_of_ones_own_office_nearest_deadline_first(world):
    mine, other = assigned(world), world.filed({"category": "DRT-01"})["number"]
    html = world.get("/tugas", headers=signed_in("petugas.pupr")).body.decode()
    assert mine in html and other not in html
    assert "1 tugas terbuka" in html and "batas 06/04/2027 16.00" in html
    assert other in world.get("/tugas", headers=signed_in("petugas.bpbd")).body.decode()
    assert world.get("/tugas?agency=BPBD", headers=signed_in("petugas.pupr")).status == 403


def test_one_tap_takes_a_task_on(world):
    number, who = assigned(world), signed_in("petugas.pupr")
    html = world.get("/tugas", headers=who).body.decode()
    body = urlencode({"csrf": csrf(html), "back": "/tugas"}).encode()
    answer = world.post(f"/kasus/{number}/acknowledge", body, headers=who)
    assert (answer.status, answer.headers["Location"]) == (303, "/tugas")
    assert world.get(f"/v1/reports/{number}").json["status"] == "acknowledged"


def test_a_form_without_its_token_does_nothing(world):
    number, who = assigned(world), signed_in("petugas.pupr")
    assert world.post(f"/kasus/{number}/acknowledge", b"", headers=who).status == 403
    assert world.get(f"/v1/reports/{number}").json["status"] == "assigned"


def test_a_case_offers_what_the_table_of_transitions_allows_and_no_more(world):
    number = assigned(world)
    officer = world.get(f"/kasus/{number}", headers=signed_in("petugas.pupr")).body.decode()
    assert f"/kasus/{number}/acknowledge" in officer
    assert f"/kasus/{number}/validate" not in officer and f"{number}/instruct" not in officer
    mayor = world.get(f"/kasus/{number}", headers=signed_in("walikota")).body.decode()
    assert f"/kasus/{number}/instruct" in mayor and f"{number}/acknowledge" not in mayor
    assert world.get(f"/kasus/{number}", headers=signed_in("petugas.bpbd")).status == 404


def test_the_record_names_offices_by_their_titles(world):
    number = assigned(world)
    world.act(number, "acknowledge", user="petugas.pupr")
    html = world.get(f"/kasus/{number}", headers=signed_in("kadis.pupr")).body.decode()
    record = html.partition('class="history"')[2]
    assert '<span class="why">Petugas lapangan PUPR, PUPR</span>' in record


def test_a_refusal_is_said_on_the_case_itself(world):
    number, who = assigned(world), signed_in("petugas.pupr")
    post(world, f"/kasus/{number}/acknowledge", {}, who)
    answer = post(world, f"/kasus/{number}/submit", {"outcome": "done", "note": "x"}, who)
    assert answer.status in (409, 422)
    assert 'role="alert"' in answer.body.decode() and number in answer.body.decode()


def test_a_case_from_list_to_validation_by_pages_alone(world):
    number, who = assigned(world), signed_in("petugas.pupr")
    for action in ("acknowledge", "start", "arrive"):
        assert post(world, f"/kasus/{number}/{action}", {}, who).status == 303
    room = post(world, f"/kasus/{number}/foto", {"type": "image/jpeg"}, who)
    world.engine.blobs.keys.add(room.json["upload"]["fields"]["key"])
    done = {"outcome": "done", "note": "Ditambal panas"}
    assert post(world, f"/kasus/{number}/submit", done, who).status == 303
    checker = signed_in("verifikator")
    assert post(world, f"/kasus/{number}/validate", {"note": "Sesuai"}, checker).status == 303
    assert world.get(f"/v1/reports/{number}").json["status"] == "awaiting_confirmation"


def test_a_date_means_the_end_of_that_office_day(world):
    number = assigned(world)
    post(world, f"/kasus/{number}/acknowledge", {}, signed_in("petugas.pupr"))
    head = signed_in("kadis.pupr")
    fields = {"until": "2027-04-12", "reason": "Menunggu aspal"}
    assert post(world, f"/kasus/{number}/defer", fields, head).status == 303
    shown = world.get(f"/v1/reports/{number}").json
    assert shown["deferred_until"] == "2027-04-12T16:00:00+07:00"


def test_who_checks_a_result_sees_its_photos_and_what_was_found_in_them(world):
    number = assigned(world)
    world.act(number, "acknowledge", user="petugas.pupr")
    photo = upload(world, number, jpeg(repaired(1), point=(-6.17, 106.6319)), "result",
                   user="petugas.pupr")  # fmt: skip
    html = world.get(f"/kasus/{number}", headers=signed_in("verifikator")).body.decode()
    assert f"photos.test/photos/{number}/{photo}-small.jpg" in html
    assert "m dari lokasi (batas 50 m)" in html
    assert "Waktu pengambilan tidak tercatat" in html
    officer = world.get(f"/kasus/{number}", headers=signed_in("petugas.pupr")).body.decode()
    assert f"{photo}-small.jpg" in officer
    assert "dari lokasi (batas" not in officer


def test_a_result_without_a_photo_from_before_says_so_to_whoever_checks(world):
    number = world.filed()["number"]
    for action, user in (("verify", "operator"), ("acknowledge", "petugas.pupr")):
        world.act(number, action, user=user)

    def case():
        return world.get(f"/kasus/{number}", headers=signed_in("petugas.pupr")).body.decode()

    def outcome(photo):
        path = f"/v1/reports/{number}/evidence"
        rows = world.get(path, user="verifikator").json["items"]
        (found,) = [row["checks"] for row in rows if row["id"] == photo]
        return {one["check"]: one["outcome"] for one in found}["photographed_before"]

    assert "SOP meminta 1 foto keadaan semula" in case()
    after = upload(world, number, jpeg(repaired(2)), "result", user="petugas.pupr")
    assert outcome(after) == "failed"
    upload(world, number, jpeg(scene(2)), user="petugas.pupr")
    assert outcome(after) == "passed"
    assert "foto keadaan semula" not in case()
    body = {"outcome": "done", "photos": [after], "note": "Ditambal"}
    assert world.act(number, "submit", body, user="petugas.pupr").status == 200


def test_texts_of_the_city_can_be_inserted_with_the_facts_of_the_case(world):
    number = world.filed(WITH_MAIL)["number"]
    html = world.get(f"/kasus/{number}", headers=signed_in("operator")).body.decode()
    assert f'data-reply="Terima kasih atas laporan {number} tentang jalan berlubang.' in html
    english = world.get(f"/kasus/{number}?lang=en", headers=signed_in("operator")).body.decode()
    assert "Ask for the exact place" in english
    assert "Bu Tini" not in html


def test_an_answer_to_an_instruction_is_offered_only_where_one_waits(world):
    number, who = assigned(world), signed_in("kadis.pupr")
    place = f"/kasus/{number}/answer_instruction"
    assert place not in world.get(f"/kasus/{number}", headers=who).body.decode()
    world.act(number, "instruct", {"text": "Tutup hari ini"}, user="walikota")
    assert place in world.get(f"/kasus/{number}", headers=who).body.decode()


JSON = {"Accept": "application/json"}
PRESSED = "2027-04-05T09:58:00+07:00"


def by_script(world, path, fields, user):
    who = signed_in(user)
    html = world.get("/saya", headers=who).body.decode()
    body = urlencode(fields | {"csrf": csrf(html)}).encode()
    return world.post(path, body, headers=who | JSON)


def test_an_act_kept_on_the_telephone_counts_once_and_from_when_it_came(world):
    number = assigned(world)
    came = world.engine.clock.now()
    act = {"key": "k" * 32, "note": ""}
    for again in ({}, {"done_at": PRESSED}, {"done_at": PRESSED}):
        answer = by_script(world, f"/kasus/{number}/acknowledge", act | again, "petugas.pupr")
        assert (answer.status, answer.json) == (200, {"page": f"/kasus/{number}"})
    taken = [one for one in world.engine.loaded(number).events if one.type == "acknowledged"]
    assert [(one.at, dict(one.data)) for one in taken] == [(came, {})]


def test_what_the_device_says_of_when_it_was_done_is_evidence_and_moves_no_clock(world):
    number = assigned(world)
    world.engine.run_until("2027-04-05T11:30:00+07:00")
    act = {"key": "k" * 32, "done_at": PRESSED}
    assert by_script(world, f"/kasus/{number}/acknowledge", act, "petugas.pupr").status == 200
    (taken,) = [one for one in world.engine.loaded(number).events if one.type == "acknowledged"]
    assert taken.at == world.engine.clock.now()
    assert dict(taken.data) == {"done_at": "2027-04-05T02:58:00Z"}
    shown = world.get(f"/kasus/{number}", headers=signed_in("kadis.pupr")).body.decode()
    assert "Menurut perangkat dilakukan Senin, 5 April 2027 pukul 09.58 WIB" in shown
    public = world.get(f"/v1/reports/{number}/timeline", token=world.token_of(number))
    assert "done_at" not in public.body.decode()


def test_a_script_is_told_a_refusal_as_a_program_is(world):
    number = assigned(world)
    path = f"/kasus/{number}/submit"
    late = by_script(world, path, {"outcome": "done"}, "petugas.pupr")
    assert (late.status, late.json["code"]) == (422, "evidence_missing")
    assert late.json["detail"].startswith("SOP meminta foto hasil. Ambil fotonya dahulu")
    stranger = by_script(world, path, {"outcome": "done"}, "petugas.bpbd")
    assert (stranger.status, stranger.json["code"]) == (404, "not_found")
    nobody = world.post(path, b"", headers=JSON)
    assert (nobody.status, nobody.json["code"]) == (401, "sign_in_needed")
    forged = world.post(path, b"", headers=signed_in("petugas.pupr") | JSON)
    assert (forged.status, forged.json["code"]) == (403, "form_not_ours")


def test_a_photo_sent_again_is_the_same_photo(world):
    number = assigned(world)
    wanted = {"type": "image/jpeg", "key": "f" * 32}
    path = f"/kasus/{number}/foto"
    first, again = (by_script(world, path, wanted, "petugas.pupr").json["id"] for _ in range(2))
    assert first == again
    assert world.engine.loaded(number).report.photos == (first,)


def test_a_result_rests_on_the_photos_of_the_result_alone(world):
    number = world.filed(WITH_MAIL)["number"]
    upload(world, number, b"no picture", token=world.token_of(number))
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    after = upload(world, number, jpeg(repaired(3)), "result", user="petugas.pupr")
    who = signed_in("petugas.pupr")
    done = {"outcome": "done", "note": "Ditambal", "reason": "Telepon tanpa lokasi"}
    assert post(world, f"/kasus/{number}/submit", done, who).status == 303
    assert world.engine.loaded(number).report.result_photos == (after,)


def test_the_frame_for_no_network_holds_nobodys_marks(world):
    html = world.get("/belum-terkirim").body.decode()
    assert 'data-who=""' in html and 'data-mark=""' in html
    signed = world.get("/tugas", headers=signed_in("petugas.pupr")).body.decode()
    other = world.get("/tugas", headers=signed_in("kadis.pupr")).body.decode()
    marks = [re.search(r'data-who="([0-9a-f]{32})"', one).group(1) for one in (signed, other)]
    assert marks[0] != marks[1]
