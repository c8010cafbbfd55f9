"""The API's description for people."""

from __future__ import annotations

import re

from chalicelib.handlers.pages.assets import STATIC


def test_the_viewer_is_ours_reads_our_document_and_runs_no_inline_script(world):
    answer = world.get("/docs")
    page = answer.body.decode()
    assert 'spec-url="/v1/openapi.json"' in page
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    policy = dict(
        rule.split(" ", 1)
        for rule in answer.headers["Content-Security-Policy"].split("; ")
        if " " in rule
    )
    assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    assert "https:" not in policy["connect-src"]


def test_developers_find_it_beside_the_document(world):
    answer = world.get("/v1/docs")
    assert (answer.status, answer.headers["Location"]) == (303, "/docs")


def test_the_vendored_viewer_comes_with_its_licence(world):
    assert b"MIT License" in world.get("/static/rapidoc-LICENSE.txt").body
    script = (STATIC / "rapidoc-min.js").read_text()
    assert script.startswith("/*! RapiDoc 9.3.8")
    assert world.get("/static/rapidoc-min.js").status == 200
