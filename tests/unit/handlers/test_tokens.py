"""Access tokens of staff: only those of our issuer, for us, in time, for accounts in force."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.adapters.oidc import Verifier, fetch_keys
from chalicelib.config import SettingMissing
from chalicelib.services.identifying import IdentifyStaff, TokenInvalid
from chalicelib.services.ports import TryAgain
from infra.local.issuer import AUDIENCE as LOCAL_AUDIENCE
from infra.local.issuer import ISSUER as LOCAL_ISSUER
from infra.local.issuer import LocalIssuer
from tests.fakes.accounts import MemoryAccountStore
from tests.fakes.engine import SHIPPED, SetClock
from tests.fakes.world import AUDIENCE, ISSUER, KID, access_token, jwks, signing_key

CLAIMS = {
    "iss": ISSUER,
    "sub": "operator",
    "username": "operator",
    "client_id": AUDIENCE,
    "token_use": "access",
    "exp": 4_000_000_000,
}


CLOCK = SetClock(datetime(2027, 4, 5, tzinfo=UTC))


def identifier(verifier=None):
    return IdentifyStaff(
        verifier or Verifier(ISSUER, AUDIENCE, jwks), SHIPPED, MemoryAccountStore(), CLOCK
    )


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(algorithm):
    return f"{part({'alg': algorithm, 'kid': KID})}.{part(CLAIMS)}."


def signed_with_the_public_key(algorithm="HS256"):
    """The classic confusion: the public key, which everybody knows, used as a shared secret."""
    pem = (
        signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    message = f"{part({'alg': algorithm, 'kid': KID})}.{part(CLAIMS)}"
    digest = hmac.new(pem, message.encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed_by(key, headers=None, **changes):
    return jwt.encode(
        CLAIMS | changes, key, algorithm="RS256", headers={"kid": KID} | (headers or {})
    )


def tampered():
    head, _, signature = access_token("operator").split(".")
    return f"{head}.{part(CLAIMS | {'username': 'walikota'})}.{signature}"


FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)
REFUSED = {
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg empty": lambda: unsigned(""),
    "HS256 with the public key": signed_with_the_public_key,
    "another key": lambda: signed_by(FOREIGN),
    "another key brought along": lambda: signed_by(FOREIGN, {"jku": "https://evil.test/jwks"}),
    "an unknown key id": lambda: signed_by(signing_key(), {"kid": "key-2"}),
    "RS512": lambda: jwt.encode(CLAIMS, signing_key(), algorithm="RS512", headers={"kid": KID}),
    "changed claims": tampered,
    "another issuer": lambda: access_token("operator", iss="https://other.test"),
    "no issuer": lambda: access_token("operator", iss=None),
    "another client": lambda: access_token("operator", client_id="other-app"),
    "no client": lambda: access_token("operator", client_id=None),
    "a strange audience": lambda: access_token("operator", client_id=None, aud=["other"]),
    "an identity token": lambda: access_token("operator", token_use="id"),
    "expired": lambda: access_token("operator", exp=1_700_000_000),
    "never expiring": lambda: access_token("operator", exp=None),
    "not yet valid": lambda: access_token("operator", nbf=3_900_000_000),
    "no account": lambda: access_token("tidak.ada"),
    "an account without a role": lambda: access_token("pengganti"),
    "a name that is no text": lambda: access_token("operator", username=["operator"], sub=""),
    "rubbish": lambda: "abc",
    "two dots": lambda: "..",
    "a report token": lambda: "lrt_abc",
    "a very long one": lambda: "a" * 9000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_valid_access_token_is_refused(world, name):
    answer = world.get("/v1/queue", token=REFUSED[name]())
    assert (answer.status, answer.code) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic b3A6cHc=", "Bearer", "Bearer ", "bearer  ", "Token x"])
def test_other_schemes_are_refused(world, header):
    answer = world.get("/v1/queue", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "invalid_token")


def test_a_valid_token_is_taken(world):
    assert world.get("/v1/queue", user="operator").status == 200


def test_the_audience_may_be_named_as_other_issuers_do(world):
    token = access_token("operator", client_id=None, aud=["other", AUDIENCE])
    assert world.get("/v1/queue", token=token).status == 200


@pytest.mark.parametrize("claim", ["cognito:groups", "groups"])
def test_groups_can_only_take_roles_away(claim):
    identify = identifier()
    both = access_token("camat.karawaci", **{claim: ["territorial", "mayor"]})
    assert identify(both).roles == frozenset({"territorial"})
    with pytest.raises(TokenInvalid):
        identify(access_token("camat.karawaci", **{claim: ["mayor"]}))


def test_positions_come_from_the_directory():
    caller = identifier()(access_token("kadis.pupr"))
    assert (caller.person, caller.roles, caller.agencies) == (
        "kadis.pupr",
        frozenset({"agency_head"}),
        frozenset({"PUPR"}),
    )


def test_keys_are_read_once_an_hour_and_again_for_a_new_one_at_most_twice_a_minute():
    now, reads = [0.0], []

    def read():
        reads.append(now[0])
        return jwks()

    verifier = Verifier(ISSUER, AUDIENCE, read, lambda: now[0])
    unknown = signed_by(signing_key(), {"kid": "key-2"})
    for at in (0, 10, 31, 40, 62, 3700):
        now[0] = at
        verifier.claims(access_token("operator"))
        with pytest.raises(TokenInvalid):
            verifier.claims(unknown)
    assert reads == [0, 31, 62, 3700]


def test_an_issuer_that_does_not_answer_is_a_passing_fault(world, monkeypatch):
    def down(*_args, **_how):
        raise urllib.error.URLError("down")

    monkeypatch.setattr(urllib.request, "urlopen", down)
    with pytest.raises(TryAgain):
        fetch_keys("https://issuer.test/.well-known/jwks.json")


@pytest.mark.parametrize("url", ["http://issuer.test/jwks", "file:///etc/passwd"])
def test_keys_are_fetched_over_https_only(url):
    with pytest.raises(SettingMissing):
        fetch_keys(url)


def test_the_local_issuer_mints_what_the_app_takes(tmp_path):
    issuer = LocalIssuer(tmp_path)
    keys = (tmp_path / "jwks.json").read_bytes
    identify = identifier(Verifier(LOCAL_ISSUER, LOCAL_AUDIENCE, keys))
    assert identify(issuer.mint("petugas.pupr")).roles == frozenset({"officer"})
    again = LocalIssuer(tmp_path)
    assert identify(again.mint("operator")).person == "operator"
