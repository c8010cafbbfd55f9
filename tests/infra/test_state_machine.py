"""The timeline's state machine: well formed (no tool checks its transitions), and it runs."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

#: What all these stand on is made once, by one worker.
pytestmark = pytest.mark.xdist_group("state machine")

DEFINITION = Path(__file__).parents[2] / "infra" / "timeline.asl.json"
REGION = "ap-southeast-3"
TERMINAL = {"Succeed", "Fail"}


@pytest.fixture(scope="module")
def machine():
    return json.loads(DEFINITION.read_text())


def scopes(machine):
    """The machine and every Map's inner machine: transitions never leave such a scope."""
    yield machine
    for state in machine["States"].values():
        if "ItemProcessor" in state:
            yield from scopes(state["ItemProcessor"])


def targets(state):
    """Every state that *state* can lead to."""
    found = [state[key] for key in ("Next", "Default") if key in state]
    found += [rule["Next"] for rule in state.get("Catch", []) + state.get("Choices", [])]
    return found


def test_every_transition_leads_to_a_state_of_its_scope(machine):
    for scope in scopes(machine):
        assert scope["StartAt"] in scope["States"]
        for name, state in scope["States"].items():
            assert set(targets(state)) <= set(scope["States"]), name


def test_every_state_can_be_reached(machine):
    for scope in scopes(machine):
        reached, waiting = set(), [scope["StartAt"]]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += targets(scope["States"][name])
        assert reached == set(scope["States"])


def test_every_scope_ends_and_no_state_both_ends_and_goes_on(machine):
    for scope in scopes(machine):
        ends = [
            name
            for name, state in scope["States"].items()
            if state.get("End") or state["Type"] in TERMINAL
        ]
        assert ends
        for name, state in scope["States"].items():
            goes_on = "Next" in state or state["Type"] == "Choice"
            assert goes_on != (name in ends), name


def test_the_definition_fits_its_parameter_and_uses_json_path_only(machine):
    assert len(DEFINITION.read_bytes()) <= 4096
    assert "QueryLanguage" not in DEFINITION.read_text()
    assert "Assign" not in DEFINITION.read_text()


def test_the_sending_state_retries_and_lets_the_map_go_on(machine):
    inner = machine["States"]["Timeline"]["ItemProcessor"]["States"]
    wake = inner["Wake"]
    assert wake["Retry"][0]["ErrorEquals"] == ["States.ALL"]
    assert wake["Retry"][0]["BackoffRate"] > 1
    assert wake["Retry"][0]["JitterStrategy"] == "FULL"
    (catch,) = wake["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert inner[catch["Next"]] == {"Type": "Pass", "Result": {}, "End": True}


def test_a_timeline_that_is_replaced_before_its_first_entry_has_cost_one_transition(machine):
    first = machine["States"][machine["StartAt"]]
    assert (first["Type"], first["TimestampPath"]) == ("Wait", "$.first")
    assert machine["States"][first["Next"]]["ItemsPath"] == "$.entries"


def test_an_entry_costs_two_transitions(machine):
    timeline = machine["States"]["Timeline"]
    assert timeline["MaxConcurrency"] == 1
    inner = timeline["ItemProcessor"]
    assert inner["StartAt"] == "UntilDue"
    assert inner["States"]["UntilDue"]["Next"] == "Wake"
    assert inner["States"]["Wake"]["End"] is True


# ------------------------------------------------------------------ in moto's interpreter


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield


def start(queue_url, entries):
    states = boto3.client("stepfunctions", region_name=REGION)
    arn = states.create_state_machine(
        name="timeline",
        definition=DEFINITION.read_text().replace("${WakeQueueUrl}", queue_url),
        roleArn="arn:aws:iam::123456789012:role/timeline",
    )["stateMachineArn"]
    given = {
        "number": "LR-1",
        "epoch": 3,
        "trace": "trace-id",
        "first": entries[0]["at"],
        "entries": entries,
    }
    return states, states.start_execution(stateMachineArn=arn, input=json.dumps(given))


def finished(states, execution, patience=30.0):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = states.describe_execution(executionArn=execution["executionArn"])
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.05)
    raise AssertionError("the execution never ended")


def entry(seconds, step, repeat=0):
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "step": step, "cycle": 1, "repeat": repeat}


def wake_up(step, repeat=0):
    return {
        "number": "LR-1",
        "epoch": 3,
        "trace": "trace-id",
        "step": step,
        "cycle": 1,
        "repeat": repeat,
        "source": "clock",
    }


def test_it_sends_each_entry_when_due_and_in_order(aws):
    sqs = boto3.client("sqs", region_name=REGION)
    queue_url = sqs.create_queue(QueueName="wake")["QueueUrl"]
    entries = [entry(-5, "L0"), entry(2, "L1"), entry(2, "L3"), entry(4, "L3", repeat=1)]
    states, execution = start(queue_url, entries)
    ended = finished(states, execution)
    assert ended["status"] == "SUCCEEDED"
    received = [
        (int(m["Attributes"]["SentTimestamp"]) / 1000, json.loads(m["Body"]))
        for m in receive_all(sqs, queue_url)
    ]
    received.sort(key=lambda pair: pair[0])
    assert [body for _, body in received] == [
        wake_up("L0"),
        wake_up("L1"),
        wake_up("L3"),
        wake_up("L3", repeat=1),
    ]
    # moto waits a whole number of seconds and so wakes up to one early.
    for (sent, _), planned in zip(received, entries, strict=True):
        assert sent > datetime.fromisoformat(planned["at"]).timestamp() - 1


def receive_all(sqs, queue_url):
    got = []
    while messages := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]
    ).get("Messages"):
        got += messages
    return got


def test_a_wake_up_that_cannot_be_sent_does_not_silence_the_later_ones(aws, monkeypatch):
    """The queue is missing: every send fails, is caught, and the execution still succeeds."""
    sqs = boto3.client("sqs", region_name=REGION)
    queue_url = sqs.create_queue(QueueName="wake")["QueueUrl"]
    text = json.loads(DEFINITION.read_text())
    text["States"]["Timeline"]["ItemProcessor"]["States"]["Wake"]["Retry"][0]["MaxAttempts"] = 0
    impatient = json.dumps(text).replace("${WakeQueueUrl}", queue_url + "-missing")
    states = boto3.client("stepfunctions", region_name=REGION)
    arn = states.create_state_machine(
        name="timeline", definition=impatient, roleArn="arn:aws:iam::123456789012:role/timeline"
    )["stateMachineArn"]
    given = {
        "number": "LR-1",
        "epoch": 3,
        "trace": "",
        "first": entry(-1, "L0")["at"],
        "entries": [entry(-1, "L0"), entry(-1, "L1")],
    }
    execution = states.start_execution(stateMachineArn=arn, input=json.dumps(given))
    assert finished(states, execution)["status"] == "SUCCEEDED"
    history = states.get_execution_history(executionArn=execution["executionArn"])["events"]
    left = [
        event
        for event in history
        if event.get("stateEnteredEventDetails", {}).get("name") == "LeftToTheSweeper"
    ]
    assert len(left) == 2
