"""A stage deployed for real into an emulated AWS that enforces IAM, and a whole case through it.

The commands are those of `make deploy`, run by a user with the rights of docs/deployer-policy.json.
Every function runs as its own role with its own policy. What only AWS can show: that Lambda, API
Gateway and Amazon Cognito themselves take what they are given (see docs/deploy.md).
"""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from tests.deploy.cloud import ROOT, Cloud, emulated

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("deployed"),
]
PATIENCE = 120.0


class Stage:
    """The deployed REST API, as its callers see it."""

    def __init__(self, cloud: Cloud, base: str) -> None:
        self.cloud, self.base = cloud, base

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                found = answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            text = error.read()
            found = error.code, json.loads(text) if text else None
        shown = json.dumps({k: v for k, v in (found[1] or {}).items() if k != "token"})
        self.cloud.write(
            f"{method} {path} {json.dumps(body) if body else ''}\n  {found[0]} {shown[:600]}"
        )
        return found

    def act(self, number: str, action: str, user: str, body: Any = None) -> Any:
        token = self.cloud.issuer.mint(user)
        status, answer = self.call("POST", f"/v1/reports/{number}/{action}", body or {}, token)
        assert status in (200, 201), answer
        return answer

    def done(self, number: str) -> set[str]:
        entries = self.call("GET", f"/v1/reports/{number}/timeline")[1]["entries"]
        return {row["step"] for row in entries if row["state"] == "done"}

    def upload(self, number: str, user: str) -> str:
        photo = self.act(number, "photos", user, {"type": "image/jpeg", "purpose": "result"})
        boundary = "live-room-boundary"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in photo["upload"]["fields"].items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"'
        data = "".join(parts) + head + "\r\nContent-Type: image/jpeg\r\n\r\n"
        request = urllib.request.Request(
            photo["upload"]["url"],
            data.encode() + picture() + f"\r\n--{boundary}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status in (200, 201, 204)
        return str(photo["id"])

    def mails(self, to: str) -> list[Any]:
        with urllib.request.urlopen(f"{self.cloud.endpoint}/_ministack/ses/messages") as answer:
            inboxes = json.loads(answer.read())["messages"].values()
        return [row for inbox in inboxes for row in inbox if to in json.dumps(row)]


def picture() -> bytes:
    """A small photo, as a telephone makes them."""
    out = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def eventually(true: Callable[[], Any]) -> Any:
    """Wait, with patience and never for a time that matters, until *true* says so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("it never came true")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    (ROOT / "artefacts").mkdir(exist_ok=True)
    transcript = ROOT / "artefacts" / "deployment.txt"
    transcript.write_text("")
    with emulated(tmp_path_factory.mktemp("cloud"), transcript, iam=True) as one:
        yield one
        one.keep_logs(ROOT / "artefacts" / "deployment-logs.txt")


@pytest.fixture(scope="module")
def stage(cloud: Cloud) -> Stage:
    cloud.put_settings("dev")
    code, words = cloud.run("deploy", "--stage", "dev")
    assert code == 0, words
    base = next(line.split()[-1] for line in words.splitlines() if line.startswith("✓ dev:"))
    return Stage(cloud, base)


def test_a_whole_case_through_the_deployed_api(stage: Stage) -> None:
    status, filed = stage.call(
        "POST",
        "/v1/reports",
        {
            "category": "INF-01",
            "description": "Lubang besar di depan sekolah",
            "location": {"lat": -6.1783, "lon": 106.6319},
            "reporter": {"email": "warga@example.org"},
        },
    )
    assert status == 201, filed
    number = filed["number"]
    stage.act(number, "verify", "operator")
    stage.act(number, "acknowledge", "petugas.pupr")
    photo = stage.upload(number, "petugas.pupr")
    result = {"outcome": "done", "note": "Ditambal", "photos": [photo]}
    stage.act(number, "submit", "petugas.pupr", result)
    stage.act(number, "validate", "verifikator")
    status, closed = stage.call("POST", f"/v1/reports/{number}/confirm", {}, filed["token"])
    assert (status, closed["status"]) == (200, "closed_confirmed")
    eventually(lambda: len(stage.mails("warga@example.org")) >= 3)
    eventually(
        lambda: number in json.dumps(stage.call("GET", "/v1/reports?category=INF-01")[1]["items"])
    )


def test_silence_on_a_fire_climbs_the_ladder(stage: Stage) -> None:
    status, filed = stage.call("POST", "/v1/reports", {"category": "DRT-01"})
    assert (status, filed["status"]) == (201, "assigned")
    eventually(lambda: {"L0", "L1", "E1"} <= stage.done(filed["number"]))
    machines = stage.cloud.root("stepfunctions")
    (machine,) = machines.list_state_machines()["stateMachines"]
    executions = machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    assert any(one["name"].startswith(filed["number"]) for one in executions)


def test_nothing_ended_in_a_dead_letter_queue(stage: Stage) -> None:
    sqs = stage.cloud.root("sqs")
    dead = sqs.list_queues(QueueNamePrefix="live-room-dev-")["QueueUrls"]
    counts = {
        url.rpartition("/")[2]: sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]["ApproximateNumberOfMessages"]
        for url in dead
        if url.endswith("-dead")
    }
    assert set(counts.values()) == {"0"}, counts


def test_no_message_failed_for_good(stage: Stage) -> None:
    reports = stage.cloud.root("dynamodb").get_paginator("scan")
    rows = reports.paginate(TableName="live-room-dev-reports").search(
        "Items[?status].[sk, error, status]"
    )
    failed = [row for row in rows if row[2] == {"S": "failed"}]
    assert failed == []


def test_what_chalice_cannot_set_is_set(stage: Stage) -> None:
    functions = stage.cloud.root("lambda")
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    assert mappings
    for one in mappings:
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if ":dynamodb:" in one["EventSourceArn"]:
            assert one["MaximumRetryAttempts"] == 5
            assert one["BisectBatchOnFunctionError"] is True
            assert one["FilterCriteria"]["Filters"]
            assert one["DestinationConfig"]["OnFailure"]["Destination"].endswith("-stream-dead")
        else:
            assert one["ScalingConfig"]["MaximumConcurrency"] >= 2
    groups = stage.cloud.root("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")
    kept = {one["logGroupName"]: one.get("retentionInDays") for one in groups["logGroups"]}
    assert set(kept.values()) == {90}, kept


def test_a_function_may_do_what_its_policy_says_and_no_more(stage: Stage) -> None:
    """The emulator's IAM counts: with its right to the queue gone, the dispatcher is refused."""
    made = stage.cloud.root("iam").get_role_policy(
        RoleName="live-room-dev-dispatch", PolicyName="live-room-dev-dispatch"
    )
    named = {one["Sid"] for one in made["PolicyDocument"]["Statement"]}
    assert {"SendToQueues", "IdentityIsOutOfReach"} <= named
    identity = "arn:aws:dynamodb:ap-southeast-3:000000000000:table/live-room-dev-identity"
    for name, may in (("dispatch", False), ("send", True)):
        answer = stage.cloud.root("iam").simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::000000000000:role/live-room-dev-{name}",
            ActionNames=["dynamodb:GetItem"],
            ResourceArns=[identity],
        )["EvaluationResults"]
        assert (answer[0]["EvalDecision"] == "allowed") is may, name
