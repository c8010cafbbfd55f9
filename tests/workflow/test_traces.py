"""One id through all parts, and not a word of anybody in any log line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.adapters import executions
from chalicelib.adapters.clock import SystemClock
from chalicelib.handlers.records import each
from chalicelib.services.dispatching import Dispatcher
from chalicelib.services.ports import NeverAgain, TryAgain
from chalicelib.services.tracing import current, tracing
from tests.fakes.world import SUKARASA, World

ROOT = Path(__file__).parents[2]
REPORTER = {
    "name": "Siti Rahayuningsih",
    "email": "siti.rahayu@warga.example",
    "phone": "0812-9988-7766",
}
PERSONAL = {
    "category": "INF-01",
    "description": "Suami saya Bambang jatuh di lubang dekat warung",
    "location": {**SUKARASA, "address": "Gang Kenanga nomor 17"},
    "reporter": REPORTER,
}
#: Nothing of these may stand in any line, whatever its form.
SEEDS = (
    "Rahayuningsih",
    "siti.rahayu",
    "99887766",
    "9988-7766",
    "Bambang",
    "Kenanga",
    "rahasia keluarga",
    "tetangga Joko",
)
ID = "11111111-2222"


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as running:
        yield running


class Batch:
    """Messages as SQS hands them to a function."""

    def __init__(self, *bodies):
        self.records = [
            {"messageId": f"m{number}", "body": body if isinstance(body, str) else json.dumps(body)}
            for number, body in enumerate(bodies)
        ]

    def to_dict(self):
        return {"Records": self.records}


def in_lambda(code):
    """Run *code* in a fresh process that takes itself for a function on AWS."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"AWS_LAMBDA_FUNCTION_NAME": "api", "STAGE": "dev", "PATH": ""},
        check=True,
    )


def test_what_follows_from_a_request_bears_its_id_and_the_answer_names_it(world):
    answer = world.post("/v1/reports", PERSONAL)
    trace = answer.headers["X-Correlation-Id"]
    assert {row.trace for row in world.engine.store.stream} == {trace}
    other = world.act(answer.json["number"], "verify", user="operator")
    assert other.headers["X-Correlation-Id"] != trace
    Dispatcher(world.engine.queues, world.engine.clock).dispatch(world.engine.store.stream)
    bodies = [body for queue in world.engine.queues.bodies.values() for body in queue]
    assert bodies
    assert {body["trace"] for body in bodies} == {trace, other.headers["X-Correlation-Id"]}


def test_a_message_is_handled_under_the_id_it_brings_and_a_fresh_one_if_it_brings_none():
    seen = []
    each(Batch({"trace": ID}, {}, {"trace": "+62 812"}), lambda body: seen.append(current()))
    assert seen[0] == ID
    assert len(set(seen)) == 3 and all(len(one) == 36 for one in seen[1:])
    assert current() == ""


def test_an_execution_is_started_under_the_id_of_what_began_it(monkeypatch):
    started = []

    class States:
        def start_execution(self, **request):
            started.append(json.loads(request["input"]))

    monkeypatch.setenv("TIMELINE_MACHINE_ARN", "arn:aws:states:x:1:stateMachine:t")
    monkeypatch.setattr(executions.aws, "client", lambda name: States())
    clock = SystemClock()
    with tracing(ID):
        entry = {"at": "2027-04-05T03:00:00Z", "step": "L1", "cycle": 1, "repeat": 0}
        executions.StepFunctionsClock(clock).start("TL-1", 2, [entry])
    assert started[0]["trace"] == ID


def test_callers_cannot_put_an_id_of_their_own_into_our_lines(world):
    answer = world.post("/v1/reports", PERSONAL, headers={"X-Correlation-Id": "081299887766"})
    assert "99887766" not in answer.headers["X-Correlation-Id"]


class Kept(logging.Handler):
    """Every line of every logger, with all that was given along."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        exception = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.lines.append(f"{record.getMessage()} {vars(record)!r} {exception}")


@pytest.fixture
def lines():
    handler, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_no_line_of_whole_cases_says_anything_of_anybody(world, lines, monkeypatch):
    engine = world.engine
    filed = world.filed(PERSONAL)
    number, token = filed["number"], filed["token"]
    world.act(number, "ask", {"question": "Ada rahasia keluarga di sini?"}, user="operator")
    world.act(number, "comments", {"text": "Tanya tetangga Joko"}, token=token)
    world.act(number, "verify", {"note": "Telepon Bambang"}, user="operator")
    engine.mail.faults = [TryAgain("Throttling"), NeverAgain("MessageRejected")]
    engine.run_until("2027-04-07T12:00:00+07:00")
    world.act(number, "acknowledge", user="petugas.pupr")
    world.get(f"/v1/reports/{number}?q=Kenanga", token=token)
    world.get("/v1/categories?q=Bambang")
    world.post("/v1/reports", json.dumps(PERSONAL)[:-9].encode())
    world.post("/v1/reports", PERSONAL | {"category": "Bambang"})
    world.post("/v1/reports", PERSONAL | {"reporter": {"phone": "99887766"}})
    secret = world.filed(PERSONAL | {"category": "WAS-01", "visibility": "confidential"})
    world.act(secret["number"], "withdraw", {"reason": "tetangga Joko"}, token=secret["token"])

    def broken(*_args, **_kwargs):
        raise RuntimeError(PERSONAL["location"]["address"])

    monkeypatch.setattr(engine.store, "load", broken)
    assert world.get(f"/v1/reports/{number}").status == 500
    failed = each(Batch({"number": number}, '{"note": "Gang Kenanga'), broken)
    assert [row["itemIdentifier"] for row in failed["batchItemFailures"]] == ["m0", "m1"]
    assert any("unexpected fault RuntimeError" in line for line in lines)
    assert any("a record failed: JSONDecodeError" in line for line in lines)
    assert any("'report': '" + number in line for line in lines)
    said = [(seed, line) for seed in (*SEEDS, token) for line in lines if seed in line]
    assert said == []


def test_on_lambda_each_line_is_one_json_object_with_id_and_report():
    done = in_lambda(f"""
import logging
from chalicelib.adapters.logs import configure
from chalicelib.services.tracing import tracing
configure()
configure()
with tracing("{ID}"):
    logging.getLogger("live_room.reports").info("acted", extra={{"report": "TL-1", "action": "x"}})
""")
    (line,) = done.stderr.splitlines()
    said = json.loads(line)
    assert {name: said[name] for name in ("level", "message", "service", "trace", "report")} == {
        "level": "INFO",
        "message": "acted",
        "service": "live-room-dev",
        "trace": ID,
        "report": "TL-1",
    }


def test_the_form_of_lines_costs_a_cold_start_nothing():
    done = in_lambda("import app, sys; print('aws_lambda_powertools' in sys.modules)")
    assert done.stdout.strip() == "False"
