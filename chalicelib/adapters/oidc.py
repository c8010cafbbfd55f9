"""OpenID Connect access tokens of staff: signature, issuer, audience and expiry are checked.

Any issuer serves: Amazon Cognito on AWS (its access tokens name the client in ``client_id``), a
local one in the local stage. Only RS256 counts, so neither ``none`` nor a shared secret passes.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib import config
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.ports import TryAgain

_KEYS_SECONDS = 3600.0
_RETRY_SECONDS = 30.0
_MAX_KEYS_BYTES = 100_000
_LEEWAY_SECONDS = 30
_FETCH_SECONDS = 3


class Verifier:
    """Checks access tokens against the issuer's published keys, which are kept for an hour."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        read_keys: Callable[[], bytes],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._read_keys = read_keys
        self._monotonic = monotonic
        self._keys: dict[str, Any] = {}
        self._read_at: float | None = None

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a valid token; raise TokenInvalid."""
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
        if claims.get("token_use", "access") != "access" or not self._meant_for_us(claims):
            raise TokenInvalid("audience")
        return claims

    def _meant_for_us(self, claims: Mapping[str, Any]) -> bool:
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        return self._audience in [*named, claims.get("client_id")]

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

    The keys come from OIDC_JWKS (the document itself), OIDC_JWKS_FILE, or over HTTPS from
    OIDC_JWKS_URL, by default the issuer's ``/.well-known/jwks.json``.
    """
    return Verifier(config.setting("OIDC_ISSUER"), config.setting("OIDC_AUDIENCE"), _read_keys)


def _read_keys() -> bytes:
    inline, file = config.setting("OIDC_JWKS", ""), config.setting("OIDC_JWKS_FILE", "")
    if inline:
        return inline.encode()
    if file:
        return Path(file).read_bytes()
    issuer = config.setting("OIDC_ISSUER").rstrip("/")
    return fetch_keys(config.setting("OIDC_JWKS_URL", f"{issuer}/.well-known/jwks.json"))


def fetch_keys(url: str) -> bytes:
    """Return the issuer's keys; raise TryAgain when it does not answer well and in time."""
    if not url.startswith("https://"):
        raise config.SettingMissing("the issuer's keys are fetched over HTTPS only")
    try:
        with urllib.request.urlopen(url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 - https
            body = bytes(answer.read(_MAX_KEYS_BYTES + 1))
    except OSError as error:
        raise TryAgain("the issuer's keys") from error
    if len(body) > _MAX_KEYS_BYTES:
        raise TryAgain("the issuer's keys are too long")
    return body
