"""Who reported: read for a purpose on record, corrected and taken back by the reporter alone."""

from __future__ import annotations

import pytest

from chalicelib.domain.identity import PURPOSES
from chalicelib.services.ports import Contact
from tests.fakes.world import POTHOLE, WITH_MAIL, World

TINI = {"name": "Bu Tini", "email": "warga@example.org", "phone": "+6281234567890"}
BY_BOTH = POTHOLE | {"reporter": TINI}


def contact(number: str) -> str:
    return f"/v1/reports/{number}/contact"


def wish(purpose: str) -> dict[str, str]:
    return {"purpose": purpose, "reason": "Alamatnya kurang jelas"}


def at_work(world: World, body: dict = BY_BOTH) -> dict:
    filed = world.filed(body)
    for action, user in (("verify", "operator"), ("acknowledge", "petugas.pupr")):
        assert world.act(filed["number"], action, user=user).status == 200
    return filed


def readings(world: World, number: str, **who: str) -> list[dict]:
    shown = world.get(f"/v1/reports/{number}", **who).json
    return [event for event in shown["history"] if event["type"] == "contact_read"]


def test_an_officer_reads_what_the_purpose_needs_while_the_work_needs_it(world):
    number = at_work(world)["number"]
    answer = world.post(contact(number), wish("visit"), user="petugas.pupr")
    assert (answer.status, answer.json) == (200, {"name": TINI["name"], "phone": TINI["phone"]})
    (reading,) = readings(world, number, token=world.token_of(number))
    assert reading["by"] == {
        "kind": "staff",
        "role": "officer",
        "position": "petugas.pupr",
        "agency": "PUPR",
    }
    assert reading["data"] == {"purpose": "visit", "fields": ["name", "phone"]}
    assert reading["texts"] == {"reason": "Alamatnya kurang jelas"}
    assert "membuat janji" in reading["sentence"]["id"]


@pytest.mark.parametrize(
    ("purpose", "user", "status", "code"),
    [
        ("visit", "petugas.dishub", 404, "not_found"),  # not even that the report exists
        ("visit", "operator", 403, "purpose_not_yours"),
        ("examine", "kadis.pupr", 403, "purpose_not_yours"),
        ("clarify", "petugas.pupr", 409, "not_needed_now"),  # nothing was asked
        ("call_back", "petugas.pupr", 409, "not_needed_now"),  # no emergency
        ("confirm_by_phone", "operator", 409, "not_needed_now"),  # no result yet
        ("curiosity", "operator", 400, "invalid_field"),
        ("examine", "walikota", 403, "role_may_not"),
        ("examine", "admin", 403, "role_may_not"),
        ("examine", "auditor", 403, "role_may_not"),
    ],
)
def test_what_no_step_needs_is_not_shown_and_leaves_no_reading(world, purpose, user, status, code):
    number = at_work(world)["number"]
    answer = world.post(contact(number), wish(purpose), user=user)
    assert (answer.status, answer.code) == (status, code)
    assert readings(world, number, user="inspektorat") == []


def test_once_the_result_is_in_the_agency_reads_nobody_any_more(world):
    number = at_work(world)["number"]
    world.act(number, "start", user="petugas.pupr")
    nothing = {"outcome": "nothing_found", "reason": "Tidak ada lubang"}
    assert world.act(number, "submit", nothing, user="petugas.pupr").status == 200
    answer = world.post(contact(number), wish("visit"), user="petugas.pupr")
    assert answer.code == "not_needed_now"


@pytest.mark.parametrize("visibility", ["anonymous", "confidential"])
def test_who_asked_to_stay_unknown_is_shown_to_no_agency(world, visibility):
    number = at_work(world, BY_BOTH | {"visibility": visibility})["number"]
    answer = world.post(contact(number), wish("visit"), user="petugas.pupr")
    assert (answer.status, answer.code) == (403, "reporter_stays_unknown")


def test_an_anonymous_report_holds_no_name_even_if_one_was_sent(world):
    number = world.filed(BY_BOTH | {"visibility": "anonymous"})["number"]
    assert world.engine.store.identities[number].name == ""
    nobody = world.filed(POTHOLE | {"visibility": "anonymous"})["number"]
    assert nobody not in world.engine.store.identities


def test_a_complaint_about_officials_is_read_by_the_inspectorate_alone(world):
    number = world.filed(BY_BOTH | {"category": "WAS-01"})["number"]
    for user in ("operator", "verifikator", "kadis.pupr", "sekda", "walikota"):
        assert world.post(contact(number), wish("examine"), user=user).status in (403, 404)
    answer = world.post(contact(number), wish("examine"), user="inspektorat")
    assert answer.json == TINI


def test_the_reading_is_on_record_even_when_the_table_fails(world):
    number = at_work(world)["number"]

    class Down:
        def contact(self, number: str) -> Contact | None:
            raise RuntimeError("the table is down")

    from chalicelib import bootstrap

    bootstrap.reveal_contact()  # made, so that only the table is another one
    with bootstrap.override(**{**bootstrap._made, "identity_store": Down()}):
        for name in ("ask_contact", "reveal_contact"):
            bootstrap._made.pop(name, None)
        assert world.post(contact(number), wish("visit"), user="petugas.pupr").status == 500
    assert len(readings(world, number, user="inspektorat")) == 1


def test_staff_state_a_reason_in_words(world):
    number = at_work(world)["number"]
    for reason in ("", "   "):
        answer = world.post(
            contact(number), {"purpose": "visit", "reason": reason}, user="petugas.pupr"
        )
        assert answer.code in ("invalid_field", "field_missing")
    assert readings(world, number, user="inspektorat") == []


# ---------------------------------------------------------------- the reporter's own say


def test_the_reporter_reads_all_that_is_kept_of_them(world):
    filed = world.filed(BY_BOTH)
    assert world.get(contact(filed["number"]), token=filed["token"]).json == TINI
    other = world.filed()
    assert world.get(contact(filed["number"]), token=other["token"]).code == "invalid_token"


def test_a_correction_replaces_the_contact_and_how_the_reporter_is_told(world):
    filed = world.filed(WITH_MAIL)
    number, token = filed["number"], filed["token"]
    new = {"name": "Tini S.", "phone": "0812-9999-0000"}
    assert world.call("PUT", contact(number), new, token=token).status == 200
    kept = world.get(contact(number), token=token).json
    assert kept == {"name": "Tini S.", "email": "", "phone": "+6281299990000"}
    assert world.engine.loaded(number).report.channels == ("sms",)
    mail = world.act(number, "preferences", {"channels": ["mail"]}, token=token)
    assert mail.code == "channel_not_given"


@pytest.mark.parametrize(
    "masked",
    [
        {"name": "Bu T***"},
        {"name": "••••"},
        {"phone": "0812****890"},
        {"email": "w***@example.org"},
    ],
)
def test_t18_a_masked_value_does_not_overwrite_the_real_one(world, masked):
    filed = world.filed(BY_BOTH)
    answer = world.call("PUT", contact(filed["number"]), TINI | masked, token=filed["token"])
    assert (answer.status, answer.code) == (422, "masked_value")
    assert world.get(contact(filed["number"]), token=filed["token"]).json == TINI


def test_a_contact_taken_back_is_gone_and_nothing_more_is_sent(world):
    filed = world.filed(BY_BOTH)
    number, token = filed["number"], filed["token"]
    world.engine.pump()
    before = len(world.engine.sent(number))
    world.act(number, "verify", user="operator")  # a message to the reporter is planned
    assert world.call("DELETE", contact(number), token=token).status == 200
    world.engine.pump()
    assert world.engine.store.identities[number] == Contact()
    to_reporter = [row for row in world.engine.sent(number)[before:] if row[2] == "reporter"]
    assert to_reporter == []
    assert world.engine.loaded(number).report.channels == ()
    assert world.post(contact(number), wish("examine"), user="inspektorat").json == {
        "name": "",
        "email": "",
        "phone": "",
    }


def test_nobody_but_the_parties_sees_that_a_contact_was_read(world):
    number = at_work(world)["number"]
    world.post(contact(number), wish("visit"), user="petugas.pupr")
    assert readings(world, number) == []


def test_every_purpose_says_in_both_languages_what_it_is_for():
    for row in PURPOSES.values():
        assert set(row.name) == {"id", "en"}
        assert row.fields and row.roles and row.statuses
