"""Whether a change of the API breaks clients that were built on it as it was.

    python -m clients.compatibility            # what the present API breaks of the stored one
    python -m clients.compatibility --accept   # take the present API as the new promise

The stored promise (``clients/promise.json``) is the API's description without its words: each
operation with its parameters, what may be sent and what is answered, with their types. Adding
is free. Taking away, demanding more and answering less break somebody.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.handlers.openapi import document

Json = Mapping[str, Any]
PROMISE = Path(__file__).parent / "promise.json"
_DEPTH = 6
_WORDS = ("title", "description", "summary", "example", "examples", "operationId", "tags")


def shortened(described: Json) -> dict[str, Any]:
    """Return the description in short: ``METHOD path`` → what is sent, answered, and by whom."""
    schemas = described["components"]["schemas"]
    found = {}
    for path, item in described["paths"].items():
        for method, operation in item.items():
            found[f"{method.upper()} {path}"] = {
                "audience": sorted(operation.get("x-audience", ())),
                "parameters": {
                    f"{one['in']} {one['name']}": bool(one.get("required"))
                    for one in operation.get("parameters", ())
                },
                "sent": _fields(_content(operation.get("requestBody", {})), schemas),
                "answered": {
                    status: _fields(_content(answer), schemas)
                    for status, answer in operation["responses"].items()
                    if status.startswith("2")
                },
            }
    return found


def breaks(old: Json, new: Json) -> list[str]:
    """Return what *new* takes from clients of *old*, one line each; empty if nothing."""
    found: list[str] = []
    for name, was in old.items():
        if name not in new:
            found.append(f"{name}: gone")
            continue
        found += [f"{name}: {what}" for what in _operation_breaks(was, new[name])]
    return found


def _operation_breaks(was: Json, now: Json) -> Iterator[str]:
    for role in was["audience"]:
        if role not in now["audience"]:
            yield f"no longer for {role}"
    yield from _parameter_breaks(was["parameters"], now["parameters"])
    yield from _sent_breaks(was["sent"], now["sent"])
    for status, fields in was["answered"].items():
        if status not in now["answered"]:
            yield f"answer {status} gone"
            continue
        yield from _answer_breaks(fields, now["answered"][status])


def _parameter_breaks(was: Json, now: Json) -> Iterator[str]:
    for parameter in was:
        if parameter not in now:
            yield f"parameter {parameter} gone"
    for parameter, required in now.items():
        if required and not was.get(parameter, False):
            yield f"parameter {parameter} newly required"


def _sent_breaks(was: Json, now: Json) -> Iterator[str]:
    for field, form in was.items():
        if field not in now:
            yield f"field {field} no longer taken"
        elif not set(form["types"]) <= set(now[field]["types"]):
            yield f"field {field} takes less: {form['types']} before, {now[field]['types']} now"
    for field, form in now.items():
        parent = field.rpartition("/")[0]
        new_object = parent not in was and bool(parent)
        if form["required"] and not was.get(field, {}).get("required") and not new_object:
            yield f"field {field} newly required"


def _answer_breaks(was: Json, now: Json) -> Iterator[str]:
    for field, form in was.items():
        if field not in now:
            yield f"field {field} no longer answered"
        elif form["required"] and not now[field]["required"]:
            yield f"field {field} no longer always answered"
        elif not _names(now[field]["types"]) <= _names(form["types"]):
            yield f"field {field} of another type: {form['types']} before, {now[field]['types']}"


def _names(types: Sequence[str]) -> set[str]:
    """Types without the choices of an enumeration: an answer may get new ones."""
    return {"string" if one.startswith('"') else one for one in types}


def _content(part: Json) -> Json:
    content = part.get("content", {})
    schema: Json = content.get("application/json", {}).get("schema", {})
    return schema


def _fields(schema: Json, schemas: Json) -> dict[str, Any]:
    return dict(_walk(schema, schemas, "", required=True, depth=0))


def _walk(
    schema: Json, schemas: Json, at: str, *, required: bool, depth: int
) -> Iterator[tuple[str, Any]]:
    parts = list(_alternatives(schema, schemas))
    types = sorted({kind for part in parts for kind in _types(part)})
    if at:
        yield at, {"types": types, "required": required}
    if depth == _DEPTH:
        return
    for part in parts:
        must = set(part.get("required", ()))
        for name, inner in part.get("properties", {}).items():
            yield from _walk(inner, schemas, f"{at}/{name}", required=name in must, depth=depth + 1)
        if isinstance(part.get("items"), Mapping):
            yield from _walk(part["items"], schemas, f"{at}/*", required=False, depth=depth + 1)


def _alternatives(schema: Json, schemas: Json) -> Iterator[Json]:
    if "$ref" in schema:
        yield from _alternatives(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    elif "anyOf" in schema or "oneOf" in schema:
        for one in schema.get("anyOf", schema.get("oneOf", ())):
            yield from _alternatives(one, schemas)
    else:
        yield schema


def _types(schema: Json) -> list[str]:
    if "enum" in schema:
        return [json.dumps(one) for one in schema["enum"]]
    kind = schema.get("type", "anything")
    return list(kind) if isinstance(kind, list) else [str(kind)]


def present() -> dict[str, Any]:
    """Return the present API in short."""
    return shortened(document("https://lapor.example"))


def promised() -> dict[str, Any]:
    """Return the stored promise in short."""
    return shortened(json.loads(PROMISE.read_text()))


def _wordless(value: Any) -> Any:
    """Return a part of the description without what only people read."""
    if isinstance(value, Mapping):
        return {
            name: _wordless(inner)
            for name, inner in value.items()
            if name not in _WORDS or not isinstance(inner, str | list)
        }
    return [_wordless(one) for one in value] if isinstance(value, list) else value


def _promise(described: Json) -> str:
    """Return the text to store: one line for each path and each schema, so that changes show."""
    paths = {
        path: {
            method: {
                name: operation[name]
                for name in ("x-audience", "parameters", "requestBody", "responses")
                if name in operation
            }
            for method, operation in item.items()
        }
        for path, item in described["paths"].items()
    }
    for item in paths.values():
        for operation in item.values():
            operation["responses"] = {
                status: answer
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            }
    parts = (paths, described["components"]["schemas"])
    lines = [
        ",\n".join(f"{json.dumps(name)}: {_compact(one)}" for name, one in sorted(part.items()))
        for part in parts
    ]
    return f'{{"paths": {{\n{lines[0]}\n}}, "components": {{"schemas": {{\n{lines[1]}\n}}}}}}\n'


def _compact(value: Any) -> str:
    return json.dumps(_wordless(value), sort_keys=True, separators=(",", ":"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what breaks, or take the present API as the promise."""
    parser = argparse.ArgumentParser(prog="clients.compatibility", description=__doc__)
    parser.add_argument("--accept", action="store_true", help="write the promise anew")
    if parser.parse_args(arguments).accept:
        PROMISE.write_text(_promise(document("https://lapor.example")))
        return 0
    broken = breaks(promised(), present())
    print("\n".join(broken) or "nothing breaks")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
