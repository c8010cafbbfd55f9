"""Catalogue administration over HTTP: owners by date, calendars, files, the doctor."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from chalicelib import bootstrap
from chalicelib.adapters.documents import DATA, FileDocuments
from chalicelib.handlers import catalogue_definitions as forms
from chalicelib.handlers import desk_answers as answers
from tests.fakes.engine import Engine
from tests.fakes.registers import MemoryRegister
from tests.fakes.world import MORNING, Answer, World


@pytest.fixture
def city() -> Iterator[World]:
    with World(MORNING, administered=True).running() as running:
        yield running


def read(city: World, what: str) -> dict[str, Any]:
    answer = city.get(f"/v1/admin/{what}", user="admin")
    return msgspec.to_builtins(msgspec.convert(answer.json, forms.CatalogueDocument))


def put(city: World, what: str, shown: dict[str, Any], body: Any) -> Answer:
    sent = {"based_on": shown["version"], "body": body, "reason": "Perubahan uji"}
    return city.call("PUT", f"/v1/admin/{what}", sent, user="admin")


def move(city: World, first: str, **row: Any) -> Answer:
    body = {"moves": [row], "from": first, "reason": "Perda 3/2027"}
    return city.post("/v1/admin/ownership", body, user="admin")


# -- ownership ---------------------------------------------------------------------------------


def owner_on(city: World, day: str, category: str = "LIN-06") -> str:
    at = datetime.fromisoformat(f"{day}T09:00:00+07:00")
    return city.engine.catalogue.owner(category, "36.71.07.1009", "36.71.07", at)


def test_a_category_moves_to_another_agency_from_a_day_on(city):
    assert move(city, "2028-01-01", category="LIN-06", agency="DISPERKIMTAN").status == 200
    assert [owner_on(city, day) for day in ("2025-12-31", "2027-12-31", "2028-01-01")] == [
        "DISBUDPAR",
        "DLH",
        "DISPERKIMTAN",
    ]
    moved_earlier = move(city, "2027-07-01", category="LIN-06", agency="PUPR")
    assert moved_earlier.status == 200
    assert [owner_on(city, day) for day in ("2027-06-30", "2027-07-01", "2028-01-01")] == [
        "DLH",
        "PUPR",
        "DISPERKIMTAN",
    ]


def test_a_report_stays_with_the_owner_of_its_day(city):
    before = city.filed({"category": "LIN-06", "location": {"kelurahan": "36.71.01.1001"}})
    city.act(before["number"], "verify", user="operator")
    move(city, "2027-04-06", category="LIN-06", agency="PUPR")
    city.engine.clock.at = datetime.fromisoformat("2027-04-06T09:00:00+07:00")
    after = city.filed({"category": "LIN-06", "location": {"kelurahan": "36.71.01.1001"}})
    city.act(after["number"], "verify", user="operator")
    agencies = [
        city.get(f"/v1/reports/{one['number']}", user="operator").json["agency"]["code"]
        for one in (before, after)
    ]
    assert agencies == ["DLH", "PUPR"]


@pytest.mark.parametrize(
    ("first", "row", "path"),
    [
        ("2027-04-04", {"category": "LIN-06", "agency": "PUPR"}, "from"),
        ("2027-07-01", {"category": "LIN-99", "agency": "PUPR"}, ".category"),
        ("2027-07-01", {"category": "LIN-06", "agency": "NASA"}, ".agency"),
        ("2027-07-01", {"category": "LIN-06", "agency": "PUPR", "area": "99.99"}, ".area"),
    ],
)
def test_a_move_that_does_not_fit_is_refused_with_the_place(city, first, row, path):
    answer = move(city, first, **row)
    assert (answer.status, answer.code) == (422, "document_invalid")
    assert answer.json["path"].endswith(path)
    assert read(city, "catalogue/ownership")["version"] == 1


def test_two_owners_on_one_day_are_refused(city):
    shown = read(city, "catalogue/ownership")
    row = {"category": "LIN-06", "area": "*", "agency": "PUPR", "from": "2027-05-01", "to": None}
    answer = put(city, "catalogue/ownership", shown, [*shown["body"], row])
    assert answer.json["reason"] == "LIN-06 in * has two owners on 2027-05-01"


def test_no_category_is_left_to_nobody(city):
    shown = read(city, "catalogue/ownership")
    rows = [row for row in shown["body"] if row["category"] != "LIN-01"]
    answer = put(city, "catalogue/ownership", shown, rows)
    assert answer.json["reason"] == "nobody would own LIN-01 in Sukarasa today"


def test_the_doctor_sees_an_owner_run_out_within_the_year():
    def until_june(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "to": "2027-06-30"} if row["category"] == "LIN-01" else row for row in rows]

    assert holes(until_june, "ownership") == {"category_unowned"}


# -- agencies and categories -------------------------------------------------------------------


def test_a_document_is_written_over_the_version_that_was_read(city):
    shown = read(city, "catalogue/agencies")
    changed = copy.deepcopy(shown["body"])
    changed[0]["short"] = "Wali"
    assert put(city, "catalogue/agencies", shown, changed).json["version"] == 2
    assert put(city, "catalogue/agencies", shown, shown["body"]).code == "version_moved"
    assert city.engine.catalogue.agencies()["WALIKOTA"]["short"] == "Wali"
    audit = city.get("/v1/admin/audit", user="auditor").json["items"]
    assert [(one["act"], one["reason"]) for one in audit] == [("put_agencies", "Perubahan uji")]


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("agencies", lambda rows: [row for row in rows if row["code"] != "DLH"]),
        ("agencies", lambda rows: [*rows, rows[0]]),
        ("agencies", lambda rows: [{**rows[0], "parent": "NASA"}, *rows[1:]]),
        ("categories", lambda rows: rows[1:]),
        ("categories", lambda rows: [{**rows[0], "tier": "P9"}, *rows[1:]]),
        ("categories", lambda rows: [{**rows[0], "name": {"id": "Api"}}, *rows[1:]]),
        ("categories", lambda rows: [{"code": "X"}, *rows]),
    ],
)
def test_what_does_not_fit_the_other_documents_is_refused(city, part, spoil):
    shown = read(city, f"catalogue/{part}")
    assert put(city, f"catalogue/{part}", shown, spoil(shown["body"])).code == "document_invalid"


def test_assignments_are_read_here_and_written_by_the_sop_desk(city):
    shown = read(city, "catalogue/assignments")
    assert len(shown["body"]) >= 75
    assert put(city, "catalogue/assignments", shown, []).code == "not_found"
    assert city.get("/v1/admin/catalogue/staff", user="admin").code == "not_found"


# -- calendars ---------------------------------------------------------------------------------


def with_holiday(body: dict[str, Any], day: str) -> dict[str, Any]:
    note = {"id": "Libur daerah", "en": "Local holiday", "source": "SE Wali Kota", "kind": "libur"}
    return {
        **body,
        "closed": sorted([*body["closed"], day]),
        "notes": {**body["notes"], day: note},
    }


def test_a_new_holiday_is_a_new_version_and_open_reports_are_planned_anew(city):
    shown = read(city, "calendars/kantor")
    number = city.filed()["number"]
    before = due(city, number)
    answer = put(city, "calendars/kantor", shown, with_holiday(shown["body"], "2027-04-06"))
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert city.engine.catalogue.calendar_versions()["kantor"] == 2
    city.engine.jobs.run("replan", bootstrap.replan_calendar().run)
    after = due(city, number)
    assert (before["R100"], after["R100"]) == (
        "2027-04-08T16:00:00+07:00",
        "2027-04-09T16:30:00+07:00",
    )


def due(city: World, number: str) -> dict[str, str]:
    entries = city.get(f"/v1/reports/{number}/timeline", user="operator").json["entries"]
    return {one["step"]: one["due_at"] for one in entries}


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda body: with_holiday(body, "2027-04-01"), "closed"),
        (lambda body: {**body, "known_until": "2027-06-30"}, "known_until"),
        (lambda body: {**body, "timezone": "Asia/Makassar"}, "timezone"),
        (lambda body: {**body, "weekly": {"mon": [["09:00", "08:00"]]}}, "weekly.mon[0]"),
    ],
)
def test_a_calendar_that_may_not_follow_is_refused(city, spoil, path):
    shown = read(city, "calendars/kantor")
    refused = put(city, "calendars/kantor", shown, spoil(shown["body"]))
    assert (refused.code, refused.json["path"]) == ("document_invalid", path)
    assert city.get("/v1/admin/calendars/bulan", user="admin").code == "not_found"


# -- files -------------------------------------------------------------------------------------


def exported(city: World) -> dict[str, Any]:
    answer = city.get("/v1/admin/export", user="auditor")
    return msgspec.convert(answer.json, forms.CatalogueFileSet).files


def take_in(city: World, files: dict[str, Any], user: str = "admin", **more: Any) -> Answer:
    body = {"files": files, "reason": "Dari git", "dry_run": False, **more}
    return city.post("/v1/admin/import", body, user=user)


def test_an_export_is_what_was_shipped_without_who_holds_which_office(city):
    files = exported(city)
    for path, body in files.items():
        assert body == json.loads((DATA / path).read_text()), path
    assert len([path for path in files if path.startswith("sops/")]) == 76
    assert not {"staff.json", "holders.json", "rota.json"} & set(files)


def test_an_export_is_the_data_of_another_stage(city, tmp_path):
    for path, body in exported(city).items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(body))
    found = FileDocuments(tmp_path)
    assert json.loads(found.get("sop", "taman-rusak@1") or b"")["id"] == "taman-rusak"
    assert json.loads(found.get("document", "calendars") or b"") == {"24x7": 1, "kantor": 1}


def test_what_is_the_same_changes_nothing(city):
    files = exported(city)
    some = {path: files[path] for path in ("agencies.json", "sops/taman-rusak.json")}
    result = msgspec.convert(take_in(city, some).json, forms.ImportResult)
    assert [line.outcome for line in result.items] == ["unchanged", "unchanged"]
    assert city.get("/v1/admin/audit", user="auditor").json["items"] == []


def test_an_sop_comes_in_as_a_draft_that_others_must_pass(city):
    body = exported(city)["sops/taman-rusak.json"]
    body["steps"][0]["name"]["id"] = "Menunggu verifikasi"
    shown = take_in(city, {"sops/taman-rusak.json": body}, "penyusun", dry_run=True)
    assert [line["outcome"] for line in shown.json["items"]] == ["draft"]
    assert city.get("/v1/drafts/taman-rusak", user="penyusun").code == "not_found"
    take_in(city, {"sops/taman-rusak.json": body}, "penyusun")
    draft = city.get("/v1/drafts/taman-rusak", user="penyusun").json
    assert (draft["number"], draft["status"], draft["authors"]) == (2, "draft", ["penyusun"])
    again = take_in(city, {"sops/taman-rusak.json": body}, "penyusun")
    assert [line["code"] for line in again.json["items"]] == ["draft_is_open"]


def test_one_bad_file_keeps_all_of_them_out(city):
    files = exported(city)
    agencies = copy.deepcopy(files["agencies.json"])
    agencies[0]["short"] = "Wali"
    answer = take_in(
        city, {"agencies.json": agencies, "sops/x.json": {"id": "x"}, "staff.json": []}
    )
    assert (answer.status, answer.code) == (422, "import_refused")
    assert [(line["path"], line["outcome"], line["code"]) for line in answer.json["items"]] == [
        ("agencies.json", "new_version", ""),
        ("sops/x.json", "refused", "sop_invalid"),
        ("staff.json", "refused", "not_found"),
    ]
    assert read(city, "catalogue/agencies")["version"] == 1


def test_nobody_takes_in_what_they_may_not_write(city):
    files = exported(city)
    files["agencies.json"][0]["short"] = "Wali"
    files["sops/taman-rusak.json"]["tier"] = "P2"
    for user, path in (("penyusun", "agencies.json"), ("admin", "sops/taman-rusak.json")):
        answer = take_in(city, {path: files[path]}, user)
        assert [line["code"] for line in answer.json["items"]] == ["role_may_not"]


@pytest.mark.parametrize(
    "path", ["sops/taman-rusak@1.json", "assignments.json", "sops/taman@7.json"]
)
def test_what_was_in_force_is_not_rewritten_by_a_file(city, path):
    answer = take_in(city, {path: [{"changed": True}]})
    assert [line["code"] for line in answer.json["items"]] == ["document_invalid"]


# -- the doctor --------------------------------------------------------------------------------


def codes(city: World, live: str = "") -> dict[str, str]:
    answer = city.get(f"/v1/admin/doctor{live}", user="admin").json
    page = msgspec.convert(answer, answers.FindingList)
    return {one.code: one.severity for one in page.items}


def test_the_shipped_city_is_ready_for_a_demonstration(city):
    assert "error" not in codes(city).values()


def test_it_is_not_ready_for_real_citizens_and_the_doctor_says_why(city):
    grave = {code for code, severity in codes(city, "?live=true").items() if severity == "error"}
    assert grave == {"demo_account", "contact_placeholder", "contact_unverified"}


def test_every_hole_blocks_and_names_its_mend():
    assert holes(lambda rows: [], "assignments") >= {"category_without_sop"}
    assert holes(lambda rows: [], "ownership") >= {"category_unowned"}
    assert holes(lambda rows: [r for r in rows if r["id"] != "sekda"], "positions") >= {
        "sop_has_errors"
    }
    silent = {"mail": None, "phone": None}
    assert holes(
        lambda rows: [{**r, "contacts": silent} if r["id"] == "sekda" else r for r in rows],
        "positions",
    ) >= {"contact_missing"}
    assert holes(lambda rows: [r for r in rows if r["id"] != "peninjau"], "staff") >= {
        "sop_desk_incomplete"
    }
    assert holes(lambda rows: [r for r in rows if r["id"] != "admin"], "staff") >= {
        "role_without_account"
    }


def test_a_vacancy_is_told_once_with_the_sops_that_it_keeps_from_working():
    found = [
        one
        for one in examined(lambda rows: [r for r in rows if r["id"] != "sekda"], "positions")
        if one.code == "sop_has_errors"
    ]
    texts = [one.facts["text_en"] for one in found]
    assert len(texts) == len(set(texts))
    assert texts[0] == (
        "Nobody holds the role sekda in Kota Tangerang; a superior would be told instead."
    )
    assert found[0].where == "75 sops"
    assert found[0].text("en").startswith(f"{texts[0]} SOPs that do not pass their check for it: ")


def holes(edit: Any, document: str) -> set[str]:
    """The doctor's errors in a city whose *document* was changed."""
    return {one.code for one in examined(edit, document) if one.severity == "error"}


def examined(edit: Any, document: str) -> tuple[Any, ...]:
    """What the doctor finds in a city whose *document* was changed."""
    from chalicelib.adapters.documents import message_templates
    from chalicelib.services.administering import Version, digest_of
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.doctoring import Doctor
    from chalicelib.services.linting import LintSops

    register = MemoryRegister()
    body = edit(json.loads(register.get("document", document) or b"[]"))
    version = Version("document", document, 2, body, digest_of(body))
    register.write_all([version], {}, {"at": "2027-04-05T00:00:00Z", "id": "1"})
    engine = Engine(MORNING, Catalogue(register, lambda: 0.0))
    lint = LintSops(engine.catalogue, engine.clock, message_templates)
    found = Doctor(engine.catalogue, lint).examine()
    assert all(one.text("id") and one.mend("en") for one in found)
    return found
