"""The guide for apps, run as it stands: each of its requests gets the answer it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.handlers.audience import ROUTES
from tests.fakes.world import World
from tests.workflow.test_story import with_photo

GUIDE = (Path(__file__).parents[3] / "docs" / "apps.md").read_text()
_BLOCK = re.compile(r"```http (\d{3})\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Request:
    """One request of the guide and the status that it names."""

    status: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


def requests() -> Iterator[Request]:
    for status, text in _BLOCK.findall(GUIDE):
        head, _, body = text.strip().partition("\n\n")
        line, *headers = head.splitlines()
        method, target = line.split()
        pairs = dict(one.split(": ", 1) for one in headers)
        yield Request(int(status), method, target, pairs, body.encode() if body else None)


def finished(world: World, number: str) -> None:
    """Let the city do its part, up to the question to the reporter."""
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    result = {"outcome": "done", "note": "Ditambal"}
    photo = with_photo(world.engine, number)
    world.act(number, "submit", {**result, "photos": [photo]}, user="petugas.pupr")
    answer = world.act(number, "validate", user="verifikator")
    assert answer.json["status"] == "awaiting_confirmation", answer.body


def test_every_request_of_the_guide_is_answered_as_it_says(world):
    sent = list(requests())
    assert len(sent) >= 10
    filed: dict[str, str] = {}
    for one in sent:
        target = one.target.format_map(filed) if filed else one.target
        if target.endswith("/confirm"):
            finished(world, filed["number"])
        headers = {name: text.format_map(filed) for name, text in one.headers.items()}
        answer = world.call(one.method, target, one.body, headers=headers)
        assert answer.status == one.status, (one, answer.body)
        if answer.status == 201 and target == "/v1/reports":
            # The story is that of the first report; the emergency stands for itself.
            filed = filed or {name: answer.json[name] for name in ("number", "token")}
    assert world.engine.loaded(filed["number"]).report.status == "closed_confirmed"


def test_the_same_body_with_the_same_key_is_one_report_as_the_guide_promises(world):
    first = next(one for one in requests() if one.target == "/v1/reports")
    answers = [
        world.call(first.method, first.target, first.body, headers=first.headers) for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(world.engine.store.current) == 1


def test_every_route_that_the_guide_names_is_there():
    named = set(re.findall(r"`(GET|POST|PUT|DELETE) (/v1/[^`?]+)`", GUIDE))
    assert len(named) >= 4
    assert {(method, path) for method, path in named if (method, path) not in ROUTES} == set()


def test_what_is_sent_in_the_guide_is_json():
    assert all(json.loads(one.body) is not None for one in requests() if one.body)
