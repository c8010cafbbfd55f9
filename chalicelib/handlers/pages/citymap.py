"""The schematic map of the city, and where an area lies on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[2] / "data" / "citymap.json"


@cache
def city_map() -> Mapping[str, Any]:
    """Return the drawn city: ``viewBox``, ``kecamatan`` with path and place of the name."""
    drawn: Mapping[str, Any] = json.loads(_FILE.read_text())
    return drawn


def point_of(kelurahan: str, kecamatan: str = "") -> tuple[int, int] | None:
    """Return where a kelurahan, else a kecamatan, lies on the map; None for nowhere."""
    drawn = city_map()
    if kelurahan in drawn["kelurahan"]:
        x, y = drawn["kelurahan"][kelurahan]
        return x, y
    if kecamatan in drawn["kecamatan"]:
        x, y = drawn["kecamatan"][kecamatan]["name_at"]
        return x, y
    return None
