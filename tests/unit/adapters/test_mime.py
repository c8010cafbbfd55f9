"""The mail as its reader's program sees it, taken apart by the standard library's parser."""

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.mime import HeaderRefused, build_mime
from chalicelib.services.messages import MessageContext, Rendered, render

NOW = datetime.fromisoformat("2027-05-26T08:29:00+07:00")
HEADERS = {
    *["from", "to", "subject", "message-id", "auto-submitted", "x-auto-response-suppress"],
    *["content-language", "mime-version", "content-type"],
}


def build(rendered=None, **more):
    settings = {
        "sender": "live@tangerangkota.go.id",
        "to": "kadis.pupr@tangerangkota.go.id",
        "message_id": "01J8Z@tangerangkota.go.id",
    }
    return build_mime(rendered or written(), **(settings | more))


def written(subject="Perihal", text="Isi – teks\n", html="<p>Isi – teks</p>\n"):
    return Rendered("step_task", 1, "id", "mail", subject, text, html)


def read(raw):
    return message_from_bytes(raw, policy=default)


def names(message):
    return [name.lower() for name, _ in message.items()]


def test_a_mail_has_a_plain_and_an_html_part_of_the_same_content():
    context = MessageContext(number="TL26-A7K3Q", category="Jalan “berlubang”", kelurahan="Bugel")
    rendered = render("step_task", channel="mail", context=context, recipient_title="Camat")
    message = read(build(rendered))
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"
    assert plain.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").strip() == rendered.html.strip()
    assert message["Subject"] == rendered.subject
    assert message.defects == [] and plain.defects == [] and html.defects == []


def test_headers_tell_machines_what_they_need():
    message = read(
        build(
            reply_to="balas+k3y@in.tangerangkota.go.id",
            thread="TL26-A7K3Q",
            system_time=NOW,
            headers={"X-Template": "step_task.v1"},
        )
    )
    assert message["From"] == "LIVE Room Kota Tangerang <live@tangerangkota.go.id>"
    assert message["To"] == "kadis.pupr@tangerangkota.go.id"
    assert message["Reply-To"] == "balas+k3y@in.tangerangkota.go.id"
    assert message["Message-ID"] == "<01J8Z@tangerangkota.go.id>"
    assert message["References"] == message["In-Reply-To"] == "<TL26-A7K3Q@tangerangkota.go.id>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-System-Time"] == "2027-05-26T08:29:00+07:00"
    assert message["X-Template"] == "step_task.v1"
    assert message["Content-Language"] == "id"
    assert "List-Unsubscribe" not in message and "Date" not in message


def test_one_click_unsubscription_where_it_is_offered():
    message = read(build(unsubscribe="https://live.tangerangkota.go.id/u/abc"))
    assert message["List-Unsubscribe"] == "<https://live.tangerangkota.go.id/u/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_subject_with_other_letters_survives_folding():
    subject = "Batas terlewati – " + "Perumahan, Permukiman dan Pertanahan é " * 5
    raw = build(written(subject=subject))
    assert read(raw)["Subject"] == subject.strip()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.sampled_from(["a\r\nBcc: x@y.id", "a\n\n<b>", "=?utf-8?q?a?="])
    ),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_no_text_makes_a_header_or_a_part_of_its_own(subject, value, body):
    raw = build(
        written(subject=subject, text=body, html=body), headers={"X-Reason": value}, thread="TL26"
    )
    message = read(raw)
    assert set(names(message)) == HEADERS | {"x-reason", "references", "in-reply-to"}
    assert len(names(message)) == len(set(names(message)))
    assert len(list(message.iter_parts())) == 2
    assert message["To"] == "kadis.pupr@tangerangkota.go.id"


EVIL = ["a@b.id\r\nBcc: c@d.id", "a@b.id, c@d.id", "a@b.id\n", "<a@b.id>", "a b@c.id", "a", "", "@"]


@pytest.mark.parametrize("address", EVIL)
@pytest.mark.parametrize("name", ["sender", "to", "reply_to"])
def test_what_is_no_single_address_is_refused(name, address):
    if name == "reply_to" and not address:
        return
    with pytest.raises(HeaderRefused):
        build(**{name: address})


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_id": "a@b\r\nX: y"},
        {"message_id": "no-domain"},
        {"thread": "\r\n"},
        {"unsubscribe": "https://a.id/>\r\nX: y"},
        {"unsubscribe": "http://a.id"},
        {"system_time": NOW.replace(tzinfo=None)},
        {"headers": {"Bcc": "a@b.id"}},
        {"headers": {"X-A: b\r\nX-B": "c"}},
        {"headers": {"": "c"}},
    ],
)
def test_what_is_no_header_is_refused(wrong):
    with pytest.raises(HeaderRefused):
        build(**wrong)


def test_a_thread_is_made_of_harmless_characters():
    message = read(build(thread="TL26>\r\nX: y"))
    assert message["References"] == "<TL26---X--y@tangerangkota.go.id>"
