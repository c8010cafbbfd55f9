"""From a template to a page: language, icons, dates in words, security headers.

Templates say each sentence in both languages at its own place: ``{{ t("Kirim", "Send") }}``.
Nothing on a page is inline but text: looks and scripts come from ``/static``, so that the
Content-Security-Policy can forbid the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalice import Response

from chalicelib import bootstrap, config
from chalicelib.domain import text
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.audience import PAGES, PUBLIC
from chalicelib.handlers.pages import assets
from chalicelib.handlers.problems import SAFE_HEADERS, document
from chalicelib.handlers.session import account_mark, cookie_of, csrf_token
from chalicelib.services.viewing import local

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from chalicelib.handlers.serving import Call

WEB = Path(__file__).resolve().parents[2] / "web"
HTML = "text/html; charset=utf-8"
LANGUAGES = ("id", "en")
#: A year: the choice of a language is no secret and nothing to ask for twice.
LANGUAGE_SECONDS = 365 * 86400
#: Headers of a page that no cache keeps, the browser's own among them.
NOT_KEPT: Mapping[str, str] = {"Cache-Control": "no-store"}
#: A link is somebody's: it is told to no other site, kept by no cache and found by no search.
OF_A_LINK: Mapping[str, str] = {
    **NOT_KEPT,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def page(
    call: Call, template: str, *, status: int | None = None,
    headers: Mapping[str, Any] | None = None, **facts: Any,
) -> Response:  # fmt: skip
    """Render *template* for the caller of *call*; *facts* are the template's variables.

    Without *status* it is that of the fact ``problem``, a problem document, or 200 without one.
    A page is never kept by caches between us and the reader unless *headers* says so.
    """
    language = language_of(call)
    body = _environment().get_template(template).render(**_surroundings(call, language), **facts)
    sent = {
        **SAFE_HEADERS,
        "Content-Type": HTML,
        "Content-Language": language,
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": content_security_policy(),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        **(headers or {}),
    }
    if call.query("lang") in LANGUAGES and "Set-Cookie" not in sent:
        sent["Set-Cookie"] = (
            f"lang={language}; Path=/; Max-Age={LANGUAGE_SECONDS}; SameSite=Lax; Secure"
        )
    if status is None:
        status = problem["status"] if (problem := facts.get("problem")) else 200
    return Response(body, headers=sent, status_code=status)


def problem_page(call: Call, code: str, **facts: Any) -> Response:
    """Say in a page what a problem document says: what happened, and what to do now."""
    said = document(code, **facts)
    english = language_of(call) == "en"
    return page(
        call,
        "problem.html",
        status=said["status"],
        code=code,
        heading=said["title_en"] if english else said["title"],
        detail=said["detail_en"] if english else said["detail"],
        incident=facts.get("instance", ""),
    )


def redirect(path: str, headers: Mapping[str, Any] | None = None) -> Response:
    """Send the browser to *path* of ours with GET (303)."""
    sent = {"Location": url(path), "Cache-Control": "no-store", **SAFE_HEADERS}
    return Response("", headers={**sent, **(headers or {})}, status_code=303)


def language_of(call: Call) -> str:
    """Return the page's language: the switch, what it said last time, else Indonesian."""
    chosen = call.query("lang") or cookie(call, "lang")
    return chosen if chosen in LANGUAGES else "id"


def cookie(call: Call, name: str) -> str:
    """Return the value of one cookie, empty if it was not sent."""
    return cookie_of(call.request, name)


def url(path: str) -> str:
    """Return where *path* lies on this host: behind a stage's name if there is no own domain."""
    return urlsplit(config.public_url()).path.rstrip("/") + path


def content_security_policy() -> str:
    """Only what we serve ourselves, the photo bucket, and the city's own map tiles if any."""
    outside = " ".join(
        origin for origin in (config.photo_origin(), config.setting("TILE_ORIGIN", ""))
        if origin
    )  # fmt: skip
    photos = f"'self' {outside}".strip()
    rules = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self' data:",
        f"img-src 'self' data: blob: {outside}".strip(),
        f"connect-src {photos}",
        f"form-action {photos}",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _surroundings(call: Call, language: str) -> dict[str, Any]:
    from markupsafe import Markup

    def t(indonesian: str, english: str) -> Markup:
        """Both texts are literals of our templates; what is filled in later gets escaped."""
        return Markup(english if language == "en" else indonesian)  # noqa: S704

    return {
        "t": t,
        "lang": language,
        "other_lang": "id" if language == "en" else "en",
        "path": call.path,
        "may_see": lambda place: bool(PAGES["GET", place] & {PUBLIC, *call.caller.roles}),
        "csrf": csrf_token(call.request),
        "account_mark": lambda: account_mark(call.caller),
        "now": local(bootstrap.clock().now()),
        "long_date": lambda at: in_words(at, language),
        "long_day": lambda at: text.long_day(_moment(at), language) if at else "",
        "drill_said": lambda: _drill_said(language),
        "office": lambda id: _office(id, language),
        "name": lambda names: (names or {}).get(language) or (names or {}).get("id", ""),
    }


def _office(id: str, language: str) -> str:
    """Return an office's title; one that the city no longer has is named as the record names it."""
    known = bootstrap.catalogue().positions().get(id)
    return str(known["title"].get(language, id)) if known else id


def _drill_said(language: str) -> str:
    """Only the pages of a drill pay for its module."""
    from chalicelib.domain.drills import SAID

    return SAID[language]


def in_words(at: datetime | str | None, language: str) -> str:
    """Return an instant for a sentence, empty for none: ``Rabu, 26 Mei 2027 pukul 08.29 WIB``."""
    return text.long_date(_moment(at), language) if at else ""


def short_name(name: str) -> str:
    """Return a category's name without its explanations: ``Jalan berlubang`` of a longer one."""
    return re.split(r" / | \(|: ", name, maxsplit=1)[0]


def thing_of(names: Mapping[str, Any], language: str) -> str:
    """Return what a report is about by its category's *names*, as short as it goes."""
    return short_name(str(names.get(language, "")))


def _moment(value: datetime | str) -> datetime:
    return parse_instant(value) if isinstance(value, str) else value


def _icon(name: str, size: str = "") -> Markup:
    """Return an icon: always beside a word, so never read out."""
    from markupsafe import Markup

    kind = f"icon icon--{size}" if size else "icon"
    return Markup(  # noqa: S704 - our own drawings
        f'<svg class="{kind}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f"{_icons()[name]}</svg>"
    )


@cache
def _icons() -> Mapping[str, str]:
    drawn: Mapping[str, str] = json.loads((WEB / "icons.json").read_text())
    return drawn


@cache
def _environment() -> Environment:
    """Templates are compiled once per container."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    helpers: Mapping[str, Callable[..., Any]] = {
        "icon": _icon,
        "url": url,
        "static": lambda name: url(assets.address(name)),
        "short_name": short_name,
        "hour": lambda at: text.hour(_moment(at)) if at else "",
        "short_date": lambda at: text.short_date(_moment(at)) if at else "",
    }
    made.globals.update(helpers)
    return made
