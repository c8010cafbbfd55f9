"""The frame of every page: language, security headers, static files, refusals."""

from __future__ import annotations

import re

import pytest

from chalicelib.handlers.pages import assets
from tests.fakes.world import World


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def test_a_page_is_indonesian_until_the_switch_is_used(world):
    assert '<html lang="id"' in world.get("/").body.decode()
    english = world.get("/?lang=en")
    assert '<html lang="en"' in english.body.decode()
    chosen = english.headers["Set-Cookie"].partition(";")[0]
    assert '<html lang="en"' in world.get("/", headers={"Cookie": chosen}).body.decode()
    assert '<html lang="id"' in world.get("/", headers={"Accept-Language": "en"}).body.decode()


def test_nothing_inline_may_run_or_style_and_no_other_host_is_named(world):
    answer = world.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy and "default-src 'none'" in policy
    html = answer.body.decode()
    assert not re.search(r"<style|style=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_a_static_file_is_kept_for_a_year_under_the_mark_of_its_content(world):
    answer = world.get(assets.address("base.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    again = world.get("/static/base.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert world.get("/static/base.css?v=old").headers["Cache-Control"] == "no-cache"


def test_the_frame_for_no_network_lies_on_the_shelf_that_the_service_worker_keeps():
    named = [re.search(r'SHELF = "([^"]+)"', assets.content(one)) for one in ("sw.js", "unsent.js")]
    assert len({found.group(1) for found in named}) == 1


def test_the_font_is_a_style_sheet(world):
    body = world.get("/static/font.css").body.decode()
    assert body.startswith('@font-face{font-family:"Sofia Sans"') and "base64,d09GMg" in body


@pytest.mark.parametrize(
    "name", ["../config.py", "..", "sofia-sans-latin.woff2", "nothing.css", ""]
)
def test_no_name_leads_out_of_the_static_files(name):
    with pytest.raises(assets.Problem):
        assets.content(name)


def test_a_refused_page_is_a_page(world):
    answer = world.get("/static/nothing.css")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Tidak ditemukan" in answer.body.decode()
