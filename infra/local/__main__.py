"""`python -m infra.local`: the whole of `make run`."""

from __future__ import annotations

import fcntl
import importlib
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib.adapters.clock import Clock, clock_from_environment
from infra.local.demo import OPEN311_KEY, register_demo_client
from infra.local.issuer import AUTHORIZE, TOKEN, LocalIssuer
from infra.local.issuer import Refused as IssuerRefused
from infra.local.mail import Inbox
from infra.local.messages import Messages
from infra.local.ministack import MiniStack, MiniStackFailed, port_is_free
from infra.local.position import PositionKeeper, continue_clock
from infra.local.pump import Pump
from infra.local.server import (
    Answer,
    Gateway,
    Request,
    Server,
    answer_html,
    answer_json,
    problem,
)
from infra.local.stack import Aws, aws_environment, deploy
from infra.stack import StackFailed

ROOT = Path(__file__).parents[2]
DRAIN_SECONDS = 5.0
DEMO_USERS = (
    "operator",
    "verifikator",
    "petugas.pupr",
    "kabid.pupr",
    "kadis.pupr",
    "petugas.bpbd",
    "kadis.bpbd",
    "petugas.dishub",
    "camat.karawaci",
    "sekda",
    "walikota",
    "inspektorat",
    "penyusun",
    "peninjau",
    "penyetuju",
    "auditor",
    "admin",
)

#: What the demo users are, for the sign-in page.
_TITLES = {
    "operator": "Operator Ruang Kendali",
    "verifikator": "Verifikator Ruang Kendali",
    "petugas.pupr": "Petugas Dinas PUPR",
    "kabid.pupr": "Kepala Bidang, Dinas PUPR",
    "kadis.pupr": "Kepala Dinas PUPR",
    "petugas.bpbd": "Petugas BPBD",
    "kadis.bpbd": "Kepala Pelaksana BPBD",
    "petugas.dishub": "Petugas Dinas Perhubungan",
    "camat.karawaci": "Camat Karawaci",
    "sekda": "Sekretaris Daerah",
    "walikota": "Wali Kota",
    "inspektorat": "Inspektorat",
    "penyusun": "Penyusun SOP",
    "peninjau": "Peninjau SOP",
    "penyetuju": "Penyetuju SOP",
    "auditor": "Auditor",
    "admin": "Administrator",
}

log = logging.getLogger("live_room.local")


class Refused(RuntimeError):
    """The runner cannot start for a reason that the person at the keyboard can mend."""


class Runner:
    """Starts everything in order and stops it in the opposite one."""

    def __init__(
        self,
        home: Path,
        venv: Path,
        port: int,
        load_app: Callable[[], Chalice],
        hook: Callable[[str], Callable[..., Any] | None],
    ) -> None:
        self.home = home
        self.port = port
        self._load_app = load_app
        self._hook = hook
        self._stack = ExitStack()
        region = os.environ.get("AWS_REGION", "ap-southeast-3")
        wanted = os.environ.get("MINISTACK_PORT")
        self.ministack = MiniStack(home / "aws", venv, region, int(wanted) if wanted else None)
        self.clock: Clock
        self.messages: Messages
        self.server: Server
        self.gateway: Gateway
        self.pump: Pump

    def start(self) -> None:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """The server first, so that nothing new comes; the embedded AWS last."""
        self._stack.close()

    def _start(self) -> None:
        self._take_home()
        clock_from_environment.cache_clear()
        self.ministack.start()
        self._stack.callback(self.ministack.stop)
        variables = self._prepare_aws()
        os.environ.update(variables)
        self._call("seed_reference")
        app = self._load_app()
        self._start_clock()
        self._call_with_hook("clients", register_demo_client)
        self._start_messages()
        self._start_pump(app, variables)
        self._start_server(app)
        threading.Thread(target=self._call, args=("rearm_all",), daemon=True).start()

    def _take_home(self) -> None:
        """One runner per home: two would write over each other's state."""
        self.home.mkdir(parents=True, exist_ok=True)
        handle = self._stack.enter_context((self.home / "lock").open("w"))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another `make run` is using {self.home}") from None
        if self.port and not port_is_free(self.port):
            raise Refused(f"port {self.port} is taken; choose another with PORT=…")

    def _start_clock(self) -> None:
        """Set the clock going, late: at full speed a second of preparation would be an hour."""
        if clock_from_environment.cache_info().currsize:
            raise RuntimeError("something asked for the time before the clock was set")
        continue_clock(self.home / "clock.json", os.environ, datetime.now(UTC))
        self.clock = clock_from_environment()
        keeper = PositionKeeper(self.home / "clock.json", self.clock)
        keeper.start()
        self._stack.callback(keeper.stop)

    def _prepare_aws(self) -> dict[str, str]:
        region = self.ministack.region
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{self.port}")
        os.environ["STAGE"] = "local"
        os.environ["IN_PROCESS_FUNCTIONS"] = "yes"
        os.environ["OUTGOING_LOCAL"] = "yes"  # a receiver under development is on this machine
        os.environ["TOKEN_SECRET"] = kept_secret(self.home / "token-secret")
        self.issuer = LocalIssuer(self.home)
        os.environ.update(self.issuer.environment(f"http://127.0.0.1:{self.port}"))
        os.environ["NO_PROXY"] = "127.0.0.1,localhost"
        os.environ.update(aws_environment(self.ministack.endpoint, region))
        self._aws = Aws(self.ministack.endpoint, region)
        return deploy(self._aws, "local", os.environ["PUBLIC_URL"])

    def _start_messages(self) -> None:
        journal = self.home / "messages.jsonl"
        self.messages = Messages(self.ministack.endpoint, journal, self.clock)
        self.messages.start()
        hear_pushes = self._hook("hear_pushes")
        if hear_pushes is not None:
            hear_pushes(self.messages.record)
        self._stack.callback(self.messages.stop)

    def _start_pump(self, app: Chalice, variables: dict[str, str]) -> None:
        self.pump = Pump(
            app,
            self._aws,
            self.clock,
            self.home / "stream.json",
            variables["STREAM_DEAD_QUEUE_URL"],
        )
        self.pump.start()
        self._stack.callback(self.pump.stop)
        self._stack.callback(self.pump.drain, DRAIN_SECONDS)

    def _start_server(self, app: Chalice) -> None:
        self.gateway = Gateway(app)
        self.gateway.local_route("GET", "/_local/messages", self._messages)
        self.gateway.local_route("POST", "/_local/login", self._login)
        inbox = Inbox(self._aws, "local", os.environ["INBOUND_BUCKET"])
        self.gateway.local_route("POST", "/_local/mail", inbox.take)
        self.gateway.local_route("POST", "/_local/text", inbox.take_text)
        self.gateway.local_route("GET", AUTHORIZE, self._choose)
        self.gateway.local_route("POST", AUTHORIZE, self._grant)
        self.gateway.local_route("POST", TOKEN, self._redeem)
        self.server = Server(self.gateway, self.port)
        self.server.start()
        self._stack.callback(self.server.stop)

    def _messages(self, request: Request) -> Answer:
        return answer_json(200, self.messages.all())

    def _login(self, request: Request) -> Answer:
        """A demo user's access token, from the local stage's own issuer."""
        asked = request.json()
        user = asked.get("user") if isinstance(asked, dict) else None
        if user not in DEMO_USERS:
            return problem("not_found")
        return answer_json(200, {"access_token": self.issuer.mint(str(user))})

    def _choose(self, request: Request) -> Answer:
        """The issuer's page, as the browser comes from ``/masuk``."""
        users = [(user, _TITLES.get(user, "")) for user in DEMO_USERS]
        try:
            return answer_html(self.issuer.choose(request.query(), users))
        except IssuerRefused:
            return problem("bad_request")

    def _grant(self, request: Request) -> Answer:
        form = request.form()
        if form.get("user") not in DEMO_USERS:
            return problem("bad_request")
        try:
            return Answer(303, [("Location", self.issuer.grant(form, form["user"]))], b"")
        except IssuerRefused:
            return problem("bad_request")

    def _redeem(self, request: Request) -> Answer:
        try:
            return answer_json(200, self.issuer.redeem(request.form()))
        except IssuerRefused as refused:
            return answer_json(400, {"error": str(refused)})

    def _call_with_hook(self, name: str, use: Callable[[Any], None]) -> None:
        hook = self._hook(name)
        if hook is not None:
            use(hook())

    def _call(self, name: str) -> None:
        hook = self._hook(name)
        if hook is not None:
            hook()


def bootstrap_hook(name: str) -> Callable[..., Any] | None:
    """A function of chalicelib.bootstrap, if it is there."""
    try:
        bootstrap = importlib.import_module("chalicelib.bootstrap")
    except ModuleNotFoundError as error:
        if error.name != "chalicelib.bootstrap":
            raise
        return None
    return getattr(bootstrap, name, None)


def product_app() -> Chalice:
    app: Chalice = importlib.import_module("app").app
    return app


def kept_secret(path: Path) -> str:
    """A random secret that stays the same from one start to the next."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def banner(runner: Runner) -> str:
    """What is printed once everything answers; the first line is the word `ready`."""
    address = runner.server.address
    lines = [
        "ready",
        f"  pages and API   {address}/",
        f"  staff sign-in   {address}/masuk",
        f"  sent messages   {address}/_local/messages",
        f"  embedded AWS    {runner.ministack.endpoint} (region {runner.ministack.region})",
        f"  system's clock  {runner.clock.now().isoformat()}, speed {runner.clock.speed:g}",
        f'  demo sign-ins   POST {address}/_local/login {{"user": "…"}} with one of',
        *(f"                  {user}" for user in DEMO_USERS),
        f"  Open311         {address}/open311/v2/discovery.json (key {OPEN311_KEY})",
        "  Ctrl-C stops all of it; the data are there on the next start.",
    ]
    return "\n".join(lines)


def main() -> int:
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"), format="%(name)s: %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    port = int(os.environ.get("PORT", "8000"))
    home = Path(os.environ.get("LOCAL_HOME", ROOT / ".local"))
    runner = Runner(home, ROOT / ".venv-ministack", port, product_app, bootstrap_hook)
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    try:
        runner.start()
    except (Refused, MiniStackFailed, StackFailed) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    print(banner(runner), flush=True)
    while not asked_to_stop.wait(1.0):
        if not runner.ministack.alive():
            print(f"the embedded AWS ended; see {runner.ministack.log}", file=sys.stderr)
            break
    runner.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
