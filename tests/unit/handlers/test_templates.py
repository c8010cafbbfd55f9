"""The template desk over HTTP: one person proposes, another approves, every message follows."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib import bootstrap
from chalicelib.handlers import template_definitions as forms
from chalicelib.services.administering import Act
from chalicelib.services.messages import default_templates
from chalicelib.services.template_desk import findings, previews
from tests.fakes.engine import staff
from tests.fakes.world import MORNING, WITH_MAIL, Answer, World

ID = "reporter_received"
PATH = f"/v1/templates/{ID}"
NEW = "Laporan {{ number }} diterima. Terima kasih, Warga! Pantau: {{ link }}"


@pytest.fixture
def city() -> Iterator[World]:
    with World(MORNING, administered=True).running() as running:
        yield running


def words(**changes: Any) -> dict[str, Any]:
    """The shipped words with other Indonesian ones for text messages and the mail's subject."""
    found = copy.deepcopy(dict(default_templates().get(ID).channels))
    found["sms"]["id"] = changes.get("sms", NEW)
    found["mail"]["id"]["subject"] = changes.get("subject", "Kami terima: {{ number }}")
    return found


def propose(city: World, channels: Any, user: str = "penyusun", based_on: int = 1) -> Answer:
    body = {"based_on": based_on, "channels": channels, "reason": "lebih ramah"}
    return city.post(f"{PATH}/proposal", body, user=user)


def approve(city: World, hash: str, user: str = "penyetuju") -> Answer:
    return city.post(f"{PATH}/proposal/approve", {"hash": hash, "reason": "baik"}, user=user)


def give_roles(city: World, person: str, *roles: str) -> None:
    def edit(rows: Any) -> Any:
        return [{**row, "roles": list(roles)} if row["id"] == person else row for row in rows]

    act = Act("put_staff", staff("admin"), "admin", "uji")
    bootstrap.administer().change(act, "document", "staff", edit)


def test_every_template_is_listed_and_shown_as_described(city):
    shown = city.get("/v1/templates", user="auditor")
    listed = msgspec.convert(shown.json, forms.TemplateList).items
    assert [one.template for one in listed] == list(default_templates().ids())
    assert {(one.version, one.proposed) for one in listed} == {(1, False)}
    one = msgspec.convert(city.get(PATH, user="auditor").json, forms.TemplateShown)
    assert one.versions == [forms.TemplateVersion(version=1, origin="shipped", at=None, reason="")]
    assert one.proposal is None


def test_the_preview_is_the_message_itself(city):
    answer = city.get(f"{PATH}/preview", user="peninjau")
    items = msgspec.convert(answer.json, forms.TemplatePreview).items
    assert [(one.channel, one.language) for one in items] == [
        ("mail", "id"), ("mail", "en"), ("sms", "id"), ("sms", "en"),
    ]  # fmt: skip
    assert items[0].subject == "Laporan TL-7K3QX9MW kami terima: Lampu jalan padam"
    assert items[0].html.startswith("<!doctype html>") and items[0].parts == 0
    assert [one.parts for one in items[2:]] == [1, 1]


def test_new_words_are_used_once_somebody_else_has_approved_them(city):
    made = propose(city, words())
    assert made.status == 201, made.body
    assert made.json["proposal"]["status"] == "proposed" and made.json["version"] == 1
    drafted = city.get(f"{PATH}/preview?version=proposed", user="peninjau").json["items"]
    assert drafted[0]["subject"] == "Kami terima: TL-7K3QX9MW"

    city.filed(WITH_MAIL)
    assert sent_subjects(city)[-1].startswith("Laporan ")

    done = approve(city, made.json["proposal"]["hash"])
    assert done.status == 200, done.body
    shown = msgspec.convert(done.json, forms.TemplateShown)
    assert (shown.version, [one.origin for one in shown.versions]) == (2, ["city", "shipped"])
    assert (shown.proposal.by, shown.proposal.approver) == ("penyusun", "penyetuju")
    filed = city.filed(WITH_MAIL)
    assert sent_subjects(city)[-1] == f"Kami terima: {filed['number']}"
    assert (
        city.get(f"{PATH}/preview?version=1", user="auditor")
        .json["items"][0]["subject"]
        .startswith("Laporan ")
    )


def sent_subjects(city: World) -> list[str]:
    """The subjects of every first message to a reporter, as the sender renders it now."""
    from chalicelib.adapters.channels import rendered

    messages = [one for one in city.engine.store.messages.values() if one.template == ID]
    in_use = city.engine.catalogue.templates()
    return [
        rendered(one, "mail", lambda number: {}, templates=in_use).subject
        for one in messages
        if one.channel == "mail"
    ]


def test_the_record_says_who_proposed_and_who_approved(city):
    approve(city, propose(city, words()).json["proposal"]["hash"])
    acts = [(one["act"], one["by"]["person"]) for one in city.register.records]
    assert acts == [("propose_template", "penyusun"), ("approve_template", "penyetuju")]


def test_nobody_approves_what_they_proposed_whatever_roles_they_have(city):
    give_roles(city, "penyusun", "sop_author", "sop_approver")
    hash = propose(city, words()).json["proposal"]["hash"]
    refused = approve(city, hash, user="penyusun")
    assert (refused.status, refused.code) == (403, "own_proposal")
    assert city.get(PATH, user="auditor").json["version"] == 1


def test_who_may_neither_propose_nor_approve_may_not(city):
    hash = propose(city, words()).json["proposal"]["hash"]
    assert approve(city, hash, user="peninjau").code == "role_may_not"
    assert propose(city, words(), user="penyetuju").code == "role_may_not"
    assert city.get("/v1/templates", user="operator").code == "role_may_not"
    assert city.get("/v1/templates").code == "sign_in_needed"


def test_nobody_approves_words_they_have_not_read(city):
    read = propose(city, words()).json["proposal"]["hash"]
    propose(city, words(sms=NEW.replace("Warga", "Tetangga")))
    refused = approve(city, read)
    assert (refused.status, refused.code) == (409, "draft_content_moved")


def test_a_proposal_is_decided_once(city):
    hash = propose(city, words()).json["proposal"]["hash"]
    approve(city, hash)
    assert approve(city, hash).code == "draft_not_in_this_status"
    assert propose(city, words(), based_on=1).code == "version_moved"


def test_a_withdrawn_proposal_changes_nothing(city):
    hash = propose(city, words()).json["proposal"]["hash"]
    body = {"reason": "salah ketik"}
    gone = city.post(f"{PATH}/proposal/withdraw", body, user="penyusun").json
    assert (gone["proposal"]["status"], gone["version"]) == ("withdrawn", 1)
    assert approve(city, hash).code == "draft_not_in_this_status"


def test_unknown_templates_and_versions_are_not_found(city):
    for path in ("/v1/templates/x", "/v1/templates/..%2f", f"{PATH}/preview?version=9"):
        assert city.get(path, user="auditor").code == "not_found"


@pytest.mark.parametrize(
    ("channels", "code"),
    [
        (words(sms="Halo {{ nama }} {{ number }} {{ link }}"), "TemplateInvalid"),
        (words(sms="{{ number }} {{ link }} {{ description }}"), "TemplateInvalid"),
        (words(sms="{% for a in number %}{{ link }}{% endfor %}"), "TemplateInvalid"),
        (words(sms="{{ number.__class__ }} {{ link }}"), "TemplateInvalid"),
        (words(sms="Laporan {{ number }} diterima 🙏 {{ link }}"), "NotGsm7"),
        (words(sms="Laporan {{ number }} diterima."), "needed_missing"),
        (words(sms=NEW + " Bantu kami menilai. " * 20), "too_long"),
        (words(sms=NEW + " https://jahat.example/a"), "address_in_text"),
        (words(subject="Kami terima laporan"), "needed_missing"),
        ({"sms": words()["sms"]}, "channel_missing"),
        ({**words(), "fax": words()["sms"]}, "channel_unknown"),
        ({**words(), "sms": {"id": NEW}}, "language_missing"),
        ({**words(), "mail": {"id": {}, "en": {}}}, "TemplateInvalid"),
    ],
)
def test_what_could_not_be_sent_is_refused_when_it_is_proposed(city, channels, code):
    refused = propose(city, channels)
    assert (refused.status, refused.code) == (422, "template_invalid"), refused.body
    assert code in {one["code"] for one in refused.json["findings"]}


@pytest.mark.parametrize("id", default_templates().ids())
def test_the_products_own_words_would_pass_the_desk(id):
    template = default_templates().get(id)
    assert findings(template, template.channels) == []
    assert len(previews(template)) == 4
