"""Signing in to the pages: the code flow, the session, revocation, and forms of other sites."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.oidc import Verifier
from chalicelib.handlers.session import caller_from_session
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.sessions import SESSION_SECONDS, Sessions, Standing
from chalicelib.services.signing_in import SignIn, our_path
from tests.fakes.world import AUDIENCE, ISSUER, World, access_token, jwks


class FakeIssuer:
    """Signs in whoever is set, and checks the proof key as a real provider does."""

    def __init__(self) -> None:
        self.user, self.claims = "operator", {}
        self.asked: dict[str, str] = {}
        self.logout = ""

    def authorize_url(self, **asked: str) -> str:
        self.asked = asked
        return "https://issuer.test/authorize?" + urlencode({"state": asked["state"]})

    def exchange(self, code: str, *, verifier: str, back: str) -> str:
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (code, challenge, back) != ("good", self.asked["challenge"], self.asked["back"]):
            raise TokenInvalid("proof")
        changes = {"token_use": "id", "aud": AUDIENCE, "client_id": None}
        return access_token(self.user, **{**changes, "nonce": self.asked["nonce"], **self.claims})

    def identity(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        return Verifier(ISSUER, AUDIENCE, jwks).identity(id_token, nonce)

    def sign_out_url(self, back: str) -> str:
        return self.logout


class Wall:
    """Real time, as the test says."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Browser:
    """Keeps cookies as a browser does."""

    def __init__(self, world: World) -> None:
        self.world, self.cookies = world, {}

    def get(self, target: str) -> Any:
        return self._seen(self.world.get(target, headers=self._sent()))

    def post(self, target: str, fields: Mapping[str, str], **headers: str) -> Any:
        body = urlencode(fields).encode()
        return self._seen(self.world.post(target, body, headers=self._sent() | headers))

    def sign_in(self, to: str = "/") -> Any:
        left = self.get("/masuk?" + urlencode({"ke": to}))
        state = dict(parse_qsl(urlsplit(left.headers["Location"]).query))["state"]
        return self.get("/masuk/kembali?" + urlencode({"code": "good", "state": state}))

    def _sent(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _seen(self, answer: Any) -> Any:
        for header in answer.cookies:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer


@pytest.fixture
def issuer():
    return FakeIssuer()


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def browser(world, issuer, wall, monkeypatch):
    from chalicelib import config

    def numbered(size):
        world.counter = getattr(world, "counter", 0) + 1
        return world.counter.to_bytes(size, "big")

    back = "https://lapor.example/masuk/kembali"
    sign_in = SignIn(issuer, config.link_keys, numbered, wall, lambda: back)
    sessions = Sessions(world.accounts, config.token_secret, numbered, wall)
    monkeypatch.setattr(bootstrap, "issuer", lambda: issuer)
    monkeypatch.setattr(bootstrap, "sign_in", lambda: sign_in)
    monkeypatch.setattr(bootstrap, "sessions", lambda: sessions)
    monkeypatch.setenv("PUBLIC_URL", "https://lapor.example")
    return Browser(world)


class Asked:
    """As much of a request as the session looks at."""

    def __init__(self, browser: Browser, body: bytes = b"", **headers: str) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.headers, self.raw_body = {"cookie": cookie, **headers}, body


def roles(browser):
    return set(caller_from_session(Asked(browser)).roles)


def test_signing_in_leads_back_to_where_one_wanted_with_the_accounts_roles(browser):
    answer = browser.sign_in("/tugas?status=assigned")
    assert (answer.status, answer.headers["Location"]) == (303, "/tugas?status=assigned")
    assert roles(browser) == {"operator"}


def test_the_cookies_are_for_this_host_alone_and_out_of_reach_of_scripts(browser):
    answer = browser.sign_in()
    session, forgotten = answer.cookies
    assert session.startswith("__Host-sesi=")
    assert f"Path=/; Max-Age={SESSION_SECONDS}; HttpOnly; SameSite=Lax; Secure" in session
    assert forgotten.startswith("__Host-masuk=; ")
    assert set(browser.cookies) == {"__Host-sesi"}


def test_the_browser_holds_nothing_that_says_who_it_is_and_the_table_nothing_to_sign_in_with(
    browser, world
):
    browser.sign_in()
    token = browser.cookies["__Host-sesi"]
    assert "operator" not in token and len(token) == 43
    assert token not in repr(world.accounts.sessions)


def test_a_session_is_not_taken_as_an_api_token(browser):
    browser.sign_in()
    assert browser.get("/v1/queue").code == "sign_in_needed"


def test_a_staff_token_opens_no_page_session(browser, world):
    request = Asked(browser, authorization=f"Bearer {access_token('operator')}")
    assert not caller_from_session(request).roles


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"code": ""},
        {"code": "bad"},
        {"code": "x" * 5000},
    ],
    ids=str,
)
def test_coming_back_with_anything_else_begins_no_session(browser, change):
    left = browser.get("/masuk")
    state = dict(parse_qsl(urlsplit(left.headers["Location"]).query))["state"]
    query = {"code": "good", "state": state} | change
    answer = browser.get("/masuk/kembali?" + urlencode(query))
    assert answer.status == 401
    assert "__Host-sesi" not in browser.cookies


def test_coming_back_without_having_left_begins_no_session(browser):
    left = browser.get("/masuk")
    state = dict(parse_qsl(urlsplit(left.headers["Location"]).query))["state"]
    browser.cookies.clear()
    answer = browser.get("/masuk/kembali?" + urlencode({"code": "good", "state": state}))
    assert (answer.status, browser.cookies) == (401, {})


def test_coming_back_after_ten_minutes_begins_no_session(browser, wall):
    left = browser.get("/masuk")
    state = dict(parse_qsl(urlsplit(left.headers["Location"]).query))["state"]
    wall.seconds += 600
    assert (
        browser.get("/masuk/kembali?" + urlencode({"code": "good", "state": state})).status == 401
    )


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another-client"},
        {"token_use": "access"},
        {"exp": 1_000},
        {"iss": "https://another.test"},
    ],
    ids=str,
)
def test_an_id_token_not_made_for_this_sign_in_begins_no_session(browser, issuer, claims):
    issuer.claims = claims
    assert browser.sign_in().status == 401
    assert "__Host-sesi" not in browser.cookies


def test_whom_only_the_issuer_knows_gets_no_session(browser, issuer):
    issuer.user = "somebody.else"
    assert browser.sign_in().status == 403
    assert "__Host-sesi" not in browser.cookies


def test_groups_of_the_token_take_roles_away(browser, issuer):
    issuer.user, issuer.claims = "petugas.pupr", {"cognito:groups": ["operator"]}
    assert browser.sign_in().status == 403


def test_signing_in_again_ends_the_session_before(browser, world):
    browser.sign_in()
    first = dict(browser.cookies)
    browser.sign_in()
    assert roles(browser) == {"operator"}
    browser.cookies = first
    assert roles(browser) == set()
    assert len(world.accounts.sessions) == 1


def test_a_session_ends_after_its_shift(browser, wall):
    browser.sign_in()
    wall.seconds += SESSION_SECONDS - 1
    assert roles(browser) == {"operator"}
    wall.seconds += 1
    assert roles(browser) == set()


def test_a_revoked_account_loses_session_and_token_with_the_next_request(browser, world):
    browser.sign_in()
    assert world.get("/v1/queue", user="operator").status == 200
    world.accounts.put_standing("operator", Standing(revoked=True))
    assert roles(browser) == set()
    assert world.get("/v1/queue", user="operator").code == "invalid_token"


def test_signing_out_everywhere_counts_for_what_was_issued_before(browser, world, wall):
    browser.sign_in()
    world.accounts.put_standing("operator", Standing(not_before=int(wall.seconds) + 1))
    assert roles(browser) == set()
    assert world.get("/v1/queue", user="operator").code == "invalid_token"
    wall.seconds += 60
    browser.sign_in()
    assert roles(browser) == {"operator"}


def test_signing_out_needs_the_pages_own_form_and_ends_the_session(browser, world):
    browser.sign_in()
    kept = dict(browser.cookies)
    assert browser.post("/keluar", {}).status == 403
    assert browser.post("/keluar", {"csrf": "x"}).status == 403
    token = bootstrap.sessions().csrf_token(browser.cookies["__Host-sesi"])
    assert roles(browser) == {"operator"}
    answer = browser.post("/keluar", {"csrf": token})
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    browser.cookies = kept
    assert roles(browser) == set()


def test_the_csrf_token_of_another_session_does_not_fit(browser):
    browser.sign_in()
    others = bootstrap.sessions().csrf_token("another session")
    assert browser.post("/keluar", {"csrf": others}).status == 403


def test_a_script_of_ours_may_send_the_token_in_a_header(browser):
    browser.sign_in()
    token = bootstrap.sessions().csrf_token(browser.cookies["__Host-sesi"])
    assert browser.post("/keluar", {}, **{"X-CSRF-Token": token}).status == 303


def test_what_the_browser_says_comes_from_another_site_is_refused_even_without_a_session(browser):
    assert browser.post("/keluar", {}, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert browser.post("/keluar", {}, **{"Sec-Fetch-Site": "same-origin"}).status == 303


def test_signing_out_goes_on_to_the_issuer_by_a_page_and_no_redirect(browser, issuer):
    """Browsers hold the redirects of a form against form-action, which names only ourselves."""
    issuer.logout = "https://issuer.test/logout?client_id=x"
    browser.sign_in()
    token = bootstrap.sessions().csrf_token(browser.cookies["__Host-sesi"])
    answer = browser.post("/keluar", {"csrf": token})
    assert answer.status == 200
    assert b'content="2; url=https://issuer.test/logout?client_id=x"' in answer.body
    assert "__Host-sesi" not in browser.cookies


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tugas",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\r\nX: y",
        "/" * 2,
    ],
)
def test_nobody_is_sent_to_another_place_than_ours(text):
    assert our_path(text) == "/"


@pytest.mark.parametrize("text", ["/", "/tugas", "/tugas?status=assigned&cursor=a%3D", "/a/b-c_d"])
def test_a_path_of_ours_is_kept(text):
    assert our_path(text) == text
