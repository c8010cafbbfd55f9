"""Other systems on the local runner: the real tables and queues, and a receiver that fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from infra.local.demo import OPEN311_KEY
from tests.fakes.runner import Runner, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
FORM = {"api_key": OPEN311_KEY, "service_code": "INF-01", "lat": -6.1783, "long": 106.6319}


class Receiver:
    """Takes webhooks, and refuses them while *down*."""

    def __init__(self) -> None:
        self.down, self.taken = True, set[tuple[str, str]]()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not receiver.down:
                    receiver.taken.add((body["data"]["number"], body["type"]))
                self.send_response(503 if receiver.down else 204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    one = Runner(tmp_path / "home", "120", "2027-04-05T09:55:00+07:00")
    one.start()
    yield one
    one.stop()


def sent(runner: Runner, form: dict[str, Any], to: str = "requests.json") -> Any:
    request = Request(f"{runner.base}/open311/v2/{to}", urlencode(form).encode(), method="POST")
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_open311_crowds_webhooks_and_sensors_on_the_embedded_aws(runner: Runner) -> None:
    admin, receiver = runner.login("admin"), Receiver()
    hook = {"id": "dasbor", "url": receiver.url, "types": ["report.filed", "report.verified"]}
    assert runner.call("POST", "/v1/admin/webhooks", hook, admin)[0] == 201

    numbers = [sent(runner, FORM)[0]["service_request_id"] for _ in range(12)]

    def statuses() -> dict[str, str]:
        rows = runner.call("GET", "/open311/v2/requests.json")[1]
        return {row["service_request_id"]: row["status_notes"] for row in rows}

    eventually(lambda: list(statuses().values()).count("Digabung") == 11)
    [main] = [number for number, status in statuses().items() if status != "Digabung"]
    eventually(lambda: runner.call("GET", f"/v1/reports/{main}/crowd")[1]["joined"] == 11)

    operator = runner.login("operator")
    assert runner.call("POST", f"/v1/reports/{main}/verify", {}, operator)[0] == 200
    updates = "/open311/v2/servicerequestupdates.json"
    eventually(
        lambda: [
            row
            for row in runner.call("GET", updates)[1]
            if row["service_request_id"] == main and row["external_status_code"] == "assigned"
        ]
    )
    told = {"api_key": OPEN311_KEY, "service_request_id": main, "update_id": "1"}
    told |= {"status": "OPEN", "description": "Masih menunggu"}
    first = sent(runner, told, "servicerequestupdates.json")
    assert sent(runner, told, "servicerequestupdates.json") == first

    device = {"id": "gauge-1", "name": "Pengukur 1", "category": "INF-05", "lat": -6.17}
    key = runner.call("POST", "/v1/admin/devices", device | {"lon": 106.63}, admin)[1]["key"]

    def signal(kind: str) -> Any:
        request = Request(
            f"{runner.base}/v1/signals",
            json.dumps({"signal": kind}).encode(),
            {"X-Device-Key": key},
        )
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    said = [signal(kind)["outcome"] for kind in ("raised", "raised", "cleared")]
    assert said == ["filed", "repeated", "cleared"]

    receiver.down = False
    wanted = {(number, "report.filed") for number in numbers} | {(main, "report.verified")}
    eventually(lambda: wanted <= receiver.taken)
    receiver.server.shutdown()
