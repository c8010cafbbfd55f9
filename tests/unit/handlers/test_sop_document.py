"""The printed form over the API: asked for, made by its own function, then served by address."""

from __future__ import annotations

import importlib
import json

import msgspec

from chalicelib.handlers import answers

PATH = "/v1/sops/kebakaran/versions/1/document"


def test_anybody_may_have_the_form_once_its_function_has_made_it(world):
    first = world.get(PATH)
    msgspec.convert(first.json, answers.SopDocument)
    assert (first.json["status"], first.json["url"]) == ("being_made", None)
    assert first.headers["Retry-After"] == "2"
    app = importlib.import_module("app").app
    handler = app.handler_map["document"]
    for body in world.engine.jobs.bodies.pop("document"):
        event = {"Records": [{"messageId": "1", "body": json.dumps(body)}]}
        assert handler(event, None) == {"batchItemFailures": []}
    made = world.get(PATH).json
    assert (made["status"], made["filename"]) == ("ready", "SOP-kebakaran-v1.pdf")
    (pdf,) = world.prints.kept.values()
    assert pdf.startswith(b"%PDF-")


def test_a_version_that_does_not_exist_cannot_be_printed(world):
    assert world.get("/v1/sops/kebakaran/versions/9/document").code == "not_found"
