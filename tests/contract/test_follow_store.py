"""The table of followers, in memory and in DynamoDB: one contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.services.following import Follower
from tests.fakes import emulated
from tests.fakes.followers import MemoryFollowStore

LATER = datetime(2027, 4, 7, tzinfo=UTC)
ANN = Follower("category:INF-01", "a1", "mail", "ann@example.org", "id")
BEN = Follower("category:INF-01", "b2", "mail", "ben@example.org", "en")


@pytest.fixture(params=["memory", "dynamo"])
def followers(request: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryFollowStore()
        return
    from chalicelib.adapters.follow_store import DynamoFollowStore
    from chalicelib.adapters.tables import FollowerRow

    with emulated.tables(FollowerRow):
        yield DynamoFollowStore()


def test_who_asked_is_no_follower_before_joining(followers: Any) -> None:
    followers.ask(ANN, LATER)
    assert list(followers.followers(ANN.topic)) == []
    assert followers.address(ANN.topic, "a1") == "ann@example.org"
    assert followers.join(ANN.topic, "a1") is True
    assert list(followers.followers(ANN.topic)) == [ANN]
    assert list(followers.followers("category:INF-02")) == []


def test_nobody_joins_without_having_asked(followers: Any) -> None:
    assert followers.join(ANN.topic, "a1") is False
    assert list(followers.followers(ANN.topic)) == []


def test_asking_again_changes_nothing_for_a_follower(followers: Any) -> None:
    followers.ask(ANN, LATER)
    followers.join(ANN.topic, "a1")
    followers.ask(ANN, LATER)
    assert list(followers.followers(ANN.topic)) == [ANN]


def test_leaving_forgets_the_address_and_may_be_repeated(followers: Any) -> None:
    for one in (ANN, BEN):
        followers.ask(one, LATER)
        followers.join(one.topic, one.id)
    followers.leave(ANN.topic, "a1")
    followers.leave(ANN.topic, "a1")
    assert list(followers.followers(ANN.topic)) == [BEN]
    assert followers.address(ANN.topic, "a1") == ""
