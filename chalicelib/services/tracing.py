"""One id for all that follows from one request or wake-up, carried from part to part.

It goes with the rows that a request writes, through the stream, the queues and the execution's
input, to the message that is sent in the end, and stands in every log line on the way. It is a
random number and says nothing of anybody.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Its name in queue messages, in an execution's input and in table rows.
TRACE = "trace"
_FORM = re.compile(r"[A-Za-z0-9-]{8,64}")
_current: ContextVar[str] = ContextVar("trace", default="")


def current() -> str:
    """Return the id of what is being done, empty outside of everything."""
    return _current.get()


@contextmanager
def tracing(given: object = "") -> Iterator[str]:
    """Let *given* be the id until the end; a fresh one if it is none (of our form)."""
    text = given if isinstance(given, str) and _FORM.fullmatch(given) else str(uuid.uuid4())
    token = _current.set(text)
    try:
        yield text
    finally:
        _current.reset(token)
