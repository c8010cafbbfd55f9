"""The port to Step Functions, against recorded answers of AWS."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters import aws
from chalicelib.adapters.clock import ScaledClock, SystemClock
from chalicelib.adapters.executions import StepFunctionsClock
from chalicelib.adapters.stream import stream_rows
from chalicelib.domain.events import parse_instant
from chalicelib.services.ports import StreamRow, TryAgain

MACHINE = "arn:aws:states:ap-southeast-3:123456789012:stateMachine:live-room-test-timeline"
EXECUTION = "arn:aws:states:ap-southeast-3:123456789012:execution:live-room-test-timeline:TL-1-2"
ENTRY = {"at": "2027-04-05T03:00:00Z", "step": "L0", "cycle": 1, "repeat": 0}


class StepFunctions:
    """Answers what it is told to, and notes what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, []  # type: ignore[var-annotated]

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append((operation, request))
            answer = self.answers.get(operation, {})
            if isinstance(answer, str):
                raise ClientError({"Error": {"Code": answer}}, operation)
            return answer

        return call


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TIMELINE_MACHINE_ARN", MACHINE)

    def install(**answers: Any) -> StepFunctions:
        client = StepFunctions(**answers)
        monkeypatch.setattr(aws, "client", lambda name: client)
        return client

    return install


def test_an_execution_is_named_after_report_and_epoch_and_gets_its_timeline(use: Any) -> None:
    client = use()
    assert StepFunctionsClock(SystemClock()).start("TL-1", 2, [ENTRY]) is True
    operation, request = client.asked[0]
    assert (operation, request["stateMachineArn"], request["name"]) == (
        "start_execution",
        MACHINE,
        "TL-1-2",
    )
    assert json.loads(request["input"]) == {
        "number": "TL-1",
        "epoch": 2,
        "trace": "",
        "first": "2027-04-05T03:00:00.000Z",
        "entries": [{**ENTRY, "at": "2027-04-05T03:00:00.000Z"}],
    }


@pytest.mark.parametrize(("status", "started"), [("RUNNING", True), ("ABORTED", False)])
def test_a_used_name_proves_an_execution_alive_only_if_it_runs(
    use: Any, status: str, started: bool
) -> None:
    client = use(start_execution="ExecutionAlreadyExists", describe_execution={"status": status})
    assert StepFunctionsClock(SystemClock()).start("TL-1", 2, [ENTRY]) is started
    assert client.asked[1] == ("describe_execution", {"executionArn": EXECUTION})


def test_a_used_name_without_an_execution_is_no_start(use: Any) -> None:
    use(start_execution="ExecutionAlreadyExists", describe_execution="ExecutionDoesNotExist")
    assert StepFunctionsClock(SystemClock()).start("TL-1", 2, [ENTRY]) is False


def test_throttling_is_tried_again(use: Any) -> None:
    use(start_execution="ThrottlingException", stop_execution="ThrottlingException")
    with pytest.raises(TryAgain):
        StepFunctionsClock(SystemClock()).start("TL-1", 2, [ENTRY])
    with pytest.raises(TryAgain):
        StepFunctionsClock(SystemClock()).stop("TL-1", 2)


def test_stopping_what_is_not_there_is_done_already(use: Any) -> None:
    use(stop_execution="ExecutionDoesNotExist")
    StepFunctionsClock(SystemClock()).stop("TL-1", 2)


def test_a_fast_clock_s_instants_become_real_ones_rounded_up(use: Any) -> None:
    client = use()
    clock = ScaledClock(
        start=datetime(2027, 4, 5, 3, tzinfo=UTC),
        speed=3600.0,
        anchor_real=datetime(2026, 11, 24, tzinfo=UTC),
    )
    entry = {**ENTRY, "at": "2027-04-05T04:00:01Z"}
    StepFunctionsClock(clock).start("TL-1", 2, [entry])
    sent = json.loads(client.asked[0][1]["input"])["entries"][0]["at"]
    assert sent == "2026-11-24T00:00:01.001Z"


def test_the_stream_is_read_for_reports_new_messages_and_events_only() -> None:
    records = [
        {
            "eventName": "MODIFY",
            "dynamodb": {
                "NewImage": {
                    "pk": {"S": "R#TL-1"},
                    "sk": {"S": "CURRENT"},
                    "kind": {"S": "report"},
                    "version": {"N": "4"},
                    "epoch": {"N": "2"},
                    "armed_epoch": {"N": "1"},
                    "due_at": {"S": "2027-04-05T03:00:00Z"},
                    "body": {"S": "{}"},
                }
            },
        },
        {
            "eventName": "INSERT",
            "dynamodb": {
                "NewImage": {
                    "pk": {"S": "R#TL-1"},
                    "sk": {"S": "MSG#step#1#L0#0#kabid#mail"},
                    "kind": {"S": "message"},
                }
            },
        },
        {
            "eventName": "INSERT",
            "dynamodb": {
                "NewImage": {
                    "pk": {"S": "R#TL-1"},
                    "sk": {"S": "EVENT#000007"},
                    "kind": {"S": "event"},
                    "body": {"S": '{"number": "TL-1", "type": "verified"}'},
                }
            },
        },
        {
            "eventName": "INSERT",
            "dynamodb": {"NewImage": {"pk": {"S": "R#TL-1"}, "kind": {"S": "fired"}}},
        },
        {"eventName": "REMOVE", "dynamodb": {"OldImage": {"kind": {"S": "message"}}}},
    ]
    assert list(stream_rows(records)) == [
        StreamRow(
            "report",
            "TL-1",
            "CURRENT",
            inserted=False,
            version=4,
            epoch=2,
            armed_epoch=1,
            due_at=parse_instant("2027-04-05T03:00:00Z"),
            new_epoch=True,
        ),
        StreamRow("message", "TL-1", "step#1#L0#0#kabid#mail", inserted=True),
        StreamRow("event", "TL-1", "000007", inserted=True, type="verified"),
    ]
