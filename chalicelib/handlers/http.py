"""Between HTTP and the use cases: bodies from raw bytes, answers, faults to problems."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from chalice import Response

from chalicelib.domain.actions import ActionRefused
from chalicelib.handlers.definitions import Body
from chalicelib.handlers.problems import PROBLEMS, Problem, response
from chalicelib.services.acting import NotFound
from chalicelib.services.filing import FilingRefused, KeyReused
from chalicelib.services.ports import TryAgain

log = logging.getLogger("live_room.api")
MAX_BODY = 64 * 1024
_MAX_DEPTH = 20
_B = TypeVar("_B", bound=Body)


def parse(raw: bytes, form: type[_B]) -> _B:
    """Return *raw* as *form*; raise Problem. An empty body counts as an empty object."""
    if len(raw) > MAX_BODY:
        raise Problem("body_too_large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("invalid_text") from None
    if _too_deep(text):
        raise Problem("malformed_json")
    try:
        body = msgspec.json.decode(text or "{}", type=form)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[_field_error(str(error))]) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Problem("malformed_json") from None
    return body


def clean(text: str) -> str:
    """Return *text* with Unix line ends, without control characters and outer blanks."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in unix if c in "\n\t" or (c.isprintable() and not _surrogate(c)))
    return "".join(kept).strip()


def boring(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what *handler* raises into problem documents, and what it returns into an answer."""

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        try:
            answer = handler(*args, **kwargs)
        # The outermost edge: what is nobody's known refusal is ours, is noted, and tells nothing.
        except Exception as error:
            return _answer_for(error)
        return answer if isinstance(answer, Response) else ok(answer)

    return wrapped


def _answer_for(error: Exception) -> Response:
    if isinstance(error, Problem):
        return response(error.code, error.errors, **error.facts)
    if isinstance(error, ActionRefused):
        return _refused(error)
    if isinstance(error, FilingRefused):
        errors = [{"pointer": _pointer(error.field)}] if error.field else []
        return response(error.code, errors)
    for kind, code in _KNOWN.items():
        if isinstance(error, kind):
            return response(code)
    incident = uuid.uuid4().hex
    log.error("unexpected fault", exc_info=error, extra={"incident": incident})
    return response("internal_error", incident=incident)


_KNOWN: dict[type[Exception], str] = {
    NotFound: "not_found",
    KeyReused: "key_reused",
    TryAgain: "try_again",
}


def ok(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return *body* as JSON."""
    text = json.dumps(body, ensure_ascii=False, default=str)
    all_headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return Response(text, headers={**all_headers, **(headers or {})}, status_code=status)


def cached(request: Any, body: Any, seconds: int = 0) -> Response:
    """Return *body* with an ETag, or 304 if the caller has it already."""
    text = json.dumps(body, ensure_ascii=False, default=str)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    control = f"public, max-age={seconds}" if seconds else "private, no-cache"
    headers = {
        "ETag": tag,
        "Cache-Control": control,
        "Content-Type": "application/json; charset=utf-8",
        "Vary": "Authorization, Accept-Language",
    }
    given = request.headers.get("if-none-match", "")
    if tag in [part.strip().removeprefix("W/") for part in given.split(",")]:
        return Response("", headers=headers, status_code=304)
    return Response(text, headers=headers, status_code=200)


def language_of(request: Any) -> str:
    """Return the language the caller reads: ``?lang=``, else Accept-Language, else Indonesian."""
    query = request.query_params or {}
    wanted = query.get("lang") or request.headers.get("accept-language", "")
    return "en" if str(wanted).strip().lower().startswith("en") else "id"


def limit_of(request: Any, default: int = 50, most: int = 200) -> int:
    """Return the page size asked for, within bounds."""
    text = str((request.query_params or {}).get("limit", default))
    if not text.isdecimal() or not 1 <= int(text[:6]) <= most:
        raise Problem("invalid_field", errors=[{"pointer": "?limit", "detail": f"1–{most}"}])
    return int(text)


def _refused(refused: ActionRefused) -> Response:
    if refused.code in ("not_yours", "unknown_action"):
        return response("not_found")
    code = refused.code if refused.code in PROBLEMS else "invalid_field"
    errors = []
    if "field" in refused.facts:
        errors.append({"pointer": _pointer(str(refused.facts.pop("field")))})
    # A member of the document keeps its own meaning whatever the facts are called.
    facts = {f"report_{k}" if k == "status" else k: v for k, v in refused.facts.items()}
    return response(code, errors, **facts)


def _field_error(message: str) -> dict[str, str]:
    detail, _, path = message.partition(" - at `")
    pointer = path.rstrip("`").removeprefix("$").replace(".", "/").replace("[...]", "/*")
    return {"pointer": pointer or "/", "detail": detail, "detail_en": detail}


def _pointer(field: str) -> str:
    return "/" + field.replace(".", "/")


def _too_deep(text: str) -> bool:
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif character in "]}":
            depth -= 1
    return False


def _surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
