"""Photos on pages: addresses that work for some minutes, and in words what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.actions import Caller
from chalicelib.handlers.pages.words import Pair
from chalicelib.services.photos import SIZES, public_key, shown_key
from chalicelib.services.ports import Stored

#: What stands between a photo and the public, Indonesian and English.
STATES: Mapping[str, Pair] = {
    "waiting": ("sedang diperiksa", "being examined"),
    "refused": ("bukan foto yang dapat dipakai", "not a usable photo"),
    "open": ("belum tampil untuk umum: belum ditutup", "not public: not covered yet"),
    "drawn": ("belum tampil untuk umum: menunggu diperiksa orang kedua",
              "not public: waits for a second person"),
    "approved": ("disetujui; salinan untuk umum sedang dibuat",
                 "approved; the public copy is being made"),
    "published": ("tampil untuk umum", "public"),
    "withheld": ("ditahan dari umum", "withheld from the public"),
}  # fmt: skip


def shown_to(stored: Stored, caller: Caller, number: str) -> list[dict[str, Any]]:
    """Return the report's photos as *caller* may see them, each with its addresses and its state.

    Those who may see no more than everybody get the covered copies alone.
    """
    link, found = bootstrap.blobs().link, []
    for row in bootstrap.views().photos(stored, caller, number):
        covered = "state" not in row
        key = public_key if covered else shown_key
        addresses = {size: link(key(number, row["id"], size)) for size in SIZES}
        state = "published" if covered else state_of(row)
        found.append({**row, **(addresses if row["large"] else {}), "standing": state})
    return found


def state_of(row: Mapping[str, Any]) -> str:
    """Return which of `STATES` a photo is in."""
    if row["state"] != "accepted":
        return str(row["state"])
    if row["withheld"]:
        return "withheld"
    if row["published"]:
        return "published"
    return row["cover"] or "open"
