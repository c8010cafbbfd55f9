"""MiniStack, the embedded AWS: installed in an environment of its own, kept to the loopback.

Three of its habits shape this file. It writes its state only at a clean shutdown, so it is ended
by SIGTERM and waited for, and one left over from a killed runner is ended the same way before the
next starts. It hands its whole environment on, so it gets a clean one. It speaks plain HTTP and
lets everybody in, so it is never bound to anything but 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from infra.local.stack import WORD

VERSION = "1.5.33"
#: Its KMS signs with it, and it does not ask for it.
CRYPTOGRAPHY = "50.0.2"
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 60
GRACE_SECONDS = 0.3


class MiniStackFailed(RuntimeError):
    """The embedded AWS could not be installed or started."""


class MiniStack:
    """One embedded AWS whose state lives under *home*."""

    #: What its interpreter runs; tests put a patched one here.
    program: tuple[str, ...] = ("-m", "ministack")
    #: Settings of its own beside ours.
    extras: Mapping[str, str] = MappingProxyType({})

    def __init__(self, home: Path, venv: Path, region: str, port: int | None = None) -> None:
        self.home = home.resolve()
        self.venv = venv.resolve()
        self.region = region
        self._wanted_port = port
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "ministack.log"

    def start(self) -> None:
        """Install if needed, start, and return once it answers."""
        install(self.venv)
        self.home.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        self.port = self._choose_port()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [str(self.venv / "bin" / "python"), *self.program],
                env=self._environment(),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the whole group; this one must outlive the pump.
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_until_healthy()

    def stop(self) -> None:
        """End it cleanly, which is when it writes its state."""
        if self._process is None:
            return
        self._end(self._process.pid, self.alive)
        self._process.wait()
        self._process = None
        self._pid_file.unlink(missing_ok=True)

    def _end(self, pid: int, alive: Callable[[], bool]) -> None:
        """SIGTERM, wait until the state is written, SIGKILL what is left.

        The process does not exit while an execution waits in a Map (its pool's threads are
        joined). It removes its own process-id file after the state is written.
        """
        os.kill(pid, signal.SIGTERM)
        own = list((self.home / "tmp").glob("ministack-*.pid"))
        deadline = time.monotonic() + STOP_SECONDS
        while alive() and any(file.exists() for file in own) and time.monotonic() < deadline:
            time.sleep(0.05)
        grace = time.monotonic() + GRACE_SECONDS
        while alive() and time.monotonic() < grace:
            time.sleep(0.02)
        if alive():
            os.kill(pid, signal.SIGKILL)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def _pid_file(self) -> Path:
        return self.home / "ministack.pid"

    def _environment(self) -> dict[str, str]:
        scratch = self.home / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        for folder in (scratch, self.home / "state", self.home / "s3"):
            folder.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "TMPDIR": str(scratch),
            "LANG": "C.UTF-8",
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": self.region,
            # It checks the signature of links to files, and only of those, against this key.
            "AWS_ACCESS_KEY_ID": WORD,
            "AWS_SECRET_ACCESS_KEY": WORD,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.home / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.home / "s3"),
            "LOG_LEVEL": "WARNING",
            **self.extras,
        }

    def _choose_port(self) -> int:
        """The wanted port, else last time's if it is free (queue addresses carry it), else any."""
        remembered = self.home / "ministack.port"
        if self._wanted_port:
            return self._wanted_port
        if remembered.exists() and port_is_free(int(remembered.read_text())):
            return int(remembered.read_text())
        port = free_port()
        remembered.write_text(str(port))
        return port

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.alive():
            if _answers(f"{self.endpoint}/_ministack/health"):
                return
            time.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        self.stop()
        raise MiniStackFailed(f"the embedded AWS did not start; {self.log} ends with:\n{tail}")

    def _end_leftover(self) -> None:
        """End the one that a killed runner left behind, so that it writes its state."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid = int(self._pid_file.read_text())
            if _is_ministack(pid):
                self._end(pid, lambda: _is_ministack(pid))
        self._pid_file.unlink(missing_ok=True)


def install(venv: Path) -> None:
    """Make *venv* hold the pinned MiniStack; quick when it already does."""
    stamp = venv / f".ministack-{VERSION}-cryptography-{CRYPTOGRAPHY}"
    if stamp.exists():
        return
    with _lock(venv.with_name(venv.name + ".lock")):
        if stamp.exists():
            return
        _run([sys.executable, "-m", "venv", "--clear", str(venv)])
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        _run(
            [
                *(*pip, "--disable-pip-version-check"),
                *(f"ministack=={VERSION}", f"cryptography=={CRYPTOGRAPHY}"),
            ]
        )
        stamp.touch()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise MiniStackFailed(f"{' '.join(command)} failed:\n{error.stderr[-2000:]}") from error


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return int(response.status) == 200
    except OSError:
        return False


def _is_ministack(pid: int) -> bool:
    """Whether *pid* still is one of ours: its number may have gone to somebody else."""
    if Path("/proc/self").exists():
        try:
            return b"\0-m\0ministack" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
    command = ["ps", "-p", str(pid), "-o", "args="]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return "-m ministack" in found.stdout
