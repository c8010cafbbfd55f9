"""The folder that `chalice deploy` runs in: our code, and settings with what AWS made up.

It is apart from the checked-out code, so that the account's number and addresses never come near
git, and so that what is deployed is exactly what is kept for a rollback.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from infra import policies
from infra.deploy import layers as layers_of
from infra.deploy.facts import Facts
from infra.deploy.plan import address_of
from infra.deploy.settings import Settings
from infra.outputs import environment, sign_in
from infra.policies import CHALICE, Place

ROOT = Path(__file__).resolve().parents[2]


def variables(settings: Settings, facts: Facts) -> dict[str, str]:
    """Return the functions' variables: from the stack, from the settings, the latter winning."""
    outputs = facts.outputs
    given = {
        "MAIL_FROM": settings.mail_from,
        "MAIL_DOMAIN": settings.mail_domain,
        "PUBLIC_URL": address_of(settings, facts),
        "CORS_ORIGIN": settings.cors_origin,
        "INBOUND_DOMAIN": settings.inbound_domain,
    }
    signing_in = {} if settings.own_issuer else sign_in(outputs)
    stated = {name: value for name, value in given.items() if value}
    return environment(outputs) | signing_in | stated | dict(settings.variables)


def place(settings: Settings, facts: Facts, layers: Mapping[str, str]) -> Place:
    """Return the stage's place in AWS, for the policies."""
    return Place(
        settings.stage,
        facts.account,
        facts.region,
        variables(settings, facts),
        layers,
        settings.reserve_concurrency,
    )


def write(folder: Path, where: Place, architecture: str) -> None:
    """Fill *folder* with the project of one stage; what was in it goes."""
    clear(folder)
    shutil.copy(ROOT / "app.py", folder)
    skip = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=skip)
    layers_of.compiled(folder)
    # The libraries come from the layers.
    (folder / "requirements.txt").write_text("")
    base = json.loads((CHALICE / "config.json").read_text())
    base |= {"lambda_architecture": architecture, "stages": {}}
    (folder / ".chalice").mkdir()
    (folder / ".chalice" / "config.json").write_text(json.dumps(base))
    list(policies.write(where, folder / ".chalice"))


def clear(folder: Path) -> None:
    """Make *folder* an empty one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
