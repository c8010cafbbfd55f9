"""OpenID Connect: access tokens of staff and citizens, and the sign-in of the web pages.

Signature, issuer, audience and expiry are checked.

Any issuer serves: Amazon Cognito on AWS (its access tokens name the client in ``client_id``), a
local one in the local stage. Only RS256 counts, so neither ``none`` nor a shared secret passes.
"""

from __future__ import annotations

import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib import config
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.ports import TryAgain

_KEYS_SECONDS = 3600.0
_RETRY_SECONDS = 30.0
_MAX_KEYS_BYTES = 100_000
_LEEWAY_SECONDS = 30
_FETCH_SECONDS = 3
_CITIZEN = "CITIZEN_OIDC_"


class Verifier:
    """Checks access tokens against the issuer's published keys, which are kept for an hour."""

    def __init__(
        self,
        issuer: str,
        audience: str | Sequence[str],
        read_keys: Callable[[], bytes],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audiences = {audience} if isinstance(audience, str) else set(audience)
        self._read_keys = read_keys
        self._monotonic = monotonic
        self._keys: dict[str, Any] = {}
        self._read_at: float | None = None

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a valid access token; raise TokenInvalid."""
        claims = self._checked(token)
        if claims.get("token_use", "access") != "access" or not self._meant_for_us(claims):
            raise TokenInvalid("audience")
        return claims

    def identity(self, token: str, nonce: str) -> Mapping[str, Any]:
        """Return the claims of a valid ID token that was made for *nonce*; raise TokenInvalid."""
        claims = self._checked(token)
        if claims.get("token_use", "id") != "id" or not self._meant_for_us(claims):
            raise TokenInvalid("audience")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise TokenInvalid("nonce")
        return claims

    def _checked(self, token: str) -> dict[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = self._key(str(header.get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            )
        except jwt.PyJWTError as error:
            raise TokenInvalid(type(error).__name__) from error
        return claims

    def _meant_for_us(self, claims: Mapping[str, Any]) -> bool:
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        return not self._audiences.isdisjoint([*named, claims.get("client_id")])

    def _key(self, kid: str) -> Any:
        now = self._monotonic()
        age = now - self._read_at if self._read_at is not None else _KEYS_SECONDS + 1
        if age > _KEYS_SECONDS or (kid not in self._keys and age > _RETRY_SECONDS):
            self._load(now)
        if kid not in self._keys:
            raise TokenInvalid("unknown key")
        return self._keys[kid]

    def _load(self, now: float) -> None:
        from jwt.algorithms import RSAAlgorithm

        rows = json.loads(self._read_keys()).get("keys", [])
        self._keys = {
            row["kid"]: RSAAlgorithm.from_jwk(row)
            for row in rows
            if row.get("kty") == "RSA" and row.get("use", "sig") == "sig" and row.get("kid")
        }
        self._read_at = now


def verifier_from_environment() -> Verifier:
    """Return the stage's verifier: OIDC_ISSUER, OIDC_AUDIENCE, and where the keys are.

    OIDC_OTHER_AUDIENCES names further clients whose tokens count, such as the officers' app.

    The keys come from OIDC_JWKS (the document itself), OIDC_JWKS_FILE, or over HTTPS from
    OIDC_JWKS_URL, by default the issuer's ``/.well-known/jwks.json``.
    """
    others = config.setting("OIDC_OTHER_AUDIENCES", "").split()
    audiences = (config.setting("OIDC_AUDIENCE"), *others)
    return Verifier(config.setting("OIDC_ISSUER"), audiences, _read_keys)


def citizen_verifier_from_environment() -> Verifier | None:
    """Return what checks tokens of the city's app, by the same settings under CITIZEN_OIDC_….

    None where CITIZEN_OIDC_ISSUER is not set: then no resident signs in with an app.
    """
    issuer = config.setting(f"{_CITIZEN}ISSUER", "")
    if not issuer:
        return None
    audience = config.setting(f"{_CITIZEN}AUDIENCE")
    return Verifier(issuer, audience, lambda: _read_keys(_CITIZEN))


def _read_keys(prefix: str = "OIDC_") -> bytes:
    inline = config.setting(f"{prefix}JWKS", "")
    file = config.setting(f"{prefix}JWKS_FILE", "")
    if inline:
        return inline.encode()
    if file:
        return Path(file).read_bytes()
    issuer = config.setting(f"{prefix}ISSUER").rstrip("/")
    return fetch_keys(config.setting(f"{prefix}JWKS_URL", f"{issuer}/.well-known/jwks.json"))


def fetch_keys(url: str) -> bytes:
    """Return the issuer's keys; raise TryAgain when it does not answer well and in time."""
    if not url.startswith("https://"):
        raise config.SettingMissing("the issuer's keys are fetched over HTTPS only")
    return _fetched(url)


def _fetched(url: str, form: Mapping[str, str] | None = None) -> bytes:
    """Return what the issuer answers at *url*, to a POST of *form* if there is one.

    Over HTTPS, or on this very machine. Raises TokenInvalid for a refusal, else TryAgain.
    """
    local = urlsplit(url).hostname in ("127.0.0.1", "localhost") and config.stage() == "local"
    if not url.startswith("https://") and not local:
        raise config.SettingMissing("the issuer is spoken to over HTTPS only")
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data)  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=_FETCH_SECONDS) as answer:  # noqa: S310
            body = bytes(answer.read(_MAX_KEYS_BYTES + 1))
    except urllib.error.HTTPError as error:
        if form is not None and error.code in (400, 401):
            raise TokenInvalid("the issuer refuses the code") from error
        raise TryAgain("the issuer") from error
    except OSError as error:
        raise TryAgain("the issuer") from error
    if len(body) > _MAX_KEYS_BYTES:
        raise TryAgain("the issuer's answer is too long")
    return body


class OidcIssuer:
    """The provider's side of the sign-in: Amazon Cognito, or any other by configuration.

    Its addresses come from OIDC_AUTHORIZE_URL, OIDC_TOKEN_URL and OIDC_LOGOUT_URL, and where
    those are not set from the issuer's own ``/.well-known/openid-configuration``, read once.
    """

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._discovered: Mapping[str, Any] | None = None

    def authorize_url(self, *, state: str, nonce: str, challenge: str, back: str) -> str:
        """See `Issuer.authorize_url`."""
        query = {
            "response_type": "code",
            "client_id": config.setting("OIDC_AUDIENCE"),
            "redirect_uri": back,
            "scope": config.setting("OIDC_SCOPE", "openid"),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = self._address("OIDC_AUTHORIZE_URL", "authorization_endpoint")
        return f"{address}?{urlencode(query)}"

    def exchange(self, code: str, *, verifier: str, back: str) -> str:
        """See `Issuer.exchange`."""
        form = {
            "grant_type": "authorization_code",
            "client_id": config.setting("OIDC_AUDIENCE"),
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        answer = _json(_fetched(self._address("OIDC_TOKEN_URL", "token_endpoint"), form))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenInvalid("no ID token")
        return token

    def identity(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        """See `Issuer.identity`."""
        return self._verifier.identity(id_token, nonce)

    def sign_out_url(self, back: str) -> str:
        """See `Issuer.sign_out_url`. Cognito's own way and the standard's are both spoken."""
        try:
            address = config.setting("OIDC_LOGOUT_URL")
        except config.SettingMissing:
            address = str(self._discovery().get("end_session_endpoint", ""))
        if not address:
            return ""
        client = config.setting("OIDC_AUDIENCE")
        query = {"client_id": client, "logout_uri": back, "post_logout_redirect_uri": back}
        return f"{address}?{urlencode(query)}"

    def _address(self, setting: str, discovered: str) -> str:
        address = config.setting(setting, "") or self._discovery().get(discovered)
        if not address:
            raise config.SettingMissing(f"the issuer names no {discovered}; set {setting}")
        return str(address)

    def _discovery(self) -> Mapping[str, Any]:
        if self._discovered is None:
            issuer = config.setting("OIDC_ISSUER").rstrip("/")
            self._discovered = _json(_fetched(f"{issuer}/.well-known/openid-configuration"))
        return self._discovered


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise TryAgain("the issuer's answer is no JSON") from error
    if not isinstance(found, dict):
        raise TryAgain("the issuer's answer is no object")
    return found


def issuer_from_environment() -> OidcIssuer:
    """Return the provider for the pages' sign-in: a public client, proved by PKCE alone."""
    return OidcIssuer(verifier_from_environment())
