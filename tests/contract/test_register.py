"""Administrative documents, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.domain.actions import Caller
from chalicelib.services.administering import (
    Act,
    Administer,
    DocumentTooLarge,
    NoSuchDocument,
    VersionMoved,
    Write,
    digest_of,
)
from chalicelib.services.ports import Conflict
from tests.fakes.engine import SetClock
from tests.fakes.registers import MemoryRegister

CLOCK = SetClock(datetime.fromisoformat("2027-04-05T09:55:00+07:00"))
ADMIN = Caller(frozenset({"admin"}), person="admin", positions=("admin",))
EDIT = Act("edit", ADMIN, "admin", "salah ketik")


@pytest.fixture(params=["memory", "dynamo"])
def register(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    CLOCK.at = datetime.fromisoformat("2027-04-05T09:55:00+07:00")
    if request.param == "memory":
        yield MemoryRegister(shipped=False)
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.registers import DynamoRegister
        from chalicelib.adapters.tables import ReferenceRow

        ReferenceRow._connection = None
        ReferenceRow.create_table(wait=True)
        yield DynamoRegister(CLOCK.now)
        ReferenceRow._connection = None


@pytest.fixture
def office(register: Any) -> Administer:
    counter = itertools.count(1)
    return Administer(register, CLOCK, lambda: f"{next(counter):032x}", lambda: None)


def test_a_written_version_says_who_when_what_and_why(office):
    (written,) = office.write(EDIT, Write("document", "agencies", [{"code": "DLH"}]))
    found = office.latest("document", "agencies")
    assert found == written
    assert (found.version, found.body) == (1, [{"code": "DLH"}])
    assert found.digest == digest_of([{"code": "DLH"}])
    assert found.note == {
        "at": "2027-04-05T02:55:00Z",
        "by": {"kind": "staff", "role": "admin", "person": "admin", "position": "admin"},
        "act": "edit",
        "reason": "salah ketik",
    }


def test_every_version_stays_and_names_the_one_before_it(office, register):
    first, second = (
        office.write(EDIT, Write("document", "rota", body))[0] for body in ([], [{"a": 1}])
    )
    assert [one.version for one in register.versions("document", "rota")] == [2, 1]
    assert register.version("document", "rota", 1) == first
    assert second.note["previous"] == first.digest
    assert register.version("document", "rota", 3) is None


def test_a_writer_who_read_an_older_version_is_told_so_and_nothing_is_written(office, register):
    office.write(EDIT, Write("document", "rota", ["one"]))
    office.write(EDIT, Write("document", "rota", ["two"], based_on=1))
    with pytest.raises(VersionMoved) as refused:
        office.write(EDIT, Write("document", "rota", ["three"], based_on=1))
    assert refused.value.current == 2
    assert office.latest("document", "rota").body == ["two"]


def test_two_documents_are_written_together_or_not_at_all(office, register):
    office.write(EDIT, Write("document", "rota", ["one"]))
    with pytest.raises(VersionMoved):
        office.write(
            EDIT,
            Write("document", "staff", ["new"]),
            Write("document", "rota", ["two"], based_on=7),
        )
    with pytest.raises(NoSuchDocument):
        office.latest("document", "staff")
    taken = office.latest("document", "rota")
    fresh = office.write(EDIT, Write("document", "holders", []))[0]
    with pytest.raises(Conflict):
        register.write_all([taken, fresh], {}, {"id": "x", "at": "2027-04-05T02:55:00Z"})


def test_a_number_is_never_used_twice(office):
    office.write(EDIT, Write("sop", "taman", {"n": 4}, version=4))
    with pytest.raises(VersionMoved):
        office.write(EDIT, Write("sop", "taman", {"n": 3}, version=3))
    assert office.write(EDIT, Write("sop", "taman", {"n": 5}))[0].version == 5


def test_a_change_is_made_of_what_is_there_at_that_moment(office, register):
    office.write(EDIT, Write("document", "rota", ["one"]))
    came_between = iter([True, False])

    def add(body: list[str]) -> list[str]:
        if next(came_between):
            office.write(EDIT, Write("document", "rota", [*body, "other"]))
        return [*body, "mine"]

    assert office.change(EDIT, "document", "rota", add).body == ["one", "other", "mine"]
    with pytest.raises(NoSuchDocument):
        office.change(EDIT, "document", "nothing", add)


def test_a_list_shows_every_document_of_its_kind_with_its_summary(office, register):
    office.write(EDIT, Write("draft", "b", {}, summary={"status": "draft"}))
    office.write(EDIT, Write("draft", "a", {}, summary={"status": "draft"}))
    office.write(EDIT, Write("draft", "b", {}, summary={"status": "approved"}))
    assert list(register.listed("draft")) == [
        ("a", {"version": 1, "status": "draft"}),
        ("b", {"version": 2, "status": "approved"}),
    ]
    assert list(register.listed("sop")) == []


def test_the_audit_record_is_read_newest_first_over_the_turn_of_the_year(office, register):
    for moment in ("2026-12-31T23:30:00+07:00", "2027-01-02T00:00:00+07:00"):
        CLOCK.at = datetime.fromisoformat(moment)
        office.write(EDIT, Write("document", "rota", [moment]))
        office.record(Act("export", ADMIN, "admin", "cadangan"))
    pages, cursor = [], None
    while True:
        page = register.audit(1, cursor)
        pages += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert [one["at"][:10] for one in pages] == ["2027-01-01"] * 2 + ["2026-12-31"] * 2
    assert [one["act"] for one in pages] == ["export", "edit", "export", "edit"]
    assert pages[1]["documents"] == [
        {
            "kind": "document",
            "id": "rota",
            "version": 2,
            "digest": digest_of(["2027-01-02T00:00:00+07:00"]),
        }
    ]
    assert pages[0]["documents"] == []


def test_a_document_too_large_for_a_row_is_refused(office):
    with pytest.raises(DocumentTooLarge):
        office.write(EDIT, Write("document", "rota", ["x" * 400_000]))
