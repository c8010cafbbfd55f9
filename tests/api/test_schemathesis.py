"""The whole document against the whole API: nothing undocumented, no fault of ours.

Each operation is called by somebody whom its own audience names, on reports that there are. A
fixed sample runs with every `make test`; `make test-long` runs many more examples.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.handlers.audience import PUBLIC, REPORTER
from chalicelib.handlers.openapi import document
from infra.local.server import Gateway, Server
from tests.fakes.world import USER_OF, WITH_MAIL, World, access_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
DOCUMENT = document("http://127.0.0.1")
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
#: Seconds for one answer: a busy machine is no fault of the API.
_PATIENCE = 120
SETTINGS = settings(
    derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


class Live:
    """The API on a loopback port, with one report at PUPR and one at the control room."""

    def __init__(self, world: World, address: str) -> None:
        self.world, self.address = world, address
        self.number = world.filed(WITH_MAIL)["number"]
        world.act(self.number, "verify", user="operator")
        world.project()

    def headers(self, audience: list[str]) -> dict[str, str]:
        """Return the Authorization of somebody in *audience*."""
        if REPORTER in audience:
            return {"Authorization": f"Bearer {self.world.token_of(self.number)}"}
        roles = [role for role in audience if role in USER_OF]
        if PUBLIC in audience or not roles:
            return {}
        return {"Authorization": f"Bearer {access_token(USER_OF[roles[0]])}"}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with World(administered=True).running() as world:
        app = importlib.import_module("app").app
        server = Server(Gateway(app), 0)
        server.start()
        yield Live(world, server.address)
        server.stop()


def answered_as_described(case: Any, live: Live) -> None:
    if "number" in (case.path_parameters or {}):
        case.path_parameters["number"] = live.number
    audience = case.operation.definition.raw["x-audience"]
    case.headers = {**(case.headers or {}), **live.headers(audience)}
    case.call_and_validate(base_url=live.address, checks=CHECKS, timeout=_PATIENCE)


@SCHEMA.parametrize()
@settings(SETTINGS, max_examples=2)
def test_a_sample_of_requests_is_answered_as_described(case: Any, live: Live) -> None:
    answered_as_described(case, live)


@pytest.mark.long
@SCHEMA.parametrize()
@settings(SETTINGS, max_examples=150)
def test_many_requests_are_answered_as_described(case: Any, live: Live) -> None:
    answered_as_described(case, live)
