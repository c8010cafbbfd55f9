"""Writes the typed Python client from the API's description.

    python -m clients.generate            # writes clients/python/live_room_client
    python -m clients.generate --check    # says whether what lies there is what would be written

Models are TypedDicts, so what the client takes and gives is the JSON itself, and a type checker
knows every field. The part that speaks HTTP (`transport.py`) is written by hand.
"""

from __future__ import annotations

import argparse
import json
import keyword
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.handlers.openapi import document

Json = Mapping[str, Any]
HOME = Path(__file__).parent / "python" / "live_room_client"
_HEAD = '"""{what} Written by `python -m clients.generate`; do not edit."""\n\n'
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_GOOD = ("200", "201", "202")


def models(described: Json) -> str:
    """Return ``models.py``: a TypedDict for each schema, by name."""
    head = _HEAD.format(what="What the API takes and gives.")
    imports = (
        "from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, "
        "TypedDict\n"
    )
    schemas = described["components"]["schemas"]
    return (
        head + imports + "".join(f"\n\n{_model(name, schemas[name])}" for name in sorted(schemas))
    )


def client(described: Json) -> str:
    """Return ``client.py``: a method for each operation."""
    operations = list(_operations(described))
    named = sorted({name for one in operations for name in one.models})
    head = _HEAD.format(what="Every operation of the API.")
    lines = [
        "from __future__ import annotations",
        "",
        "from typing import Any, Literal, cast",
        "from urllib.parse import quote",
        "",
        "from live_room_client.models import (",
        *(f"    {name}," for name in named),
        ")",
        "from live_room_client.transport import Transport",
        "",
        "",
        "class LiveRoom(Transport):",
        '    """The API. Refusals are raised as `ApiProblem`."""',
    ]
    return head + "\n".join([*lines, *(line for one in operations for line in one.lines())]) + "\n"


class Operation:
    """One operation on its way to a method."""

    def __init__(self, path: str, method: str, described: Json) -> None:
        self.path, self.method, self.described = path, method, described
        parameters = described.get("parameters", ())
        self.in_path = [one for one in parameters if one["in"] == "path"]
        self.in_query = [one for one in parameters if one["in"] == "query"]
        self.keyed = any(one["name"] == "Idempotency-Key" for one in parameters)
        self.body = described.get("requestBody")
        status = next(status for status in _GOOD if status in described["responses"])
        content = described["responses"][status].get("content", {})
        self.answer = _type(content.get("application/json", {}).get("schema", {}))

    @property
    def models(self) -> set[str]:
        """Names of the models that the method speaks of."""
        texts = [self.answer, self._body_type() if self.body else ""]
        texts += [_type(one.get("schema", {})) for one in self.in_query]
        return {
            name
            for text in texts
            for name in re.findall(r"\b[A-Z]\w+", re.sub(r"Literal\[[^\]]*\]", "", text))
            if name not in ("Any", "Literal", "None")
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines of the method."""
        name = _identifier(self.described["operationId"])
        yield ""
        yield f"    def {name}("
        yield "        self,"
        for line in self._arguments():
            yield f"        {line},"
        yield f"    ) -> {self.answer}:"
        yield f'        """{self.described["summary"]}."""'
        yield f"        path = {self._path()}"
        yield f"        answer = self._call({', '.join(self._call())})"
        yield f"        return cast({json.dumps(self.answer)}, answer)"

    def _arguments(self) -> Iterator[str]:
        for one in self.in_path:
            yield f"{_identifier(one['name'])}: str"
        if self.body:
            default = "" if self.body.get("required") else " | None = None"
            yield f"body: {self._body_type()}{default}"
        if self.in_query or self.keyed:
            yield "*"
        for one in self.in_query:
            yield f"{_identifier(one['name'])}: {_type(one.get('schema', {}))} | None = None"
        if self.keyed:
            yield "idempotency_key: str | None = None"

    def _path(self) -> str:
        filled = re.sub(r"{(\w+)}", lambda m: f"{{quote({_identifier(m[1])}, safe='')}}", self.path)
        return f'f"{filled}"' if "{" in filled else json.dumps(filled)

    def _call(self) -> Iterator[str]:
        yield json.dumps(self.method.upper())
        yield "path"
        if self.body:
            yield "body=body"
        if self.in_query:
            pairs = (f'"{one["name"]}": {_identifier(one["name"])}' for one in self.in_query)
            yield f"query={{{', '.join(pairs)}}}"
        if self.keyed:
            yield "idempotency_key=idempotency_key"

    def _body_type(self) -> str:
        content = (self.body or {}).get("content", {})
        return _type(content.get("application/json", {}).get("schema", {}))


def _operations(described: Json) -> Iterator[Operation]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            # Open311 speaks its own dialect (XML, forms) to clients that exist already, and what
            # only leads on to a file is for browsers.
            answers = any(status in operation["responses"] for status in _GOOD)
            if path.startswith(("/v1/", "/health")) and answers:
                yield Operation(path, method, operation)


def _model(name: str, schema: Json) -> str:
    fields = schema.get("properties", {})
    required = set(schema.get("required", ()))
    said = json.dumps(schema.get("description", ""), ensure_ascii=False)[1:-1]
    types = {
        field: _type(form) if field in required else f"NotRequired[{_type(form)}]"
        for field, form in fields.items()
    }
    if any(keyword.iskeyword(field) or not field.isidentifier() for field in types):
        pairs = "".join(f"        {json.dumps(f)}: {json.dumps(t)},\n" for f, t in types.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{pairs}    }},\n)\n'
    body = "".join(f"    {field}: {type_}\n" for field, type_ in types.items())
    text = f'    """{said}"""\n' if said else ""
    gap = "\n" if text and body else ""
    return f"class {name}(TypedDict):\n{text}{gap}{body or '' if text or body else '    pass'}"


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[several]))
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(one) for one in schema['enum'])}]"
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(dict.fromkeys(_type({**schema, "type": one}) for one in kind))
    if kind == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {_type(inner) if isinstance(inner, Mapping) else 'Any'}]"
    return _PLAIN.get(str(kind), "Any")


def _identifier(name: str) -> str:
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def generated() -> dict[Path, str]:
    """Return every file and what belongs into it."""
    described = document("https://lapor.example")
    return {HOME / "models.py": models(described), HOME / "client.py": client(described)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the client, or check it."""
    parser = argparse.ArgumentParser(prog="clients.generate", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 if it is not current"
    )
    check = parser.parse_args(arguments).check
    stale = [path for path, text in generated().items() if not _is(path, text)]
    for path in stale:
        if not check:
            path.write_text(generated()[path])
        print(("not current: " if check else "written: ") + path.name)
    return int(check and bool(stale))


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
