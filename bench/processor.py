"""CPU of the app itself, as ratios to a bare Chalice app, and the size of what is deployed."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.routes import FILING
from tests.fakes.world import World

ROOT = Path(__file__).resolve().parents[1]
BARE = "from chalice import Chalice; Chalice(app_name='bare')"
COLD = {
    "app.py": "import app",
    "app.py and filing": "from app import app; app.load('/v1/reports')",
    "app.py and actions": "from app import app; app.load('/v1/reports/{number}/{action}')",
    "app.py and every route": "from app import app; app.load_all()",
    "functions of events": "import chalicelib.handlers.events",
}
RUNS = 7


def cold() -> dict[str, Any]:
    """Return CPU of starting each part over that of a bare Chalice app: medians of user time."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "PYTHONPYCACHEPREFIX": folder,
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for code in (BARE, *COLD.values()):
            _user_time(code, environment)  # bytecode is there, as it is in what is deployed
        bare = median(_user_time(BARE, environment) for _ in range(RUNS))
        taken = {
            name: median(_user_time(code, environment) for _ in range(RUNS))
            for name, code in COLD.items()
        }
    return {
        "bare_ms": round(bare * 1000),
        "times_bare": {name: round(seconds / bare, 1) for name, seconds in taken.items()},
    }


def _user_time(code: str, environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def warm(times: int = 60) -> dict[str, float]:
    """Return CPU milliseconds of handling one filing, without what waits for AWS; medians."""
    world = World()
    with world.running():
        taken = []
        for _ in range(times):
            began = time.process_time()
            world.filed(FILING)
            taken.append((time.process_time() - began) * 1000)
    return {"filing_ms": round(median(taken[10:]), 1)}


def package() -> dict[str, float]:
    """Return the megabytes of our own code as it is zipped for every function, with bytecode."""
    from infra.deploy import layers

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        import shutil

        shutil.copy(ROOT / "app.py", place)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "chalicelib", place / "chalicelib", ignore=skip)
        layers.compiled(place)
        archive = place / "package.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for path in sorted(place.rglob("*")):
                if path.is_file() and path != archive:
                    out.write(path, path.relative_to(place))
        own = archive.stat().st_size / 1e6
    built = sorted((ROOT / "build").glob("**/layers/base-*.zip"), key=lambda p: p.stat().st_mtime)
    base = {"base_layer_mb": round(built[-1].stat().st_size / 1e6, 1)} if built else {}
    return {"own_code_mb": round(own, 1), **base}


if __name__ == "__main__":
    print(json.dumps({"cold": cold(), "warm": warm(), "package": package()}, indent=1))
