"""How every route is served: the audience table first, then the handler, then problem documents."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint, Response

from chalicelib import config
from chalicelib.domain.actions import Caller
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.audience import PAGES, PUBLIC, ROUTES, admit, allowed
from chalicelib.handlers.guarding import admit_writing
from chalicelib.handlers.http import boring, response_to
from chalicelib.handlers.identity import caller_of
from chalicelib.handlers.problems import DATA_HEADERS, Problem
from chalicelib.handlers.session import caller_from_session, check_csrf
from chalicelib.services.tracing import tracing

log = logging.getLogger("live_room.requests")
TRACE_HEADER = "X-Correlation-Id"
#: Two years: browsers that were here once never try plain HTTP again (RFC 6797).
_HTTPS_ONLY: Mapping[str, str] = {"Strict-Transport-Security": "max-age=63072000"}


@dataclass(frozen=True)
class Call:
    """One request on its way through a handler. *params*: the parts of the path."""

    request: Any
    params: Mapping[str, str]
    page: bool = False

    @cached_property
    def number(self) -> str:
        """The report meant; a text that cannot be a number is simply not found."""
        return number_of(self.params["number"])

    @cached_property
    def caller(self) -> Caller:
        """Who calls: of a page by its session, of the API by the token, if it is one of ours.

        Raises Problem ``invalid_token`` for a token that is not.
        """
        if self.page:
            return caller_from_session(self.request)
        return caller_of(self.request, self.number if "number" in self.params else "")

    @property
    def path(self) -> str:
        """The path as the browser shows it, without a stage's name."""
        return str(self.request.context.get("resourcePath", "/")).format_map(self.params)

    @property
    def body(self) -> bytes:
        """The bytes of the body as they came."""
        return bytes(self.request.raw_body)

    def header(self, name: str) -> str:
        """One header, empty if it is missing."""
        return str(self.request.headers.get(name, ""))

    @property
    def wants_json(self) -> bool:
        """Whether a page's script asks, which is told refusals as a program is."""
        return self.header("accept").startswith("application/json")

    def query(self, name: str) -> str:
        """One query parameter (its last value), empty if it is missing."""
        return str((self.request.query_params or {}).get(name, ""))


Handler = Callable[[Call], Any]


def number_of(text: str) -> str:
    """Return the canonical report number; raise Problem ``not_found`` if it cannot be one."""
    number = normalise(text)
    if number is None:
        raise Problem("not_found")
    return number


def serves(blueprint: Blueprint, method: str, path: str) -> Callable[[Handler], Handler]:
    """Serve *path* by the decorated handler, for whom the audience table names and nobody else.

    A route that the table lacks raises KeyError when the app is loaded.
    """
    if (method, path) not in ROUTES:
        raise KeyError(f"{method} {path} is not in the audience table")

    def decorate(handler: Handler) -> Handler:
        view = _view(blueprint, handler, method, path)
        # Chalice's own check of content types would answer without a problem document.
        register = blueprint.route(path, methods=[method], content_types=["*/*"])
        register(view)
        return handler

    return decorate


def shows(blueprint: Blueprint, method: str, path: str) -> Callable[[Handler], Handler]:
    """Serve *path* as a page: the table of pages says for whom, and a refusal is a page, too."""
    if (method, path) not in PAGES:
        raise KeyError(f"{method} {path} is not in the table of pages")

    def decorate(handler: Handler) -> Handler:
        def view(**params: str) -> Response:
            call = Call(blueprint.current_request, params, page=True)
            return _traced(call, lambda: _page(call, PAGES[method, path], handler))

        view.__name__ = f"route_{handler.__name__}"  # never the name of an event's handler
        blueprint.route(path, methods=[method], content_types=["*/*"])(view)
        return handler

    return decorate


def _traced(call: Call, answer: Callable[[], Response]) -> Response:
    """Answer under an id of its own (the gateway's, never the caller's), which the answer names.

    Whoever asks for help can say it, and every line that followed from the request bears it.
    """
    with tracing(call.request.context.get("requestId")) as trace:
        made = answer()
        made.headers[TRACE_HEADER] = trace
        for name, value in _everywhere().items():
            made.headers.setdefault(name, value)
        if call.request.method != "GET":
            route = f"{call.request.method} {call.request.context.get('resourcePath', '')}"
            log.info("request", extra={"route": route, "status": made.status_code})
        return made


def _everywhere() -> Mapping[str, str]:
    """Headers of whatever says nothing else: files and redirects too may show and run nothing."""
    secure = config.public_url().startswith("https://")
    return {**DATA_HEADERS, **(_HTTPS_ONLY if secure else {})}


def _page(call: Call, audience: frozenset[str], handler: Handler) -> Response:
    try:
        return _shown(call, audience, handler)
    # The outermost edge, as for the API: a known refusal says itself, others are noted.
    except Exception as error:
        return response_to(error) if call.wants_json else _problem_page(call, error)


def _shown(call: Call, audience: frozenset[str], handler: Handler) -> Response:
    """Let the handler answer, after the table, and after proof that a form is one of ours."""
    if call.request.method == "POST":
        check_csrf(call.request)
    if PUBLIC not in audience:
        if not call.caller.roles and call.request.method == "GET":
            return _sign_in_first(call)
        admit(call.caller, audience)
    admit_writing(call, None if PUBLIC in audience else call.caller)
    answer: Response = handler(call)
    return answer


def _sign_in_first(call: Call) -> Response:
    from chalicelib.handlers.pages.rendering import redirect

    query = urlencode(list((call.request.query_params or {}).items()))
    to = f"{call.path}?{query}" if query else call.path
    return redirect(f"/masuk?{urlencode({'ke': to})}")


def _problem_page(call: Call, error: Exception) -> Response:
    from chalicelib.handlers.pages.rendering import problem_page

    said = json.loads(response_to(error).body)
    return problem_page(call, said["code"], instance=said.get("instance", ""))


def _view(
    blueprint: Blueprint, handler: Handler, method: str, path: str
) -> Callable[..., Response]:
    @boring
    def answered(call: Call) -> Any:
        audience = allowed(method, path, call.params)
        if PUBLIC not in audience:
            admit(call.caller, audience)
        admit_writing(call, None if PUBLIC in audience else call.caller)
        return handler(call)

    def view(**params: str) -> Response:
        call = Call(blueprint.current_request, params)
        return _traced(call, lambda: answered(call))

    view.__name__ = f"route_{handler.__name__}"  # never the name of an event's handler
    return view
