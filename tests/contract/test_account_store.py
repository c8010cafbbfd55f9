"""The accounts table, in memory and in DynamoDB: the same guarantees."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.services.sessions import SESSION_SECONDS, Session, Sessions, Standing
from tests.fakes import emulated
from tests.fakes.accounts import MemoryAccountStore

NOW = 1_800_000_000


@pytest.fixture(params=["memory", "dynamo"])
def accounts(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryAccountStore()
        return
    from chalicelib.adapters.account_store import DynamoAccountStore
    from chalicelib.adapters.tables import AccountRow

    with emulated.tables(AccountRow):
        yield DynamoAccountStore()


@pytest.mark.parametrize("groups", [None, (), ("officer", "agency_head")])
def test_a_session_is_found_as_it_was_put_until_it_is_ended(accounts, groups):
    session = Session("kadis.pupr", NOW, NOW + SESSION_SECONDS, groups)
    accounts.put_session("digest", session)
    assert accounts.session("digest") == session
    assert accounts.session("another") is None
    accounts.end_session("digest")
    accounts.end_session("digest")
    assert accounts.session("digest") is None


def test_an_account_stands_until_it_is_marked_and_each_by_itself(accounts):
    assert accounts.standing("kadis.pupr") == Standing()
    accounts.put_standing("kadis.pupr", Standing(revoked=True, not_before=NOW))
    assert accounts.standing("kadis.pupr") == Standing(revoked=True, not_before=NOW)
    assert accounts.standing("kadis") == Standing()
    accounts.put_standing("kadis.pupr", Standing(not_before=NOW))
    assert accounts.standing("kadis.pupr").allows(NOW)
    assert not accounts.standing("kadis.pupr").allows(NOW - 1)


def test_a_session_counts_neither_after_its_end_nor_once_the_account_is_revoked(accounts):
    wall = [NOW]
    sessions = Sessions(accounts, lambda: b"s" * 16, lambda size: b"r" * size, lambda: wall[0])
    token = sessions.begin("sekda")
    assert token == base64.urlsafe_b64encode(b"r" * 32).decode().rstrip("=")
    assert sessions.find(token) == Session("sekda", NOW, NOW + SESSION_SECONDS)
    wall[0] = NOW + SESSION_SECONDS
    assert sessions.find(token) is None
    wall[0] = NOW
    accounts.put_standing("sekda", Standing(revoked=True))
    assert sessions.find(token) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "SESSION#digest"])
def test_a_token_that_nobody_was_given_stands_for_nothing(accounts, token):
    accounts.put_session("digest", Session("sekda", NOW, NOW + 10))
    sessions = Sessions(accounts, lambda: b"s" * 16, lambda size: b"r" * size, lambda: NOW)
    assert sessions.find(token) is None
