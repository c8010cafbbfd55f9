"""The page behind a link in a message: looking changes nothing, one press acts, once."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib import bootstrap
from chalicelib.domain.answering import REPLY_PURPOSE, Reference, mark_of
from chalicelib.services.photos import photo_key
from tests.fakes.world import POTHOLE, WITH_MAIL, World

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def assigned(world, body=WITH_MAIL):
    """A pothole that PUPR was told about."""
    number = world.filed(body)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.pump()
    return number


def message(world, number, recipient, template, channel="mail"):
    found = [
        one
        for one in world.engine.store.deliveries(number)
        if (one.recipient, one.template, one.channel) == (recipient, template, channel)
    ]
    assert found, [
        (d.recipient, d.template, d.channel) for d in world.engine.store.deliveries(number)
    ]
    return found[-1]


def link(delivery, offer):
    """The path of the link *offer* in that message."""
    url = bootstrap.links().link(Reference(delivery.number, mark_of(delivery.id), offer))
    return "/t/" + url.rpartition("/")[2]


def press(world, path, **fields):
    return world.call("POST", path, urlencode(fields).encode(), headers=FORM)


def status(world, number):
    return world.engine.loaded(number).report.status


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.body.decode())


@pytest.fixture
def number(world):
    return assigned(world)


@pytest.fixture
def accept(world, number):
    return link(message(world, number, "petugas.pupr", "step_task"), "accept")


def test_t14_a_scanner_that_opens_every_link_of_a_mail_acts_on_nothing(world, number):
    delivery = message(world, number, "petugas.pupr", "step_task")
    before = world.engine.loaded(number)
    for url in bootstrap.links().of(delivery).values():
        path = "/t/" + url.rpartition("/")[2]
        for method in ("GET", "GET"):
            assert world.call(method, path).status == 200
    assert world.engine.loaded(number) == before


def test_one_press_accepts_and_a_second_one_shows_what_happened(world, number, accept):
    assert "Terima tugas" in world.get(accept).body.decode()
    first = press(world, accept)
    assert (first.status, first.headers["Location"]) == (303, accept)
    assert status(world, number) == "acknowledged"
    after = world.engine.loaded(number)
    assert press(world, accept).status == 303
    assert world.engine.loaded(number) == after
    page = text(world.get(accept))
    assert "Tercatat" in page and "Petugas menerima tugas." in page
    assert "Mulai bekerja" in page  # what comes next is offered at once


def test_the_text_message_and_the_mail_of_one_step_act_once_between_them(world, number, accept):
    text_message = message(world, number, "petugas.pupr", "step_task", "sms")
    press(world, link(text_message, "accept"))
    after = world.engine.loaded(number)
    press(world, accept)
    assert world.engine.loaded(number) == after
    assert "Tercatat" in text(world.get(accept))


def test_the_record_names_the_office_and_person_it_was_sent_to(world, number, accept):
    press(world, accept)
    event = world.engine.loaded(number).events[-1]
    assert event.type == "acknowledged"
    assert event.actor.to_dict() == {
        "kind": "staff",
        "role": "officer",
        "person": "petugas.pupr",
        "position": "petugas.pupr",
        "agency": "PUPR",
    }


def test_not_ours_needs_its_reason_and_a_name_and_then_dies_with_the_report(world, number, accept):
    decline = link(message(world, number, "petugas.pupr", "step_task"), "decline")
    missing = press(world, decline, reason="", agency="DISHUB")
    assert (missing.status, status(world, number)) == (422, "assigned")
    assert "Ada isian wajib" in text(missing)
    press(world, decline, reason="Jalan provinsi", agency="DISHUB")
    assert status(world, number) == "received"
    # The other link of the same mail speaks for an agency that has it no more.
    page = world.get(accept)
    assert "Tautan ini tidak berlaku lagi" in text(page)
    press(world, accept)
    assert status(world, number) == "received"


def test_a_report_that_comes_back_comes_with_new_links(world, number, accept):
    world.engine.run_until("2027-04-05T10:10:00+07:00")
    world.act(number, "assign", {"agency": "DISHUB"}, user="operator")
    world.engine.run_until("2027-04-05T10:20:00+07:00")
    world.act(number, "assign", {"agency": "PUPR"}, user="operator")
    world.engine.pump()
    press(world, accept)
    assert status(world, number) == "assigned"
    press(world, link(message(world, number, "petugas.pupr", "step_task"), "accept"))
    assert status(world, number) == "acknowledged"


def test_an_officer_asks_for_time_and_the_head_of_the_field_grants_it(world, number):
    task = message(world, number, "petugas.pupr", "step_task")
    asked = press(world, link(task, "more_time"), reason="Aspal habis", until="2027-04-20")
    assert asked.status == 303
    assert status(world, number) == "assigned"
    world.engine.pump()
    request = message(world, number, "kabid.pupr", "time_request")
    grant = link(request, "more_time")
    page = world.get(grant).body.decode()
    assert 'value="2027-04-20"' in page and "Aspal habis" in page
    press(world, grant, reason="Aspal habis", until="2027-04-20")
    report = world.engine.loaded(number).report
    assert report.status == "deferred"
    assert report.deferred_until.isoformat() == "2027-04-20T09:00:00+00:00"


def test_a_result_needs_the_photo_that_the_sop_asks_for(world, number):
    submit = link(message(world, number, "petugas.pupr", "step_task"), "submit")
    page = world.get(submit).body.decode()
    assert 'capture="environment"' in page and "success_action_redirect" in page
    refused = press(world, submit, outcome="done", note="Ditambal")
    assert (refused.status, status(world, number)) == (422, "assigned")
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    world.engine.blobs.keys.add(key)
    assert "1 foto sudah kami terima" in text(world.get(submit))
    press(world, submit, outcome="done", note="Ditambal")
    report = world.engine.loaded(number).report
    assert report.status == "awaiting_validation"
    assert [photo_key(number, one) for one in report.result_photos] == [key]


def test_a_whole_case_is_handled_with_nothing_but_links(world, number):
    officer = message(world, number, "petugas.pupr", "step_task")
    press(world, link(officer, "accept"))
    press(world, link(officer, "start"))
    press(world, link(officer, "arrive"))
    submit = link(officer, "submit")
    key = re.search(r'name="key" value="([^"]+)"', world.get(submit).body.decode())[1]
    world.engine.blobs.keys.add(key)
    press(world, submit, outcome="done", note="Ditambal")
    world.engine.pump()
    press(world, link(message(world, number, "verifikator", "step_validation"), "validate"))
    world.engine.pump()
    press(world, link(message(world, number, "reporter", "reporter_result"), "confirm"))
    assert status(world, number) == "closed_confirmed"
    types = [event.type for event in world.engine.loaded(number).events]
    assert [type_ for type_ in types if type_ != "fired"] == [
        "filed", "verified", "acknowledged", "started", "on_scene", "photo_added", "photo_examined",
        "resolved",
        "validated", "confirmed",
    ]  # fmt: skip


def test_who_did_the_work_cannot_validate_it_by_a_link_either(world, number):
    # A supervisor's duty mailbox answers as the office, never as nobody.
    task = message(world, number, "petugas.pupr", "step_task")
    assert bootstrap.answering().caller_of(task).person == "petugas.pupr"
    mailbox = message(world, number, "operator", "step_verification")
    assert bootstrap.answering().caller_of(replace(mailbox, person="")).person == (
        "position:operator"
    )


def test_a_link_ends_after_two_months_and_says_so(world, number, accept):
    world.engine.clock.at = world.engine.clock.at.replace(month=7)
    assert "Masa berlakunya sudah habis" in text(world.get(accept))
    press(world, accept)
    assert status(world, number) == "assigned"


@pytest.mark.parametrize("path", ["/t/x", "/t/" + "A" * 36, "/t/" + "A" * 900])
def test_a_made_up_link_is_not_found(world, path):
    assert world.get(path).status == 404
    assert press(world, path).status == 404


def test_a_reply_address_is_no_link(world, number):
    delivery = message(world, number, "petugas.pupr", "step_task")
    reference = Reference(number, mark_of(delivery.id))
    token = bootstrap.links().token(reference, REPLY_PURPOSE)
    assert world.get(f"/t/{token}").status == 404


def test_the_page_is_told_to_no_other_site_and_kept_nowhere(world, accept):
    headers = world.get(accept).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_confidential_report_is_acted_on_but_not_told_by_its_link(world):
    secret = {"category": "PUB-02", "description": "Rahasia benar", "location": POTHOLE["location"]}
    codes = [
        c.code for c in world.engine.catalogue.categories().values() if c.sensitivity == "secret"
    ]
    number = world.filed(secret | {"category": codes[0]})["number"]
    world.engine.pump()
    told = [d for d in world.engine.store.deliveries(number) if not d.to_reporter]
    page = world.get(link(told[0], "view")).body.decode()
    assert "Rahasia benar" not in page and "Sukarasa" not in page


def test_the_form_is_bounded_and_each_field_too(world, number, accept):
    assert world.call("POST", accept, b"x=" + b"a" * 20_000, headers=FORM).status == 413
    decline = link(message(world, number, "petugas.pupr", "step_task"), "decline")
    assert press(world, decline, reason="x" * 1001, agency="DISHUB").status == 400
    assert status(world, number) == "assigned"
