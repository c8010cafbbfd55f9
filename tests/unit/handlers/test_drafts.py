"""The SOP desk over HTTP: three people bring a version into force, and no two are one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from chalicelib.domain.sop import Sop, content_hash
from chalicelib.handlers import desk_answers as answers
from chalicelib.services.administering import Act
from tests.fakes.engine import staff
from tests.fakes.world import MORNING, Answer, World

POTHOLES = "jalan-berlubang"


@pytest.fixture
def city() -> Iterator[World]:
    with World(MORNING, administered=True).running() as running:
        yield running


def begin(city: World, sop: str = POTHOLES, **more: Any) -> dict[str, Any]:
    answer = city.post("/v1/drafts", {"sop": sop, **more}, user="penyusun")
    assert answer.status == 201, answer.body
    return dict(answer.json)


def faster(content: dict[str, Any]) -> dict[str, Any]:
    """The pothole SOP with the head of division told an hour earlier."""
    new = copy.deepcopy(content)
    step = next(one for one in new["steps"] if one["id"] == "L1")
    step["at"] = "PT3H30M"
    return new


def write(city: World, draft: dict[str, Any], content: dict[str, Any]) -> Answer:
    body = {"content": content, "revision": draft["revision"], "reason": "lebih cepat"}
    return city.call("PUT", f"/v1/drafts/{draft['sop']}", body, user="penyusun")


def take(city: World, move: str, user: str, sop: str = POTHOLES, **body: Any) -> Answer:
    return city.post(f"/v1/drafts/{sop}/{move}", body, user=user)


def into_force(city: World, first: str = "2027-04-12", sop: str = POTHOLES, **more: Any) -> Answer:
    for move, user in (("submit", "penyusun"), ("review", "peninjau"), ("approve", "penyetuju")):
        answer = take(city, move, user, sop)
        assert answer.status == 200, answer.body
    return take(city, "activate", "penyetuju", sop, **{"from": first}, **more)


def give_roles(city: World, person: str, *roles: str) -> None:
    """Let an account have all these roles, as a small city might be tempted to do."""
    from chalicelib import bootstrap

    def edit(rows: list[Any]) -> list[Any]:
        return [{**row, "roles": list(roles)} if row["id"] == person else row for row in rows]

    act = Act("change", staff("admin"), "admin", "uji")
    bootstrap.administer().change(act, "document", "staff", edit)


def test_three_people_bring_a_new_version_into_force(city):
    draft = begin(city, reason="evaluasi tahunan")
    assert (draft["number"], draft["status"], draft["based_on"]) == (2, "draft", 1)
    edited = write(city, draft, faster(draft["content"])).json
    assert edited["revision"] == draft["revision"] + 1
    active = into_force(city, text="hasil evaluasi").json
    shown = msgspec.convert(active, answers.Draft)
    assert (shown.status, shown.active_from) == ("active", "2027-04-12")
    assert (shown.authors, shown.reviewer, shown.approver) == (
        ["penyusun"],
        "peninjau",
        "penyetuju",
    )
    assert city.get(f"/v1/sops/{POTHOLES}").json["version"] == 1
    city.engine.clock.at = datetime.fromisoformat("2027-04-12T00:00:00+07:00")
    now = city.get(f"/v1/sops/{POTHOLES}").json
    assert now == active["content"]
    assert now["version"] == 2
    assert shown.hash == content_hash(Sop.from_dict(now))


def test_reports_of_the_old_days_stay_with_the_old_version(city):
    before = city.filed()["number"]
    write(city, draft := begin(city), faster(draft["content"]))
    into_force(city)
    city.engine.clock.at = datetime.fromisoformat("2027-04-12T08:00:00+07:00")
    after = city.filed()["number"]
    shown = [city.get(f"/v1/reports/{one}/timeline").json["sop"] for one in (before, after)]
    assert [one["version"] for one in shown] == [1, 2]


def test_nobody_takes_two_of_the_steps_by_role(city):
    begin(city)
    assert take(city, "submit", "peninjau").code == "role_may_not"
    take(city, "submit", "penyusun")
    assert take(city, "review", "penyusun").code == "role_may_not"
    assert take(city, "approve", "peninjau").code == "role_may_not"


@pytest.mark.parametrize("twice", ["review", "approve"])
def test_an_author_with_every_role_is_refused_all_the_same(city, twice):
    give_roles(city, "penyusun", "sop_author", "sop_reviewer", "sop_approver")
    begin(city)
    take(city, "submit", "penyusun")
    if twice == "approve":
        take(city, "review", "peninjau")
    refused = take(city, twice, "penyusun")
    assert (refused.status, refused.code) == (403, "same_person_twice")


def test_a_reviewer_may_neither_approve_nor_put_into_force(city):
    give_roles(city, "peninjau", "sop_reviewer", "sop_approver")
    begin(city)
    take(city, "submit", "penyusun")
    take(city, "review", "peninjau")
    assert take(city, "approve", "peninjau").code == "same_person_twice"
    take(city, "approve", "penyetuju")
    refused = take(city, "activate", "peninjau", **{"from": "2027-04-12"})
    assert refused.code == "same_person_twice"


def test_whoever_wrote_a_part_counts_as_author_for_good(city):
    give_roles(city, "peninjau", "sop_author", "sop_reviewer")
    draft = begin(city)
    body = {"content": faster(draft["content"]), "revision": draft["revision"]}
    city.call("PUT", f"/v1/drafts/{POTHOLES}", body, user="peninjau")
    take(city, "submit", "penyusun")
    assert take(city, "review", "peninjau").code == "same_person_twice"


def test_what_is_handed_in_cannot_be_edited_until_it_is_handed_back(city):
    draft = begin(city)
    shown = take(city, "submit", "penyusun").json
    refused = write(city, shown, faster(draft["content"]))
    assert (refused.code, refused.json["draft_status"]) == ("draft_not_in_this_status", "in_review")
    assert take(city, "return", "peninjau").code == "invalid_field"
    shown = take(city, "return", "peninjau", text="Langkah L1 kurang jelas").json
    assert (shown["status"], shown["comments"][-1]["text"]) == ("draft", "Langkah L1 kurang jelas")
    assert write(city, shown, faster(draft["content"])).status == 200


def test_who_decides_on_a_content_that_has_moved_is_told_so(city):
    draft = begin(city)
    write(city, draft, faster(draft["content"]))
    take(city, "submit", "penyusun")
    refused = take(city, "review", "peninjau", hash=draft["hash"])
    assert refused.code == "draft_content_moved"
    assert take(city, "review", "peninjau", hash=refused.json["hash"]).status == 200


def test_an_edit_over_an_older_edit_is_refused(city):
    draft = begin(city)
    write(city, draft, faster(draft["content"]))
    refused = write(city, draft, draft["content"])
    assert (refused.code, refused.json["current"]) == ("version_moved", draft["revision"] + 1)


def test_there_is_one_open_draft_and_a_withdrawn_number_is_not_used_again(city):
    begin(city)
    assert city.post("/v1/drafts", {"sop": POTHOLES}, user="penyusun").code == "draft_is_open"
    assert take(city, "withdraw", "penyusun", text="salah berkas").json["status"] == "withdrawn"
    assert take(city, "submit", "penyusun").code == "draft_not_in_this_status"
    assert begin(city)["number"] == 3


def test_what_is_in_force_is_never_written_again(city):
    write(city, draft := begin(city), faster(draft["content"]))
    shown = into_force(city).json
    for answer in (
        write(city, shown, draft["content"]),
        take(city, "withdraw", "penyetuju", text="x"),
        take(city, "activate", "penyetuju", **{"from": "2027-05-01"}),
    ):
        assert answer.code == "draft_not_in_this_status"
    assert city.get(f"/v1/sops/{POTHOLES}/versions/2").json == shown["content"]


def test_the_difference_is_told_step_by_step(city):
    draft = begin(city)
    content = faster(draft["content"])
    content["steps"] = [one for one in content["steps"] if one["id"] != "L3"]
    content["legal_basis"].append({"text": "Perda Kota Tangerang 8/2018", "verified_by": None})
    write(city, draft, content)
    told = city.get(f"/v1/drafts/{POTHOLES}/diff", user="peninjau").json
    msgspec.convert(told, answers.DifferenceOf)
    assert (told["from"]["version"], told["to"]["version"]) == (1, 2)
    assert [
        (one["part"], one["kind"], one["key"], one["field"], one["sentence"]["id"])
        for one in told["differences"]
    ] == [
        (
            "legal_basis",
            "added",
            "Perda Kota Tangerang 8/2018",
            "",
            "Dasar hukum Perda Kota Tangerang 8/2018 ditambahkan.",
        ),
        ("steps", "changed", "L1", "at", "Langkah L1: waktu PT4H → PT3H30M."),
        ("steps", "removed", "L3", "", "Langkah L3 dihapus."),
    ]
    new = city.get(f"/v1/drafts/{POTHOLES}/diff?against=0", user="peninjau").json
    assert new["from"] is None


def test_versions_are_listed_with_their_hashes_and_days_for_everybody(city):
    write(city, draft := begin(city), faster(draft["content"]))
    into_force(city)
    page = msgspec.convert(city.get(f"/v1/sops/{POTHOLES}/versions").json, answers.VersionList)
    assert [(one.version, one.status) for one in page.items] == [(2, "scheduled"), (1, "active")]
    city.engine.clock.at = datetime.fromisoformat("2027-04-12T08:00:00+07:00")
    page = msgspec.convert(city.get(f"/v1/sops/{POTHOLES}/versions").json, answers.VersionList)
    assert [(one.version, one.status) for one in page.items] == [(2, "active"), (1, "superseded")]
    assert [(s.from_, s.to) for one in page.items for s in one.serves] == [
        ("2027-04-12", None),
        ("2024-01-01", "2027-04-11"),
    ]
    told = city.get(f"/v1/sops/{POTHOLES}/diff").json
    assert [one["key"] for one in told["differences"]] == ["L1"]
    assert city.get(f"/v1/sops/{POTHOLES}/diff?to_version=3").code == "not_found"


def test_a_new_sop_can_be_written_from_nothing(city):
    content = city.get(f"/v1/sops/{POTHOLES}").json
    draft = begin(city, "jalan-berlubang-hujan", content=content)
    assert (draft["number"], draft["based_on"]) == (1, 0)
    assert draft["content"]["id"] == "jalan-berlubang-hujan"
    refused = city.post("/v1/drafts", {"sop": "belum-ada"}, user="penyusun")
    assert refused.code == "not_found"


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda c: c.pop("steps"), "sop.steps"),
        (lambda c: c["steps"][0].update(at="P1M"), "steps[0].at"),
        (lambda c: c["steps"][0].update(clock="moon"), "steps[0].clock"),
        (lambda c: c.update(colour="red"), "sop.colour"),
    ],
)
def test_what_is_no_sop_is_refused_with_the_place(city, spoil, path):
    draft = begin(city)
    content = copy.deepcopy(draft["content"])
    spoil(content)
    refused = write(city, draft, content)
    assert (refused.status, refused.code, refused.json["path"]) == (422, "sop_invalid", path)


def test_a_season_is_laid_over_and_the_usual_sop_goes_on_after_it(city):
    content = city.get(f"/v1/sops/{POTHOLES}").json
    begin(city, "jalan-berlubang-hujan", content=faster(content))
    season = {"to": "2027-11-30", "season": "Musim hujan", "text": "siaga banjir"}
    assert into_force(city, "2027-10-01", "jalan-berlubang-hujan", **season).status == 200
    served = []
    for day in ("2027-09-30", "2027-10-01", "2027-11-30", "2027-12-01"):
        at = datetime.fromisoformat(f"{day}T09:00:00+07:00")
        served.append(city.engine.catalogue.sop_in_force("INF-01", at).id)
    assert served == [POTHOLES, "jalan-berlubang-hujan", "jalan-berlubang-hujan", POTHOLES]


def test_a_season_comes_back_by_an_assignment_and_never_twice_on_one_day(city):
    again = {"from": "2027-08-02", "to": "2027-08-20", "season": "SPMB gelombang 2"}
    address = "/v1/sops/spmb-musim/versions/1/assign"
    rows = city.post(address, again, user="penyetuju").json["items"]
    assert [row["from"] for row in rows][-1] == "2027-08-02"
    refused = city.post(address, again, user="penyetuju")
    assert (refused.status, refused.code) == (409, "season_overlaps")


def broken(content: dict[str, Any]) -> dict[str, Any]:
    new = copy.deepcopy(content)
    new["steps"] = [one for one in new["steps"] if one["id"] != "L0"]
    return new


def test_a_number_that_a_delivery_has_taken_is_refused_plainly(city):
    from chalicelib.services.administering import Version, digest_of

    begin(city)
    body = {**city.get(f"/v1/sops/{POTHOLES}").json, "version": 2}
    shipped = Version("sop", POTHOLES, 2, body, digest_of(body))
    city.register.write_all([shipped], {}, {"at": "2027-04-05T00:00:00Z", "id": "1"})
    refused = into_force(city)
    assert (refused.status, refused.code) == (409, "version_taken")


def test_a_draft_with_a_hole_is_refused_with_the_reason_and_the_mend(city):
    write(city, draft := begin(city), broken(draft["content"]))
    listed = city.get(f"/v1/drafts/{POTHOLES}/lint", user="penyusun").json
    first = msgspec.convert(listed, answers.FindingList).items[0]
    assert (first.code, first.severity) == ("no_first_notice", "error")
    refused = into_force(city)
    assert (refused.status, refused.code) == (422, "sop_not_ready")
    (finding,) = refused.json["findings"]
    assert finding["mend"]["id"] == "Tambahkan langkah PT0M yang memberi tahu pelaksana."
    assert city.get(f"/v1/drafts/{POTHOLES}", user="penyusun").json["status"] == "approved"
    assert city.get(f"/v1/sops/{POTHOLES}/versions/2").code == "not_found"
    # handed back, mended, and on its way again
    take(city, "return", "penyetuju", text="Lihat temuan")
    shown = city.get(f"/v1/drafts/{POTHOLES}", user="penyusun").json
    assert write(city, shown, draft["content"]).status == 200
    assert into_force(city).json["status"] == "active"


def test_what_goes_into_force_must_be_covered_by_the_calendar(city):
    write(city, draft := begin(city), faster(draft["content"]))
    refused = into_force(city, "2027-12-20")
    assert [one["code"] for one in refused.json["findings"]] == ["calendar_ends_too_soon"]


def test_a_version_that_begins_in_a_season_waits_for_its_end(city):
    city.engine.clock.at = datetime.fromisoformat("2027-06-01T09:00:00+07:00")
    begin(city, "spmb")
    into_force(city, "2027-06-10", "spmb")
    served = []
    for day in ("2027-06-09", "2027-06-10", "2027-07-31", "2027-08-01"):
        at = datetime.fromisoformat(f"{day}T09:00:00+07:00")
        found = city.engine.catalogue.sop_in_force("PDK-01", at)
        served.append((found.id, found.version))
    assert served == [("spmb-musim", 1)] * 3 + [("spmb", 2)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"from": "2027-04-04"}, "date_in_the_past"),
        ({"from": "2027-05-01", "to": "2027-06-01"}, "season_needs_its_end"),
        ({"from": "2027-05-01", "season": "X"}, "season_needs_its_end"),
        ({"from": "2027-05-01", "to": "2027-04-30", "season": "X"}, "season_needs_its_end"),
        ({"from": "2027-07-01", "to": "2027-08-30", "season": "X"}, "season_overlaps"),
        ({"from": "2027-05-01", "categories": ["INF-01"]}, "sop_not_of_category"),
        ({"from": "yesterday"}, "invalid_field"),
        ({}, "invalid_field"),
    ],
)
def test_days_that_cannot_be_are_refused(city, body, code):
    answer = city.post("/v1/sops/spmb-musim/versions/1/assign", body, user="penyetuju")
    assert answer.code == code


def test_comments_name_a_step_that_is_there(city):
    begin(city)
    said = take(city, "comments", "peninjau", text="Terlalu lama?", step="L3").json["comments"]
    assert [(one["person"], one["step"], one["text"]) for one in said] == [
        ("peninjau", "L3", "Terlalu lama?")
    ]
    assert take(city, "comments", "peninjau", text="?", step="L99").code == "unknown_step"


def test_every_step_is_on_the_audit_record(city):
    begin(city, reason="evaluasi")
    into_force(city, text="Nota dinas 12")
    page = city.get("/v1/admin/audit", user="auditor").json["items"]
    told = [(one["act"], one["by"]["person"], one["reason"]) for one in reversed(page)]
    assert sorted(told) == sorted(
        [
            ("begin_draft", "penyusun", "evaluasi"),
            ("submit_draft", "penyusun", ""),
            ("review_draft", "peninjau", ""),
            ("approve_draft", "penyetuju", ""),
            ("activate_draft", "penyetuju", "Nota dinas 12"),
        ]
    )
    activation = next(one for one in page if one["act"] == "activate_draft")
    assert [(d["kind"], d["id"], d["version"]) for d in activation["documents"]] == [
        ("draft", POTHOLES, 5),
        ("sop", POTHOLES, 2),
        ("document", "assignments", 2),
    ]


def test_the_hash_is_shown_wherever_a_version_is_named(city):
    number = city.filed()["number"]
    (listed,) = [one for one in city.get("/v1/sops").json["items"] if one["id"] == POTHOLES]
    newest = city.get(f"/v1/sops/{POTHOLES}/versions").json["items"][0]
    report = city.get(f"/v1/reports/{number}").json
    own = content_hash(Sop.from_dict(city.get(f"/v1/sops/{POTHOLES}").json))
    assert {listed["hash"], newest["hash"], report["sop"]["hash"]} == {own}


def test_a_category_without_an_sop_is_refused_plainly(city):
    from chalicelib import bootstrap

    def none(rows: list[Any]) -> list[Any]:
        return [row for row in rows if row["category"] != "INF-01"]

    act = Act("change", staff("admin"), "admin", "uji")
    bootstrap.administer().change(act, "document", "assignments", none)
    answer = city.post(
        "/v1/reports", {"category": "INF-01", "location": {"kelurahan": "36.71.01.1001"}}
    )
    assert (answer.status, answer.code) == (409, "category_not_served")


def test_the_list_of_drafts_shows_where_each_stands(city):
    begin(city)
    begin(city, "pju-padam")
    take(city, "submit", "penyusun", "pju-padam")
    page = msgspec.convert(city.get("/v1/drafts", user="auditor").json, answers.DraftList)
    assert [(one.sop, one.status) for one in page.items] == [
        (POTHOLES, "draft"),
        ("pju-padam", "in_review"),
    ]
    assert city.get("/v1/drafts/none", user="auditor").code == "not_found"
