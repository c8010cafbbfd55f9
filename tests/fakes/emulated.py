"""Tables in an emulated DynamoDB, for suites that hold a fake and an adapter to one contract."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from moto import mock_aws
from pynamodb.models import Model

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def tables(*rows: type[Model]) -> Iterator[None]:
    """Have the empty tables of *rows* until the end; earlier and later connections are dropped."""
    with mock.patch.dict(os.environ, CREDENTIALS), mock_aws():
        for row in rows:
            row._connection = None
            row.create_table(wait=True)
        try:
            yield
        finally:
            for row in rows:
                row._connection = None
