"""The local stage's OpenID Connect issuer: a key pair of its own, for the demo sign-ins only.

The pages sign in as on AWS, by authorisation code with PKCE; only that the issuer's own page asks
for no password but offers the demo users. It exists under ``/_local`` and nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "http://127.0.0.1/local-issuer"
AUDIENCE = "live-room-local"
TOKEN_SECONDS = 12 * 3600
CODE_SECONDS = 60
AUTHORIZE, TOKEN = "/_local/masuk", "/_local/token"


class Refused(Exception):
    """The request for a sign-in or a token is not right."""


class LocalIssuer:
    """Mints tokens for the demo users; its keys stay in the runner's home."""

    def __init__(self, home: Path, wall: Callable[[], float] = time.time) -> None:
        self._home = home
        self._wall = wall
        self._key = self._load_or_make()
        self._codes: dict[str, Mapping[str, str]] = {}
        self.kid = "local-1"
        self._jwks = home / "jwks.json"
        row = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self._jwks.write_text(json.dumps({"keys": [{**row, "kid": self.kid, "use": "sig"}]}))

    def environment(self, address: str) -> dict[str, str]:
        """What the app at *address* needs to send people here and to check what comes back."""
        return {
            "OIDC_ISSUER": ISSUER,
            "OIDC_AUDIENCE": AUDIENCE,
            "OIDC_JWKS_FILE": str(self._jwks),
            "OIDC_AUTHORIZE_URL": address + AUTHORIZE,
            "OIDC_TOKEN_URL": address + TOKEN,
            "OIDC_LOGOUT_URL": "",
        }

    def mint(self, user: str) -> str:
        """An access token for *user*, in real time as every token."""
        return self._signed({"token_use": "access", "client_id": AUDIENCE, "username": user}, user)

    def choose(self, asked: Mapping[str, str], users: Sequence[tuple[str, str]]) -> str:
        """Return the page that offers *users* (account, what they are); raise Refused."""
        _check(asked)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
            for name in ("redirect_uri", "state", "nonce", "code_challenge")
        )
        buttons = "".join(
            f'<li><button name="user" value="{escape(user)}">{escape(user)}'
            f"<small>{escape(what)}</small></button></li>"
            for user, what in users
        )
        return _PAGE.format(action=AUTHORIZE, hidden=hidden, buttons=buttons)

    def grant(self, asked: Mapping[str, str], user: str) -> str:
        """Return where the browser goes back to with a code for *user*; raise Refused."""
        _check(asked)
        code = secrets.token_urlsafe(32)
        self._codes[code] = {**asked, "user": user, "until": str(self._wall() + CODE_SECONDS)}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the tokens for a code, once; raise Refused."""
        kept = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            kept is None
            or float(kept["until"]) < self._wall()
            or form.get("redirect_uri") != kept["redirect_uri"]
            or not hmac.compare_digest(challenge, kept["code_challenge"])
        ):
            raise Refused("invalid_grant")
        user = kept["user"]
        claims = {"token_use": "id", "aud": AUDIENCE, "nonce": kept["nonce"]}
        return {
            "access_token": self.mint(user),
            "id_token": self._signed(claims, user),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
        }

    def _signed(self, claims: Mapping[str, str], user: str) -> str:
        now = int(self._wall())
        times = {"iat": now, "exp": now + TOKEN_SECONDS}
        body = {"iss": ISSUER, "sub": user, **times, **claims}
        return jwt.encode(body, self._key, algorithm="RS256", headers={"kid": self.kid})

    def _load_or_make(self) -> rsa.RSAPrivateKey:
        path = self._home / "issuer.pem"
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if isinstance(key, rsa.RSAPrivateKey):
                return key
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return key


def _check(asked: Mapping[str, str]) -> None:
    """Only our own pages on this machine are sent back to, and only with a proof key."""
    back = asked.get("redirect_uri", "")
    if not back.startswith("http://127.0.0.1:") or not back.endswith("/masuk/kembali"):
        raise Refused("redirect_uri")
    if not all(asked.get(name) for name in ("state", "nonce", "code_challenge")):
        raise Refused("invalid_request")


_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Masuk (demo) · LIVE Room</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f4f6f7; color: #111a1f }}
main {{ max-width: 40rem; margin: 0 auto; padding: 2rem 1rem }}
ul {{ list-style: none; padding: 0; display: grid; gap: .5rem;
  grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)) }}
button {{ font: inherit; font-weight: 600; width: 100%; min-height: 3.5rem; text-align: left;
  padding: .5rem .75rem; border: 1px solid #5b6b73; border-radius: .5rem; background: #fff;
  color: inherit; cursor: pointer }}
button:hover, button:focus-visible {{ outline: 3px solid #0b6fa4; outline-offset: 1px }}
small {{ display: block; font-weight: 400; color: #44545c }}
</style></head><body><main>
<h1>Masuk sebagai akun demo</h1>
<p>Hanya di komputer ini: penyedia masuk lokal tidak meminta kata sandi. Di AWS halaman ini milik
penyedia masuk kota. <span lang="en">Local sign-in; choose a demo user.</span></p>
<form method="post" action="{action}">{hidden}<ul>{buttons}</ul></form>
</main></body></html>
"""
