"""The smoke test waits for an API that is not everywhere yet, and no longer than that."""

from __future__ import annotations

import http.server
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
