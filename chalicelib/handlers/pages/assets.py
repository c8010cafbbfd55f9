"""Styles, scripts, the font: text files served with the app, kept by browsers for a year.

The address carries a mark of the content, so a changed file is another address. The one font is
served inside a style sheet (base64): Lambda answers with text, and a browser that has read it
once never asks again. Photos and other large binaries never come this way (design §5).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from chalice import Blueprint, Response

from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.serving import Call, shows

blueprint = Blueprint(__name__)
STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
FONT = "sofia-sans-latin.woff2"
FONT_SHEET = "font.css"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}
_YEAR = 31_536_000


def address(name: str) -> str:
    """Return the path of the static file *name* with the mark of its content."""
    return f"/static/{name}?v={_mark(name)}"


@shows(blueprint, "GET", "/static/{name}")
def static(call: Call) -> Response:
    """One static file."""
    return serve(call, call.params["name"])


@shows(blueprint, "GET", "/sw.js")
def service_worker(call: Call) -> Response:
    """The service worker, at the root since its place limits what it may serve."""
    policy = {"Content-Security-Policy": "default-src 'none'; connect-src 'self'"}
    return serve(call, "sw.js", **policy)


def serve(call: Call, name: str, **headers: str) -> Response:
    """Answer with a static file, or 304 to who has it; raise Problem ``not_found``."""
    text = content(name)
    mark = _mark(name)
    kept = f"public, max-age={_YEAR}, immutable" if call.query("v") == mark else "no-cache"
    sent: dict[str, Any] = {
        **SAFE_HEADERS,
        "Content-Type": _TYPES[Path(name).suffix],
        "Cache-Control": kept,
        "ETag": f'"{mark}"',
        **headers,
    }
    if f'"{mark}"' in call.header("if-none-match"):
        return Response("", headers=sent, status_code=304)
    return Response(text, headers=sent, status_code=200)


@cache
def _names() -> frozenset[str]:
    """What may be served: the files there are, so that no name leads anywhere else."""
    files = {path.name for path in STATIC.iterdir() if path.suffix in _TYPES}
    return frozenset(files | {FONT_SHEET})


@cache
def content(name: str) -> str:
    """Return the text of a static file; raise Problem ``not_found``."""
    if name not in _names():
        raise Problem("not_found")
    if name == FONT_SHEET:
        font = base64.b64encode((STATIC / FONT).read_bytes()).decode()
        return (
            '@font-face{font-family:"Sofia Sans";font-weight:1 1000;font-style:normal;'
            f'font-display:swap;src:url("data:font/woff2;base64,{font}") format("woff2")}}\n'
        )
    return (STATIC / name).read_text()


@cache
def _mark(name: str) -> str:
    return hashlib.sha256(content(name).encode()).hexdigest()[:12]
