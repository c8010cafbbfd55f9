"""Draw the schematic map of the city from the reference points, once, for ``data/citymap.json``.

    pip install shapely && python -m infra.tools.citymap

A kecamatan is the union of the Voronoi cells of its points, simplified to what a screen shows. The
map is honest about being schematic and needs no licensed geometry; a city that has its own
boundary file puts its shapes into the same form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import cos, radians
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "chalicelib" / "data"
WIDTH = 1000
MARGIN = 6
#: In drawn units: about 50 metres on the ground.
TOLERANCE = 2.5
_OUTSIDE = "luar"
#: The grid of tiles, one for each kelurahan.
COLUMNS, ROWS = 14, 12


def main() -> None:
    """Write the map."""
    drawn = draw(json.loads((DATA / "area_points.json").read_text()))
    drawn["tiles"] = tiles(drawn["kelurahan"])
    text = json.dumps(drawn, separators=(",", ":"))
    (DATA / "citymap.json").write_text(text + "\n")
    print(f"{len(text)} bytes, {len(drawn['kecamatan'])} kecamatan")


def tiles(places: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Return a cell of the grid for every kelurahan, together as near to its place as can be.

    The assignment of least squared distance, by shortest augmenting paths (Jonker and Volgenant):
    the same places give the same grid.
    """
    names = sorted(places)
    low = [min(place[axis] for place in places.values()) for axis in (0, 1)]
    high = [max(place[axis] for place in places.values()) for axis in (0, 1)]
    cells = [(column, row) for row in range(ROWS) for column in range(COLUMNS)]

    def distance(name: str, cell: tuple[int, int]) -> float:
        spot = (
            (places[name][axis] - low[axis]) / (high[axis] - low[axis]) * (size - 1)
            for axis, size in ((0, COLUMNS), (1, ROWS))
        )
        return sum((one - other) ** 2 for one, other in zip(spot, cell, strict=True))

    owner = _assigned([[distance(name, cell) for cell in cells] for name in names])
    found = {names[row]: list(cells[column]) for column, row in owner.items()}
    return {"columns": COLUMNS, "rows": ROWS, "at": dict(sorted(found.items()))}


class _Assignment:
    """The cheapest assignment of every row to a column of its own (rows and columns from 1)."""

    def __init__(self, cost: Sequence[Sequence[float]]) -> None:
        self.cost, self.columns = cost, range(1, len(cost[0]) + 1)
        self.of_row = [0.0] * (len(cost) + 1)
        self.of_column = [0.0] * (len(cost[0]) + 1)
        self.owner = [0] * (len(cost[0]) + 1)
        for row in range(1, len(cost) + 1):
            self._place(row)

    def _place(self, row: int) -> None:
        """Give *row* a column by the shortest path of changes."""
        size = len(self.owner)
        self.owner[0], at = row, 0
        least, before, seen = [float("inf")] * size, [0] * size, {0}
        while True:
            at, step = self._nearest(at, least, before, seen)
            for one in range(size):
                self._shift(one, step, least, one in seen)
            if not self.owner[at]:
                break
            seen.add(at)
        while at:
            self.owner[at] = self.owner[before[at]]
            at = before[at]

    def _nearest(
        self, at: int, least: list[float], before: list[int], seen: set[int]
    ) -> tuple[int, float]:
        row = self.owner[at]
        for one in self.columns:
            slack = self.cost[row - 1][one - 1] - self.of_row[row] - self.of_column[one]
            if one not in seen and slack < least[one]:
                least[one], before[one] = slack, at
        following = min((one for one in self.columns if one not in seen), key=least.__getitem__)
        return following, least[following]

    def _shift(self, one: int, step: float, least: list[float], seen: bool) -> None:
        if seen:
            self.of_row[self.owner[one]] += step
            self.of_column[one] -= step
        else:
            least[one] -= step


def _assigned(cost: Sequence[Sequence[float]]) -> dict[int, int]:
    """Return column → row of the cheapest assignment of every row to a column of its own."""
    owner = _Assignment(cost).owner
    return {one - 1: row - 1 for one, row in enumerate(owner) if one and row}


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
