"""A new stage's catalogue in DynamoDB: written once, readable by all, and told how ready it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from moto import mock_aws

from infra.deploy.data import load, readiness

AT = datetime.fromisoformat("2027-04-05T09:55:00+07:00")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.tables import ReferenceRow

        ReferenceRow._connection = None
        ReferenceRow.create_table(wait=True)
        yield
        ReferenceRow._connection = None


def test_a_stage_is_given_the_catalogue_once_and_told_what_it_still_lacks(table):
    added, count = load(demo=False)
    assert added == count
    assert load(demo=False) == (0, count)
    said = readiness(demo=False, at=AT)
    assert said.startswith("not ready for citizens (contact_missing, role_without_account")
    assert "make ready STAGE=" in said


def test_a_demonstration_is_ready_at_once_and_lists_what_it_was_given(table):
    load(demo=True)
    assert readiness(demo=True, at=AT) == "the catalogue and its people are ready"
    from chalicelib.adapters.registers import DynamoRegister

    register = DynamoRegister()
    assert len(list(register.listed("sop"))) == 76
    latest = register.latest("sop", "jalan-berlubang")
    assert latest is not None and (latest.version, latest.note) == (1, {})
