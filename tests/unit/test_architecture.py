"""What keeps the parts apart: the direction of imports, and one home for each fact."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "chalicelib"

#: What each layer may import of the product. Handlers and bootstrap see everything below them.
ALLOWED = {
    "domain": ("chalicelib.domain",),
    "services": ("chalicelib.domain", "chalicelib.services"),
}
#: Where rows are made, saved once and forgotten: no row there is changed twice by one process.
FRESH_ROWS = (
    "adapters/account_store.py",
    "adapters/books.py",
    "adapters/card_store.py",
    "adapters/photo_index.py",
    "adapters/darkroom.py",  # pictures, not rows
    "adapters/crowd_store.py",
    "adapters/device_states.py",
    "adapters/errand_store.py",
    "adapters/search_store.py",
    "adapters/view_store.py",
)
#: Libraries that a service may use; the domain uses the standard library alone.
LIBRARIES = {"domain": set(), "services": {"msgspec", "jinja2", "markupsafe"}}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("layer", ["domain", "services"])
def test_imports_go_one_way(layer: str) -> None:
    wrong = []
    for path in sorted((PRODUCT / layer).glob("*.py")):
        for name in imports(path):
            top = name.partition(".")[0]
            if top == "chalicelib":
                fine = name.startswith(ALLOWED[layer])
            else:
                fine = top in sys.stdlib_module_names or top in LIBRARIES[layer]
            if not fine:
                wrong.append((path.name, name))
    assert wrong == []


def test_no_adapter_imports_a_handler_or_the_wiring_but_for_its_settings() -> None:
    wrong = [
        (path.name, name)
        for path in sorted((PRODUCT / "adapters").glob("*.py"))
        for name in imports(path)
        if name.startswith(("chalicelib.handlers", "chalicelib.bootstrap", "chalice."))
    ]
    assert wrong == []


def test_importing_the_app_reaches_for_no_aws_library() -> None:
    import subprocess

    code = (
        "import sys, app; "
        "print([m for m in ('boto3', 'botocore', 'pynamodb', 'jwt', 'jinja2', 'phonenumbers') "
        "if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_key_formats_have_one_home() -> None:
    pattern = re.compile(r"""["'](R#|EVENT#|FIRED#|MSG#|DUE#|QUEUE#|V#|LIST#|AUDIT#)""")
    homes = {
        path.relative_to(PRODUCT).as_posix()
        for path in PRODUCT.rglob("*.py")
        if pattern.search(path.read_text())
    }
    assert homes == {"adapters/keys.py"}


def test_rows_are_saved_in_transactions() -> None:
    """A later `save` of an object that a transaction updated would silently undo the update."""
    pattern = re.compile(r"\b(\w+)\.save\(")
    savers = {
        (path.relative_to(PRODUCT).as_posix(), name)
        for path in (PRODUCT / "adapters").rglob("*.py")
        for name in pattern.findall(path.read_text())
    }
    assert {name for path, name in savers if path not in FRESH_ROWS} == {"transaction"}
