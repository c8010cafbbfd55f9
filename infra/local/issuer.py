"""The local stage's OpenID Connect issuer: a key pair of its own, for the demo sign-ins only."""

from __future__ import annotations

import json
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "http://127.0.0.1/local-issuer"
AUDIENCE = "live-room-local"
TOKEN_SECONDS = 12 * 3600


class LocalIssuer:
    """Mints access tokens for the demo users; its keys stay in the runner's home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._key = self._load_or_make()
        self.kid = "local-1"
        self._jwks = home / "jwks.json"
        row = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self._jwks.write_text(json.dumps({"keys": [{**row, "kid": self.kid, "use": "sig"}]}))

    def environment(self) -> dict[str, str]:
        """What the app needs to check these tokens."""
        return {
            "OIDC_ISSUER": ISSUER,
            "OIDC_AUDIENCE": AUDIENCE,
            "OIDC_JWKS_FILE": str(self._jwks),
        }

    def mint(self, user: str) -> str:
        """An access token for *user*, in real time as every token."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user,
            "username": user,
            "client_id": AUDIENCE,
            "token_use": "access",
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.kid})

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
