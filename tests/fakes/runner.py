"""`make run` as a process of its own, in a home of its own: started, asked, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from live_room_client import LiveRoom

ROOT = Path(__file__).parents[2]
#: Seconds that anything on a busy machine may take to come true.
PATIENCE = 150.0
#: What a developer's shell may hold and the runner must not be told.
FOREIGN = ("STAGE", "TOKEN_SECRET", "AWS_ENDPOINT_URL", "CLOCK_ANCHOR", "PUBLIC_URL")


class Runner:
    """The local runner on a free port; its log lies beside *home*.

    speed: of its clock; start: the city's time when it is started first.
    """

    def __init__(self, home: Path, speed: str, start: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self._environ = {
            **kept,
            "LOCAL_HOME": str(home),
            "PORT": str(self.port),
            "CLOCK_SPEED": speed,
            "CLOCK_START": start,
        }

    def start(self, patience: float = PATIENCE) -> None:
        """Start it and wait until it answers; :raises RuntimeError: if it ends before."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local"],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
            )
        eventually(self._ready, patience)

    def _ready(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the runner ended; see {self.log}")
        return self.call("GET", "/health")[0] == 200

    def stop(self, patience: float = PATIENCE) -> None:
        """Interrupt it as Ctrl-C does, and wait for its end."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(patience)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """Return status and JSON of an answer; 0 and nothing while nobody answers."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except (urllib.error.URLError, ConnectionError):
            return 0, None

    def login(self, user: str) -> str:
        """Return an access token of a demo user."""
        return str(self.call("POST", "/_local/login", {"user": user})[1]["access_token"])

    def api(self, user: str = "", token: str = "") -> LiveRoom:
        """The generated client, as demo user *user*, with *token*, or as anybody."""
        # Only the tests have the client on their path; the load run does without.
        from live_room_client import LiveRoom

        return LiveRoom(self.base, self.login(user) if user else token)

    def done(self, number: str) -> dict[str, list[str]]:
        """Return the fired steps of a report, and whom each told."""
        entries = self.api().get_timeline(number)["entries"]
        return {row["step"]: row["to"] for row in entries if row["state"] == "done"}

    def messages(self) -> list[dict[str, Any]]:
        """Return what was sent to anybody."""
        return list(self.call("GET", "/_local/messages")[1])


def eventually(true: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait, with patience and never for a time that matters, until *true* says so."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError("it never came true")
