"""SP4N-LAPOR! by files: what goes out, what comes back, and what is no document of theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.exchange_files import FileExchange
from chalicelib.domain.report import STATUSES
from chalicelib.domain.sp4n import LIMITS, classification, meaning_here, status_there
from chalicelib.services.exchanging import Exchange
from tests.fakes.engine import SHIPPED, Engine

MONDAY = "2027-04-05T10:00:00+07:00"


@pytest.fixture
def city(tmp_path: Path) -> tuple[Engine, Exchange, str]:
    engine = Engine(MONDAY)
    exchange = Exchange(engine.store, engine.do, engine.catalogue, FileExchange(tmp_path))
    number = engine.filed("EXT-03", description="Sertifikat tidak terbit").report.number
    fields = {"body": "SP4N", "reference": "berkas", "reason": "Kewenangan pusat"}
    engine.act(number, "refer", "operator", **fields)
    return engine, exchange, number


def came(root: Path, name: str, **body: Any) -> None:
    (root / "inbox" / name).write_text(json.dumps({"form": 1, **body}))


def test_every_status_and_category_has_its_place_there():
    assert all(isinstance(status_there(status), str) for status in STATUSES)
    kinds = {classification(category) for category in SHIPPED.categories().values()}
    assert kinds == set(LIMITS)
    assert all(category.sp4n_topic for category in SHIPPED.categories().values())
    assert meaning_here("  SELESAI   otomatis ") == "settled"
    assert meaning_here("Diproses") == "said"


def test_a_referred_report_is_written_once_without_who_reported(city, tmp_path):
    _, exchange, number = city
    assert [exchange.send(number), exchange.send(number)] == [True, False]
    [path] = (tmp_path / "outbox").iterdir()
    body = json.loads(path.read_text())
    assert (body["id"], body["klasifikasi"], body["batas_hari_kerja"]) == (
        number,
        "pengaduan_tidak_berkadar_pengawasan",
        14,
    )
    assert (body["pelapor"], body["isi"]) == ("Anonim", "Sertifikat tidak terbit")
    assert "example.org" not in path.read_text()


def test_what_is_not_for_them_is_not_written(city, tmp_path):
    engine, exchange, _ = city
    assert not exchange.send(engine.filed().report.number)
    assert list((tmp_path / "outbox").iterdir()) == []


def test_an_answer_flows_into_the_case_once(city, tmp_path):
    engine, exchange, number = city
    answer = {"id": number, "tindak_lanjut_id": "9165816-1", "nomor_lapor": "9165816"}
    answer |= {"status": "Selesai", "tanggapan": "Sertifikat sudah terbit"}
    came(tmp_path, "a.json", **answer)
    assert exchange.receive() == {"taken": 1, "refused": 0}
    came(tmp_path, "a.json", **answer)
    assert exchange.receive() == {"taken": 1, "refused": 0}
    said = [e for e in engine.loaded(number).events if e.type == "referral_settled"]
    assert [event.texts["text"] for event in said] == ["Sertifikat sudah terbit"]
    engine.pump()
    assert ("mail", "reporter_body_answer", "reporter") in engine.sent(number)
    assert len(list((tmp_path / "taken").iterdir())) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"form": 2, "id": "TL-7K3QX9MW"}',
        b'{"form": 1, "id": "TL-7K3QX9MW", "tindak_lanjut_id": "1", "status": "Selesai"}',
        b'{"form": 1, "id": 7, "tindak_lanjut_id": "1", "status": "Selesai"}',
        b"x" * 300_000,
    ],
)
def test_what_is_no_answer_is_set_aside_and_stops_nobody(city, tmp_path, content):
    engine, exchange, number = city
    (tmp_path / "inbox" / "0.json").write_bytes(content)
    came(tmp_path, "1.json", id=number, tindak_lanjut_id="1", status="Diproses")
    assert exchange.receive() == {"taken": 1, "refused": 1}
    assert engine.loaded(number).events[-1].type == "referral_answered"
    assert [path.name for path in (tmp_path / "refused").iterdir()] == ["0.json"]
