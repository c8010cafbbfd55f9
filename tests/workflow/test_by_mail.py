"""A whole case with nothing but mail replies: real mails out, real mails in."""

from __future__ import annotations

import io
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from chalicelib import bootstrap
from chalicelib.adapters import mail_bucket
from chalicelib.adapters.channels import MailChannel, citizen_texts
from chalicelib.adapters.inbound_mail import read_mail
from chalicelib.domain.inbound import Verdicts
from chalicelib.handlers import inbound
from chalicelib.services.photos import photo_key
from chalicelib.services.replying import MAX_ANSWERS
from tests.fakes.world import WITH_MAIL, World

PASSED = Verdicts("PASS", "PASS", "PASS", "PASS", "PASS")


def jpeg() -> bytes:
    """A picture as large as a telephone's smallest."""
    from PIL import Image

    out = io.BytesIO()
    noise = Image.effect_noise((320, 240), 90).convert("RGB")
    noise.save(out, "JPEG", quality=92)
    return out.getvalue()


JPEG = jpeg()


class Outbox:
    """Takes the mails that would leave."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []

    def send(self, to: str, mime: bytes, tags: object = None) -> str:
        self.mails.append((to, message_from_bytes(mime, policy=default)))
        return f"id-{len(self.mails)}"

    def last_to(self, start: str, word: str = "") -> EmailMessage:
        found = [mail for to, mail in self.mails if to.startswith(start) and word in str(mail)]
        return found[-1]


@pytest.fixture
def city(monkeypatch):
    monkeypatch.setenv("INBOUND_DOMAIN", "in.live-room.test")
    monkeypatch.setenv("MAIL_FROM", "lapor@live-room.test")
    world = World()
    with world.running():
        outbox = Outbox()
        engine = world.engine
        from chalicelib import config
        from chalicelib.services.replying import noting

        noted = noting(engine.talks, config.link_keys, engine.clock)
        engine.sender.channels["mail"] = MailChannel(
            outbox, citizen_texts(engine.store), bootstrap.links(), noted
        )
        yield world, outbox


def reply(world, mail, text, photo=b"", sender="", id=""):
    """Answer *mail* as a mail program would, and let it come in."""
    answer = EmailMessage(policy=SMTP)
    answer["From"] = sender or str(mail["To"])
    answer["To"] = str(mail["Reply-To"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Message-ID"] = id or f"<{len(world.engine.store.messages)}.{text[:6].split()[0]}@x.id>"
    quoted = "\n".join(f"> {line}" for line in mail.get_body(("plain",)).get_content().split("\n"))
    answer.set_content(f"{text}\n\nPada Sen, 5 Apr 2027 LIVE Room <a@b.id> menulis:\n{quoted}")
    if photo:
        answer.add_attachment(photo, "image", "jpeg", filename="foto.jpg")
    taken = read_mail(bytes(answer), (str(mail["Reply-To"]),), PASSED, inbound.own_domains())
    outcome = bootstrap.mail_replies()(taken)
    world.engine.pump()
    return outcome.code


def test_a_whole_case_is_handled_with_nothing_but_mail_replies(city):
    world, outbox = city
    number = world.filed(WITH_MAIL)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.pump()
    task = outbox.last_to("demo.petugas.pupr", number)
    assert "TERIMA, atau TOLAK" in " ".join(str(task.get_body(("plain",)).get_content()).split())
    assert reply(world, task, "TERIMA") == "acknowledge"
    assert reply(world, task, "MULAI") == "start"
    assert reply(world, task, "Sudah tiba di lokasi") == "arrive"
    assert reply(world, task, "SELESAI") == "photo_missing"
    answer = outbox.last_to("demo.petugas.pupr")
    assert "SOP meminta foto" in answer.get_body(("plain",)).get_content()
    # The answer to that answer counts for the same task.
    assert reply(world, answer, "SELESAI\nDitambal", JPEG) == "submit"
    result = world.engine.loaded(number).report.result_photos
    assert [world.engine.blobs.files[photo_key(number, one)] for one in result] == [JPEG]
    world.act(number, "validate", user="verifikator")
    world.engine.pump()
    asked = outbox.last_to("warga@example.org", "apakah")
    assert reply(world, asked, "Ya, sudah bagus. Terima kasih!") == "confirm"
    assert world.engine.loaded(number).report.status == "closed_confirmed"
    types = [event.type for event in world.engine.loaded(number).events]
    assert [one for one in types if one != "fired"] == [
        "filed", "verified", "acknowledged", "started", "on_scene", "photo_added", "photo_examined",
        "resolved",
        "validated", "confirmed",
    ]  # fmt: skip


def test_t19_no_mail_to_an_officer_names_the_reporter_or_how_to_reach_them(city):
    world, outbox = city
    number = world.filed(WITH_MAIL)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.run_until("2027-04-08T18:00:00+07:00")
    officers = [str(mail) for to, mail in outbox.mails if not to.startswith("warga")]
    assert len(officers) >= 5
    assert not [one for one in officers if "Tini" in one or "warga@example.org" in one]


def test_two_machines_never_talk_for_long(city):
    world, outbox = city
    number = world.filed(WITH_MAIL)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.pump()
    task = outbox.last_to("demo.petugas.pupr")
    before = len(outbox.mails)
    for turn in range(3 * MAX_ANSWERS):
        assert reply(world, task, "Ya", id=f"<{turn}@x.id>") == "unclear"
    assert len(outbox.mails) - before == MAX_ANSWERS


def test_a_mail_without_a_number_asks_which_of_two_reports_is_meant(city):
    world, outbox = city
    numbers = []
    for _ in range(2):
        numbers.append(world.filed(WITH_MAIL)["number"])
        world.engine.pump()
        world.act(numbers[-1], "verify", user="operator")
        world.engine.pump()
    raw = (
        b"From: demo.petugas.pupr@tangerang.example\nTo: balas@in.live-room.test\n"
        b"Message-ID: <%d@x.id>\nSubject: %s\n\n%s\n"
    )
    general = ("balas@in.live-room.test",)

    def mail(subject: str, text: str) -> str:
        whole = raw % (len(world.engine.store.messages), subject.encode(), text.encode())
        taken = read_mail(whole, general, PASSED, inbound.own_domains())
        code = bootstrap.mail_replies()(taken).code
        world.engine.pump()
        return code

    assert mail("Laporan", "TERIMA") == "which"
    asked = outbox.last_to("demo.petugas.pupr").get_body(("plain",)).get_content()
    assert all(number in asked for number in numbers) and "yang mana?" in asked
    assert mail("Laporan", f"{numbers[1]} TERIMA") == "acknowledge"
    states = [world.engine.loaded(number).report.status for number in numbers]
    assert states == ["assigned", "acknowledged"]
    # One of them is accepted: a bare word now fits only the other.
    assert mail("Laporan", "TERIMA") == "acknowledge"


def test_the_handler_reads_what_ses_wrote_and_fails_no_neighbour(city, monkeypatch):
    world, outbox = city
    number = world.filed(WITH_MAIL)["number"]
    world.engine.pump()
    world.act(number, "verify", user="operator")
    world.engine.pump()
    task = outbox.last_to("demo.petugas.pupr")
    raw = f"From: {task['To']}\nMessage-ID: <h@x.id>\nSubject: x\n\nTERIMA\n".encode()

    class Bucket:
        def get_object(self, Bucket: str, Key: str):
            assert (Bucket, Key) == ("live-room-local-mail", "mail/abc")
            return {"Body": io.BytesIO(raw)}

    monkeypatch.setenv("INBOUND_BUCKET", "live-room-local-mail")
    monkeypatch.setattr(mail_bucket.aws, "client", lambda name: {"s3": Bucket()}[name])
    passed = {f"{name}Verdict": {"status": "PASS"} for name in ("spam", "virus", "dmarc")}
    told = {
        "notificationType": "Received",
        "receipt": {
            "recipients": [str(task["Reply-To"])],
            "action": {"type": "S3", "objectKey": "mail/abc"},
            **passed,
        },
    }
    records = [
        {"messageId": "bad", "body": "no json"},
        {"messageId": "test", "body": json.dumps({"notificationType": "AmazonSnsSubscription"})},
        {"messageId": "good", "body": json.dumps(told)},
    ]
    answer = inbound.inbound_mail({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert world.engine.loaded(number).report.status == "acknowledged"
