"""Whether a deployed stage works, asked from outside. Nothing is filed: no report is undone."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.deploy.settings import Settings

#: A first request starts a function, which takes a moment.
_SECONDS = 30
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


def checks(base: str, settings: Settings, aws: Any) -> Iterator[Check]:
    """Yield what was asked and found at *base* and in the stage's functions."""
    status, _, body = ask(f"{base}/health")
    yield Check("health", status == 200 and body.get("status") == "ok", f"{status}")
    status, _, body = ask(f"{base}/v1/categories")
    items = body.get("items") or []
    yield Check("catalogue", status == 200 and bool(items), f"{status}, {len(items)} categories")
    status, _, body = ask(f"{base}/v1/openapi.json")
    paths = body.get("paths") or {}
    yield Check("API description", status == 200 and bool(paths), f"{status}, {len(paths)} paths")
    status, kind, body = ask(f"{base}/v1/there-is-no-such-path")
    problem = status == 404 and body.get("code") == "not_found" and "problem+json" in kind
    yield Check("problem document from the gateway", problem, f"{status} {kind}")
    status, kind, body = ask(f"{base}/v1/queue")
    refused = status == 401 and "problem+json" in kind
    yield Check("staff's routes are closed", refused, f"{status} {body.get('code', '')}")
    yield _sweeper(settings, aws)
    yield from _sources(settings, aws)


def ask(url: str) -> tuple[int, str, dict[str, Any]]:
    """Return status, content type and JSON body of a GET."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - our API
            return answer.status, answer.headers.get("Content-Type", ""), _object(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), _object(error.read())
    except OSError as error:
        return 0, str(error), {}


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _sweeper(settings: Settings, aws: Any) -> Check:
    """One sweep, which touches the tables and queues; doing it once more harms nothing."""
    payload = json.dumps(_SCHEDULED | {"time": datetime.now(UTC).isoformat()}).encode()
    answer = aws.client("lambda").invoke(FunctionName=settings.name("sweep"), Payload=payload)
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
