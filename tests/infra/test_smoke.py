"""The smoke test waits for an API that is not everywhere yet, and no longer than that."""

from __future__ import annotations

import http.server
import io
import json
import threading
from collections.abc import Iterator

import pytest

from infra.deploy import smoke

GOOD = {
    "/health": (200, "application/json", {"status": "ok"}),
    "/v1/categories": (200, "application/json", {"items": [1]}),
    "/v1/openapi.json": (200, "application/json", {"paths": {"/": {}}}),
    "/v1/there-is-no-such-path": (404, "application/problem+json", {"code": "not_found"}),
    "/v1/queue": (401, "application/problem+json", {"code": "sign_in_needed"}),
}


class Api:
    """An API of which a path answers 403 the first *late* times, as a new one does."""

    def __init__(self) -> None:
        self.late: dict[str, int] = {}
        self.asked: list[str] = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                api.asked.append(self.path)
                status, kind, body = GOOD[self.path]
                if api.late.get(self.path, 0) > 0:
                    api.late[self.path] -= 1
                    status, kind, body = 403, "application/json", {"message": "Forbidden"}
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    one = Api()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


def test_an_api_that_is_there_is_asked_each_question_once(api):
    assert all(check.good for check in smoke.asked(api.base, pause=0))
    assert api.asked == list(GOOD)


def test_an_api_that_is_not_everywhere_yet_is_asked_again(api):
    api.late = {"/health": 2, "/v1/queue": 1}
    assert all(check.good for check in smoke.asked(api.base, pause=0))
    assert api.asked.count("/health") == 3


def test_what_stays_wrong_is_told_with_what_was_answered(api):
    api.late = {"/v1/categories": 1_000_000}
    found = {check.name: check for check in smoke.asked(api.base, patience=0, pause=0)}
    assert [check.name for check in found.values() if not check.good] == ["catalogue"]
    assert found["catalogue"].found == "403, 0 items"


def test_an_address_where_nothing_answers_is_said_so():
    (health, *_) = smoke.asked("http://127.0.0.1:9", patience=0, pause=0)
    assert (health.good, "refused" in health.found) == (False, True)


class Busy(Exception):
    """As Lambda refuses a call beyond a function's reserved concurrency."""


class Functions:
    """Lambda, in which the sweeper is busy for the first *busy* calls."""

    class exceptions:
        TooManyRequestsException = Busy

    def __init__(self, busy: int, fault: str = "") -> None:
        self.busy, self.fault, self.calls = busy, fault, 0

    def invoke(self, **_: object) -> dict[str, object]:
        self.calls += 1
        if self.calls <= self.busy:
            raise Busy
        answer: dict[str, object] = {"Payload": io.BytesIO(b"KeyError")}
        return answer | ({"FunctionError": self.fault} if self.fault else {})


def test_a_sweep_waits_for_the_one_that_runs():
    functions = Functions(busy=3)
    assert smoke.sweeper(functions, "live-room-dev-sweep", pause=0).good
    assert functions.calls == 4


def test_a_sweep_that_fails_or_never_ends_is_said_so():
    failed = smoke.sweeper(Functions(0, fault="Unhandled"), "live-room-dev-sweep")
    assert (failed.good, failed.found) == (False, "KeyError")
    never = smoke.sweeper(Functions(10**9), "live-room-dev-sweep", patience=0, pause=0)
    assert (never.good, never.found) == (False, "another one runs and does not end")
