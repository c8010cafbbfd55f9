"""Between HTTP and the use cases: bodies from raw bytes, answers, faults to problems."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from chalice import Response

from chalicelib.adapters.logs import places
from chalicelib.handlers.definitions import Body
from chalicelib.handlers.field_errors import field_error, from_msgspec
from chalicelib.handlers.problems import DATA_HEADERS, PROBLEMS, Problem, response

if TYPE_CHECKING:
    from chalicelib.domain.accounts import AccountRefused
    from chalicelib.domain.actions import ActionRefused
    from chalicelib.domain.lifecycle import MoveRefused
    from chalicelib.services.filing import FilingRefused

log = logging.getLogger("live_room.api")
JSON = "application/json; charset=utf-8"
MAX_BODY = 256 * 1024
#: ``\u0000`` in a JSON text, with its backslash not itself escaped.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_KEY = re.compile(r"[\x21-\x7e]{22,200}")
_B = TypeVar("_B", bound=Body)


def parse(raw: bytes, form: type[_B]) -> _B:
    """Return *raw* as *form*; raise Problem. An empty body counts as an empty object.

    Whatever the content type, it is read as JSON: ``curl -d`` names another one. A key that comes
    twice is refused rather than one of the two chosen, and so is NUL.
    """
    if len(raw) > MAX_BODY:
        raise Problem("body_too_large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("invalid_text") from None
    try:
        body = msgspec.json.decode(text or "{}", type=form)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Problem("malformed_json") from None
    if _NUL.search(text):
        raise Problem("invalid_text")
    json.loads(text or "{}", object_pairs_hook=_no_key_twice)
    return body


def idempotency_key(header: str) -> str:
    """Return the Idempotency-Key, empty if none was sent; raise Problem for a guessable one."""
    if header and not _KEY.fullmatch(header):
        raise Problem("weak_idempotency_key")
    return header


def clean(text: str) -> str:
    """Return *text* with Unix line ends, without control characters and outer blanks."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    blanks = (c if c == "\n" or not c.isspace() else " " for c in unix)
    return "".join(c for c in blanks if c == "\n" or c.isprintable()).strip()


def one_line(text: str) -> str:
    """Return *text* cleaned, on one line, with single blanks."""
    return " ".join(clean(text).split())


def boring(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what *handler* raises into problem documents, and what it returns into an answer."""

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        try:
            answer = handler(*args, **kwargs)
        # The outermost edge: what is nobody's known refusal is ours, is noted, and tells nothing.
        except Exception as error:
            return response_to(error)
        return answer if isinstance(answer, Response) else ok(answer)

    return wrapped


def response_to(error: Exception) -> Response:
    """Return the problem document for what a handler raised; what is unknown is noted."""
    for kind in type(error).__mro__:
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name in REFUSALS:
            return REFUSALS[name](error)
        if name in KNOWN:
            return response(KNOWN[name])
    from chalicelib.adapters.aws import passes

    if passes(error):
        log.warning("not now: %s", _kind(error))
        return response("try_again")
    incident = str(uuid.uuid4())
    log.error("unexpected fault %s\n%s", _kind(error), places(error), extra={"incident": incident})
    return response("internal_error", instance=f"urn:uuid:{incident}")


def _kind(error: Exception) -> str:
    """What *error* is; of AWS's, which call was refused and why, but not its message."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    words = (type(error).__name__, getattr(error, "operation_name", ""), code)
    return " ".join(str(word) for word in words if word)


#: Refusals by where they are defined: what raised one has imported it, and a request that raises
#: none pays for none of their modules.
KNOWN: Mapping[str, str] = {
    "chalicelib.services.acting.NotFound": "not_found",
    "chalicelib.services.filing.KeyReused": "key_reused",
    "chalicelib.services.identifying.TokenInvalid": "invalid_token",
    "chalicelib.services.ports.TryAgain": "try_again",
    "chalicelib.services.ports.AlreadyExists": "try_again",
    "chalicelib.services.administering.NoSuchDocument": "not_found",
    "chalicelib.services.administering.DocumentTooLarge": "document_too_large",
}


def ok(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return *body* as JSON."""
    text = json.dumps(body, ensure_ascii=False, default=str)
    all_headers = {**DATA_HEADERS, "Content-Type": JSON, "Cache-Control": "no-store"}
    return Response(text, headers={**all_headers, **(headers or {})}, status_code=status)


def cached(request: Any, body: Any, seconds: int = 0, *, kept: bool = True) -> Response:
    """Return *body* with an ETag, or 304 if the caller has it already.

    kept: whether caches may keep it at all; a program's own memory may, and ask with the ETag.
    """
    text = json.dumps(body, ensure_ascii=False, default=str)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    private = "private, no-cache" if kept else "no-store"
    control = f"public, max-age={seconds}" if seconds else private
    headers = {
        "ETag": tag,
        "Cache-Control": control,
        "Content-Type": JSON,
        **DATA_HEADERS,
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


def _refused(refused: ActionRefused) -> Response:
    if refused.code in ("not_yours", "unknown_action"):
        return response("not_found")
    code = refused.code if refused.code in PROBLEMS else "invalid_field"
    errors = []
    if "field" in refused.facts:
        kind = "missing" if code == "field_missing" else "invalid"
        errors.append(field_error(kind, _pointer(str(refused.facts.pop("field")))))
    # A member of the document keeps its own meaning whatever the facts are called.
    facts = {f"report_{k}" if k == "status" else k: v for k, v in refused.facts.items()}
    return response(code, errors, **facts)


def _filing_refused(refused: FilingRefused | AccountRefused) -> Response:
    errors = [field_error("invalid", _pointer(refused.field))] if refused.field else []
    # A filing says nothing but the field; what else it knows is its own.
    facts = {} if type(refused).__name__ == "FilingRefused" else refused.facts
    return response(refused.code, errors, **facts)


def _move_refused(refused: MoveRefused) -> Response:
    facts = dict(refused.facts)
    named = facts.pop("field", None)
    kind = "missing" if refused.code == "field_missing" else "invalid"
    return response(refused.code, [field_error(kind, _pointer(named))] if named else [], **facts)


def _pointer(field: str) -> str:
    return "/" + field.replace(".", "/")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Problem("malformed_json")
    return found


#: Refusals that say more than their code, and how each is answered.
REFUSALS: Mapping[str, Callable[[Any], Response]] = {
    "chalicelib.handlers.problems.Problem": lambda error: response(
        error.code, error.errors, **error.facts
    ),
    "chalicelib.domain.actions.ActionRefused": _refused,
    "chalicelib.services.filing.FilingRefused": _filing_refused,
    "chalicelib.domain.lifecycle.MoveRefused": _move_refused,
    "chalicelib.services.drilling.DrillRefused": lambda error: response(error.code, **error.facts),
    "chalicelib.domain.accounts.AccountRefused": _filing_refused,
    "chalicelib.domain.sop.SopInvalid": lambda error: response(
        "sop_invalid", path=error.path, reason=error.reason
    ),
    "chalicelib.domain.catalogue_checks.DocumentInvalid": lambda error: response(
        "document_invalid", path=error.path, reason=error.reason
    ),
    "chalicelib.services.catalogue_files.ImportRefused": lambda error: response(
        "import_refused", items=[asdict(line) for line in error.lines]
    ),
    "chalicelib.services.administering.VersionMoved": lambda error: response(
        "version_moved", current=error.current
    ),
}
