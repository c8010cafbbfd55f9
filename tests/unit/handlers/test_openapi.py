"""The API's description: valid, complete, and true of what is answered."""

from __future__ import annotations

import importlib
import json
import re

import msgspec
import pytest
from openapi_spec_validator import validate

from chalicelib.handlers import answers
from chalicelib.handlers.audience import ACTIONS, ROUTES
from chalicelib.handlers.examples import VALUES
from chalicelib.handlers.field_words import WORDS
from chalicelib.handlers.loading import cors
from chalicelib.handlers.openapi import OPERATIONS, described_routes, document
from chalicelib.handlers.problems import PROBLEMS
from tests.fakes.world import WITH_MAIL

DOCUMENT = document("https://lapor.example")


def test_the_document_is_valid_openapi():
    validate(DOCUMENT)


def test_every_route_and_every_action_isdescribed_routes():
    described = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
    }
    routes = {route for route in ROUTES if "{action}" not in route[1]}
    routes |= {("POST", f"/v1/reports/{{number}}/{action}") for action in ACTIONS}
    assert described == routes


def test_operation_ids_are_unique():
    ids = [op["operationId"] for item in DOCUMENT["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids))


def test_every_problem_has_an_example_and_both_languages():
    examples = DOCUMENT["components"]["examples"]
    for code in PROBLEMS:
        msgspec.convert(examples[code]["value"], answers.Problem)
    assert all(all(row) for row in PROBLEMS.values())


def shown(content, form):
    """The examples of one request or answer, references followed, as *form* reads them."""
    named = DOCUMENT["components"]["examples"]
    found = [
        named[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in content["examples"].values()
    ]
    return [msgspec.convert(one["value"], form or dict) for one in found]


@pytest.mark.parametrize("row", list(described_routes()), ids=lambda row: f"{row[0]} {row[1]}")
def test_every_request_and_answer_has_an_example_that_its_own_definition_takes(row):
    method, path, operation, _ = row
    described = DOCUMENT["paths"][path][method.lower()]
    if operation.body:
        content = described["requestBody"]["content"]["application/json"]
        assert shown(content, operation.body)
    good = described["responses"][str(operation.status)]["content"]["application/json"]
    assert shown(good, operation.answer)


def described_contents(part, where=""):
    """Every content in the document, with where it is."""
    if isinstance(part, dict):
        for name, one in part.items():
            if name == "content":
                yield from ((f"{where} {kind}", body) for kind, body in one.items())
            else:
                yield from described_contents(one, f"{where} {name}")


def test_whatever_is_sent_or_answered_has_an_example_in_each_of_its_formats():
    without = [
        where for where, body in described_contents(DOCUMENT["paths"]) if not body.get("examples")
    ]
    assert without == []


def test_an_example_has_every_member_that_its_definition_has():
    schemas, named = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["examples"]
    for name, schema in schemas.items():
        if "properties" in schema:
            assert set(named[name]["value"]) == set(schema["properties"]), name


def test_the_table_of_examples_names_nothing_that_is_gone():
    schemas = DOCUMENT["components"]["schemas"]
    fields = {field for one in schemas.values() for field in one.get("properties", {})}
    whole = {f"{n}.{field}" for n, one in schemas.items() for field in one.get("properties", {})}
    assert set(VALUES) - fields - whole == set()


def sent_schemas():
    """Every schema that a request body consists of."""
    schemas = DOCUMENT["components"]["schemas"]
    todo = [form.__name__ for _, _, one, _ in described_routes() if (form := one.body)]
    found = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schemas[name]))
    return {name: schemas[name] for name in found}


def test_every_field_that_is_sent_says_what_it_means():
    without = [
        f"{name}.{field}"
        for name, schema in sent_schemas().items()
        for field, one in schema.get("properties", {}).items()
        if not one.get("description")
    ]
    assert without == []


def test_the_words_for_fields_name_nothing_that_is_gone():
    schemas = DOCUMENT["components"]["schemas"]
    fields = {field for one in schemas.values() for field in one.get("properties", {})}
    whole = {f"{n}.{field}" for n, one in schemas.items() for field in one.get("properties", {})}
    assert set(WORDS) - fields - whole == set()


def test_every_operation_has_a_tag_that_says_what_it_is_about():
    described = {one["name"] for one in DOCUMENT["tags"] if one["description"]}
    used = {
        tag for item in DOCUMENT["paths"].values() for op in item.values() for tag in op["tags"]
    }
    assert used == described


def test_the_document_is_served_and_names_the_server(world):
    answer = world.get("/v1/openapi.json")
    assert answer.json == document("http://127.0.0.1:8000")


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/v1/categories",
        "/v1/categories?q=lubang",
        "/v1/areas",
        "/v1/sops",
        "/v1/reports",
        "/v1/statistics",
        "/v1/queue",
    ],
)
def test_answers_are_asdescribed_routes(world, path):
    world.filed(WITH_MAIL)
    world.project()
    operation = OPERATIONS["GET", path.partition("?")[0]]
    answer = world.get(path, user="operator" if "queue" in path else "")
    assert answer.status == 200
    msgspec.convert(answer.json, operation.answer)


def test_the_receipt_and_the_room_for_a_photo_are_asdescribed_routes(world):
    filed = world.filed(WITH_MAIL)
    msgspec.convert(filed, answers.Filed)
    room = world.act(filed["number"], "photos", token=filed["token"]).json
    msgspec.convert(room, answers.PhotoRoom)


def test_problems_are_asdescribed_routes(world):
    for answer in (world.get("/v1/reports/x"), world.post("/v1/reports", b"{}")):
        msgspec.convert(answer.json, answers.Problem)


@pytest.mark.parametrize(
    "path", ["/v1/sops/jalan-berlubang", "/v1/sops/jalan-berlubang/versions/1"]
)
def test_an_sop_is_shown_in_its_data_form(world, path):
    shown = world.get(path).json
    assert (shown["id"], shown["version"]) == ("jalan-berlubang", 1)
    assert shown["steps"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sops/x",
        "/v1/sops/jalan-berlubang/versions/99",
        "/v1/sops/jalan-berlubang/versions/0",
        "/v1/sops/jalan-berlubang/versions/1e3",
        "/v1/sops/..%2f..%2fstaff/versions/1",
    ],
)
def test_an_sop_that_is_not_there_is_not_found(world, path):
    assert world.get(path).code == "not_found"


def test_nothing_heavy_is_imported_with_the_app():
    import subprocess
    import sys

    heavy = ("pynamodb", "botocore", "boto3", "jwt", "cryptography", "phonenumbers", "jinja2")
    script = f"import sys, app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_cors_follows_the_setting(monkeypatch):
    assert cors() is None
    monkeypatch.setenv("CORS_ORIGIN", "https://peta.example")
    headers = cors().get_access_control_headers()
    assert headers["Access-Control-Allow-Origin"] == "https://peta.example"
    assert "Idempotency-Key" in headers["Access-Control-Allow-Headers"]


def test_no_route_has_cors_unless_it_is_set():
    routes = importlib.import_module("app").app.routes
    assert {view.cors for views in routes.values() for view in views.values()} == {None}
