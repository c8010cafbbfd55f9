"""The API's description for people: RapiDoc, served by ourselves, reading our own document."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib.handlers.pages.rendering import content_security_policy, page, redirect
from chalicelib.handlers.serving import Call, shows

blueprint = Blueprint(__name__)
#: RapiDoc sets style attributes; scripts stay ours alone, and nothing is fetched from elsewhere.
_STYLES = "style-src 'self' 'unsafe-inline'"


@shows(blueprint, "GET", "/docs")
def docs(call: Call) -> Response:
    """Every route with its forms and answers, to read and to try."""
    policy = content_security_policy().replace("style-src 'self'", _STYLES)
    return page(call, "docs.html", headers={"Content-Security-Policy": policy})


@shows(blueprint, "GET", "/v1/docs")
def docs_of_version(call: Call) -> Response:
    """The same, where developers look beside the document."""
    return redirect("/docs")
