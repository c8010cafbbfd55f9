"""API Gateway's part on one machine: HTTP in front of the Chalice app.

Routes, path parameters and event format are chalice.local's. Around them this adds what the
gateway does on AWS (size limit, problem documents for what never reaches the app, CORS
preflight) and what a plain development server lacks: keep-alive without delays, HEAD, and many
requests at once. On Lambda a container serves one request at a time and Chalice keeps the current
one on the app object; here each thread sees its own.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from chalice.app import Chalice
from chalice.local import LambdaContext, LambdaEventConverter, RouteMatcher

from chalicelib.handlers import open311_format, problems

log = logging.getLogger("live_room.server")

#: What API Gateway accepts; there is no way to raise it.
BODY_LIMIT = 10 * 1024 * 1024
#: API Gateway ends a request after 29 seconds.
REQUEST_SECONDS = 29


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came, with its body's bytes untouched."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = "127.0.0.1"

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self) -> dict[str, str]:
        """The query's parameters, the last value of each."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """The fields of a form, the last value of each."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; None when it is not."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """What goes back; ``headers`` is a list since Set-Cookie may come more than once."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


LocalHandler = Callable[[Request], Answer]


def answer_json(status: int, value: Any) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")]
    return Answer(status, headers, body)


def answer_html(page: str) -> Answer:
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Answer(200, headers, page.encode())


def problem(code: str, headers: list[tuple[str, str]] | None = None) -> Answer:
    """The app's own problem document (RFC 9457), for what never reaches the app."""
    said = problems.document(code)
    body = json.dumps(said, ensure_ascii=False).encode()
    kind = ("Content-Type", "application/problem+json")
    return Answer(said["status"], [kind, *problems.SAFE_HEADERS.items(), *(headers or [])], body)


def as_asked_for(target: str, answer: Answer) -> Answer:
    """An Open311 client gets even the gateway's own refusals in the format that it asked for."""
    path = urlsplit(target).path
    kinds = [value for name, value in answer.headers if name == "Content-Type"]
    if not path.startswith("/open311/") or kinds != ["application/problem+json"]:
        return answer
    form = path.rpartition(".")[2] if path.endswith((".json", ".xml")) else "xml"
    told = json.loads(answer.body)
    body = open311_format.errors(form, told["code"], f"{told['detail']} / {told['detail_en']}")
    others = [pair for pair in answer.headers if pair[0] != "Content-Type"]
    headers = [("Content-Type", open311_format.content_type(form)), *others]
    return Answer(answer.status, headers, body.encode())


def once_slashed(target: str) -> str:
    """Open311 clients put a base with a slash and a path with another one together."""
    path, mark, query = target.partition("?")
    return re.sub("/{2,}", "/", path) + mark + query if "/open311/" in path else target


class Gateway:
    """Turns a request into an answer: a local route, the app, or a problem document."""

    def __init__(self, app: Chalice) -> None:
        self._app = one_request_per_thread(app)
        self._events = LambdaEventConverter(RouteMatcher(list(app.routes)), app.api.binary_types)
        self._local: dict[str, dict[str, LocalHandler]] = {}

    def local_route(self, method: str, path: str, handler: LocalHandler) -> None:
        """Add a route that only this runner has; it never exists in app.py."""
        if not path.startswith("/_local/"):
            raise ValueError(f"{path} would hide a route of the app")
        self._local.setdefault(path, {})[method] = handler

    def answer(self, request: Request) -> Answer:
        """Answer *request*; whatever goes wrong, the caller gets a document."""
        try:
            answer = self._route(request)
        # The outermost edge: on AWS the gateway would answer for a crashed function, too.
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            answer = problem("internal_error")
        answer = as_asked_for(request.target, answer)
        if request.method == "HEAD":
            return Answer(answer.status, [*answer.headers, length(answer)], b"")
        return answer

    def _route(self, request: Request) -> Answer:
        if request.path in self._local:
            return self._call_local(request, self._local[request.path])
        try:
            event = self._event(request)
        except ValueError:
            return problem("not_found")
        views = self._app.routes[event["requestContext"]["resourcePath"]]
        method = served_method(request.method, views)
        if method is not None:
            event["requestContext"]["httpMethod"] = method
            return from_lambda(self._app(event, self._context()))
        if request.method == "OPTIONS":
            return preflight(views)
        return problem("method_not_allowed", [("Allow", allowed(views))])

    def _call_local(self, request: Request, handlers: dict[str, LocalHandler]) -> Answer:
        method = served_method(request.method, handlers)
        if method is not None:
            return handlers[method](request)
        if request.method == "OPTIONS":
            return Answer(204, [("Allow", allowed(handlers))], b"")
        return problem("method_not_allowed", [("Allow", allowed(handlers))])

    def _event(self, request: Request) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        event = self._events.create_lambda_event(
            method=request.method,
            path=once_slashed(request.target),
            headers=headers,
            body=request.body or None,
        )
        captured = event["pathParameters"]
        event["pathParameters"] = {name: unquote(value) for name, value in captured.items()}
        context = event["requestContext"]
        context["identity"] = {
            "sourceIp": request.peer,
            "userAgent": headers.get("user-agent", ""),
        }
        context["requestId"] = str(uuid.uuid4())
        context["stage"] = "local"
        return dict(event)

    def _context(self) -> LambdaContext:
        return LambdaContext("live-room-local", 1024, max_runtime_ms=REQUEST_SECONDS * 1000)


def one_request_per_thread(app: Chalice) -> Chalice:
    """Let every thread see its own ``current_request`` and ``lambda_context`` on the one app.

    Chalice sets both on the app object for each request. Its own local server does the same as
    this for the first and leaves the second shared.
    """
    if isinstance(app, _PerThread):
        return app
    app.__class__ = type("PerThreadChalice", (_PerThread, type(app)), {})
    return app


def _own(name: str) -> property:
    """A property whose value belongs to the running thread."""

    def read(self: _PerThread) -> Any:
        return getattr(self._OF_THREAD, name, None)

    def write(self: _PerThread, value: Any) -> None:
        setattr(self._OF_THREAD, name, value)

    return property(read, write)


class _PerThread:
    _OF_THREAD = threading.local()
    current_request = _own("current_request")
    lambda_context = _own("lambda_context")


def served_method(method: str, views: Mapping[str, Any]) -> str | None:
    """The method whose view answers *method*: itself, or GET for HEAD."""
    if method in views:
        return method
    return "GET" if method == "HEAD" and "GET" in views else None


def allowed(views: Mapping[str, Any]) -> str:
    extra = {"OPTIONS", "HEAD"} if "GET" in views else {"OPTIONS"}
    return ", ".join(sorted({*views, *extra}))


def preflight(views: Mapping[str, Any]) -> Answer:
    """What the gateway answers to OPTIONS by itself: the CORS headers of the route, if any."""
    headers = [("Allow", allowed(views))]
    configured = [view.cors for view in views.values() if view.cors is not None]
    if configured:
        headers += list(configured[0].get_access_control_headers().items())
        headers.append(("Access-Control-Allow-Methods", allowed(views)))
    return Answer(204, headers, b"")


def from_lambda(response: dict[str, Any]) -> Answer:
    """The answer in a Lambda proxy response."""
    body = response.get("body")
    if response.get("isBase64Encoded"):
        content = base64.b64decode(body or "")
    elif isinstance(body, bytes):
        content = body
    else:
        content = (body or "").encode()
    headers = [(name, str(value)) for name, value in (response.get("headers") or {}).items()]
    for name, values in (response.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    if content and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Answer(int(response["statusCode"]), headers, content)


def length(answer: Answer) -> tuple[str, str]:
    return ("Content-Length", str(len(answer.body)))


class BodyRefused(Exception):
    """The body cannot or will not be read; carries the problem's code."""


class Connection(BaseHTTPRequestHandler):
    """One client's connection, kept open from request to request."""

    protocol_version = "HTTP/1.1"
    server_version = "live-room"
    sys_version = ""
    # Head and body leave in one piece and at once: with Nagle's algorithm and a delayed
    # acknowledgement a kept-alive connection would wait 40 ms for each answer.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 75
    server: Server

    def serve(self) -> None:
        try:
            body = self._body()
        except BodyRefused as refused:
            self.close_connection = True  # the unread rest would be taken for the next request
            self._send(as_asked_for(self.path, problem(str(refused))))
            return
        headers = {name: str(value) for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self.client_address[0])
        self._send(self.server.gateway.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        declared = self.headers.get("Content-Length", "0").strip()
        if not (declared.isascii() and declared.isdigit()):
            raise BodyRefused("bad_request")
        if int(declared) > BODY_LIMIT:
            raise BodyRefused("body_too_large")
        return self._exactly(int(declared))

    def _chunks(self) -> bytes:
        whole = bytearray()
        while size := self._chunk_size():
            if len(whole) + size > BODY_LIMIT:
                raise BodyRefused("body_too_large")
            whole += self._exactly(size)
            self.rfile.readline(3)
        while self.rfile.readline(65_537) not in {b"\r\n", b"\n", b""}:
            pass  # trailers say nothing that is used here
        return bytes(whole)

    def _chunk_size(self) -> int:
        try:
            return int(self.rfile.readline(1024).split(b";")[0].strip(), 16)
        except ValueError:
            raise BodyRefused("bad_request") from None

    def _exactly(self, size: int) -> bytes:
        body = self.rfile.read(size)
        if len(body) < size:
            raise BodyRefused("bad_request")
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        named = {name.lower() for name, _ in answer.headers}
        for name, value in answer.headers:
            self.send_header(name, value)
        bodiless = answer.status in {204, 304}
        if "content-length" not in named and not bodiless:
            self.send_header(*length(answer))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless:
            self.wfile.write(answer.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Called by the standard library for a request that it cannot read."""
        self.close_connection = True
        unknown_method = code == HTTPStatus.NOT_IMPLEMENTED
        self._send(problem("method_not_allowed" if unknown_method else "bad_request"))

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


class Server(ThreadingHTTPServer):
    """A thread for each connection; loopback only."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, gateway: Gateway, port: int) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", port), Connection)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="http", daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""
        log.debug("connection from %s ended badly", client_address, exc_info=True)
