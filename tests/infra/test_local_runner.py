"""The local runner end to end, with a tiny app of its own in place of the product's."""

from __future__ import annotations

import base64
import http.client
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chalice import Chalice, Rate, Response

from chalicelib.handlers import problems
from infra.local.__main__ import DEMO_USERS, Refused, Runner
from infra.local.ministack import free_port
from infra.local.server import BODY_LIMIT

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("local runner")]

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-ministack"
TABLE = "live-room-local-reports"


class Seen:
    """What the tiny app's handlers were given."""

    def __init__(self):
        self.wakes, self.changes, self.runs, self.hooks = [], [], [], []
        self.attempts: dict[str, int] = {}

    def hook(self, name):
        hooks = {
            "seed_reference": lambda: self.hooks.append("seeded"),
            "rearm_all": lambda: self.hooks.append("re-armed"),
        }
        return hooks.get(name)


def tiny_app(seen):
    app = Chalice("tiny")
    app.api.binary_types = ["image/png"]
    add_routes(app)
    add_event_handlers(app, seen)
    return app


def add_routes(app):
    @app.route("/echo/{name}", methods=["POST"], content_types=["*/*"])
    def echo(name):
        return {
            "name": name,
            "body": base64.b64encode(app.current_request.raw_body).decode(),
            "query": (app.current_request.query_params or {}).get("q"),
        }

    @app.route("/who/{number}", cors=True)
    def who(number):
        before = app.current_request.uri_params["number"]
        time.sleep(0.02)
        after = app.current_request.uri_params["number"]
        return {"asked": number, "before": before, "after": after}

    @app.route("/cookies")
    def cookies():
        return Response("x", headers={"Set-Cookie": ["a=1", "b=2"], "Content-Type": "text/plain"})

    @app.route("/broken")
    def broken():
        raise RuntimeError("on purpose")


def add_event_handlers(app, seen):
    @app.on_sqs_message(queue="live-room-local-wake", batch_size=10)
    def wake(event):
        failures = []
        for record in event.to_dict()["Records"]:
            body = json.loads(record["body"])
            key = json.dumps(body)
            seen.attempts[key] = seen.attempts.get(key, 0) + 1
            if body.get("poison"):
                failures.append({"itemIdentifier": record["messageId"]})
            else:
                seen.wakes.append(body)
        return {"batchItemFailures": failures}

    @app.on_dynamodb_record(stream_arn=os.environ["REPORTS_STREAM_ARN"], batch_size=5)
    def change(event):
        for record in event:
            if "poison" in (record.new_image or {}):
                raise RuntimeError("poison")
            seen.changes.append((record.event_name, record.keys["sk"]["S"]))

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def sweep(event):
        seen.runs.append(event.time)


def make_runner(home, seen, port=0):
    return Runner(home, VENV, port or free_port(), lambda: tiny_app(seen), seen.hook)


@pytest.fixture(scope="module")
def environment():
    """The runner sets this process's environment as `make run` does; put it back afterwards."""
    before = dict(os.environ)
    for name in ("MINISTACK_PORT", "PUBLIC_URL", "CLOCK_ANCHOR"):
        os.environ.pop(name, None)
    os.environ["CLOCK_START"] = "2027-04-05T09:55:00+07:00"
    os.environ["CLOCK_SPEED"] = "60"
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def seen():
    return Seen()


@pytest.fixture(scope="module")
def runner(environment, tmp_path_factory, seen):
    running = make_runner(tmp_path_factory.mktemp("local"), seen)
    running.start()
    yield running
    running.stop()


def request(runner, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", runner.server.server_port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


def client(runner, service):
    return runner._aws.client(service)


def put(runner, sk, **more):
    item = {"pk": {"S": "report"}, "sk": {"S": sk}, **more}
    client(runner, "dynamodb").put_item(TableName=TABLE, Item=item)


# ------------------------------------------------------------------ HTTP


def test_bodies_reach_the_app_byte_for_byte(runner):
    for body in (b'{"a": 1}', b"\xff\xfe\x00 broken \xc3(", bytes(range(256)) * 100):
        for kind in ("application/json", "image/png", "text/plain"):
            response, answer = request(
                runner, "POST", "/echo/a%20b%2Fc?q=1%2B1", body, {"Content-Type": kind}
            )
            assert response.status == 200
            found = json.loads(answer)
            assert base64.b64decode(found["body"]) == body
            assert (found["name"], found["query"]) == ("a b/c", "1+1")


def test_a_chunked_body_arrives_whole(runner):
    parts = iter([b"one", b"", b"\xfftwo"])
    _, answer = request(runner, "POST", "/echo/x", parts, {"Content-Type": "text/plain"})
    assert base64.b64decode(json.loads(answer)["body"]) == b"one\xfftwo"


def test_a_body_over_ten_megabytes_is_refused_before_it_is_read(runner):
    response, answer = request(
        runner, "POST", "/echo/x", b"", {"Content-Length": str(BODY_LIMIT + 1)}
    )
    assert response.status == 413
    assert json.loads(answer)["code"] == "body_too_large"
    assert response.getheader("Connection") == "close"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/_local/nowhere", 404, "not_found"),
        ("DELETE", "/who/1", 405, "method_not_allowed"),
        ("BREW", "/who/1", 405, "method_not_allowed"),
        ("POST", "/_local/messages", 405, "method_not_allowed"),
    ],
)
def test_what_never_reaches_the_app_gets_a_problem_document(runner, method, path, status, code):
    response, answer = request(runner, method, path, headers={"Authorization": "Bearer x"})
    assert response.status == status
    assert response.getheader("Content-Type") == "application/problem+json"
    assert json.loads(answer) == problems.document(code)


def test_an_unreadable_request_gets_a_problem_document(runner):
    response, answer = request(runner, "POST", "/echo/x", None, {"Content-Length": "-4"})
    assert (response.status, json.loads(answer)["code"]) == (400, "bad_request")


def test_head_is_get_without_the_body(runner):
    response, body = request(runner, "HEAD", "/who/7")
    _, full = request(runner, "GET", "/who/7")
    assert (response.status, body) == (200, b"")
    assert response.getheader("Content-Length") == str(len(full))


def test_options_tells_what_is_allowed_and_where_from(runner):
    response, _ = request(runner, "OPTIONS", "/who/7")
    assert response.status == 204
    assert response.getheader("Access-Control-Allow-Origin") == "*"
    assert response.getheader("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS"


def test_several_cookies_are_several_headers(runner):
    response, _ = request(runner, "GET", "/cookies")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_connection_is_kept_and_answers_without_delay(runner):
    connection = http.client.HTTPConnection("127.0.0.1", runner.server.server_port, timeout=10)
    connection.request("POST", "/echo/x", b"{}", {"Content-Type": "application/json"})
    connection.getresponse().read()
    socket = connection.sock
    started = time.monotonic()
    for _ in range(50):
        connection.request("POST", "/echo/x", b"{}", {"Content-Type": "application/json"})
        connection.getresponse().read()
    assert connection.sock is socket
    assert (time.monotonic() - started) / 50 < 0.03
    connection.close()


def test_requests_at_the_same_time_do_not_see_each_other(runner):
    def ask(number):
        return json.loads(request(runner, "GET", f"/who/{number}")[1])

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(200)))
    for number, answer in enumerate(answers):
        assert answer == {"asked": str(number), "before": str(number), "after": str(number)}


def test_an_error_in_the_app_does_not_end_the_server(runner):
    assert request(runner, "GET", "/broken")[0].status == 500
    assert request(runner, "GET", "/who/1")[0].status == 200


def test_local_routes_cannot_hide_the_apps(runner):
    with pytest.raises(ValueError, match="would hide"):
        runner.gateway.local_route("GET", "/v1/reports", lambda request: None)


# ------------------------------------------------------------------ sign-ins and messages


def test_demo_users_sign_in_and_nobody_else(runner):
    for user in DEMO_USERS:
        _, answer = request(runner, "POST", "/_local/login", json.dumps({"user": user}))
        token = json.loads(answer)["access_token"]
        claims = token.split(".")[1]
        padded = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
        assert json.loads(padded)["username"] == user
    for body in (b'{"user": "mallory"}', b"[]", b"\xff", b'{"user": {}}'):
        assert request(runner, "POST", "/_local/login", body)[0].status == 404


def test_sent_messages_are_listed_with_the_systems_time(runner):
    raw = (
        "From: lapor@live-room.test\r\nTo: warga@example.org\r\n"
        "Subject: =?utf-8?q?Diterima_=E2=9C=93?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\nLaporan Anda diterima ✓\r\n"
    )
    client(runner, "sesv2").send_email(
        FromEmailAddress="lapor@live-room.test",
        Destination={"ToAddresses": ["Warga <warga@example.org>"]},
        Content={"Raw": {"Data": raw.encode()}},
    )
    said = runner.clock.now() - timedelta(minutes=2)
    client(runner, "sns").publish(
        PhoneNumber="+6281200000001",
        Message="Laporan diterima",
        MessageAttributes={
            "SystemTime": {
                "DataType": "String",
                "StringValue": said.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        },
    )

    def listed():
        return json.loads(request(runner, "GET", "/_local/messages")[1])

    until(lambda: len(listed()) == 2)
    mail, sms = sorted(listed(), key=lambda message: message["channel"])
    assert (mail["channel"], mail["to"]) == ("mail", "warga@example.org")
    assert mail["subject"] == "Diterima ✓"
    assert mail["text"].strip() == "Laporan Anda diterima ✓"
    assert (sms["channel"], sms["to"], sms["text"]) == (
        "sms",
        "+6281200000001",
        "Laporan diterima",
    )
    assert datetime.fromisoformat(sms["at"]) == said
    for message in (mail, sms):
        at = datetime.fromisoformat(message["at"])
        assert timedelta(0) <= runner.clock.now() - at < timedelta(minutes=10)


# ------------------------------------------------------------------ events


def test_a_timeline_wakes_the_handler_in_order(runner, seen):
    def at(seconds):
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

    entries = [
        {"at": at(-1), "step": "L0", "cycle": 1, "repeat": 0},
        {"at": at(1.2), "step": "L1", "cycle": 1, "repeat": 0},
        {"at": at(2.4), "step": "L3", "cycle": 1, "repeat": 1},
    ]
    client(runner, "stepfunctions").start_execution(
        stateMachineArn=os.environ["TIMELINE_MACHINE_ARN"],
        name="LR-1-1",
        input=json.dumps({"number": "LR-1", "epoch": 1, "entries": entries}),
    )

    def mine():
        return [body for body in seen.wakes if body.get("number") == "LR-1"]

    until(lambda: len(mine()) == 3)
    assert [(body["step"], body["repeat"], body["source"]) for body in mine()] == [
        ("L0", 0, "clock"),
        ("L1", 0, "clock"),
        ("L3", 1, "clock"),
    ]


def test_only_the_failed_message_of_a_batch_comes_back_and_ends_in_the_dead_letters(runner, seen):
    sqs = client(runner, "sqs")
    url = os.environ["WAKE_QUEUE_URL"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    time.sleep(1.2)  # a poll that is under way still hides messages for as long as before
    for body in ({"good": 1}, {"poison": 1}, {"good": 2}):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    dead = sqs.get_queue_url(QueueName="live-room-local-wake-dead")["QueueUrl"]

    def given_up():
        return sqs.receive_message(QueueUrl=dead).get("Messages")

    until(lambda: seen.attempts.get('{"poison": 1}') == 5)
    until(given_up)
    assert (seen.attempts['{"good": 1}'], seen.attempts['{"good": 2}']) == (1, 1)
    assert seen.attempts['{"poison": 1}'] == 5


def test_the_stream_comes_in_order_and_poison_does_not_block_it(runner, seen):
    for number in range(12):
        put(runner, f"S{number:02}", **({"poison": {"BOOL": True}} if number == 7 else {}))
    until(lambda: ("INSERT", "S11") in seen.changes)
    mine = list(dict.fromkeys(sk for _, sk in seen.changes if sk.startswith("S")))
    assert mine == [f"S{number:02}" for number in range(12) if number != 7]
    dead = client(runner, "sqs").receive_message(QueueUrl=os.environ["STREAM_DEAD_QUEUE_URL"])
    assert json.loads(dead["Messages"][0]["Body"])["keys"]["sk"] == {"S": "S07"}


def test_the_schedule_runs_once_a_system_minute(runner, seen):
    until(lambda: len(seen.runs) >= 2)
    first, second = (datetime.fromisoformat(moment) for moment in seen.runs[:2])
    assert timedelta(minutes=1) <= second - first <= timedelta(minutes=5)


def test_a_second_runner_on_the_same_data_is_refused(runner, seen):
    with pytest.raises(Refused, match="another"):
        make_runner(runner.home, seen).start()


def test_nothing_listens_beyond_the_loopback(runner):
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("needs Linux")
    for line in listening.read_text().splitlines()[1:]:
        address, state = line.split()[1], line.split()[3]
        host, port = address.split(":")
        if state == "0A" and int(port, 16) in {runner.ministack.port, runner.server.server_port}:
            assert host == "0100007F"


# ------------------------------------------------------------------ restart


def test_a_restart_goes_on_where_it_stopped(environment, tmp_path):
    threads = set(threading.enumerate())
    seen = Seen()
    first = make_runner(tmp_path, seen)
    first.start()
    put(first, "KEPT")
    client(first, "sns").publish(PhoneNumber="+6281200000002", Message="sebelum")
    client(first, "s3").put_object(Bucket=os.environ["PHOTO_BUCKET"], Key="photos/a", Body=b"x")
    secret = os.environ["TOKEN_SECRET"]
    started = client(first, "stepfunctions").start_execution(
        stateMachineArn=os.environ["TIMELINE_MACHINE_ARN"],
        name="LR-2-1",
        input=json.dumps(
            {
                "number": "LR-2",
                "epoch": 1,
                "entries": [{"at": "2099-01-01T00:00:00Z", "step": "L0", "cycle": 1, "repeat": 0}],
            }
        ),
    )
    before = first.clock.now()
    first.stop()
    assert seen.changes == [("INSERT", "KEPT")]
    assert before <= first.clock.now()

    again = Seen()
    second = make_runner(tmp_path, again)
    second.start()
    try:
        until(lambda: "re-armed" in again.hooks)
        assert again.hooks[0] == "seeded"
        assert second.ministack.port == first.ministack.port
        kept = client(second, "dynamodb").get_item(
            TableName=TABLE, Key={"pk": {"S": "report"}, "sk": {"S": "KEPT"}}
        )
        assert "Item" in kept
        photo = client(second, "s3").get_object(Bucket=os.environ["PHOTO_BUCKET"], Key="photos/a")
        assert photo["Body"].read() == b"x"
        assert [message["text"] for message in second.messages.all()] == ["sebelum"]
        assert before <= second.clock.now() < before + timedelta(minutes=20)
        assert os.environ["TOKEN_SECRET"] == secret
        lost = client(second, "stepfunctions").describe_execution(
            executionArn=started["executionArn"]
        )
        assert lost["status"] == "FAILED"  # why running timelines are re-armed
        put(second, "LATER")
        until(lambda: ("INSERT", "LATER") in again.changes)
        assert again.changes == [("INSERT", "LATER")]
    finally:
        second.stop()
    assert set(threading.enumerate()) <= threads


def test_the_embedded_aws_of_a_killed_runner_is_ended_and_keeps_its_data(environment, tmp_path):
    from infra.local.ministack import MiniStack
    from infra.local.stack import Aws

    left = MiniStack(tmp_path, VENV, "ap-southeast-3")
    left.start()
    Aws(left.endpoint, "ap-southeast-3").client("sqs").create_queue(QueueName="kept")
    next_one = MiniStack(tmp_path, VENV, "ap-southeast-3")
    next_one.start()
    try:
        assert not left.alive()
        found = Aws(next_one.endpoint, "ap-southeast-3").client("sqs").list_queues()
        assert [url.rsplit("/", 1)[-1] for url in found["QueueUrls"]] == ["kept"]
    finally:
        next_one.stop()
