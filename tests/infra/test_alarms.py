"""Alarms about functions and the API, and that whoever is woken finds what to do."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
from moto import mock_aws

from infra.deploy import alarms
from infra.deploy.__main__ import event_sources
from infra.policies import FUNCTIONS
from tests.infra.test_template import TEMPLATE, load

ROOT = Path(__file__).parents[2]
STAGE, TOPIC = "live-room-dev", "arn:aws:sns:ap-southeast-3:123456789012:live-room-dev-alarms"
STREAMS = [name for name, kind in event_sources().items() if kind == "stream"]
WANTED = alarms.alarms(STAGE, STREAMS)


def names_in(client) -> set[str]:
    return {one["AlarmName"] for one in client.describe_alarms()["MetricAlarms"]}


def stack_alarms() -> list[str]:
    """The names of the stack's alarms, without the stage."""
    rows = load(str(TEMPLATE))["Resources"].values()
    found = [one["Properties"] for one in rows if one["Type"] == "AWS::CloudWatch::Alarm"]
    return [one["AlarmName"]["Fn::Sub"].removeprefix("live-room-${Stage}-") for one in found]


def test_without_which_nothing_works_has_an_alarm_of_its_own_by_the_name_it_runs_under():
    assert set(alarms.VITAL) <= set(FUNCTIONS)
    errors = {one.dimensions.get("FunctionName") for one in WANTED if one.metric == "Errors"}
    assert "live-room-dev" in errors  # the API's function bears the stage's name alone
    assert {"live-room-dev-fire", "live-room-dev-sweep", None} <= errors


def test_every_reader_of_the_stream_is_watched_for_lagging_behind():
    behind = {one.dimensions["FunctionName"] for one in WANTED if one.metric == "IteratorAge"}
    assert behind == {f"live-room-dev-{name}" for name in STREAMS}
    assert len(behind) >= 2


def test_putting_them_twice_changes_nothing_and_those_of_functions_that_are_gone_go():
    with mock_aws():
        client = boto3.client("cloudwatch", "ap-southeast-3")
        old = alarms.Alarm("run-old-errors", "x", "AWS/Lambda", "Errors", {}, "Sum", 0)
        client.put_metric_alarm(**old.request(STAGE, TOPIC))
        for other in ("live-room-dev-wake-dead", "live-room-dev2-run-old-errors"):
            client.put_metric_alarm(**{**old.request(STAGE, TOPIC), "AlarmName": other})
        for _ in range(2):
            assert alarms.put(client, STAGE, TOPIC, WANTED) == len(WANTED)
        ours = {f"{STAGE}-{one.name}" for one in WANTED}
        others = {"live-room-dev-wake-dead", "live-room-dev2-run-old-errors"}
        assert names_in(client) == ours | others
        told = client.describe_alarms(AlarmNames=sorted(ours))["MetricAlarms"]
        assert all(one["AlarmActions"] == [TOPIC] and one["AlarmDescription"] for one in told)
        alarms.take_away(client, STAGE)
        assert names_in(client) == others


def headings() -> list[str]:
    """The alarms that the runbooks speak of, as patterns."""
    text = (ROOT / "docs" / "operations.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("### ")]
    found = [name for line in lines for name in re.findall(r"`([^`]+)`", line)]
    return [re.sub(r"<[a-z]+>", "[a-z_-]+", name) for name in found]


def test_every_alarm_has_its_runbook_and_every_runbook_its_alarm():
    known = [*stack_alarms(), *(one.name for one in WANTED)]
    assert len(known) == len(set(known))
    without = [name for name in known if not any(re.fullmatch(one, name) for one in headings())]
    assert without == []
    idle = [one for one in headings() if not any(re.fullmatch(one, name) for name in known)]
    assert idle == []
