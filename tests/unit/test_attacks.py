"""Ways in that were tried, and what keeps them shut. One row for each way, by where it comes in."""

from __future__ import annotations

import ast
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.adapters.inbound_mail import read_mail
from chalicelib.domain import grammar, redaction
from chalicelib.domain.inbound import Verdicts
from chalicelib.domain.text import safe_text, spreadsheet_cell
from chalicelib.services.signing_in import _OUR_PATH
from tests.fakes.world import POTHOLE, World

ROOT = Path(__file__).parents[2]
ABSENT = "TL-7K3QX9MW"
SECRET = POTHOLE | {"visibility": "confidential"}
WITH_PHONE = POTHOLE | {"reporter": {"phone": "0812-0000-0001"}}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(administered=True).running() as world:
        yield world


# --- what is confidential leaks nowhere --------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/v1/reports/{n}",
        "/v1/reports/{n}/timeline",
        "/v1/reports/{n}/crowd",
        "/v1/reports/{n}/evidence",
        "/v1/reports/{n}/photos/p-1/large",
        "/laporan/{n}",
        "/laporan/{n}/umum",
        "/umpan/laporan-{n}",
        "/open311/v2/requests/{n}.json",
        "/open311/v2/requests/{n}.xml",
        "/open311/v2/tokens/{n}.json",
    ],
)
def test_a_confidential_report_answers_like_one_that_is_not_there(world, path) -> None:
    number = world.filed(SECRET)["number"]
    hidden, absent = (world.get(path.format(n=one)) for one in (number, ABSENT))
    assert hidden.status == absent.status
    assert hidden.body.replace(number.encode(), b"") == absent.body.replace(ABSENT.encode(), b"")
    named = {"X-Correlation-Id"}
    assert {k: v for k, v in hidden.headers.items() if k not in named} == {
        k: v for k, v in absent.headers.items() if k not in named
    }


@pytest.mark.parametrize("action", ["support", "comments", "confirm", "push", "appeal", "photos"])
def test_acting_on_a_confidential_report_says_no_more(world, action) -> None:
    number = world.filed(SECRET)["number"]
    body = {"reporter": {"email": "a@example.org"}} if action == "support" else {}
    hidden, absent = (world.act(one, action, body) for one in (number, ABSENT))
    assert (hidden.status, hidden.body) == (absent.status, absent.body)


def test_merging_does_not_put_a_confidential_number_before_the_public(world) -> None:
    public, secret = world.filed()["number"], world.filed(SECRET)["number"]
    for number, into in ((public, secret), (secret, public)):
        answer = world.act(number, "merge", {"into": into}, user="operator")
        assert (answer.status, answer.code) == (409, "merge_across_secrecy")
    for page in (f"/v1/reports/{public}", f"/laporan/{public}"):
        assert secret not in world.get(page).body.decode()


def test_merging_is_no_way_to_find_out_which_secret_numbers_exist(world) -> None:
    secret = world.filed(SECRET)["number"]
    about_officials = world.filed({**POTHOLE, "category": "WAS-01"})["number"]
    for target in (about_officials, ABSENT):
        answer = world.act(secret, "merge", {"into": target}, user="operator")
        assert (answer.status, answer.code) == (422, "merge_target_unknown")


# --- whose token, whose report -----------------------------------------------------------------


def test_a_token_opens_its_own_report_in_every_route_and_no_other(world) -> None:
    mine, theirs = world.filed(), world.filed(WITH_PHONE)
    for route in ("contact", "timeline", ""):
        path = f"/v1/reports/{theirs['number']}/{route}".rstrip("/")
        assert world.get(path, token=mine["token"]).code == "invalid_token"
    put = world.call(
        "PUT", f"/v1/reports/{theirs['number']}/contact", {"email": "x@example.org"},
        token=mine["token"],
    )  # fmt: skip
    assert put.code == "invalid_token"


def test_the_receipt_is_given_again_only_to_the_same_key_and_body(world) -> None:
    key = {"Idempotency-Key": "Zk3v1pQm8Xs0Rt5Yw9LbNg"}
    first = world.post("/v1/reports", WITH_PHONE, headers=key)
    other = world.post("/v1/reports", POTHOLE, headers=key)
    assert (first.status, other.status, other.code) == (201, 422, "key_reused")
    assert first.json["token"] not in other.body.decode()


def test_a_cookie_of_one_report_acts_on_no_other(world) -> None:
    mine, theirs = world.filed(), world.filed(WITH_PHONE)
    cookie = {"Cookie": f"lr_{theirs['number']}={mine['token']}"}
    answer = world.post(f"/laporan/{theirs['number']}/withdraw", b"csrf=x", headers=cookie)
    assert answer.status in (401, 403)
    assert world.engine.loaded(theirs["number"]).report.status == "received"


# --- injection ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_of_an_export_is_a_formula(text) -> None:
    assert spreadsheet_cell(text) == "'" + text
    assert spreadsheet_cell("Jl. Daan Mogot 1-2") == "Jl. Daan Mogot 1-2"


def test_every_csv_that_is_written_goes_through_it() -> None:
    for path in (ROOT / "chalicelib").rglob("*.py"):
        text = path.read_text()
        if "csv.writer" in text or "csv.DictWriter" in text:
            assert "spreadsheet_cell(" in text, path


def test_nothing_parses_xml_that_others_sent() -> None:
    reading = {"parse", "fromstring", "XML", "iterparse", "XMLParser", "fromstringlist"}
    for path in (ROOT / "chalicelib").rglob("*.py"):
        text = path.read_text()
        if "xml" not in text:
            continue
        called = {
            node.attr
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Attribute)
            and getattr(node.value, "id", "") in ("ElementTree", "Xml", "minidom", "sax")
        }
        assert not called & reading, path


@pytest.mark.parametrize(
    "body",
    [
        b'{"sop": "pju-padam", "content": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"sop": "pju-padam", "content": {"x": ' + b"1" * 6000 + b"}}",
        b'{"sop": "pju-padam", "content": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001,
        b'{"sop": "pju-padam", "content": {"x": 1e999999}}',
        b'{"sop": "pju-padam", "content": {"x": NaN}}',
        b'{"sop": "pju-padam", "x": "' + b"a" * 300_000 + b'"}',
    ],
    ids=["deep list", "long number", "deep object", "huge number", "no number", "large"],
)
def test_a_bomb_in_json_is_refused_like_any_wrong_body(world, body) -> None:
    answer = world.post("/v1/drafts", body, user="penyusun")
    assert answer.status in (400, 413, 422)


def test_a_line_of_the_log_stays_one_line_whatever_somebody_sent() -> None:
    program = (
        "import logging; from chalicelib.adapters.logs import configure; configure();"
        "logging.getLogger('live_room.x').warning('a %s', 'b\\nINFO forged\\x1b[2J\\r\\u2028c')"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "x", "STAGE": "test"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (line,) = made.stderr.split("\n")[:-1]
    assert json.loads(line)["message"].startswith("a b")
    assert "\x1b" not in line and "\r" not in line


def test_what_people_wrote_is_in_no_line_of_the_log(world) -> None:
    seen = io.StringIO()
    handler = logging.StreamHandler(seen)
    logging.getLogger("live_room").addHandler(handler)
    try:
        world.filed(WITH_PHONE | {"description": "Lubang di depan rumah Bu Tini"})
        world.post("/v1/reports", {"category": "Bu Tini"})
        world.get("/v1/reports/Bu%20Tini")
    finally:
        logging.getLogger("live_room").removeHandler(handler)
    assert "Tini" not in seen.getvalue() and "81200000001" not in seen.getvalue()


@pytest.mark.parametrize(
    "photo", ["..%2F..%2Foriginals", "%2e%2e", "p-1%00.jpg", "p-" + "a" * 300, "..\\..\\x"]
)
def test_a_photos_name_leads_to_no_other_file(world, photo) -> None:
    filed = world.filed()
    path = f"/v1/reports/{filed['number']}/photos/{photo}/large"
    assert world.get(path, token=filed["token"]).status == 404


@pytest.mark.parametrize("name", ["..%2Fapp.py", "%2e%2e", "app.js%00", "/etc/passwd".lstrip("/")])
def test_a_static_files_name_leads_to_no_other_file(world, name) -> None:
    assert world.get(f"/static/{name.replace('/', '%2F')}").status == 404


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/x//evil.example", "\r\n/x", ""],
)
def test_a_sign_in_leads_back_to_our_own_pages_alone(to) -> None:
    assert not _OUR_PATH.fullmatch(to)


@pytest.mark.parametrize("field", ["category", "kelurahan", "address", "source"])
def test_what_fills_a_form_from_its_address_is_text(world, field) -> None:
    attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E{{7*7}}"
    page = world.get(f"/?{field}={attack}").body.decode()
    assert "<script>alert" not in page and "49" not in page.partition(field)[2][:200]


# --- headers of every answer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/static/base.css",
        "/static/proof.js",
        "/sw.js",
        "/lacak?nomor=TL-7K3QX9MW",
        "/tugas",
        "/data/laporan.csv",
        "/v1/openapi.json",
        "/v1/reports/x",
        "/laporan/x",
        "/umpan/kota",
        "/open311/v2/services.xml",
    ],
)
def test_every_answer_is_locked_files_redirects_and_refusals_too(world, monkeypatch, path) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://lapor.example.go.id")
    sent = world.get(path).headers
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in sent["Content-Security-Policy"]
    assert "unsafe-inline" not in sent["Content-Security-Policy"]
    assert sent["Strict-Transport-Security"].startswith("max-age=")
    assert sent["Referrer-Policy"]


def test_every_cookie_that_proves_something_is_out_of_reach_of_scripts(world) -> None:
    filed = world.post("/lapor", b"category=INF-01&kelurahan=Sukarasa")
    (cookie,) = filed.cookies
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))


# --- texts that keep a pattern busy --------------------------------------------------------------

_EVIL = [" " * 40_000 + "x", "a" * 40_000, "a." * 20_000, "TL-" * 13_000, "0812 " * 8_000,
         "\\" * 40_000, "On " + ", : " * 10_000, "> " * 20_000, "Dari: x\n" * 5_000,
         "Pada " * 4_000, "> On , " * 3_000, "a <a@" * 4_000]  # fmt: skip


@pytest.mark.parametrize("text", _EVIL, ids=range(len(_EVIL)))
def test_no_pattern_is_kept_busy_by_a_text_made_for_it(text) -> None:
    """Each would take minutes if one backtracked; nothing is asserted about time."""
    safe_text(text[:4000])
    redaction.masked(text[:4000])
    grammar.understood(text[:4000])


def test_no_mail_keeps_the_reader_busy() -> None:
    for text in _EVIL:
        raw = b"From: a@example.org\r\nMessage-Id: <x@example.org>\r\nSubject: x\r\n\r\n"
        read_mail(raw + text.encode(), ("r-x@in.example",), Verdicts(), frozenset())
