"""How every route is served: the audience table first, then the handler, then problem documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalice import Blueprint, Response

from chalicelib.domain.actions import Caller
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.audience import PUBLIC, ROUTES, admit, allowed
from chalicelib.handlers.http import boring
from chalicelib.handlers.identity import caller_of
from chalicelib.handlers.problems import Problem


@dataclass(frozen=True)
class Call:
    """One request on its way through a handler. *params*: the parts of the path."""

    request: Any
    params: Mapping[str, str]

    @cached_property
    def number(self) -> str:
        """The report meant; a text that cannot be a number is simply not found."""
        return number_of(self.params["number"])

    @cached_property
    def caller(self) -> Caller:
        """Who calls; raises Problem for a token that is none of ours."""
        return caller_of(self.request, self.number if "number" in self.params else "")

    @property
    def body(self) -> bytes:
        """The bytes of the body as they came."""
        return bytes(self.request.raw_body)

    def header(self, name: str) -> str:
        """One header, empty if it is missing."""
        return str(self.request.headers.get(name, ""))

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


def _view(
    blueprint: Blueprint, handler: Handler, method: str, path: str
) -> Callable[..., Response]:
    def view(**params: str) -> Any:
        call = Call(blueprint.current_request, params)
        audience = allowed(method, path, params)
        if PUBLIC not in audience:
            admit(call.caller, audience)
        return handler(call)

    view.__name__ = handler.__name__
    return boring(view)
