"""Writes which libraries are installed, as a CycloneDX document (1.5), from their own metadata.

python -m infra.tools.sbom > sbom.json               # everything in this environment
python -m infra.tools.sbom requirements.txt      # what Lambda runs, with what it needs
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement


def usual(name: str) -> str:
    """Return the one form of a project's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named_in(path: Path) -> Iterator[Requirement]:
    """Yield what a requirements file asks for, and the files that it includes."""
    for text in path.read_text().splitlines():
        asked = text.partition("#")[0].strip()
        if asked.startswith("-r "):
            yield from named_in(path.parent / asked[3:].strip())
        elif asked:
            yield Requirement(asked)


def with_needs(asked: Iterable[Requirement]) -> dict[str, Distribution]:
    """Return the installed projects asked for and everything that they need here."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = list(asked)
    while waiting:
        one = waiting.pop()
        name = usual(one.name)
        found[name] = distribution(one.name)
        for extra in {"", *one.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _needs(found[name], extra)
    return found


def _needs(found: Distribution, extra: str) -> Iterator[Requirement]:
    for text in found.requires or ():
        need = Requirement(text)
        if need.marker is None or need.marker.evaluate({"extra": extra}):
            yield need


def component(name: str, found: Distribution) -> dict[str, Any]:
    """Return one library as CycloneDX has it."""
    fields = [one for one in ("License-Expression", "License") if one in found.metadata]
    said = found.metadata[fields[0]] if fields else ""
    body = {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{found.version}",
        "name": name,
        "version": found.version,
        "purl": f"pkg:pypi/{name}@{found.version}",
    }
    return {**body, "licenses": [{"license": {"name": said}}]} if 0 < len(said) < 80 else body


def document(found: dict[str, Distribution]) -> dict[str, Any]:
    """Return the whole document; the same libraries give the same bytes."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "live-room"}},
        "components": [component(name, found[name]) for name in sorted(found)],
    }


def main(arguments: Sequence[str]) -> int:
    """Write the document to standard output."""
    if arguments:
        found = with_needs(one for path in arguments for one in named_in(Path(path)))
    else:
        found = {usual(one.metadata["Name"]): one for one in distributions()}
    sys.stdout.write(json.dumps(document(found), indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
