"""HTTP for the client: standard library only; refusals become `ApiProblem`."""

from __future__ import annotations

import hashlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode

_SECONDS = 30.0


class ApiProblem(Exception):
    """A problem document (RFC 9457). Build on ``code``; ``document`` holds all of it."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status, self.document = status, document
        self.code = str(document.get("code", ""))
        super().__init__(f"{status} {self.code}: {document.get('detail_en', '')}")


class Transport:
    """Speaks to one API as one caller: *token* is a report's token or a staff access token."""

    def __init__(self, base: str, token: str = "", *, timeout: float = _SECONDS) -> None:
        if not base.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("the API is spoken to over HTTPS")
        self.base, self.token, self.timeout = base.rstrip("/"), token, timeout

    def with_token(self, token: str) -> Self:
        """Return the same client as another caller."""
        return type(self)(self.base, token, timeout=self.timeout)

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Call the API and return its JSON. A write gets a key, so that repeating it is safe."""
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if method in ("POST", "PUT", "PATCH"):
            data = json.dumps(body if body is not None else {}).encode()
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = idempotency_key or secrets.token_urlsafe(24)
        asked = urlencode({k: v for k, v in (query or {}).items() if v is not None})
        url = f"{self.base}{path}" + (f"?{asked}" if asked else "")
        status, answer = self._send(url, data, headers, method)
        if status == 429 and isinstance(answer, dict) and answer.get("code") == "proof_needed":
            solved = solve(answer["challenge"], headers["Idempotency-Key"], answer["bits"])
            headers["Proof-Of-Work"] = f"{answer['challenge']} {solved}"
            status, answer = self._send(url, data, headers, method)
        if status >= 400:
            raise ApiProblem(status, answer if isinstance(answer, dict) else {})
        return answer

    def _send(
        self, url: str, data: bytes | None, headers: Mapping[str, str], method: str
    ) -> tuple[int, Any]:
        request = urllib.request.Request(url, data, dict(headers), method=method)  # noqa: S310
        return self._exchange(request)

    def _exchange(self, request: urllib.request.Request) -> tuple[int, Any]:
        """Send one request; another transport may be put in the place of this."""
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())


def solve(challenge: str, key: str, bits: int) -> str:
    """Return the answer to a proof of work: a second's work, asked for while a flood comes in."""
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{challenge}.{key}.{attempt}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - bits) == 0:
            return str(attempt)
        attempt += 1


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
