"""The app's routes, loaded when they are asked for.

Lambda starts the API's function for one request, which needs one of some forty modules of routes;
loading them all costs it many times the CPU of Chalice itself. There, a module is registered when
the first request for one of its paths comes. Everywhere else (tests, `chalice deploy`, the local
runner) all of them are registered at once.

Which module serves which path is written down in ``data/route_modules.json`` by
``python -m chalicelib.handlers.loading``; a test holds it against the modules. A path that it
lacks is no error: then everything is loaded, as everywhere else.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalice import Chalice, CORSConfig

from chalicelib import config

OWNERS = Path(__file__).parents[1] / "data" / "route_modules.json"
_HANDLERS = "chalicelib.handlers"


def cors() -> CORSConfig | None:
    """Return the CORS settings of all routes: for CORS_ORIGIN (``*`` or one origin), or none."""
    origin = config.setting("CORS_ORIGIN", "")
    if not origin:
        return None
    return CORSConfig(
        allow_origin=origin,
        allow_headers=["Idempotency-Key", "If-None-Match", "Accept-Language", "Proof-Of-Work"],
        expose_headers=["ETag", "Idempotent-Replayed", "Retry-After", "X-Correlation-Id"],
        max_age=600,
    )


class LazyChalice(Chalice):
    """A Chalice app whose *modules* (names below ``chalicelib.handlers``) come when needed."""

    def __init__(self, app_name: str, modules: Sequence[str], *, lazy: bool | None = None) -> None:
        """*lazy*: whether to wait for requests; as the environment says unless told."""
        super().__init__(app_name=app_name)
        self.api.cors = cors() or False
        self._waiting = list(modules)
        #: Path → the modules that serve it, of what is loaded.
        self.owners: dict[str, list[str]] = {}
        wait = "AWS_LAMBDA_FUNCTION_NAME" in os.environ if lazy is None else lazy
        self._known: Mapping[str, Sequence[str]] = json.loads(OWNERS.read_text()) if wait else {}
        if not wait:
            self.load_all()

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one request, after loading what serves its path."""
        self.load(str(event.get("requestContext", {}).get("resourcePath", "")))
        return super().__call__(event, context)

    def load(self, path: str) -> None:
        """Register what serves *path*; everything if that is not known."""
        for module in self._known.get(path, ()):
            if module in self._waiting:
                self._register(module)
        if path not in self.routes:
            self.load_all()

    def load_all(self) -> None:
        """Register whatever is still waiting."""
        for module in tuple(self._waiting):
            self._register(module)

    def _register(self, module: str) -> None:
        self._waiting.remove(module)
        before = {path: len(views) for path, views in self.routes.items()}
        self.register_blueprint(importlib.import_module(f"{_HANDLERS}.{module}").blueprint)
        for path, views in self.routes.items():
            if len(views) > before.get(path, 0):
                self.owners.setdefault(path, []).append(module)


def main() -> None:
    """Write the file anew."""
    app = importlib.import_module("app")
    OWNERS.write_text(json.dumps(app.app.owners, sort_keys=True, indent=1) + "\n")
    sys.stdout.write(f"{OWNERS}\n")


if __name__ == "__main__":
    main()
