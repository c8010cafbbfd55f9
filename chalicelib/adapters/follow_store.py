"""Who follows what, in a table of its own: ``<topic>`` / ``<id>``, addresses and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import FollowerRow
from chalicelib.services.following import Follower
from chalicelib.services.ports import TryAgain

PENDING, ACTIVE = "pending", "active"


class DynamoFollowStore:
    """Followers in DynamoDB."""

    def ask(self, follower: Follower, until: datetime) -> None:
        """See `FollowStore.ask`."""
        row = FollowerRow(follower.topic, follower.id)
        actions = [
            FollowerRow.body.set(msgspec.json.encode(follower).decode()),
            FollowerRow.status.set(PENDING),
            FollowerRow.expires_at.set(int(until.timestamp())),
        ]
        free = FollowerRow.topic.does_not_exist() | (FollowerRow.status == PENDING)
        _update(row, actions, free)

    def join(self, topic: str, id: str) -> bool:
        """See `FollowStore.join`."""
        row = FollowerRow(topic, id)
        actions = [FollowerRow.status.set(ACTIVE), FollowerRow.expires_at.remove()]
        return _update(row, actions, FollowerRow.topic.exists())

    def leave(self, topic: str, id: str) -> None:
        """See `FollowStore.leave`."""
        row = FollowerRow(topic, id)
        row.delete()

    def followers(self, topic: str) -> Iterator[Follower]:
        """See `FollowStore.followers`."""
        for row in FollowerRow.query(topic):
            if row.status == ACTIVE:
                yield msgspec.json.decode(row.body, type=Follower)

    def address(self, topic: str, id: str) -> str:
        """See `FollowStore.address`."""
        for row in FollowerRow.query(topic, FollowerRow.follower == id, consistent_read=True):
            return msgspec.json.decode(row.body, type=Follower).address
        return ""


def _update(row: FollowerRow, actions: list[object], condition: object) -> bool:
    try:
        row.update(actions=actions, condition=condition)  # type: ignore[arg-type]
    except (UpdateError, PutError) as error:
        if refusal_code(error) == "ConditionalCheckFailedException":
            return False
        raise TryAgain("followers") from error
    return True
