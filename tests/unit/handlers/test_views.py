"""What each kind of caller sees of a report: the public, its reporter, staff, and nobody else."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.handlers import answers
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL

PARTIES_ONLY = {"actions", "description", "address", "photos"}
ABOUT = POTHOLE | {"about_unit": "PUPR"}
SECRET = POTHOLE | {"visibility": "confidential"}
OFFICIALS = {"category": "WAS-01", "location": SUKARASA, "description": "x"}


def view(world, number, **who):
    answer = world.get(f"/v1/reports/{number}", **who)
    assert answer.status == 200, answer.body
    msgspec.convert(answer.json, answers.Report)
    return answer.json


@pytest.fixture
def number(world):
    body = WITH_MAIL | {"location": {**SUKARASA, "address": "Jl. Melati 7"}}
    return world.filed(body)["number"]


def test_the_public_sees_no_words_of_the_reporter(world, number):
    shown = view(world, number)
    assert PARTIES_ONLY.isdisjoint(shown)
    assert [event["texts"] for event in shown["history"]] == [{}]
    assert "Melati" not in str(shown)


def test_the_reporter_sees_their_words_and_what_they_may_do(world, number):
    shown = view(world, number, token=world.token_of(number))
    assert (shown["description"], shown["address"], shown["actions"]) == (
        "Lubang besar",
        "Jl. Melati 7",
        ["comment", "withdraw", "add_photo"],
    )


def test_staff_see_the_words_but_never_who_reported(world, number):
    world.act(number, "verify", user="operator")
    for user in ("operator", "petugas.pupr", "kadis.pupr", "walikota", "auditor"):
        shown = view(world, number, user=user)
        assert shown["description"] == "Lubang besar"
        assert "Tini" not in str(shown) and "warga@" not in str(shown)


def test_the_reporter_sees_offices_and_not_accounts_nor_internal_notes(world, number):
    world.act(number, "verify", {"note": "catatan dalam"}, user="operator")
    world.act(number, "escalate", {"reason": "atasan lambat"}, user="petugas.pupr")
    shown = view(world, number, token=world.token_of(number))
    assert [event["by"] for event in shown["history"][1:]] == [
        {"kind": "staff", "role": "operator", "position": "operator", "agency": "LIVEROOM"},
        {"kind": "staff", "role": "officer", "position": "petugas.pupr", "agency": "PUPR"},
    ]
    assert "catatan dalam" not in str(shown) and "atasan lambat" not in str(shown)
    assert "atasan lambat" in str(view(world, number, user="operator"))


def test_a_question_reaches_the_reporter_and_not_the_public(world, number):
    world.act(number, "ask", {"question": "Di sisi mana?"}, user="operator")
    assert "Di sisi mana?" in str(view(world, number, token=world.token_of(number)))
    assert "Di sisi mana?" not in str(view(world, number))


def test_every_event_has_a_sentence_in_both_languages(world, number):
    world.act(number, "verify", user="operator")
    sentences = [event["sentence"] for event in view(world, number)["history"]]
    assert sentences == [
        {
            "id": "Laporan diterima dan diberi nomor.",
            "en": "The report was received and numbered.",
        },
        {
            "id": "Laporan diverifikasi kepada Dinas Pekerjaan Umum dan Penataan Ruang.",
            "en": "The report was verified to Public Works and Spatial Planning Agency.",
        },
    ]


def test_an_emergency_with_people_shows_the_public_a_rounded_point(world):
    body = {"category": "DRT-02", "location": SUKARASA}
    number = world.filed(body)["number"]
    assert view(world, number)["location"] == {"lat": -6.18, "lon": 106.63}
    assert view(world, number, token=world.token_of(number))["location"] == SUKARASA


@pytest.mark.parametrize("body", [SECRET, ABOUT, OFFICIALS], ids=["secret", "about", "P4"])
@pytest.mark.parametrize("path", ["/v1/reports/{}", "/v1/reports/{}/timeline"])
def test_a_confidential_report_and_an_absent_one_answer_byte_for_byte_the_same(world, body, path):
    number = world.filed(body)["number"]
    there, absent = world.get(path.format(number)), world.get(path.format("TL-7K3QX9MW"))
    assert (there.status, there.code) == (404, "not_found")
    assert (there.status, there.body) == (absent.status, absent.body)
    # Each request has an id of its own; nothing else may differ.
    ids = [answer.headers.pop("X-Correlation-Id") for answer in (there, absent)]
    assert ids[0] != ids[1]
    assert there.headers == absent.headers


def test_a_number_that_cannot_be_one_answers_the_same_too(world):
    absent = world.get("/v1/reports/TL-7K3QX9MW")
    assert world.get("/v1/reports/hello").body == absent.body
    assert world.get("/v1/reports/TL-7K3QX9MM").body == absent.body


def test_a_case_about_a_unit_is_hidden_from_that_unit(world):
    number = world.filed(ABOUT)["number"]
    world.act(number, "verify", {"agency": "PUPR"}, user="operator")
    assert world.get(f"/v1/reports/{number}", user="kadis.pupr").code == "not_found"
    assert world.get(f"/v1/reports/{number}", user="operator").status == 200
    queue = world.get("/v1/queue", user="kadis.pupr").json
    assert queue == {"items": [], "cursor": None}


def test_a_complaint_about_officials_is_the_inspectorates_alone(world):
    number = world.filed(OFFICIALS)["number"]
    statuses = {
        user: world.get(f"/v1/reports/{number}", user=user).status
        for user in ("operator", "walikota", "sekda", "auditor", "kadis.pupr", "inspektorat")
    }
    assert statuses == {
        "operator": 404,
        "walikota": 404,
        "sekda": 404,
        "auditor": 404,
        "kadis.pupr": 404,
        "inspektorat": 200,
    }


def test_a_number_is_found_however_it_is_typed(world, number):
    spoken = number.lower().replace("-", "%20")
    assert world.get(f"/v1/reports/{spoken.replace('%20', ' ')}").status == 200


def test_what_the_caller_has_already_is_not_sent_again(world, number):
    first = world.get(f"/v1/reports/{number}")
    again = world.get(f"/v1/reports/{number}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    world.act(number, "verify", user="operator")
    changed = world.get(f"/v1/reports/{number}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200


def test_the_timeline_says_what_was_done_by_whom_and_why(world, number):
    world.engine.run_until("2027-04-06T08:30:00+07:00")
    answer = world.get(f"/v1/reports/{number}/timeline?lang=en")
    timeline = answer.json
    msgspec.convert(timeline, answers.Timeline)
    done = [(e["step"], e["due_at"], e["to"]) for e in timeline["entries"] if e["state"] == "done"]
    assert (timeline["sop"], done) == (
        {"id": "jalan-berlubang", "version": 1},
        [
            ("V0", "2027-04-05T09:55:00+07:00", ["operator"]),
            ("V80", "2027-04-06T08:25:00+07:00", ["operator"]),
        ],
    )
    second = timeline["entries"][1]["explanation"]
    assert second == (
        "Due Tuesday, 6 April 2027 at 08:25 WIB: 6 working hours from "
        "Monday, 5 April 2027 at 09:55 WIB; counted 5–6 April."
    )


def test_explanations_follow_the_readers_language(world, number):
    target = f"/v1/reports/{number}/timeline"
    english = world.get(target, headers={"Accept-Language": "en-GB,en;q=0.9"}).json
    indonesian = world.get(target, headers={"Accept-Language": "id"}).json
    asked = world.get(f"{target}?lang=en", headers={"Accept-Language": "id"}).json
    assert english["entries"][1]["explanation"].startswith("Due Tuesday")
    assert indonesian["entries"][1]["explanation"].startswith("Jatuh tempo Selasa")
    assert asked == english


def test_the_end_of_a_deferral_is_explained(world, number):
    world.act(number, "verify", user="operator")
    body = {"reason": "menunggu aspal", "until": "2027-04-20T10:00:00+07:00"}
    assert world.act(number, "defer", body, user="kadis.pupr").status == 200
    entries = world.get(f"/v1/reports/{number}/timeline?lang=en").json["entries"]
    texts = [e["explanation"] for e in entries if e["step"] == "DEFERRAL-END"]
    assert texts == [
        "Due Tuesday, 20 April 2027 at 10.00 WIB: the date named and approved when the work "
        "was deferred."
    ]


def test_every_explanation_says_something(world, number):
    world.engine.run_until("2027-04-12T08:30:00+07:00")
    entries = world.get(f"/v1/reports/{number}/timeline").json["entries"]
    assert [e["step"] for e in entries if not e["explanation"]] == []
