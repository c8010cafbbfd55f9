"""Messages: one content in three forms, nothing of a secret report, nothing that can be clicked
that we did not put there."""

import json
import re
from dataclasses import fields, replace
from datetime import datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.services.messages import (
    MESSAGES,
    Line,
    MessageContext,
    Promise,
    Template,
    TemplateInvalid,
    Templates,
    TemplateUnknown,
    Told,
    default_templates,
    render,
    sms_length,
)


def at(text):
    return datetime.fromisoformat(text)


LINK = "https://live.tangerangkota.go.id/t/Ab3dEf9hJk"
ACTIONS = [
    "accept",
    "decline",
    "more_time",
    "view",
    "verify",
    "validate",
    "return",
    "answer",
    "confirm",
    "dispute",
    "reopen",
    "rate",
    "instruct",
    "join",
    "leave",
    "appeal",
]
LONG = MessageContext(
    number="TL26-A7K3QW",
    category={
        "id": "Tindak lanjut palsu / laporan ditutup tanpa dikerjakan / bukti rekayasa",
        "en": "Fake follow-up / report closed without work / fabricated evidence",
    },
    tier="P2",
    kelurahan="Poris Plawad Indah",
    kecamatan="Karang Tengah",
    address="Jl. Moh. Toha sisi barat, depan SDN Bugel 2",
    description="Lampu padam sejak tiga hari, tiga tiang berturut-turut.",
    agency="DISPERINDAGKOPUKM",
    agency_name="Dinas Perindustrian, Perdagangan, Koperasi, Usaha Kecil dan Menengah",
    to_agency="Dinas Perumahan, Permukiman dan Pertanahan",
    sop_id="pju-padam",
    sop_version=2,
    sop_name={"id": "PJU padam", "en": "Street light out"},
    step="R100",
    awaits="on_scene",
    cycle=1,
    received_at=at("2027-05-24T10:05:00+07:00"),
    due_at=at("2027-05-26T08:29:00+07:00"),
    resolve_by=at("2027-05-28T16:30:00+07:00"),
    fired_due_at=at("2027-05-26T08:00:00+07:00"),
    until=at("2027-06-07T16:00:00+07:00"),
    departed_at=at("2027-05-26T14:22:00+07:00"),
    next_told={"id": "Kepala Bidang Lalu Lintas", "en": "Head of the Traffic Division"},
    told_before=[Told("Kepala Seksi Penerangan Jalan", at("2027-05-25T13:20:00+07:00"))],
    promises=[Promise({"id": "Selesai", "en": "Finished"}, at("2027-05-28T16:30:00+07:00"))],
    evidence=["Foto lampu menyala malam hari", "Nomor tiang"],
    reason="Menunggu suku cadang dari penyedia di luar kota",
    question="Nomor tiang berapa?",
    result="Tiga lampu diganti.",
    body="BBWS Ciliwung-Cisadane",
    reference="2027/0417/BBWS/TL",
    merged_into="TL26-P9D2W",
    squad="Regu Damkar Cibodas 2",
    basis="PermenPANRB 62/2018",
    topic_name={"id": "laporan di Kel. Sukasari", "en": "reports in Kel. Sukasari"},
    summary={"id": "212 tugas baru, 14 pengingat", "en": "212 new tasks, 14 reminders"},
    slot={"id": "pagi", "en": "morning"},
    lines=[Line("TL26-A7K3QW", {"id": "tugas baru, PJU padam", "en": "new task, light out"})],
    count=226,
    more=211,
    link=LINK,
    links={name: f"{LINK}-{name}" for name in ACTIONS},
)
BARE = MessageContext(number="TL26-A7K3QW")
IDS = default_templates().ids()
EVERY = [(template, language) for template in IDS for language in ("id", "en")]
#: About several reports or none, so about no number.
LISTS = {"bundle", "digest", "contact_check", "follow_confirm", "own_reports"}


class Page(HTMLParser):
    """What a reader of the HTML part gets: words, addresses and elements."""

    def __init__(self, html):
        super().__init__()
        self.words, self.hrefs, self.tags = "", [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.hrefs += [value for name, value in attrs if name in ("href", "src", "background")]

    def handle_data(self, data):
        self.words += " " + data


def mail(template, context, language="id", **more):
    return render(template, language=language, channel="mail", context=context, **more)


def sms(template, context, language="id"):
    return render(template, language=language, channel="sms", context=context).text


def test_the_city_has_every_template_it_needs():
    assert set(IDS) == {
        "contact_check",
        "instruction_answered",
        *["step_task", "step_reminder", "step_escalation", "step_emergency", "step_legal_limit"],
        *["reporter_promise_moved", "reporter_news", "reporter_support", "reporter_unmerged"],
        *["reporter_body_answer", "referral_request", "closing_proposed"],
        *["step_verification", "step_validation", "step_instruction", "task_reassigned"],
        *["task_returned", "reporter_received", "reporter_verified", "reporter_assigned"],
        *["reporter_question", "reporter_deferred", "reporter_result", "reporter_returned"],
        *["reporter_limit_passed", "reporter_closed_automatically", "reporter_closed"],
        *["reporter_rejected", "reporter_referred", "reporter_merged", "reporter_reopened"],
        *["reporter_emergency", "secret_update", "time_request", "answer_note"],
        *["bundle", "digest", "contacts_dead", "follow_confirm", "follow_update"],
        *["own_reports", "drill_over"],
        *["reporter_blocked", "reporter_block_lifted", "reporter_block_stands"],
    }


@pytest.mark.parametrize("template, language", EVERY)
@pytest.mark.parametrize("context", [LONG, BARE], ids=["long", "bare"])
def test_every_template_can_be_filled_with_much_and_with_nothing(template, language, context):
    message = mail(template, context, language, recipient_title="Kepala Dinas Perhubungan")
    assert context.number in message.subject + message.text or template in LISTS
    assert "None" not in message.text and "{" not in message.text
    assert not re.search(r" [,.;:]| {2}|\(\)", message.text), message.text
    assert not re.search(r" [,.;:]| {2}", message.subject)
    assert "\n" not in message.subject
    assert (message.template, message.language, message.channel) == (template, language, "mail")


@pytest.mark.parametrize("template, language", EVERY)
@pytest.mark.parametrize("can_reply", [True, False])
def test_an_sms_is_one_part_even_with_long_values(template, language, can_reply):
    text = sms(template, replace(LONG, can_reply=can_reply), language)
    assert sms_length(text) <= 160
    assert text.endswith(LINK) or template == "task_reassigned"
    assert LONG.number in text or template in LISTS
    assert not set("[]{}") & set(text)
    assert not re.search(r" [,.;:]| {2}", text), text


@pytest.mark.parametrize("template, language", EVERY)
def test_an_sms_without_values_still_reads_well(template, language):
    text = sms(template, BARE, language)
    assert BARE.number in text or template in LISTS
    assert sms_length(text) <= 160


@pytest.mark.parametrize("template, language", EVERY)
def test_both_parts_of_a_mail_say_the_same(template, language):
    message = mail(template, LONG, language, recipient_title="Kepala Dinas Perhubungan")
    page = Page(message.html)
    seen = set(re.findall(r"\w{3,}", page.words))
    said = set(re.findall(r"\w{3,}", re.sub(r"https?://\S+", "", message.text)))
    assert said <= seen
    assert sorted(page.hrefs) == sorted(re.findall(r"https?://\S+", message.text))


@pytest.mark.parametrize("template", IDS)
def test_the_html_part_needs_no_image_script_or_style_sheet(template):
    assert Page(mail(template, LONG).html).tags <= {
        *[
            "html",
            "head",
            "meta",
            "title",
            "body",
            "div",
            "table",
            "tr",
            "td",
            "th",
            "p",
            "b",
            "br",
            "span",
            "h1",
            "a",
        ]
    }


def test_a_task_says_who_due_act_facts_in_that_order():
    text = mail("step_task", LONG, recipient_title="Kepala Dinas Perhubungan").text
    parts = [
        "Yth. Kepala Dinas Perhubungan",
        "Terima tugas sebelum:\nRabu, 26 Mei 2027 pukul 08.29 WIB",
        "Bila lewat, yang langsung diberi tahu: Kepala Bidang Lalu Lintas.",
        f"Terima tugas: {LINK}-accept",
        f"Bukan kewenangan: {LINK}-decline",
        "Tingkat: P2, layanan mendesak",
        "Lokasi: Jl. Moh. Toha sisi barat, depan SDN Bugel 2, Kel. Poris Plawad Indah",
        "Bukti: Nomor tiang",
        "Nomor SOP: belum ditetapkan",
        "Identitas pelapor dirahasiakan.",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places and places == sorted(places)


def test_an_escalation_says_what_whose_since_when_and_who_was_told():
    text = mail("step_escalation", LONG, "en").text
    assert "nobody on scene yet" in text
    assert "Wednesday, 26 May 2027 at 08.00 WIB" in text
    assert "Told before: Kepala Seksi Penerangan Jalan, 25/05/2027 13.20 WIB" in text
    assert "Please direct that this report be followed up without delay." in text


def test_a_broken_promise_is_said_in_honest_words():
    text = mail("reporter_limit_passed", replace(LONG, awaits="resolved")).text
    assert "Mohon maaf. Laporan Anda belum selesai" in text
    assert "bukan kesalahan Anda" in text
    assert "Kepala Seksi Penerangan Jalan: Selasa, 25 Mei 2027 pukul 13.20 WIB" in text


@pytest.mark.parametrize("can_reply, expected", [(True, "Balas"), (False, "Terima")])
def test_replies_are_offered_only_where_they_are_read(can_reply, expected):
    context = replace(LONG, can_reply=can_reply)
    assert ("TERIMA" in sms("step_task", context)) is can_reply
    assert expected.lower() in sms("step_task", context).lower()
    assert ("membalas surel" in mail("step_task", context).text) is can_reply


def test_a_button_without_its_own_page_says_only_that_it_opens_the_report():
    without = replace(LONG, links={})
    text = mail("step_task", without).text
    assert f"Buka laporan: {LINK}" in text
    assert "Terima tugas: " not in text and "Berlaku satu kali" not in text
    assert f"Lihat laporan Anda: {LINK}" in mail("reporter_received", without).text
    assert f"Open the report: {LINK}" in mail("reporter_result", without, "en").text
    assert "Buka laporan" not in mail("step_task", BARE).text


def test_an_office_is_named_as_told_only_if_it_was_told():
    untold = replace(LONG, told_before=())
    assert "Atasan sudah diberi tahu" in sms("reporter_limit_passed", LONG)
    assert "iberi tahu" not in sms("reporter_limit_passed", untold)
    assert "Yang sudah diberi tahu" not in mail("reporter_limit_passed", untold).text
    expected = "pada Rabu, 26 Mei 2027 pukul 08.29 WIB diberi tahu: Kepala Bidang Lalu Lintas"
    assert expected in mail("reporter_limit_passed", untold).text


def test_a_report_number_is_never_broken_over_two_lines():
    unbroken = f'<span style="white-space:nowrap">{LONG.number}</span>'
    assert unbroken in mail("step_task", LONG).html


# --- secrecy --------------------------------------------------------------------------------


@pytest.mark.parametrize("template, language", EVERY)
def test_of_a_secret_report_nothing_leaves_but_that_it_changed(template, language):
    secret = replace(LONG, secret=True)
    nothing = MessageContext(number=LONG.number, link=LINK, secret=True)
    for channel in ("mail", "sms"):
        message = render(
            template,
            language=language,
            channel=channel,
            context=secret,
            recipient_title="Inspektur Pembantu",
        )
        assert message == render(
            "secret_update", language=language, channel=channel, context=nothing
        )
    assert sms("step_task", secret) == f"Laporan {LONG.number} diperbarui. {LINK}"
    text = mail("step_task", secret).text
    assert text == f"Laporan {LONG.number} diperbarui\n\nBuka laporan: {LINK}\n"


CITIZEN = replace(BARE, address="ALAMATPELAPOR", description="KATAPELAPOR", kelurahan="Bugel")


@pytest.mark.parametrize("template, language", EVERY)
def test_citizens_words_go_only_to_officers_who_need_them(template, language):
    needed = template in ("step_task", "step_emergency", "step_verification", "referral_request")
    message = mail(template, CITIZEN, language)
    for words in ("ALAMATPELAPOR", "KATAPELAPOR"):
        assert (words in message.text) is (words in message.html) is needed
        assert words not in message.subject
        assert words not in sms(template, CITIZEN, language)


# --- injection (peers.md T16) ---------------------------------------------------------------

TEXT_FIELDS = [
    field.name
    for field in fields(MessageContext)
    if isinstance(getattr(LONG, field.name), str | dict) and field.name not in ("link", "links")
]
EVIL = (
    "<a href=https://jahat.example>[x](http://jahat.example)</a>\r\nBcc: k@jahat.example{{ 7*7 }}"
)
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["https://a.id", "<script>", "\r\n", "\u2028", "\u202e", "www.a.id", "'\">", "{{", "%}",
             "javascript:", "a@b.id", "[", "](", "&lt;", "．", "\x00"]
        ),
        st.text(max_size=5),
    ),
    max_size=8,
).map("".join)  # fmt: skip


def assert_harmless(message):
    page = Page(message.html) if message.html else None
    addresses = set(re.findall(r"https?://[^\s\"<>]+", message.text))
    assert all(address.startswith(LINK) for address in addresses)
    assert "\n" not in message.subject and "\r" not in message.text
    assert "jahat.example" not in message.text + message.html + message.subject
    if page:
        assert all(address.startswith(LINK) for address in page.hrefs)
        assert "script" not in page.tags


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_no_field_can_smuggle_in_a_link_markup_or_a_line(name):
    evil = replace(LONG, **{name: EVIL})
    _nothing_gets_through(evil)


def _nothing_gets_through(evil):
    for template in IDS:
        clean = mail(template, LONG, recipient_title="Camat")
        message = mail(template, evil, recipient_title="Camat")
        assert_harmless(message)
        assert Page(message.html).tags <= Page(clean.html).tags | {"td", "th"}
        assert_harmless(render(template, channel="sms", context=evil))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(IDS))
def test_hostile_words_stay_words(address, description, reason, template):
    context = replace(
        LONG,
        address=address,
        description=description,
        reason=reason,
        question=reason,
        result=address,
        evidence=[description],
    )
    message = mail(template, context, recipient_title=reason)
    assert_harmless(message)
    assert sms_length(sms(template, context)) <= 160


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "https://a.id/x y",
        'https://a.id/"onclick=',
        "//a.id",
        "https://a.id/\n",
    ],
)
def test_a_link_that_is_not_a_plain_address_is_an_error(link):
    with pytest.raises(ValueError, match="not an address"):
        mail("step_task", replace(BARE, link=link))
    with pytest.raises(ValueError, match="not an address"):
        mail("step_task", replace(BARE, links={"accept": link}))


# --- templates as data ----------------------------------------------------------------------


def own(text="Halo {{ number }}", sms="Halo {{ number }}", version=2, **more):
    block = {"type": "paragraph", "text": text}
    content = {"subject": "Halo", "blocks": [block]}
    return {
        "template": "step_task",
        "version": version,
        "audience": "staff",
        "channels": {"mail": {"id": content}, "sms": {"id": sms}},
        **more,
    }


def test_the_newest_version_is_used_unless_one_is_named():
    templates = default_templates().with_edited([own()])
    assert templates.versions("step_task") == (1, 2)
    newest = mail("step_task", BARE, templates=templates)
    assert (newest.version, newest.text) == (2, "Halo TL26-A7K3QW\n")
    assert mail("step_task", BARE, version=1, templates=templates).version == 1
    assert mail("step_task", BARE, "en", templates=templates).text == "Halo TL26-A7K3QW\n"


@pytest.mark.parametrize(
    "text",
    [
        "{{ number.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ number() }}",
        "{{ number|upper }}",
        "{{ number * 100000000 }}",
        "{% for x in number %}{{ x }}{% endfor %}",
        "{% include 'x' %}",
        "{% set x = 1 %}",
        "{% macro x() %}{% endmacro %}",
        "{{ number",
        "{{ no_such_name }}",
        "{% if number %}{{ no_such_name }}{% endif %}",
        "{{ description }}",  # not declared as needed
        "{{ lipsum }}",
    ],
)
def test_a_template_can_only_name_what_it_may_see(text):
    with pytest.raises(TemplateInvalid):
        Template.from_dict(own(text))
    with pytest.raises(TemplateInvalid):
        Template.from_dict(own(sms=text))


@pytest.mark.parametrize(
    "change",
    [
        {"version": "x"},
        {"channels": {}, "template": None} | {"audience": None, "version": None},
        {"channels": {"mail": {"en": {"subject": "x", "blocks": []}}}},
        {"channels": {"mail": {"id": {"blocks": []}}}},
        {"channels": {"mail": {"id": {"subject": "x", "blocks": [{"type": "script"}]}}}},
        {"channels": {"mail": {"id": {"subject": "x", "blocks": [{"type": "due"}]}}}},
    ],
)
def test_what_is_not_of_the_form_is_refused(change):
    with pytest.raises(TemplateInvalid):
        Template.from_dict(own() | change)


def test_an_sms_template_outside_the_alphabet_is_refused():
    with pytest.raises(ValueError, match="GSM"):
        Template.from_dict(own(sms="Halo – {{ number }}"))


def test_an_unknown_template_version_or_channel_is_named():
    with pytest.raises(TemplateUnknown):
        mail("no_such_template", BARE)
    with pytest.raises(TemplateUnknown):
        mail("step_task", BARE, version=9)
    no_sms = own() | {"channels": {"mail": own()["channels"]["mail"]}}
    with pytest.raises(TemplateUnknown):
        render(
            "step_task",
            channel="sms",
            context=BARE,
            templates=default_templates().with_edited([no_sms]),
        )


def test_files_are_read_when_first_asked_for(tmp_path):
    (tmp_path / "broken.v1.json").write_text("{")
    (tmp_path / "step_task.v2.json").write_text(json.dumps(own()))
    templates = Templates.load(tmp_path)
    assert templates.ids() == ("broken", "step_task")
    assert templates.get("step_task").version == 2


def test_each_file_holds_what_its_name_says():
    for file in MESSAGES.glob("*.v*.json"):
        data = json.loads(file.read_text())
        assert file.name == f"{data['template']}.v{data['version']}.json"
        assert set(data["channels"]["mail"]) == set(data["channels"]["sms"]) == {"id", "en"}
