"""Finding a place by what somebody says on the telephone: a kelurahan, a road, a market, a pole.

The list is the city's own: its kecamatan and kelurahan, the known places that it keeps beside the
catalogue, its sensors. What is said holds more than a name ("depan pasar baru, motor jatuh"), has
another spelling, or stops in the middle of a word, so words are compared, not texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from chalicelib.domain.areas import Areas, Coordinates, is_position
from chalicelib.domain.catalogue_checks import DocumentInvalid
from chalicelib.domain.search import plain_words

#: What a known place may be.
KINDS: Mapping[str, tuple[str, str]] = {
    "kelurahan": ("kelurahan", "kelurahan"),
    "kecamatan": ("kecamatan", "district"),
    "road": ("jalan", "road"),
    "health": ("kesehatan", "health"),
    "transport": ("perhubungan", "transport"),
    "market": ("pasar", "market"),
    "office": ("kantor", "office"),
    "school": ("sekolah", "school"),
    "worship": ("tempat ibadah", "place of worship"),
    "water": ("situ dan pintu air", "lake or weir"),
    "estate": ("perumahan", "housing estate"),
    "mall": ("pusat belanja", "shopping centre"),
    "asset": ("aset", "asset"),
    "sensor": ("sensor", "sensor"),
}
#: Kinds that the city's own list may hold; the others are known from elsewhere.
LISTED = frozenset(KINDS) - {"kelurahan", "kecamatan", "sensor"}
_AREAS = frozenset({"kelurahan", "kecamatan"})
#: Places on the city's list, spellings of one, and areas that one lies in.
MOST, MOST_NAMES, MOST_AREAS, LONGEST = 2000, 12, 20, 100
#: Words of what was said that are looked at: the last ones, since people go from large to small.
_SAID = 16
#: Words before a name that are no part of it.
_TITLES = frozenset(
    {"jl", "jln", "jalan", "jend", "jenderal", "gg", "gang", "kel", "kelurahan", "kec"}
    | {"kecamatan", "perum", "perumahan", "komplek"}
)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
#: A name of which less was said is not meant.
_LEAST = 0.45
#: What fits less well than this, compared with the best, only stands in the way.
_BESIDE_THE_BEST = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """A place that can be named. areas: the codes of the kelurahan that it lies in."""

    id: str
    kind: str
    name: str
    names: tuple[tuple[str, ...], ...]
    areas: tuple[str, ...]
    point: Coordinates | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A place that may be meant. share: how much of its name was said, 1 for all of it."""

    place: Place
    share: float

    @property
    def sure(self) -> bool:
        """Whether its whole name was said."""
        return self.share == 1


def place(id: str, kind: str, names: Sequence[str], areas: Sequence[str], **more: Any) -> Place:
    """Return a place by the names that people have for it, the first of them its own."""
    said = dict.fromkeys(one for name in names if (one := _name_words(name)))
    return Place(id, kind, names[0], tuple(said), tuple(areas), **more)


def of_areas(areas: Areas) -> list[Place]:
    """Return the city's kecamatan and kelurahan as places."""
    found = [place(one.code, "kelurahan", [one.name], [one.code]) for one in areas.all("kelurahan")]
    for one in areas.all("kecamatan"):
        within = [each.code for each in areas.kelurahan_of(one.code)]
        found.append(place(one.code, "kecamatan", [one.name], within))
    return found


def of_rows(rows: Iterable[Mapping[str, Any]], areas: Areas) -> list[Place]:
    """Return the places of the city's own list (`check_places`)."""
    found = []
    for row in rows:
        within = [code for area in row["areas"] for code in _kelurahan(area, areas)]
        point = Coordinates(row["lat"], row["lon"]) if row.get("lat") is not None else None
        names = [row["name"], *row.get("aliases", ())]
        found.append(place(row["code"], row["kind"], names, within, point=point))
    return found


def find(said: str, places: Iterable[Place], most: int) -> list[Found]:
    """Return the places that *said* may mean, best first, *most* at the most.

    Where it names a kelurahan too, a road is narrowed to its part there; of a kecamatan's name,
    which a kelurahan or the city may bear as well, its part there only comes first.
    """
    heard = _heard(said)
    if all(len(one) == 1 for one in heard):
        return []
    every = [Found(one, _share(one, heard)) for one in places]
    found = [one for one in every if one.share >= _LEAST]
    if not found:
        return []
    best = max(one.share for one in found)
    near = [one for one in found if one.share >= _BESIDE_THE_BEST * best]
    sure = [one.place for one in near if one.sure]
    if sure:
        near = [one for one in near if one.sure or _goes_on(one.place, sure)]
    return sorted((_narrowed(one, sure) for one in near), key=_order)[:most]


def completed(said: str, chosen: Place) -> str:
    """Return the address with the name of *chosen* in it; nothing that was said is left out."""
    if chosen.kind in _AREAS:
        return said
    heard = _heard(said)
    if not heard:
        return chosen.name
    if _share(chosen, heard) == 1:
        return said
    words = {word for name in chosen.names for word in name}
    if all(any(_likeness(word, one) for one in words) for word in _words(said)):
        return chosen.name
    return f"{chosen.name}, {said}"


def check_places(rows: Sequence[Mapping[str, Any]], areas: Areas) -> None:
    """Raise DocumentInvalid unless these can be the city's known places."""
    if len(rows) > MOST:
        raise DocumentInvalid("", f"more than {MOST} places")
    codes: set[str] = set()
    for at, row in enumerate(rows):
        code = row.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code) or code in codes:
            raise DocumentInvalid(f"[{at}].code", "is missing, not of the form, or used twice")
        codes.add(code)
        if row.get("kind") not in LISTED:
            raise DocumentInvalid(f"[{at}].kind", f"is none of {', '.join(sorted(LISTED))}")
        _check_names([row.get("name"), *_listed(row, "aliases", at, MOST_NAMES)], at)
        _check_where(row, at, areas)


def _check_names(names: Sequence[Any], at: int) -> None:
    for name in names:
        if not isinstance(name, str) or len(name) > LONGEST or not _name_words(name):
            raise DocumentInvalid(f"[{at}].name", f"{name!r} is no name of 1 to {LONGEST} letters")


def _check_where(row: Mapping[str, Any], at: int, areas: Areas) -> None:
    within = _listed(row, "areas", at, MOST_AREAS)
    for area in within:
        if area not in areas:
            raise DocumentInvalid(f"[{at}].areas", f"{area!r} is no kelurahan or kecamatan")
    if not within:
        raise DocumentInvalid(f"[{at}].areas", "names no area")
    lat, lon = row.get("lat"), row.get("lon")
    if lat is None and lon is None:
        return
    numbers = isinstance(lat, int | float) and isinstance(lon, int | float)
    if not numbers or not is_position(float(lat), float(lon)):  # type: ignore[arg-type]
        raise DocumentInvalid(f"[{at}].lat", "lat and lon are no place on earth")


def _listed(row: Mapping[str, Any], name: str, at: int, most: int) -> Sequence[Any]:
    found = row.get(name, [])
    if not isinstance(found, list) or len(found) > most:
        raise DocumentInvalid(f"[{at}].{name}", f"is no list of {most} at the most")
    return found


def _kelurahan(code: str, areas: Areas) -> Collection[str]:
    area = areas.get(code)
    if area is None:
        return ()
    if area.level == "kelurahan":
        return (code,)
    return [one.code for one in areas.kelurahan_of(code)]


def _narrowed(one: Found, named: Sequence[Place]) -> Found:
    mine = one.place.areas
    if one.place.kind in _AREAS or len(mine) == 1:
        return one
    districts = [each for each in named if each.kind == "kecamatan"]
    both = {each.name for each in districts}
    small = {
        code
        for each in named
        if each.kind == "kelurahan" and each.name not in both
        for code in each.areas
    }
    part = tuple(code for code in mine if code in small)
    if not part:
        large = {code for each in districts for code in each.areas}
        part = tuple(sorted(mine, key=lambda code: code not in large))
    return replace(one, place=replace(one.place, areas=part))


def _goes_on(one: Place, named: Sequence[Place]) -> bool:
    """Whether a name begins with, or holds, one that was said: more of it may be to come."""
    mine = [set(name) for name in one.names]
    said = [set(name) for each in named for name in each.names]
    return any(theirs < name for name in mine for theirs in said)


def _order(one: Found) -> tuple[float, int, int, str]:
    """Best first; then what says most about where it is; then the longer name, the more telling."""
    return (-one.share, len(one.place.areas), -len(one.place.name), one.place.name)


def _share(one: Place, heard: Mapping[str, bool]) -> float:
    return max((_said_of(name, heard) for name in one.names), default=0)


def _said_of(name: Sequence[str], heard: Mapping[str, bool]) -> float:
    """How much of *name* was said; a name written in one word is heard in two, and back."""
    if "".join(name) in heard:
        return 1
    found = [max(_likeness(said, word, open=heard[said]) for said in heard) for word in name]
    return sum(found) / len(name)


def _likeness(said: str, word: str, *, open: bool = True) -> float:
    """1: the same word, or nearly; 0.9: its beginning, while it may still be going on; else 0."""
    if said == word:
        return 1
    if open and len(said) >= 3 and word.startswith(said):
        return 0.9
    slips = 2 if len(word) >= 9 else 1 if len(word) >= 5 else 0
    return 1 if slips and _within(said, word, slips) else 0


def _within(said: str, word: str, slips: int) -> bool:
    """Whether so few letters are wrong, missing or too many. The first is heard right.

    Numbers are never nearly right.
    """
    if abs(len(said) - len(word)) > slips or said[0] != word[0] or not said.isalpha():
        return False
    row = list(range(len(word) + 1))
    for i, mine in enumerate(said, start=1):
        before, row[0] = row[0], i
        for j, theirs in enumerate(word, start=1):
            step = min(row[j] + 1, row[j - 1] + 1, before + (mine != theirs))
            before, row[j] = row[j], step
    return row[-1] <= slips


def _heard(said: str) -> dict[str, bool]:
    """The words of *said*, and each two together; whether it may still be going on."""
    words = _words(said)
    pairs = (first + second for first, second in pairwise(words))
    found = dict.fromkeys([*words, *pairs], False)
    if words and said[-1:].isalnum():
        found[words[-1]] = True
    return found


def _words(text: str) -> list[str]:
    return [word for word in _plain(text) if word not in _TITLES][-_SAID:]


def _name_words(name: str) -> tuple[str, ...]:
    return tuple(word for word in _plain(name) if word not in _TITLES)


def _plain(text: str) -> list[str]:
    return plain_words(text.replace("'", "").replace("’", ""))
