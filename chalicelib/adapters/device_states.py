"""The state of devices in the views table: ``DEVICE#<id>`` / ``STATE``."""

from __future__ import annotations

import msgspec
from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import ViewRow
from chalicelib.services.ports import TryAgain
from chalicelib.services.sensing import State

_STATE = "STATE"


class DynamoDeviceStates:
    """One row a device, changed under the condition of what was read."""

    def get(self, device: str) -> State | None:
        """See `DeviceStates.get`."""
        try:
            row = ViewRow.get(f"DEVICE#{device}", _STATE, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return msgspec.json.decode(row.body, type=State)

    def put(self, device: str, old: State | None, new: State) -> bool:
        """See `DeviceStates.put`."""
        row = ViewRow(f"DEVICE#{device}", _STATE, body=_json(new))
        same = ViewRow.body == _json(old) if old else ViewRow.pk.does_not_exist()
        try:
            row.save(condition=same)
        except PutError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                return False
            raise TryAgain("devices") from error
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error
        return True


def _json(state: State) -> str:
    return msgspec.json.encode(state).decode()
