"""The application behind the local runner's own HTTP server, with everything else in memory."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from infra.local.server import Gateway, Server
from tests.fakes.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as running:
        yield running


@pytest.fixture
def base(world: World) -> Iterator[str]:
    server = Server(Gateway(importlib.import_module("app").app), 0)
    server.start()
    yield f"{server.address}/open311/v2"
    server.stop()
