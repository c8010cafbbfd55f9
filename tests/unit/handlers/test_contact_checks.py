"""Whether messages reach an office: asked by test message, confirmed by link, for one address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import bootstrap
from chalicelib.adapters.channels import rendered
from chalicelib.domain.contacts import address_of, confirmed, digest_of, untested
from chalicelib.handlers import answers
from tests.fakes.world import World

HEAD = "kadis.pupr"


@pytest.fixture
def city() -> Iterator[World]:
    with World("2027-04-05T09:55:00+07:00", administered=True).running() as running:
        yield running


def ask(city: World, *positions: str) -> list[dict[str, Any]]:
    answer = city.post("/v1/admin/contacts/check", {"positions": list(positions)}, user="admin")
    assert answer.status == 201, answer.body
    msgspec.convert(answer.json, answers.AskedContacts)
    return list(answer.json["items"])


def paths(city: World) -> dict[str, str]:
    """The path of the link in each test message, by channel."""
    found = {}
    for (_, _), delivery in city.engine.store.messages.items():
        if delivery.template == "contact_check":
            text = rendered(delivery, delivery.channel, lambda _number: {}).text
            found[delivery.channel] = re.search(r"(/kontak/[\w-]+)", text)[1]
    return found


def standing(city: World, position: str = HEAD) -> dict[str, Any]:
    answer = city.get("/v1/admin/contacts?agency=PUPR", user="admin")
    msgspec.convert(answer.json, answers.OfficeContactList)
    return next(row for row in answer.json["items"] if row["position"] == position)


def test_an_office_is_asked_by_every_channel_it_has_and_once_a_day(city):
    assert ask(city, HEAD) == [
        {"position": HEAD, "channel": "mail", "state": "asked"},
        {"position": HEAD, "channel": "sms", "state": "asked"},
    ]
    assert {row["state"] for row in ask(city, HEAD)} == {"asked_today"}
    city.engine.clock.at += timedelta(days=1)
    assert {row["state"] for row in ask(city, HEAD)} == {"asked"}


def test_the_test_message_goes_through_the_same_outbox_as_every_other(city):
    ask(city, HEAD)
    for (number, id), _ in list(city.engine.store.messages.items()):
        assert city.engine.sender.send(number, id) == "sent"
    assert [one.recipient for _, one, _ in city.engine.mail.sent] == [HEAD]


def test_opening_the_link_confirms_nothing_and_its_button_does(city):
    ask(city, HEAD)
    links = paths(city)
    page = city.get(links["mail"])
    assert page.status == 200 and "Ya, kontak ini benar" in page.body.decode()
    assert standing(city)["channels"] == {"mail": None, "sms": None}
    assert city.post(links["mail"], b"").status == 303
    assert "sudah dikonfirmasi pada" in city.get(links["mail"]).body.decode()
    assert standing(city)["channels"] == {"mail": "2027-04-05T09:55:00+07:00", "sms": None}
    assert standing(city)["untested"] == ["sms"]


def test_confirming_twice_keeps_the_first_moment_and_one_audit_record(city):
    ask(city, HEAD)
    link = paths(city)["mail"]
    city.post(link, b"")
    city.engine.clock.at += timedelta(hours=1)
    city.post(link, b"")
    assert standing(city)["channels"]["mail"] == "2027-04-05T09:55:00+07:00"
    acts = [one["act"] for one in city.get("/v1/admin/audit", user="auditor").json["items"]]
    assert sorted(acts) == ["check_contacts", "confirm_contact"]


def test_an_address_changed_since_is_not_confirmed_by_the_old_link(city):
    ask(city, HEAD)
    link = paths(city)["mail"]
    rows = bootstrap.administer().latest("document", "positions")
    changed = [
        {**row, "contacts": {**row["contacts"], "mail": "baru@example.org"}}
        if row["id"] == HEAD
        else row
        for row in rows.body
    ]
    body = {"body": changed, "based_on": rows.version, "reason": "ganti alamat"}
    put = city.call("PUT", "/v1/admin/directory/positions", body, user="admin")
    assert put.status == 200, put.body
    city.post(link, b"")
    assert "sudah diganti" in city.get(link).body.decode()
    assert standing(city)["channels"]["mail"] is None


def test_a_link_works_for_fourteen_days(city):
    ask(city, HEAD)
    link = paths(city)["mail"]
    city.engine.clock.at += timedelta(days=14, seconds=1)
    city.post(link, b"")
    assert "sudah lewat" in city.get(link).body.decode()
    assert standing(city)["channels"]["mail"] is None


def test_a_link_that_is_none_of_ours_is_not_found(city):
    assert city.get("/kontak/abc").status == 404


def test_an_office_that_does_not_exist_is_named(city):
    assert ask(city, "kadis.bulan") == [
        {"position": "kadis.bulan", "channel": "", "state": "unknown"}
    ]


def test_the_doctor_calls_an_office_tested_once_all_its_addresses_are(city):
    ask(city, HEAD)
    for link in paths(city).values():
        city.post(link, b"")
    found = bootstrap.check_contacts().catalogue.positions()[HEAD]
    assert untested(found) == ()
    assert found["contacts"]["verified_at"] == "2027-04-05T02:55:00Z"


def test_a_confirmation_is_for_one_address_only():
    row = {"id": "x", "contacts": {"mail": "a@example.org"}}
    done = confirmed(row, "mail", datetime(2027, 4, 5, tzinfo=UTC))
    assert untested(done) == ()
    moved = {**done, "contacts": {**done["contacts"], "mail": "b@example.org"}}
    assert untested(moved) == ("mail",)
    assert digest_of(address_of(done, "mail")) == digest_of(" A@Example.org ")
