"""Holds every library that Lambda runs against the known vulnerabilities (PyPI's advisories, OSV).

    python -m infra.tools.audit requirements.txt requirements-media.txt

Looks at what is installed, with everything that it needs. Ends with 1 when a library has a known
vulnerability, with 2 when some could not be looked up, for example because the service was not
reached: that is said and is no pass; and with 0 when all were looked up and nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.tools.sbom import named_in, with_needs

PATIENCE_SECONDS = 300
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2


def pins(files: Sequence[str]) -> list[str]:
    """Return each installed library that *files* bring along, pinned to its version."""
    found = with_needs(one for path in files for one in named_in(Path(path)))
    return [f"{name}=={one.version}" for name, one in sorted(found.items())]


def asked(lines: Sequence[str]) -> Mapping[str, Any]:
    """Return what pip-audit says of *lines*; what it could not finish counts as not looked up."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text("\n".join(lines) + "\n")
        command = [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(file)),
            *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
        ]
        try:
            ended = subprocess.run(  # noqa: S603 - our own words and files
                command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
            )
            found: dict[str, Any] = json.loads(ended.stdout)
        except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
            reason = f"the advisories were not reached ({type(error).__name__})"
            return {"dependencies": [{"name": one, "skip_reason": reason} for one in lines]}
    return found


def verdict(found: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Return how to end, and what to say of *found*, a report of pip-audit."""
    libraries = found["dependencies"]
    known = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in "
        + (", ".join(fault.get("fix_versions") or ()) or "no version yet")
        for one in libraries
        for fault in one.get("vulns") or ()
    ]
    skipped = [f"not looked up: {one['skip_reason']}" for one in libraries if "skip_reason" in one]
    end = VULNERABLE if known else UNKNOWN if skipped or not libraries else CLEAN
    looked_up = len(libraries) - len(skipped)
    return end, [
        *known,
        *skipped[:3],
        *([f"… and {len(skipped) - 3} more"] if len(skipped) > 3 else []),
        f"{looked_up} of {len(libraries)} libraries looked up, {len(known)} known vulnerabilities",
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the verdict and return it."""
    end, said = verdict(asked(pins(arguments)))
    sys.stdout.write("\n".join(said) + "\n")
    return end


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
