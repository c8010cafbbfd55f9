"""What Chalice keeps in `.chalice/deployed/<stage>.json`, made anew from what AWS has.

Chalice writes that file only when a deployment went through. Lost, or left behind by one that
failed half-way, it would make the next deployment create what exists already. So it is never
trusted: it is written from AWS before each run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.deploy.facts import Facts
from infra.deploy.settings import Settings

Json = dict[str, Any]


def deployed(settings: Settings, facts: Facts) -> Json:
    """Return the file's content."""
    resources = [
        *_functions(settings, facts),
        *_mappings(facts),
        *_schedules(settings, facts),
        *_api(settings, facts),
    ]
    return {"resources": resources, "schema_version": "2.0", "backend": "api"}


def write(settings: Settings, facts: Facts, project: Path) -> None:
    """Write the file into *project*; none where nothing is deployed."""
    path = project / ".chalice" / "deployed" / f"{settings.stage}.json"
    content = deployed(settings, facts)
    if content["resources"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2))
    else:
        path.unlink(missing_ok=True)


def _functions(settings: Settings, facts: Facts) -> Iterator[Json]:
    for one in facts.functions:
        role = one.role.rpartition("/")[2]
        yield {
            "name": f"{one.name}_role",
            "resource_type": "iam_role",
            "role_arn": one.role,
            "role_name": role,
        }
        yield {"name": one.name, "resource_type": "lambda_function", "lambda_arn": one.arn}


def _mappings(facts: Facts) -> Iterator[Json]:
    arns = {one.name: one.arn for one in facts.functions}
    for one in facts.mappings:
        named = {"event_uuid": one.id, "lambda_arn": arns[one.function]}
        if ":sqs:" in one.source:
            yield {
                "name": f"{one.function}-sqs-event-source",
                "resource_type": "sqs_event",
                "queue_arn": one.source,
                "queue": one.source.rpartition(":")[2],
                **named,
            }
        else:
            yield {
                "name": f"{one.function}-dynamodb-event-source",
                "resource_type": "dynamodb_event",
                "stream_arn": one.source,
                **named,
            }


def _schedules(settings: Settings, facts: Facts) -> Iterator[Json]:
    for rule in facts.rules:
        yield {
            "name": rule.removeprefix(f"{settings.name('')}-"),
            "resource_type": "cloudwatch_event",
            "rule_name": rule,
        }


def _api(settings: Settings, facts: Facts) -> Iterator[Json]:
    if facts.api:
        address = f"https://{facts.api}.execute-api.{facts.region}.amazonaws.com/api/"
        yield {
            "name": "rest_api",
            "resource_type": "rest_api",
            "rest_api_id": facts.api,
            "rest_api_url": address,
        }
