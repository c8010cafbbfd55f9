"""The app over the engine in memory, and a request exactly as API Gateway hands it to Lambda."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.local import LambdaContext

from tests.fakes.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as running:
        yield running


def gateway(method: str, resource: str, **event: Any) -> dict[str, Any]:
    """Call the app with a proxy event of which nothing is made nicer than the gateway does."""
    app = importlib.import_module("app").app
    base = {
        "requestContext": {"httpMethod": method, "resourcePath": resource, "identity": {}},
        "headers": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "stageVariables": None,
    }
    answer: dict[str, Any] = app(base | event, LambdaContext("test", 128))
    return answer
