"""The threat model names tests that exist, and holds what no other test does."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from chalicelib.services.messages import default_templates, render
from chalicelib.services.samples import RECIPIENT, sample
from tests.fakes.world import World

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_every_threat_names_a_test_that_exists(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
    assert named, row
    for path, name in named:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.M), name


def test_the_threats_of_the_peers_are_all_named() -> None:
    assert re.findall(r"\((T2[0-3])\)", "\n".join(ROWS)) == ["T20", "T21", "T22", "T23"]


def test_every_message_is_complete_without_asking_anybody_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("somebody outside was asked")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    for id in default_templates().ids():
        for language in ("id", "en"):
            for channel in ("mail", "sms"):
                said = render(
                    id,
                    language=language,
                    channel=channel,
                    context=sample(id),
                    recipient_title=RECIPIENT,
                )
                assert said.text and "{{" not in said.text


def test_an_answer_of_the_api_can_be_neither_framed_nor_run() -> None:
    with World().running() as world:
        for answer in (world.get("/v1/categories"), world.get("/v1/reports/TL-7K3QX9MW")):
            sent = {name: answer.headers.get(name) for name in _LOCKED}
            assert sent == _LOCKED


_LOCKED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
