"""Step Functions as the clock of running timelines: one execution per report and epoch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.adapters.clock import Clock
from chalicelib.domain.events import parse_instant
from chalicelib.services.ports import TryAgain
from chalicelib.services.tracing import TRACE, current

_GONE = frozenset({"ValidationException", "ExecutionDoesNotExist", "InvalidArn"})


class StepFunctionsClock:
    """Starts and stops executions; the system's instants become real ones here."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def start(self, number: str, epoch: int, entries: Sequence[Mapping[str, Any]]) -> bool:
        """See `TimelineClock.start`.

        AWS refuses a used name for 90 days, so a taken name proves nothing about an execution
        being alive: that is asked for. A doubled request while it runs counts as started.
        """
        shown = [{**entry, "at": self._real(entry["at"])} for entry in entries]
        body = {
            "number": number,
            "epoch": epoch,
            TRACE: current(),
            "first": shown[0]["at"],
            "entries": shown,
        }
        try:
            aws.client("stepfunctions").start_execution(
                stateMachineArn=config.setting("TIMELINE_MACHINE_ARN"),
                name=execution_name(number, epoch),
                input=json.dumps(body, separators=(",", ":")),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise TryAgain(error.response["Error"]["Code"]) from error
            return self._runs(number, epoch)
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error
        return True

    def stop(self, number: str, epoch: int) -> None:
        """See `TimelineClock.stop`: tidiness and a few transitions saved, never relied upon."""
        try:
            aws.client("stepfunctions").stop_execution(
                executionArn=execution_arn(number, epoch), cause="a later epoch has begun"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise TryAgain(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error

    def _runs(self, number: str, epoch: int) -> bool:
        try:
            answer = aws.client("stepfunctions").describe_execution(
                executionArn=execution_arn(number, epoch)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise TryAgain(error.response["Error"]["Code"]) from error
        return bool(answer["status"] == "RUNNING")

    def _real(self, at: str) -> str:
        """The real moment, rounded up to the millisecond: a wake-up must not come early."""
        moment = self._clock.to_real(parse_instant(at)) + timedelta(microseconds=999)
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def execution_name(number: str, epoch: int) -> str:
    """Return the name of the execution that serves *epoch* of a report."""
    return f"{number}-{epoch}"


def execution_arn(number: str, epoch: int) -> str:
    """Return the execution's ARN, which follows from the state machine's."""
    machine = config.setting("TIMELINE_MACHINE_ARN")
    return f"{machine.replace(':stateMachine:', ':execution:')}:{execution_name(number, epoch)}"
