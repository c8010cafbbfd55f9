"""One whole case as the Ombudsman gets it: escalated to the legal limit, disputed, done, closed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap, verify
from chalicelib.domain.books import day_of
from chalicelib.handlers.session import session_cookie
from tests.fakes.world import SUKARASA, WITH_MAIL, World

SECRETS = ("Bu Tini", "warga@example.org")


@pytest.fixture(scope="module")
def case() -> Iterator[tuple[World, str]]:
    """Filed on Monday 5 April, left lying for weeks, worked on in May, disputed, done anew."""
    with World("2027-04-05T09:55:00+07:00").running() as world:
        world.seal_days()()
        place = SUKARASA | {"address": "Jl. Daan Mogot, depan No. 112"}
        number = world.filed(WITH_MAIL | {"location": place})["number"]
        world.engine.pump()
        world.act(number, "verify", user="operator")
        world.engine.run_until("2027-05-03T10:00:00+07:00")
        done(world, number)
        token = world.token_of(number)
        world.act(number, "dispute", {"reason": "not_done", "note": "Masih bolong"}, token=token)
        world.engine.run_until("2027-05-04T10:00:00+07:00")
        done(world, number)
        assert world.act(number, "confirm", token=token).status == 200
        world.engine.run_until("2027-05-06T01:00:00+07:00")
        world.seal_days()()
        yield world, number


def done(world: World, number: str) -> None:
    for action in ("acknowledge", "start"):
        world.act(number, action, user="petugas.pupr")
    room = world.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    world.engine.blobs.keys.add(room["upload"]["fields"]["key"])
    result = {"outcome": "done", "note": "Ditambal panas", "photos": [room["id"]]}
    answer = world.act(number, "submit", result, user="petugas.pupr")
    assert answer.status == 200, answer.body
    assert world.act(number, "validate", user="verifikator").status == 200


def record(case: tuple[World, str], user: str = "inspektorat") -> Any:
    world, number = case
    answer = world.get(f"/v1/reports/{number}/record", user=user)
    assert answer.status == 200, answer.body
    return answer.json


def test_every_limit_is_named_with_its_law_and_by_how_much_it_was_missed(
    case: tuple[World, str],
) -> None:
    found = {(one["step"], one["cycle"]): one for one in record(case)["limits"]}
    law = "PermenPANRB 62/2018"
    assert {key: (one["state"], one["basis"]) for key, one in found.items()} == {
        ("V1", 1): ("kept", None),
        ("V3", 1): ("kept", law),
        ("S1", 1): ("missed", None),
        ("R100", 1): ("missed", None),
        ("LEGAL", 1): ("missed", law),
        ("H1", 1): ("kept", None),
        ("S1", 2): ("kept", None),
        ("R100", 2): ("kept", None),
        ("LEGAL", 2): ("kept", law),
        ("H1", 2): ("kept", None),
    }
    # from Friday 23 April 16.30, when the 14th working day closed, to Monday 3 May 10.00
    assert found["LEGAL", 1] == {
        "step": "LEGAL",
        "cycle": 1,
        "kind": "legal",
        "basis": law,
        "until": "resolved",
        "due_at": "2027-04-23T16:30:00+07:00",
        "met_at": "2027-05-03T10:00:00+07:00",
        "state": "missed",
        "late_seconds": (9 * 24 + 17) * 3600 + 1800,
    }


def test_every_escalation_stands_with_who_was_told_when(case: tuple[World, str]) -> None:
    world, number = case
    fired = [event for event in world.engine.loaded(number).events if event.type == "fired"]
    steps = [one for one in record(case)["steps"] if one["state"] == "done"]
    assert len(steps) == len(fired) >= 8
    assert all(one["fired_at"] >= one["due_at"] for one in steps)
    told = {person for one in steps for person in one["told"]}
    assert {"kadis", "sekda"} <= {person.partition(":")[0].partition(".")[0] for person in told}
    assert all(one["explanation"] for one in steps)


def test_who_acted_is_a_position_and_never_the_reporter(case: tuple[World, str]) -> None:
    made = record(case)
    text = json.dumps(made, ensure_ascii=False)
    assert [secret for secret in SECRETS if secret in text] == []
    assert all(set(one["by"]) <= {"kind", "role", "position", "agency"} for one in made["events"])
    kinds = {one["by"]["kind"] for one in made["events"]}
    assert kinds == {"reporter", "staff", "system"}
    assert made["sop"]["legal_basis"] and made["sop"]["version"]


def test_every_message_stands_with_what_became_of_it_and_without_an_address(
    case: tuple[World, str],
) -> None:
    world, number = case
    messages = record(case)["messages"]
    assert len(messages) == len(world.engine.store.deliveries(number)) > 10
    assert "@" not in json.dumps(messages)
    assert {"reporter"} < {one["to"] for one in messages}


def test_the_file_is_verified_by_the_books_and_not_when_a_word_of_it_is_changed(
    case: tuple[World, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, _ = case
    days = world.get("/v1/ledger?limit=200").body
    key = world.get("/v1/ledger/key").json["items"][0]["pem"]
    (tmp_path / "days.json").write_bytes(days)
    (tmp_path / "key.pem").write_text(key)

    def said(made: Any) -> tuple[int, str]:
        (tmp_path / "record.json").write_text(json.dumps(made))
        given = [("--days", "days.json"), ("--key", "key.pem"), ("--record", "record.json")]
        code = verify.main([word for name, f in given for word in (name, str(tmp_path / f))])
        return code, capsys.readouterr().out

    made = record(case)
    assert said(made)[0] == 0
    assert made["ledger"]["day"]["day"] == "2027-05-04"
    for change, words in (
        (lambda row: row["events"][3]["data"].update(agency="X"), "was changed"),
        (lambda row: row["events"][0]["texts"].update(description="Lain"), "was changed"),
        (lambda row: row["events"].pop(2), "does not follow"),
        (lambda row: row["proof"].update(events=3), "as the proof says"),
    ):
        forged = record(case)
        change(forged["ledger"])
        code, text = said(forged)
        assert (code, words in text) == (1, True), text


def test_the_order_is_that_of_the_record_and_the_days_are_wib(case: tuple[World, str]) -> None:
    world, number = case
    made = record(case)["events"]
    assert [one["seq"] for one in made] == list(range(1, len(made) + 1))
    stored = world.engine.loaded(number)
    assert [one["recorded_at"][:10] for one in made] == [
        day_of(event.recorded_at) for event in stored.events
    ]


@pytest.mark.parametrize("user", ["operator", "petugas.pupr", "kadis.pupr", "camat.karawaci"])
def test_others_of_the_staff_may_not_have_it(case: tuple[World, str], user: str) -> None:
    world, number = case
    assert world.get(f"/v1/reports/{number}/record", user=user).code == "role_may_not"


def test_a_case_for_the_inspectorate_is_as_good_as_absent_for_all_others() -> None:
    with World("2027-04-05T09:55:00+07:00").running() as world:
        number = world.filed({"category": "WAS-01", "location": SUKARASA, "description": "x"})[
            "number"
        ]
        absent = world.get("/v1/reports/TL-7K3QX9MW/record", user="sekda")
        hidden = world.get(f"/v1/reports/{number}/record", user="sekda")
        assert (hidden.status, hidden.code) == (absent.status, absent.code) == (404, "not_found")
        assert world.get(f"/v1/reports/{number}/record", user="inspektorat").status == 200


@pytest.mark.parametrize(("language", "missed"), [("id", "Dilewati"), ("en", "Missed")])
def test_the_file_is_a_page_to_print_with_the_delay_in_words(
    case: tuple[World, str], language: str, missed: str
) -> None:
    world, number = case
    who = {"Cookie": session_cookie(bootstrap.sessions().begin("inspektorat")).partition(";")[0]}
    page = world.get(f"/kasus/{number}/berkas?lang={language}", headers=who).body.decode()
    delay = {"id": "9 hari 17 jam 30 menit", "en": "9 days 17 h 30 min"}[language]
    assert f"{missed}: {delay}" in page and "PermenPANRB 62/2018" in page
    assert [secret for secret in SECRETS if secret in page] == []
    link = f"/kasus/{number}/berkas"
    assert link in world.get(f"/kasus/{number}", headers=who).body.decode()
