"""Every cell of the table of visibility, held against what the API really answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.actions import Caller
from chalicelib.handlers import identity
from chalicelib.visibility import CALLERS, FIELDS, TABLE, sees
from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import POTHOLE, SUKARASA, World
from tests.unit.handlers.test_photos import cover, evidence, link, review, upload

DESCRIPTION, ADDRESS, COMMENT = "Lubang dalam sekali", "Gang Melati 7", "Makin lebar"
RELEASED = "Lubang di jalan"
BODY = POTHOLE | {
    "description": DESCRIPTION,
    "location": {**SUKARASA, "address": ADDRESS},
    "reporter": {"name": "Bu Tini", "email": "warga@example.org", "phone": "+6281234567890"},
}
BODIES = {
    "public": BODY,
    "anonymous": BODY | {"visibility": "anonymous"},
    "confidential": BODY | {"visibility": "confidential"},
    "about the officer's own agency": BODY | {"about_unit": "PUPR"},
    "about an official (P4)": BODY | {"category": "WAS-01"},
}
HERE, ELSEWHERE = frozenset({"36.71.01.1007", "36.71.01"}), frozenset({"36.71.07"})


def caller(who: str, agency: str) -> Caller:
    role = who.split(" ")[0]
    own = agency if who in ("officer", "agency_head") else ""
    agencies = frozenset({own}) if own else frozenset()
    if who == "officer of another agency":
        agencies = frozenset({"DISHUB"})
    areas = {"territorial": HERE, "territorial elsewhere": ELSEWHERE}.get(who, frozenset())
    return Caller(frozenset({role}), person=f"somebody-{role}", agencies=agencies, areas=areas)


class Seen:
    """One report of a kind in a world, looked at by one caller after the other."""

    def __init__(self, world: World, kind: str) -> None:
        self.world, self.kind = world, kind
        filed = world.filed(BODIES[kind])
        self.number, self.token = filed["number"], filed["token"]
        official = kind.endswith("(P4)")
        chief, first = ("inspektorat", "acknowledge") if official else ("operator", "verify")
        self.photo = upload(world, self.number, jpeg(scene(5)), token=self.token)
        cover(world, self.number, self.photo, [], token=self.token)
        review(world, self.number, self.photo, {"approved": True}, user="operator")
        text = {"text": RELEASED}
        world.post(f"/v1/reports/{self.number}/publication", text, token=self.token)
        world.act(self.number, "comments", {"text": COMMENT}, token=self.token)
        assert world.act(self.number, first, user=chief).status == 200
        world.post(
            f"/v1/reports/{self.number}/contact",
            {"purpose": "examine", "reason": "x"},
            user="inspektorat",
        )
        self.agency = "PUPR"

    def fields(self, monkeypatch: pytest.MonkeyPatch, who: str) -> dict[str, bool]:
        """Which fields the caller really gets."""
        how: dict[str, Any] = {}
        if who == "reporter":
            how = {"token": self.token}
        elif who != "anybody":
            found = caller(who, self.agency)
            monkeypatch.setattr(identity.bootstrap, "identify_staff", lambda: lambda _: found)
            how = {"token": "staff"}
        answer = self.world.get(f"/v1/reports/{self.number}", **how)
        if answer.status == 404:
            assert evidence_status(self.world, self.number, how) == 404
            return dict.fromkeys(FIELDS, False)
        return self._found(answer.json, how)

    def _found(self, body: dict[str, Any], how: dict[str, Any]) -> dict[str, bool]:
        history = body["history"]
        types = {event["type"] for event in history}
        photos = evidence(self.world, self.number, **how)
        sealed = self.kind not in ("public", "anonymous")
        return {
            "that it exists": True,
            "status, times, promises": bool(body["status"] and body["filed_at"]),
            "category, kelurahan, agency": bool(body["category"]),
            "released text": body["public_text"] == RELEASED,
            # of a sealed report there are none, however it was covered
            "covered photos": sealed or body["public_photos"] == [self.photo],
            "description": body.get("description") == DESCRIPTION,
            "address": body.get("address") == ADDRESS,
            "own photos": "state" in photos[0] if photos else False,
            "comments": any(event["texts"].get("text") == COMMENT for event in history),
            "who read the contact": "contact_read" in types,
            "accounts of staff": any("person" in event["by"] for event in history),
            "what photo checks found": bool(photos and photos[0].get("checks")),
            "untouched photos": link(self.world, self.number, self.photo, "original", **how).status
            == 302,
        }


def evidence_status(world: World, number: str, how: dict[str, Any]) -> int:
    return world.get(f"/v1/reports/{number}/evidence", **how).status


@pytest.fixture(scope="module", params=TABLE)
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    with World().running() as world:
        yield Seen(world, request.param)


@pytest.mark.parametrize("who", CALLERS)
def test_every_cell_is_as_the_table_says(seen, monkeypatch, who):
    found = seen.fields(monkeypatch, who)
    assert found == {field: sees(seen.kind, who, field) for field in FIELDS}


def test_who_reported_is_in_no_view(seen, monkeypatch):
    for who in CALLERS:
        how: dict[str, Any] = {"token": seen.token} if who == "reporter" else {}
        if who not in ("reporter", "anybody"):
            found = caller(who, seen.agency)
            monkeypatch.setattr(
                identity.bootstrap, "identify_staff", lambda found=found: lambda _: found
            )
            how = {"token": "staff"}
        for path in ("", "/timeline", "/evidence"):
            text = seen.world.get(f"/v1/reports/{seen.number}{path}", **how).body.decode()
            assert not any(trace in text for trace in ("Tini", "warga@", "81234567890"))


def test_the_unit_that_a_report_is_about_is_never_told_of_it():
    with World().running() as world:
        number = world.filed(BODIES["about the officer's own agency"])["number"]
        world.engine.run_until("2027-05-20T09:00:00+07:00")
        told = {to for _, _, to in world.engine.sent(number)}
        assert told
        assert not [to for to in told if to.endswith(".pupr")]


def test_a_complaint_about_officials_reaches_the_inspectorate_and_nobody_below():
    with World().running() as world:
        number = world.filed(BODIES["about an official (P4)"])["number"]
        world.engine.run_until("2027-04-20T09:00:00+07:00")
        told = {to for _, _, to in world.engine.sent(number)} - {"reporter"}
        assert told
        assert not [to for to in told if to.split(".")[0] in ("petugas", "kabid", "kadis", "camat")]
        for user in ("operator", "sekda", "walikota", "kadis.pupr", "auditor", "admin"):
            assert world.get(f"/v1/reports/{number}", user=user).status == 404
        queue = world.get("/v1/queue?agency=INSPEKTORAT", user="operator")
        assert number not in queue.body.decode()


def test_the_table_prints_every_cell(capsys):
    from chalicelib import visibility

    assert visibility.main() == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") > len(TABLE) * (len(CALLERS) + len(FIELDS))
