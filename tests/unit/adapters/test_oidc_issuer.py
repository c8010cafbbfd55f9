"""The local stage's issuer from end to end, and the addresses of others."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib import config
from chalicelib.adapters import oidc
from chalicelib.adapters.oidc import OidcIssuer, Verifier
from chalicelib.services.identifying import TokenInvalid
from infra.local.issuer import AUDIENCE, ISSUER, LocalIssuer, Refused

ADDRESS = "http://127.0.0.1:8000"
BACK = f"{ADDRESS}/masuk/kembali"
PROOF = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(PROOF.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The local issuer behind the adapter, without a socket between the two."""
    issuer = LocalIssuer(tmp_path)
    for name, value in issuer.environment(ADDRESS).items():
        monkeypatch.setenv(name, value)

    def fetched(url, form=None):
        assert url == f"{ADDRESS}/_local/token"
        try:
            return json.dumps(issuer.redeem(form)).encode()
        except Refused as error:
            raise TokenInvalid(str(error)) from error

    monkeypatch.setattr(oidc, "_fetched", fetched)
    return issuer


def adapter(local, tmp_path):
    return OidcIssuer(Verifier(ISSUER, AUDIENCE, (tmp_path / "jwks.json").read_bytes))


def asked(**changes):
    url = OidcIssuer(None).authorize_url(state="s1", nonce="n1", challenge=CHALLENGE, back=BACK)
    return dict(parse_qsl(urlsplit(url).query)) | changes


def code_for(local, user="kadis.pupr", **changes):
    back = local.grant(asked(**changes), user)
    return dict(parse_qsl(urlsplit(back).query))


def test_a_demo_user_comes_back_with_a_code_that_gives_their_identity_once(local, tmp_path):
    given = code_for(local)
    assert given["state"] == "s1"
    token = adapter(local, tmp_path).exchange(given["code"], verifier=PROOF, back=BACK)
    assert adapter(local, tmp_path).identity(token, "n1")["sub"] == "kadis.pupr"
    with pytest.raises(TokenInvalid):
        adapter(local, tmp_path).exchange(given["code"], verifier=PROOF, back=BACK)


@pytest.mark.parametrize("changes", [{"verifier": "w" * 43}, {"back": BACK + "/"}])
def test_a_code_needs_its_proof_and_its_address(local, tmp_path, changes):
    call = {"verifier": PROOF, "back": BACK} | changes
    with pytest.raises(TokenInvalid):
        adapter(local, tmp_path).exchange(code_for(local)["code"], **call)


def test_the_local_issuer_sends_nobody_elsewhere(local):
    for back in ("https://evil.example/masuk/kembali", "http://127.0.0.1:8000/other", ""):
        with pytest.raises(Refused):
            local.grant(asked(redirect_uri=back), "admin")


def test_the_page_offers_the_users_and_escapes_what_it_was_sent(local):
    page = local.choose(asked(state='"><script>'), [("admin", "Administrator")])
    assert 'value="admin"' in page and "<script>" not in page


def test_an_id_token_is_no_access_token(local, tmp_path):
    token = adapter(local, tmp_path).exchange(code_for(local)["code"], verifier=PROOF, back=BACK)
    with pytest.raises(TokenInvalid):
        Verifier(ISSUER, AUDIENCE, (tmp_path / "jwks.json").read_bytes).claims(token)


def test_other_issuers_name_their_addresses_themselves(monkeypatch):
    read = []

    def fetched(url, form=None):
        read.append(url)
        names = {"authorization_endpoint": "https://id.example/a", "token_endpoint": "https://t"}
        return json.dumps(names | {"end_session_endpoint": "https://id.example/out"}).encode()

    monkeypatch.setattr(oidc, "_fetched", fetched)
    monkeypatch.setenv("OIDC_ISSUER", "https://id.example/")
    monkeypatch.setenv("OIDC_AUDIENCE", "live-room")
    for name in ("OIDC_AUTHORIZE_URL", "OIDC_TOKEN_URL", "OIDC_LOGOUT_URL"):
        monkeypatch.delenv(name, raising=False)
    issuer = OidcIssuer(None)
    url = issuer.authorize_url(state="s", nonce="n", challenge="c", back=BACK)
    assert url == "https://id.example/a?" + urlencode(
        {
            "response_type": "code",
            "client_id": "live-room",
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "s",
            "nonce": "n",
            "code_challenge": "c",
            "code_challenge_method": "S256",
        }
    )
    assert issuer.sign_out_url(ADDRESS).startswith("https://id.example/out?client_id=live-room&")
    assert read == ["https://id.example/.well-known/openid-configuration"]


@pytest.mark.parametrize("url", ["http://id.example/token", "ftp://x", "http://127.0.0.1:1/token"])
def test_an_issuer_is_spoken_to_over_https_only_beyond_the_local_stage(monkeypatch, url):
    monkeypatch.setenv("STAGE", "dev")
    with pytest.raises(config.SettingMissing):
        oidc._fetched(url)
