"""Geohash cells: the key under which what lies near each other is found with few bounded reads.

A cell of seven characters is about 153 by 152 metres at the city's latitude, so a place and its
eight neighbours hold everything within 150 metres. Public-domain algorithm (G. Niemeyer, 2008).
"""

from __future__ import annotations

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
CELL = 7


def cell_of(lat: float, lon: float, length: int = CELL) -> str:
    """Return the cell of a place (decimal degrees, WGS 84).

    >>> cell_of(-6.1783, 106.6319)
    'qqguf7q'
    """
    lat_bits, lon_bits = _bits(length)
    row = _index(lat, -90.0, 180.0, lat_bits)
    column = _index(lon, -180.0, 360.0, lon_bits)
    return _text(row, column, length)


def around(lat: float, lon: float, length: int = CELL) -> tuple[str, ...]:
    """Return the place's cell and its neighbours, fewer than nine at the edges of the world."""
    lat_bits, lon_bits = _bits(length)
    row = _index(lat, -90.0, 180.0, lat_bits)
    column = _index(lon, -180.0, 360.0, lon_bits)
    found = (
        _text(near_row, (column + aside) % (1 << lon_bits), length)
        for near_row in range(row - 1, row + 2)
        if 0 <= near_row < 1 << lat_bits
        for aside in (-1, 0, 1)
    )
    return tuple(dict.fromkeys(found))


def _bits(length: int) -> tuple[int, int]:
    return length * 5 // 2, (length * 5 + 1) // 2


def _index(value: float, low: float, width: float, bits: int) -> int:
    return min((1 << bits) - 1, max(0, int((value - low) / width * (1 << bits))))


def _text(row: int, column: int, length: int) -> str:
    """Longitude and latitude alternate bit by bit, longitude first."""
    lat_bits, lon_bits = _bits(length)
    value = 0
    for place in range(lat_bits + lon_bits):
        if place % 2 == 0:
            lon_bits -= 1
            bit = column >> lon_bits & 1
        else:
            lat_bits -= 1
            bit = row >> lat_bits & 1
        value = value << 1 | bit
    return "".join(_ALPHABET[value >> 5 * (length - 1 - i) & 31] for i in range(length))
