"""The whole application in memory, called as API Gateway calls it, with raw bytes.

``World()`` is the engine of `tests.fakes.engine` behind the real app: the same services, so what
is filed over HTTP runs, escalates and is projected as in production.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import jwt
from chalice.local import LambdaContext
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from chalicelib import bootstrap, config
from chalicelib.adapters.oidc import Verifier
from chalicelib.domain.actions import ANYONE
from chalicelib.domain.limits import Limits
from chalicelib.services.administering import Act, Administer
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.clients import Clients
from chalicelib.services.filing import token_for
from chalicelib.services.guarding import Guard
from chalicelib.services.projecting import Projector
from chalicelib.services.protecting import Protect
from chalicelib.services.sealing import SealDays
from infra.local.server import one_request_per_thread
from tests.fakes.accounts import MemoryAccountStore
from tests.fakes.books import LocalSigner, MemoryBooks, MemoryVault
from tests.fakes.clients import MemoryUsage
from tests.fakes.engine import SECRET, SHIPPED, Engine, MemoryPrints
from tests.fakes.registers import MemoryRegister
from tests.fakes.views import MemoryViewStore

ISSUER, AUDIENCE, KID = "https://issuer.test", "live-room-test", "key-1"
OPEN311_KEY = "demo-open311-key"
MORNING = "2027-04-05T09:55:00+07:00"
SUKARASA = {"lat": -6.1783, "lon": 106.6319}
POTHOLE = {"category": "INF-01", "description": "Lubang besar", "location": SUKARASA}
WITH_MAIL = POTHOLE | {"reporter": {"name": "Bu Tini", "email": "warga@example.org"}}
#: Role → a demo user who has it.
USER_OF: Mapping[str, str] = {
    "operator": "operator",
    "verifier": "verifikator",
    "officer": "petugas.pupr",
    "agency_head": "kadis.pupr",
    "territorial": "camat.karawaci",
    "secretary": "sekda",
    "mayor": "walikota",
    "inspector": "inspektorat",
    "auditor": "auditor",
    "sop_author": "penyusun",
    "sop_reviewer": "peninjau",
    "sop_approver": "penyetuju",
    "admin": "admin",
}


@cache
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _signer() -> LocalSigner:
    return LocalSigner()


def jwks(key: rsa.RSAPrivateKey | None = None) -> bytes:
    row = json.loads(RSAAlgorithm.to_jwk((key or signing_key()).public_key()))
    return json.dumps({"keys": [{**row, "kid": KID, "use": "sig", "alg": "RS256"}]}).encode()


def access_token(user: str, **changes: Any) -> str:
    claims = {"iss": ISSUER, "sub": user, "username": user, "client_id": AUDIENCE}
    claims |= {"token_use": "access", "iat": 1_700_000_000, "exp": 4_000_000_000} | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, signing_key(), algorithm="RS256", headers={"kid": KID})


@dataclass(frozen=True)
class Answer:
    """What the gateway would send back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json.get("code", "")) if isinstance(self.json, dict) else ""


def _cookies(answer: Mapping[str, Any]) -> tuple[str, ...]:
    many = (answer.get("multiValueHeaders") or {}).get("Set-Cookie", ())
    one = answer["headers"].get("Set-Cookie")
    return (*many, one) if one else tuple(many)


class World:
    """A city behind its API."""

    def __init__(self, start: str = MORNING, *, administered: bool = False) -> None:
        """*administered*: what is written to the register is what the catalogue then says."""
        self.views = MemoryViewStore()
        self.register = MemoryRegister()
        self.engine = Engine(
            start, Catalogue(self.register, lambda: 0.0) if administered else SHIPPED
        )
        self.accounts = MemoryAccountStore()
        self.prints = MemoryPrints()
        self.books, self.vault = MemoryBooks(), MemoryVault()
        self._projected = 0
        self.clients = Clients(
            lambda: self.register.latest("document", "clients").body,
            Administer(self.register, self.engine.clock, lambda: "1", lambda: None),
            MemoryUsage(),
            self.engine.clock,
            lambda: "a-secret-of-the-tests",
        )
        fields = {"id": "demo", "name": "Demo", "per_minute": 10_000, "per_day": 1_000_000}
        self.clients.add(fields, Act("add-client", ANYONE, ""), key=OPEN311_KEY)
        self.usage, self.measures = MemoryUsage(), self.engine.measures
        self.protect = Protect(
            Administer(self.register, self.engine.clock, lambda: "1", lambda: None), self.seconds
        )
        self.guard = Guard(
            lambda: Limits.from_dict(self.protect.current()[0]),
            self.usage,
            self.seconds,
            config.token_secret,
            self.protect.switched_on,
            self.measures,
        )
        self.register.records.clear()  # the stage as given, before anybody acts

    def seal_days(self) -> SealDays:
        """What closes the books of this city."""
        engine = self.engine
        return SealDays(
            engine.store, self.books, _signer(), self.vault, engine.clock, "live-room-test"
        )

    def seconds(self) -> float:
        """Real time goes with the world's clock."""
        return self.engine.clock.now().timestamp()

    @contextmanager
    def running(self) -> Iterator[World]:
        """Stand in for the parts that need AWS, until the end."""
        engine = self.engine
        os.environ["TOKEN_SECRET"] = SECRET.decode()
        os.environ["IN_PROCESS_FUNCTIONS"] = "yes"
        config.token_secret.cache_clear()
        config.forget_secrets()
        verifier = Verifier(ISSUER, AUDIENCE, jwks)
        with bootstrap.override(
            clock=engine.clock,
            store=engine.store,
            talks=engine.talks,
            follow_store=engine.followers,
            search_store=engine.search_store,
            take_receipt=engine.take_receipt,
            identity_store=engine.store,
            catalogue=engine.catalogue,
            planner=engine.planner,
            file_report=engine.file,
            act_on_report=engine.do,
            drills=engine.drills,
            blobs=engine.blobs,
            jobs=engine.jobs,
            prints=self.prints,
            books=self.books,
            seal_days=self.seal_days(),
            photo_index=engine.photo_index,
            darkroom=engine.darkroom,
            view_store=self.views,
            card_store=engine.cards,
            relay=engine.relay,
            crowds=engine.crowds,
            errand_store=engine.errand_store,
            errands=engine.errands,
            webhooks=engine.webhooks,
            sensing=engine.sensing,
            clients=self.clients,
            guard=self.guard,
            protect=self.protect,
            register=self.register,
            verifier=verifier,
            accounts=self.accounts,
        ):
            yield self
        config.token_secret.cache_clear()
        config.forget_secrets()

    # -- calling --

    def call(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        token: str = "",
        user: str = "",
        headers: Mapping[str, str] | None = None,
        address: str = "",
    ) -> Answer:
        """Call the app; *body* as JSON unless it is bytes; as demo user *user* or with *token*.

        address: where on the internet the call comes from; without one it is from this machine.
        """
        app = one_request_per_thread(importlib.import_module("app").app)
        path, _, query = target.partition("?")
        resource, params = self._resource(app, path)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        bearer = access_token(user) if user else token
        if bearer:
            sent["authorization"] = f"Bearer {bearer}"
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "identity": {"sourceIp": address},
            },
            "headers": sent,
            "multiValueQueryStringParameters": values or None,
            "pathParameters": params,
            "body": base64.b64encode(raw).decode() if raw is not None else None,
            "isBase64Encoded": raw is not None,
            "stageVariables": None,
        }
        answer = app(event, LambdaContext("test", 128))
        text = answer["body"]
        return Answer(
            answer["statusCode"],
            answer["headers"],
            text if isinstance(text, bytes) else text.encode(),
            _cookies(answer),
        )

    def get(self, target: str, **how: Any) -> Answer:
        return self.call("GET", target, **how)

    def post(self, target: str, body: Any = None, **how: Any) -> Answer:
        return self.call("POST", target, body, **how)

    @staticmethod
    def _resource(app: Any, path: str) -> tuple[str, dict[str, str]]:
        parts = path.strip("/").split("/")
        fitting = []
        for pattern in app.routes:
            names = pattern.strip("/").split("/")
            pairs = list(zip(names, parts, strict=False))
            if len(names) == len(parts) and all(n == p or n[:1] == "{" for n, p in pairs):
                params = {n[1:-1]: p for n, p in pairs if n[:1] == "{"}
                fitting.append((len(params), pattern, params))
        assert fitting, f"no route for {path}"
        _, pattern, params = min(fitting)
        return pattern, params

    # -- short ways --

    def filed(self, body: Mapping[str, Any] = POTHOLE, **how: Any) -> dict[str, Any]:
        answer = self.post("/v1/reports", dict(body), **how)
        assert answer.status == 201, answer.body
        filed: dict[str, Any] = answer.json
        return filed

    def act(self, number: str, action: str, body: Any = None, **who: Any) -> Answer:
        return self.post(f"/v1/reports/{number}/{action}", body or {}, **who)

    def project(self) -> int:
        """Play the stream's report rows into views and counters."""
        rows = self.engine.store.stream[self._projected :]
        self._projected = len(self.engine.store.stream)
        return Projector(self.views, self.engine.store.load).project(rows)

    @staticmethod
    def token_of(number: str) -> str:
        return token_for(config.token_secret(), number)
