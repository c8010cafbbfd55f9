"""In Lambda the app loads what a request needs, and nothing else."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys

import pytest

from chalicelib.handlers import http, loading


def test_the_list_of_owners_is_what_the_modules_say():
    """Red after a new route? ``python -m chalicelib.handlers.loading`` writes the list anew."""
    app = importlib.import_module("app").app
    assert json.loads(loading.OWNERS.read_text()) == app.owners
    assert set(app.owners) == set(app.routes)


def in_lambda(script: str) -> str:
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "live-room-test"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_request_loads_its_own_module_and_not_its_neighbours():
    assert in_lambda(
        "import sys; from app import app; before = len(app.routes); app.load('/v1/reports');"
        "print(before, '/v1/reports' in app.routes,"
        " [m for m in ('public', 'accounts', 'drafts', 'open311', 'pages.room')"
        " if 'chalicelib.handlers.' + m in sys.modules])"
    ) == ("0 True ['public']")


def test_every_path_is_served_whichever_comes_first_and_an_unknown_one_loads_everything():
    assert in_lambda(
        "import json; from app import app; from chalicelib.handlers.loading import OWNERS;"
        "known = json.loads(OWNERS.read_text());"
        "missing = [p for p in known if (app.load(p), p not in app.routes)[1]];"
        "print(missing, sorted(app.owners) == sorted(known))"
    ) == ("[] True")
    assert in_lambda(
        "import json; from app import app; from chalicelib.handlers.loading import OWNERS;"
        "app.load('/nowhere'); print(len(app.routes) == len(json.loads(OWNERS.read_text())))"
    ) == ("True")


@pytest.mark.parametrize("name", [*http.REFUSALS, *http.KNOWN])
def test_every_refusal_that_is_answered_exists(name):
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)
