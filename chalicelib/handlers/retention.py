"""The daily run that forgets what is over its time."""

from __future__ import annotations

import logging
from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.retention")


@blueprint.schedule("rate(1 day)", name="forget")
def forget(event: Any) -> None:
    """Erase contacts, words and photos whose time has come."""
    log.info("forgetting", extra={"reports": bootstrap.forget().due()})
