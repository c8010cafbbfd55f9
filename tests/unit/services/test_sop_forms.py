"""An SOP as the government's form: from the data that runs, with its gaps shown as gaps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from reportlab.pdfbase.ttfonts import TTFont

from chalicelib.adapters import sop_pdf
from chalicelib.domain.sop import LegalBasis, Sop
from chalicelib.services.printing import PrintSops, key_of
from chalicelib.services.sop_forms import SopForms, form_mark, law_row
from tests.fakes.engine import SHIPPED, MemoryJobs, MemoryPrints, SetClock
from tests.fakes.registers import MemoryRegister

FORMS = SopForms(
    SHIPPED, MemoryRegister(), SetClock(datetime.fromisoformat("2027-04-05T09:55:00+07:00"))
)
SOPS = sorted({(row["sop"], row["version"]) for row in SHIPPED.assignments()})
#: One of each tier.
SAMPLE = ("kebakaran", "genangan", "jalan-berlubang", "bangunan-liar", "korupsi", "aspirasi")


def form_of(sop: str) -> dict:
    return FORMS.form(SHIPPED.sop(sop, 1))


def test_the_identity_part_names_offices_and_leaves_gaps_open():
    form = form_of("jalan-berlubang")
    names = ("agency", "number", "created", "revised", "effective", "approved_by", "name")
    assert [form[name] for name in names] == [
        "Dinas Pekerjaan Umum dan Penataan Ruang",
        "(ditetapkan Bagian Organisasi)",
        "(belum dicatat)",
        "-",
        "1 Januari 2024",
        "Kepala Dinas Pekerjaan Umum dan Penataan Ruang",
        "Penanganan jalan berlubang",
    ]
    assert form["numbered"] is False


@pytest.mark.parametrize(
    ("basis", "row"),
    [
        (
            LegalBasis("UU 22/2009 ps. 24"),
            ("unverified", "perlu diverifikasi Bagian Hukum"),
        ),
        (LegalBasis("UU 22/2009 ps. 24", "Bagian Hukum"), ("verified", "diperiksa Bagian Hukum")),
        (LegalBasis("Perwal: (belum ditetapkan)", None), ("absent", "belum ada")),
        (LegalBasis("Perwal: (belum ditetapkan)", "x"), ("absent", "belum ada")),
    ],
)
def test_a_legal_basis_says_how_sure_it_is(basis, row):
    shown = law_row(basis)
    assert (shown["state"], shown["note"]) == row


@pytest.mark.parametrize(("sop", "version"), SOPS)
def test_no_regulation_of_the_mayor_has_a_number_that_nobody_gave(sop, version):
    rows = FORMS.form(SHIPPED.sop(sop, version))["legal_basis"]
    mayors = [row for row in rows if "Wali Kota" in row["text"]]
    assert all(row["state"] == "absent" for row in mayors)
    assert not any(re.search(r"\d", row["text"]) for row in mayors)


def test_activities_carry_actor_sign_quality_standard_and_the_way_back():
    rows = {row["no"]: row for row in form_of("jalan-berlubang")["activities"]}
    assert [rows[no]["symbol"] for no in (1, 2, 3, 11, 12, 13)] == [
        *("start", "process", "decision", "decision", "decision", "end"),
    ]
    assert rows[11]["otherwise"] == {"to": 6, "label": "Ditolak"}
    assert [rows[no]["time"] for no in (1, 3, 5, 8, 12)] == [
        *("Seketika", "1 hari kerja", "4 jam kerja", "3 hari kerja", "10 hari"),
    ]


def test_an_emergencys_time_is_wall_time_and_its_validation_working_time():
    rows = {row["no"]: row["time"] for row in form_of("kebakaran")["activities"]}
    assert [rows[no] for no in (3, 4, 10, 11, 12)] == [
        *("1 menit 30 detik", "2 menit", "24 jam", "1 hari kerja", "10 hari"),
    ]


@pytest.mark.parametrize(("sop", "version"), SOPS)
def test_a_way_back_leads_to_an_activity_before_it(sop, version):
    rows = FORMS.form(SHIPPED.sop(sop, version))["activities"]
    numbers = [row["no"] for row in rows]
    for row in rows:
        assert (row["symbol"] == "decision") is bool(row["otherwise"])
        if row["otherwise"]:
            assert row["otherwise"]["to"] in numbers[: numbers.index(row["no"])]


def test_the_mark_is_of_all_that_the_form_says():
    sop = SHIPPED.sop("jalan-berlubang", 1)
    other = replace(sop, name={"id": "Penanganan jalan rusak"})
    assert form_mark(FORMS.form(sop)) == form_mark(FORMS.form(sop))
    assert form_mark(FORMS.form(sop)) != form_mark(FORMS.form(other))


# -- the PDF -------------------------------------------------------------------------------------


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize("sop", SAMPLE)
def test_a_form_is_three_pages_and_the_same_form_the_same_bytes(sop):
    form = form_of(sop)
    pdf = sop_pdf.render(form)
    assert pdf.startswith(b"%PDF-") and pages(pdf) == 3
    assert sop_pdf.render(form) == pdf


@pytest.mark.parametrize(("sop", "version"), SOPS)
def test_every_sign_of_every_form_is_in_the_font(sop, version):
    held = set(TTFont("Held", sop_pdf.FONTS / "SofiaSans-Regular.ttf").face.charToGlyph)
    words = sop_pdf._clean(str(FORMS.form(SHIPPED.sop(sop, version))))
    assert {sign for sign in words if ord(sign) not in held and sign != "\n"} == set()


@pytest.mark.parametrize(("sop", "version"), SOPS)
def test_every_flow_chart_stands_on_one_page(sop, version):
    sop_pdf.register_fonts()
    form = FORMS.form(SHIPPED.sop(sop, version))
    rows = sop_pdf._rows(form, sop_pdf._columns(form), sop_pdf._SIZES[-1])
    assert sum(row.height for row in rows) <= sop_pdf.ROOM


def test_a_long_flow_goes_on_over_the_page_with_connectors():
    form = form_of("jalan-berlubang")
    rows = [{**row, "no": n} for n, row in enumerate(form["activities"] * 3, start=1)]
    assert pages(sop_pdf.render({**form, "activities": rows})) > 3


@pytest.mark.long
@pytest.mark.parametrize(("sop", "version"), SOPS)
def test_every_shipped_sop_can_be_printed(sop, version):
    assert pages(sop_pdf.render(FORMS.form(SHIPPED.sop(sop, version)))) >= 3


# -- made once, kept -----------------------------------------------------------------------------


@pytest.fixture
def printer() -> PrintSops:
    return PrintSops(SHIPPED, FORMS, MemoryPrints(), MemoryJobs(), lambda form: b"%PDF-fake")


def test_a_document_is_asked_for_made_once_and_then_has_an_address(printer):
    sop = SHIPPED.sop("jalan-berlubang", 1)
    assert printer.printed(sop).url is None
    assert printer.jobs.run("document", lambda body: printer.make(**body)) == ["made"]
    found = printer.printed(sop)
    assert found.url == f"https://prints.test/{key_of(sop, found.mark)}?for=600"
    assert printer.jobs.bodies["document"] == []
    assert printer.make("jalan-berlubang", 1) == "kept"


def test_an_sop_without_activities_or_document_is_printed_with_its_gaps():
    step = {"id": "L0", "clock": "agency", "at": "PT0M", "notify": ["petugas"]}
    sop = Sop.from_dict({"id": "x", "version": 1, "calendar": "kantor", "steps": [step]})
    form = FORMS.form(sop)
    assert (form["effective"], form["legal_basis"]) == ("(belum ditetapkan)", [])
    assert sop_pdf.render(form).startswith(b"%PDF-")
