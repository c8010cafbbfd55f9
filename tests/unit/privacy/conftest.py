from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as running:
        yield running
