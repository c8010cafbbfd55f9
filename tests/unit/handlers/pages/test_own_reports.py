"""My reports: a link for whoever holds the address, silence about everybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.domain.numbers import packed
from chalicelib.domain.signing import sign
from chalicelib.services.own_reports import FREE, LINK_LIFE, PURPOSE, TEMPLATE
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL, World

MAIL = "warga@example.org"
WITH_PHONE = POTHOLE | {"reporter": {"phone": "0812-3456-7890"}}
SECRET_CATEGORY = "SOS-01"


@pytest.fixture
def city() -> Iterator[World]:
    with World().running() as world:
        yield world


def ask(city: World, contact: str = MAIL) -> Any:
    return city.post("/laporan-saya", urlencode({"kontak": contact}).encode())


def links(city: World) -> list[str]:
    """The addresses in the links that were sent, oldest first."""
    city.engine.pump()
    sent = [one for channel in (city.engine.mail, city.engine.sms) for one in channel.sent]
    own = [(at, one) for at, one, _ in sorted(sent, key=lambda row: row[0])
           if one.template == TEMPLATE]  # fmt: skip
    return [re.sub(r"^https?://[^/]+", "", str(one.context["page"])) for _, one in own]


def link(city: World, contact: str = MAIL) -> str:
    ask(city, contact)
    return links(city)[-1]


def open_one(city: World, page: str, number: str) -> Any:
    return city.post(page, urlencode({"nomor": number}).encode())


def text(answer: Any) -> str:
    return answer.body.decode()


def test_a_link_opens_the_reports_that_carry_the_address_and_no_others(city):
    own = city.filed(WITH_MAIL)["number"]
    city.filed(POTHOLE | {"reporter": {"email": "tetangga@example.org"}})
    city.filed(POTHOLE)
    city.filed(WITH_PHONE)
    answer = city.get(link(city))
    assert answer.status == 200
    assert set(re.findall(r"TL-[0-9A-Z]{8}", text(answer))) == {own}
    assert "Jalan berlubang: laporan diterima" in text(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_telephone_number_is_found_however_it_is_written(city):
    own = city.filed(WITH_PHONE)["number"]
    page = link(city, "+62 812 3456 7890")
    [(_, delivery, address)] = [s for s in city.engine.sms.sent if s[1].template == TEMPLATE]
    assert (delivery.channel, address) == ("sms", "+6281234567890")
    assert own in text(city.get(page))


def test_a_mail_address_is_found_in_any_case(city):
    own = city.filed(WITH_MAIL)["number"]
    assert own in text(city.get(link(city, "Warga@Example.org")))


def test_whether_an_address_is_known_shows_nowhere(city):
    city.filed(WITH_MAIL)
    known, unknown = ask(city), ask(city, "siapa@example.org")
    assert (known.status, text(known)) == (unknown.status, text(unknown))
    assert len(links(city)) == 1
    told = [one for one in city.engine.store.messages.values() if one.template == TEMPLATE]
    assert sorted(one.status for one in told) == ["sent", "suppressed"]
    asked = [city.post("/v1/own-reports", {"email": one}) for one in (MAIL, "siapa@example.org")]
    assert [(one.status, one.json) for one in asked] == [(202, {"state": "asked"})] * 2


def test_no_message_row_holds_the_address_or_the_link(city):
    city.filed(WITH_MAIL)
    page = link(city)
    rows = [one for one in city.engine.store.messages.values() if one.template == TEMPLATE]
    assert all(MAIL not in repr(one) and page not in repr(one) for one in rows)


def test_one_address_is_sent_five_links_a_day(city):
    city.filed(WITH_MAIL)
    for _ in range(FREE + 3):
        city.engine.clock.at += timedelta(minutes=1)
        assert ask(city).status == 200
    assert len(links(city)) == FREE
    city.engine.clock.at += timedelta(hours=24)
    ask(city)
    assert len(links(city)) == FREE + 1


def test_anonymous_and_secret_reports_are_never_found(city):
    city.filed(WITH_MAIL | {"visibility": "anonymous"})
    city.filed(WITH_MAIL | {"category": SECRET_CATEGORY})
    ask(city)
    assert links(city) == []


def test_a_confidential_report_is_named_and_not_opened(city):
    secret = city.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    page = link(city)
    shown = text(city.get(page))
    assert secret in shown and "Laporan rahasia" in shown
    assert "Jalan berlubang" not in shown and "Sukasari" not in shown
    assert open_one(city, page, secret).status == 404
    token = page.rpartition("/")[2]
    [row] = city.post("/v1/own-reports/open", {"token": token}).json["items"]
    assert sorted(row) == ["confidential", "filed_at", "number", "url"]


def test_a_report_that_became_secret_leaves_the_list(city):
    number = city.filed(WITH_MAIL)["number"]
    page = link(city)
    city.engine.pump()
    city.act(number, "verify", {"category": SECRET_CATEGORY}, user="operator")
    assert number not in text(city.get(page))
    assert open_one(city, page, number).status == 404


def test_opening_one_lets_this_browser_confirm(city):
    number = to_confirm(city)
    page = link(city)
    assert "Jawab" in text(city.get(page))
    answer = open_one(city, page, number)
    assert (answer.status, answer.headers["Location"]) == (303, f"/laporan/{number}")
    [cookie] = answer.cookies
    assert "HttpOnly" in cookie and "Max-Age=86400" in cookie
    tracked = city.get(f"/laporan/{number}", headers={"Cookie": cookie.partition(";")[0]})
    assert "Ya, sudah baik" in text(tracked)


def test_the_token_of_the_list_confirms_over_the_api(city):
    number = to_confirm(city)
    token = link(city).rpartition("/")[2]
    [row] = city.post("/v1/own-reports/open", {"token": token}).json["items"]
    assert (row["number"], row["status"]) == (number, "awaiting_confirmation")
    assert "confirm" in row["actions"]
    assert city.act(number, "confirm", token=row["token"]).json["status"] == "closed_confirmed"


def test_looking_at_the_link_sets_no_cookie_and_changes_nothing(city):
    number = city.filed(WITH_MAIL)["number"]
    page = link(city)
    before = city.engine.loaded(number)
    assert city.get(page).cookies == ()
    assert city.engine.loaded(number) == before


def test_a_link_lasts_three_hours(city):
    number = city.filed(WITH_MAIL)["number"]
    page = link(city)
    city.engine.clock.at += LINK_LIFE - timedelta(seconds=1)
    assert city.get(page).status == 200
    city.engine.clock.at += timedelta(seconds=1)
    assert city.get(page).status == 410
    assert open_one(city, page, number).status == 410
    token = page.rpartition("/")[2]
    assert city.post("/v1/own-reports/open", {"token": token}).code == "link_over"


def test_a_link_opens_no_report_that_is_not_in_it(city):
    city.filed(WITH_MAIL)
    other = city.filed(POTHOLE)["number"]
    assert open_one(city, link(city), other).status == 404


@pytest.mark.parametrize("broken", ["x", "A" * 40, "A" * 700])
def test_a_broken_link_is_simply_not_there(city, broken):
    assert city.get(f"/laporan-saya/{broken}").status == 404
    assert open_one(city, f"/laporan-saya/{broken}", "TL-7K3QX9MW").status == 404


def test_a_link_of_another_purpose_opens_nothing(city):
    from chalicelib import config

    number = city.filed(WITH_MAIL)["number"]
    until = city.engine.clock.at + timedelta(hours=1)
    other = sign(config.link_keys(), "follow", packed([number]), until)
    assert city.get(f"/laporan-saya/{other}").status == 404
    assert (
        city.get(f"/laporan-saya/{sign(config.link_keys(), PURPOSE, b'abc', until)}").status == 404
    )


def test_a_contact_that_was_taken_back_finds_nothing_more(city):
    filed = city.filed(WITH_MAIL)
    city.call("DELETE", f"/v1/reports/{filed['number']}/contact", token=filed["token"])
    ask(city)
    assert links(city) == []


def test_a_corrected_contact_finds_the_report_and_the_old_one_no_longer(city):
    filed = city.filed(WITH_MAIL)
    new = {"email": "baru@example.org"}
    city.call("PUT", f"/v1/reports/{filed['number']}/contact", new, token=filed["token"])
    ask(city)
    assert links(city) == []
    assert filed["number"] in text(city.get(link(city, "baru@example.org")))


def test_the_newest_twenty_are_listed(city):
    numbers = []
    for _ in range(22):
        city.engine.clock.at += timedelta(minutes=1)
        numbers.append(city.filed(WITH_MAIL)["number"])
    shown = re.findall(r"class=\"code\">(TL-[0-9A-Z]{8})", text(city.get(link(city))))
    assert shown == numbers[:1:-1]


@pytest.mark.parametrize("wrong", ["", "0812", "warga@", "halo"])
def test_what_is_no_address_is_said_beside_the_field(city, wrong):
    answer = ask(city, wrong)
    assert answer.status == 422
    assert 'aria-invalid="true"' in text(answer)
    assert city.engine.store.messages == {}


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, "invalid_field"),
        ({"email": MAIL, "phone": "081234567890"}, "invalid_field"),
        ({"email": "warga"}, "invalid_email"),
        ({"phone": "12"}, "invalid_phone"),
    ],
)
def test_the_api_asks_for_one_right_address(city, body, code):
    assert city.post("/v1/own-reports", body).code == code


def test_an_address_whose_mails_do_not_arrive_is_marked_and_nobody_is_alarmed_twice(city):
    from chalicelib.services.ports import AddressRefused

    city.filed(WITH_MAIL)
    city.engine.pump()
    city.engine.mail.faults = [AddressRefused("no such mailbox")]
    ask(city)
    assert links(city) == []
    [message] = [m for m in city.engine.store.messages.values() if m.template == TEMPLATE]
    assert message.status == "failed"


def to_confirm(city: World) -> str:
    number: str = city.filed(WITH_MAIL | {"location": SUKARASA})["number"]
    city.engine.pump()
    city.act(number, "verify", user="operator")
    city.act(number, "acknowledge", user="petugas.pupr")
    city.act(number, "start", user="petugas.pupr")
    room = city.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    city.engine.blobs.keys.add(room["upload"]["fields"]["key"])
    done = {"outcome": "done", "note": "Ditambal", "photos": [room["id"]]}
    assert city.act(number, "submit", done, user="petugas.pupr").status == 200
    assert city.act(number, "validate", user="verifikator").status == 200
    return number
