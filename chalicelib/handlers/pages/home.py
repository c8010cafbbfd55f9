"""The first page: report in under a minute, the emergency button before everything else."""

from __future__ import annotations

from chalice import Blueprint, Response

from chalicelib.handlers.pages.rendering import page
from chalicelib.handlers.serving import Call, shows

blueprint = Blueprint(__name__)


@shows(blueprint, "GET", "/")
def home(call: Call) -> Response:
    """The report page."""
    return page(call, "home.html")
