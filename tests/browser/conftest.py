"""Headless Chromium before a city in memory: the app as it is, on a telephone or a desk.

Every page looked at through `Visit.look` is held to the same: axe-core finds nothing, nothing
scrolls sideways, nothing is asked of another host, nothing fails in the console. Its picture is
kept under ``artefacts/screens`` for people to look at.
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.local.server import Gateway, Server
from tests.fakes.world import World, access_token

SCREENS = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
PHONE = {"viewport": {"width": 360, "height": 800}, "has_touch": True}
DESK = {"viewport": {"width": 1366, "height": 900}}
WALL = {"viewport": {"width": 1920, "height": 1080}}
#: Where `tests.fakes.engine.MemoryBlobs` says that photos go.
PHOTOS = "https://photos.test"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Chromium without its window comes first: the same pages for less than half of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of this worker."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        assert "CI" not in os.environ, "Chromium is missing although .ci/packages has run"
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class City:
    """A World behind HTTP."""

    world: World
    address: str
    chromium: Any
    visits: list[Visit] = field(default_factory=list)

    def visit(self, shape: dict[str, Any] = PHONE, **options: Any) -> Visit:
        """Open a browser of its own: other cookies, other storage."""
        options.setdefault("service_workers", "block")
        context = self.chromium.new_context(**{**shape, **options})
        visit = Visit(self, context, context.new_page())
        self.visits.append(visit)
        return visit


@dataclass
class Visit:
    """Somebody's browser."""

    city: City
    context: Any
    page: Any
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    uploads: int = 0

    def __post_init__(self) -> None:
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._console)
        self.context.route(f"{PHOTOS}/**", self._store)

    def go(self, path: str) -> Any:
        """Open a path of the city's."""
        return self.page.goto(self.city.address + path)

    def own(self, *numbers: str) -> Visit:
        """Let this browser be the one that filed these reports."""
        for number in numbers:
            token = self.city.world.token_of(number)
            self.context.add_cookies(
                [{"name": f"lr_{number}", "value": token, "url": self.city.address}]
            )
        return self

    def look(self, name: str) -> None:
        """Hold the page as it stands to what every page is held to, and keep its picture."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_load_state("networkidle")
        shape = f"{self.page.viewport_size['width']}"
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}-{shape}.png", full_page=True)
        found = Axe().run(self.page, options={"runOnly": list(RULES)}).response["violations"]
        said = [
            (one["id"], one["help"], [node["target"] for node in one["nodes"]][:5]) for one in found
        ]
        assert said == []
        widths = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"scrolls sideways: {widths}"
        assert self.foreign == []
        assert self.faults == []

    def _request(self, request: Any) -> None:
        ours = (self.city.address, PHOTOS, "data:", "blob:")
        if not request.url.startswith(ours):
            self.foreign.append(request.url)

    def _console(self, message: Any) -> None:
        expected = ("Failed to load resource", "Service Worker registration blocked")
        if message.type == "error" and not message.text.startswith(expected):
            self.faults.append(message.text)

    def _store(self, route: Any) -> None:
        """The bucket's part: whatever is sent is there."""
        body = (route.request.post_data_buffer or b"").decode("latin-1")
        key = body.partition('name="key"')[2].partition("\r\n\r\n")[2].partition("\r\n")[0]
        self.city.world.engine.blobs.keys.add(key)
        self.uploads += 1
        route.fulfill(status=204, headers={"Access-Control-Allow-Origin": "*"})


@pytest.fixture
def city(
    chromium: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[City]:
    """The city; with the parameter True one whose documents can be changed, as SOPs are."""
    monkeypatch.setenv("PHOTO_ORIGIN", PHOTOS)
    # Plain HTTP on this machine: cookies that demand HTTPS would be refused.
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    with World(administered=getattr(request, "param", False)).running() as world:
        server = Server(Gateway(importlib.import_module("app").app), 0)
        server.start()
        made = City(world, server.address, chromium)
        try:
            yield made
        finally:
            for visit in made.visits:
                visit.context.close()
            server.stop()


__all__ = ["DESK", "PHONE", "WALL", "City", "Visit", "access_token"]
