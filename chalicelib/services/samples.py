"""Facts of a made-up report, for previews of templates and for the gallery of messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.services.messages import Line, MessageContext, Promise, Told

_ZONE = ZoneInfo("Asia/Jakarta")
_LINK = "https://lapor.example.go.id/t/Ab3dEf9hJkLmNoPqRsTuVw"
_ACTIONS = (
    "accept", "decline", "more_time", "view", "verify", "validate", "return", "answer",
    "confirm", "dispute", "reopen", "rate", "instruct", "join", "leave", "appeal",
)  # fmt: skip


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 5, day, hour, minute, tzinfo=_ZONE)


_REPORT = MessageContext(
    number="TL-7K3QX9MW",
    category={"id": "Lampu jalan padam", "en": "Street light out"},
    category_code="INF-07",
    tier="P2",
    kelurahan="Bugel",
    kecamatan="Karawaci",
    address="Jl. Moh. Toha, depan SDN Bugel 2",
    description="Lampu padam sejak tiga hari, tiga tiang berturut-turut.",
    agency="DISHUB",
    agency_name={"id": "Dinas Perhubungan", "en": "Transport Agency"},
    to_agency="Dinas Pekerjaan Umum dan Penataan Ruang",
    sop_id="pju-padam",
    sop_version=2,
    sop_name={"id": "Penanganan PJU padam", "en": "Street light out"},
    step="L2",
    instruction={
        "id": "Periksa tiang, ganti lampu, foto sesudahnya.",
        "en": "Check the poles, replace the lamps, take photos afterwards.",
    },
    awaits="acknowledged",
    cycle=1,
    received_at=_at(24, 10, 5),
    due_at=_at(26, 8, 29),
    resolve_by=_at(28, 16),
    fired_due_at=_at(26, 8),
    until=datetime(2027, 6, 7, 16, tzinfo=_ZONE),
    next_told={"id": "Kepala Dinas Perhubungan", "en": "Head of the Transport Agency"},
    told_before=(
        Told({"id": "Petugas Penerangan Jalan", "en": "Street lighting officer"}, _at(25, 7, 30)),
        Told(
            {"id": "Kepala Bidang Lalu Lintas", "en": "Head of the Traffic Division"}, _at(25, 13)
        ),
    ),
    promises=(
        Promise({"id": "Diperiksa", "en": "Checked"}, _at(25, 16)),
        Promise({"id": "Selesai dikerjakan", "en": "Work done"}, _at(28, 16)),
    ),
    evidence=({"id": "Foto lampu menyala", "en": "Photo of the lit lamp"},),
    reason={
        "id": "Menunggu suku cadang dari penyedia",
        "en": "Waiting for spare parts from the supplier",
    },
    status={"id": "Dikerjakan", "en": "In progress"},
    question="Nomor tiang berapa?",
    result="Tiga lampu diganti.",
    body="PLN UP3 Cikokol",
    reference="2027/0417/PLN",
    merged_into="TL-9M4RT2CA",
    squad="Regu Damkar Cibodas 2",
    departed_at=_at(24, 10, 9),
    basis="PermenPANRB 62/2018",
    link=_LINK,
    links={name: f"{_LINK}-{name}" for name in _ACTIONS},
)
_SEVERAL = replace(
    _REPORT,
    summary={"id": "18 tugas baru, 4 pengingat", "en": "18 new tasks, 4 reminders"},
    slot={"id": "pagi", "en": "morning"},
    lines=(
        Line(
            "TL-7K3QX9MW",
            {
                "id": "tugas baru, Lampu jalan padam, Kel. Bugel, sebelum 26/05/2027 08.29",
                "en": "new task, Street light out, Kel. Bugel, by 26/05/2027 08.29",
            },
        ),
        Line(
            "TL-9M4RT2CA",
            {
                "id": "pengingat, Jalan berlubang, Kel. Sukasari, sebelum 26/05/2027 10.00",
                "en": "reminder, Pothole, Kel. Sukasari, by 26/05/2027 10.00",
            },
        ),
    ),
    count=22,
    more=20,
)
_FOLLOWED = replace(
    _REPORT,
    topic_name={"id": "laporan di Kel. Bugel", "en": "reports in Kel. Bugel"},
)
_OF = {
    "bundle": _SEVERAL,
    "digest": _SEVERAL,
    "follow_confirm": _FOLLOWED,
    "follow_update": _FOLLOWED,
}
#: To whom a preview is addressed.
RECIPIENT = {"id": "Kepala Bidang Lalu Lintas", "en": "Head of the Traffic Division"}


def sample(template: str) -> MessageContext:
    """Return facts that fill every place of *template*."""
    return _OF.get(template, _REPORT)
