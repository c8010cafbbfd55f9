"""Draw the schematic map of the city from the reference points, once, for ``data/citymap.json``.

    pip install shapely && python -m infra.tools.citymap

A kecamatan is the union of the Voronoi cells of its points, simplified to what a screen shows. The
map is honest about being schematic and needs no licensed geometry; a city that has its own
boundary file puts its shapes into the same form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from math import cos, radians
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "chalicelib" / "data"
WIDTH = 1000
MARGIN = 6
#: In drawn units: about 50 metres on the ground.
TOLERANCE = 2.5
_OUTSIDE = "luar"


def main() -> None:
    """Write the map."""
    drawn = draw(json.loads((DATA / "area_points.json").read_text()))
    text = json.dumps(drawn, separators=(",", ":"))
    (DATA / "citymap.json").write_text(text + "\n")
    print(f"{len(text)} bytes, {len(drawn['kecamatan'])} kecamatan")


def draw(points: list[list[Any]]) -> dict[str, Any]:
    """Return view box, projection, and per kecamatan its path and the place of its name."""
    from shapely import MultiPoint, Point, STRtree, unary_union, voronoi_polygons

    inside = [(lat, lon) for code, lat, lon in points if code != _OUTSIDE]
    north, west = max(lat for lat, _ in inside), min(lon for _, lon in inside)
    east = max(lon for _, lon in inside)
    squeeze = cos(radians(6.17))
    scale = WIDTH / ((east - west) * squeeze)

    def place(lat: float, lon: float) -> tuple[float, float]:
        return (lon - west) * squeeze * scale, (north - lat) * scale

    spots = [(code, Point(place(lat, lon))) for code, lat, lon in points]
    cells = list(voronoi_polygons(MultiPoint([spot for _, spot in spots])).geoms)
    tree = STRtree(cells)
    parts: dict[str, list[Any]] = defaultdict(list)
    centres: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for code, spot in spots:
        if code == _OUTSIDE:
            continue
        cell = cells[next(i for i in tree.query(spot) if cells[i].covers(spot))]
        parts[code.rpartition(".")[0]].append(cell)
        centres[code].append((spot.x, spot.y))
    shapes = {code: unary_union(part) for code, part in parts.items()}
    low_x, low_y, high_x, high_y = unary_union(list(shapes.values())).bounds
    return {
        "viewBox": [
            round(low_x - MARGIN), round(low_y - MARGIN),
            round(high_x - low_x + 2 * MARGIN), round(high_y - low_y + 2 * MARGIN),
        ],
        "projection": {"north": north, "west": west, "squeeze": squeeze, "scale": scale},
        "kecamatan": {
            code: {"path": _path(shape), "name_at": _middle(shape)}
            for code, shape in sorted(shapes.items())
        },
        "kelurahan": {
            code: [round(sum(x for x, _ in at) / len(at)), round(sum(y for _, y in at) / len(at))]
            for code, at in sorted(centres.items())
        },
    }  # fmt: skip


def _path(shape: Any) -> str:
    whole = shape.simplify(TOLERANCE)
    rings = [part.exterior for part in getattr(whole, "geoms", [whole]) if part.area > 50]
    return "".join(
        "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
    )


def _middle(shape: Any) -> list[int]:
    at = shape.representative_point()
    return [round(at.x), round(at.y)]


if __name__ == "__main__":
    main()
