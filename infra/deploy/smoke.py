"""Whether a deployed stage works, asked from outside. Nothing is filed: no report is undone."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.deploy.settings import Settings

_SECONDS = 30
#: How long answers that will not do are asked for again, in all, and how long between.
_PATIENCE, _PAUSE = 90.0, 2.0
#: What a schedule sends, as far as Chalice reads it.
_SCHEDULED = {
    "version": "0",
    "id": "smoke-test",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "",
    "region": "",
    "resources": [],
    "detail": {},
}


@dataclass(frozen=True)
class Check:
    """One question and its answer."""

    name: str
    good: bool
    found: str


@dataclass(frozen=True)
class Answer:
    """What the API said; status 0: nothing."""

    status: int
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What is asked of the API, when the answer will do, and what is told of it."""

    name: str
    path: str
    will_do: Callable[[Answer], bool]
    told: Callable[[Answer], str]


def _count(member: str) -> Callable[[Answer], str]:
    return lambda one: f"{one.status}, {len(one.body.get(member) or [])} {member}"


QUESTIONS = (
    Question(
        "health",
        "/health",
        lambda one: one.status == 200 and one.body.get("status") == "ok",
        lambda one: str(one.status or one.kind),
    ),
    Question(
        "catalogue",
        "/v1/categories",
        lambda one: one.status == 200 and bool(one.body.get("items")),
        _count("items"),
    ),
    Question(
        "API description",
        "/v1/openapi.json",
        lambda one: one.status == 200 and bool(one.body.get("paths")),
        _count("paths"),
    ),
    Question(
        "problem document from the gateway",
        "/v1/there-is-no-such-path",
        lambda one: (
            (one.status, one.body.get("code")) == (404, "not_found") and "problem+json" in one.kind
        ),
        lambda one: f"{one.status} {one.kind}",
    ),
    Question(
        "staff's routes are closed",
        "/v1/queue",
        lambda one: one.status == 401 and "problem+json" in one.kind,
        lambda one: f"{one.status} {one.body.get('code', '')}",
    ),
)


def checks(base: str, settings: Settings, aws: Any) -> Iterator[Check]:
    """Yield what was asked and found at *base* and in the stage's functions."""
    yield from asked(base)
    yield sweeper(aws.client("lambda"), settings.name("sweep"))
    yield from _sources(settings, aws)


def asked(base: str, patience: float = _PATIENCE, pause: float = _PAUSE) -> Iterator[Check]:
    """Ask the API each question until its answer will do, *patience* seconds in all.

    A new deployment of an API is not everywhere at once, and a first request starts a function.
    """
    end = time.monotonic() + patience
    for question in QUESTIONS:
        answer = ask(base + question.path)
        while not question.will_do(answer) and time.monotonic() < end:
            time.sleep(pause)
            answer = ask(base + question.path)
        yield Check(question.name, question.will_do(answer), question.told(answer))


def ask(url: str) -> Answer:
    """Return the answer to a GET."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - our API
            kind = answer.headers.get("Content-Type", "")
            return Answer(answer.status, kind, _object(answer.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers.get("Content-Type", ""), _object(error.read()))
    except OSError as error:
        return Answer(0, str(error), {})


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def sweeper(
    client: Any, function: str, patience: float = _PATIENCE, pause: float = _PAUSE
) -> Check:
    """One sweep, which touches the tables and queues; doing it once more harms nothing.

    Only one runs at a time: while the schedule's own runs, ours is refused and waits.
    """
    payload = json.dumps(_SCHEDULED | {"time": datetime.now(UTC).isoformat()}).encode()
    end = time.monotonic() + patience
    while True:
        try:
            answer = client.invoke(FunctionName=function, Payload=payload)
        except client.exceptions.TooManyRequestsException:
            if time.monotonic() >= end:
                return Check("sweeper", False, "another one runs and does not end")
            time.sleep(pause)
            continue
        fault = answer.get("FunctionError", "")
        found = answer["Payload"].read().decode()[:200] if fault else "ran"
        return Check("sweeper", not fault, found)


def _sources(settings: Settings, aws: Any) -> Iterator[Check]:
    own = f":function:{settings.name('')}"
    for one in aws.pages("lambda", "list_event_source_mappings", "EventSourceMappings"):
        arn = one["FunctionArn"]
        if not (arn.endswith(own) or f"{own}-" in arn):
            continue
        partial = "ReportBatchItemFailures" in one.get("FunctionResponseTypes", [])
        running = one.get("State") in ("Enabled", "Enabling", "Updating", "Creating")
        name = f"source of {arn.rpartition(':')[2]}"
        found = f"{one.get('State')}, partial failures {'reported' if partial else 'NOT reported'}"
        yield Check(name, partial and running, found)
