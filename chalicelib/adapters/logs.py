"""Log lines as JSON, each with the id of what it belongs to; nothing of anybody's person.

On Lambda the form is Powertools' (its formatter alone: the Logger would replace the handlers that
Lambda and Chalice set up). It is imported with the first line that is written, since it costs
tens of milliseconds and a request that goes well writes none. Outside Lambda logs stay as they are.
"""

from __future__ import annotations

import logging
import os
import traceback
from functools import cache
from typing import Any

from chalicelib import config
from chalicelib.services.tracing import TRACE, current

ROOT = "live_room"


def places(error: BaseException) -> str:
    """Return where *error* came from, without its message: that may hold what a citizen wrote."""
    return "".join(traceback.format_tb(error.__traceback__))


class WithTrace(logging.Filter):
    """Puts the current id on every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter.filter`; every line passes."""
        setattr(record, TRACE, current())
        return True


class Lazy(logging.Formatter):
    """Powertools' formatter, made with the first line."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        return str(_formatter().format(record))


@cache
def _formatter() -> Any:
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    return LambdaPowertoolsFormatter(
        service=config.resource("").rstrip("-"), utc=True, log_record_order=["level", "message"]
    )


def configure() -> None:
    """Set the form of our own lines, once in a Lambda container; elsewhere nothing changes."""
    logger = logging.getLogger(ROOT)
    if any(isinstance(handler, _Ours) for handler in logger.handlers):
        return
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    handler = _Ours()
    handler.addFilter(WithTrace())
    handler.setFormatter(Lazy())
    logger.addHandler(handler)
    logger.setLevel(config.setting("LOG_LEVEL", "INFO"))
    logger.propagate = False  # the root's handler would write each line a second time


class _Ours(logging.StreamHandler[Any]):
    """The one handler of our lines."""
