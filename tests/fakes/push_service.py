"""A browser and its push service on this machine: takes pushes, checks who signs, decrypts."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


class PushService:
    """Answers every push with *status*; what it could read is in *got*."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.status = 201
        self.got: list[dict[str, Any]] = []
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    def browser(self, key: str, name: str = "a") -> dict[str, Any]:
        """What a page sends after the browser has subscribed under *key*."""
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": text(point), "auth": text(self._auth)}
        return {"endpoint": f"{self.origin}/to/{name}", "keys": keys, "key": key}

    def take(self, headers: Any, body: bytes) -> int:
        """Check a push as RFC 8292 says, decrypt it as RFC 8291 says, by somebody else's code."""
        scheme, _, rest = headers["Authorization"].partition(" ")
        parts = dict(one.strip().split("=", 1) for one in rest.split(","))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
        claims = jwt.decode(parts["t"], public, algorithms=["ES256"], audience=self.origin)
        assert scheme == "vapid" and claims["sub"].startswith("mailto:")
        assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0
        if self.status == 201:
            said = http_ece.decrypt(
                body, private_key=self._private, auth_secret=self._auth, version="aes128gcm"
            )
            self.got.append({**json.loads(said), "urgency": headers["Urgency"]})
        return self.status


@contextmanager
def running() -> Iterator[PushService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(service.take(self.headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
