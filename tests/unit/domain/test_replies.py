"""Texts that staff insert: filled with plain facts, once, and held to a form."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.documents import DATA
from chalicelib.domain.catalogue_checks import DocumentInvalid
from chalicelib.domain.replies import check_replies, filled, fitting
from chalicelib.handlers.pages.case_forms import BY_ACTION
from chalicelib.services.cataloguing import WRITTEN

ROW = {
    "code": "a",
    "name": {"id": "Nama", "en": "Name"},
    "actions": ["ask"],
    "text": {"id": "Halo {number}", "en": "Hello {number}"},
}
SHIPPED = json.loads((DATA / "replies.json").read_text())


def test_a_placeholder_is_replaced_once_and_by_nothing_but_its_value():
    facts = {"number": "TL-1", "kelurahan": "{agency}", "agency": "PUPR"}
    assert filled("{number} di {kelurahan}", facts) == "TL-1 di {agency}"
    assert filled("sampai {deadline}", facts) == "sampai –"
    assert filled("{number.__class__} {0} {{number}}", facts) == "– – {TL-1}"


def test_each_form_gets_the_texts_that_are_meant_for_it():
    other = ROW | {"code": "b", "actions": ["return", "ask"]}
    assert [row["code"] for row in fitting([ROW, other], "ask")] == ["a", "b"]
    assert [row["code"] for row in fitting([ROW, other], "return")] == ["b"]


def test_the_shipped_texts_hold_the_form_and_every_one_has_a_place():
    check_replies(SHIPPED, WRITTEN)
    assert {action for row in SHIPPED for action in row["actions"]} <= set(BY_ACTION)
    assert set(BY_ACTION) >= WRITTEN


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"code": ""}, "[0].code"),
        ({"actions": []}, "[0].actions"),
        ({"actions": ["start"]}, "[0].actions"),
        ({"name": {"id": "x"}}, "[0].name"),
        ({"text": {"id": "x", "en": ""}}, "[0].text.en"),
        ({"text": {"id": "{reporter}", "en": "x"}}, "[0].text.id"),
        ({"text": {"id": "x" * 1001, "en": "x"}}, "[0].text.id"),
    ],
)
def test_what_does_not_hold_the_form_is_refused_with_its_place(change, path):
    with pytest.raises(DocumentInvalid) as refused:
        check_replies([ROW | change], WRITTEN)
    assert refused.value.path == path


def test_codes_are_used_once_and_there_are_not_too_many():
    with pytest.raises(DocumentInvalid):
        check_replies([ROW, ROW], WRITTEN)
    with pytest.raises(DocumentInvalid):
        check_replies([ROW | {"code": str(n)} for n in range(101)], WRITTEN)
