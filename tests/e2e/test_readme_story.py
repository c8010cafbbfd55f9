"""The README's story on the local runner: the same commands, the embedded AWS, a fast clock."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from live_room_client import ApiProblem
from live_room_client.models import Filed

from tests.fakes.pictures import jpeg, repaired
from tests.fakes.runner import Runner, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    one = Runner(tmp_path / "home", "3600", "2027-04-05T09:55:00+07:00")
    one.start()
    yield one
    one.stop()


def file_pothole(runner: Runner) -> Filed:
    return runner.api().file_report(
        {
            "category": "INF-01",
            "description": "Lubang besar di depan sekolah",
            "location": {"lat": -6.1783, "lon": 106.6319},
            "reporter": {"email": "warga@example.org"},
        }
    )


def upload(runner: Runner, number: str, user: str) -> str:
    photo = runner.api(user).add_photo(number, {"type": "image/jpeg", "purpose": "result"})
    fields = dict(photo["upload"]["fields"])
    boundary = "live-room-boundary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    data = "".join(parts).encode() + head.encode() + jpeg(repaired(1), point=(-6.1783, 106.6319))
    request = urllib.request.Request(
        photo["upload"]["url"],
        data=data + f"\r\n--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status in (200, 201, 204)
    return str(photo["id"])


def test_a_pothole_from_filing_over_silence_to_confirmation_and_an_emergency_at_night(
    runner: Runner,
) -> None:
    filed = file_pothole(runner)
    number, token = filed["number"], filed["token"]
    assert filed["area"]["kelurahan"]["code"] == "36.71.01.1007"
    assert [promise["step"] for promise in filed["promises"]] == ["V1", "V3", "R100", "LEGAL"]
    runner.api("operator").verify_report(number)

    eventually(lambda: "L1" in runner.done(number))
    done = runner.done(number)
    assert {step: done[step] for step in ("V0", "L0", "A50", "A80", "L1")} == {
        "V0": ["operator"],
        "L0": ["petugas.pupr"],
        "A50": ["petugas.pupr"],
        "A80": ["petugas.pupr", "kasi.pupr"],
        "L1": ["kabid.pupr"],
    }

    officer = runner.api("petugas.pupr")
    officer.acknowledge_report(number)
    with pytest.raises(ApiProblem) as refused:
        officer.submit_report(number, {"outcome": "done", "note": "Ditambal"})
    assert (refused.value.status, refused.value.code) == (422, "evidence_missing")
    photo = upload(runner, number, "petugas.pupr")
    officer.submit_report(number, {"outcome": "done", "note": "Ditambal", "photos": [photo]})
    runner.api("verifikator").validate_report(number)
    closed = runner.api(token=token).confirm_report(number)
    assert closed["status"] == "closed_confirmed"

    def settled() -> bool:
        entries = runner.api().get_timeline(number)["entries"]
        assert all(entry["explanation"] for entry in entries)
        return {entry["state"] for entry in entries} == {"done", "moot"}

    eventually(settled)

    def all_sent() -> bool:
        subjects = [m["subject"] for m in runner.messages() if m["to"] == "warga@example.org"]
        return any("terima kasih" in subject for subject in subjects)

    eventually(all_sent)
    sent = [(m["channel"], m["to"], m["subject"], m["text"]) for m in runner.messages()]
    mine = [row for row in sent if number in row[2] + row[3]]
    assert len(mine) == len(set(mine)), "nothing is sent twice"

    fire = runner.api().file_report({"category": "DRT-01"})
    assert fire["status"] == "assigned"
    eventually(lambda: {"L0", "L1", "E1", "E2"} <= runner.done(fire["number"]).keys())
    told = runner.done(fire["number"])
    assert told["L0"], "the unit on duty was told"


def test_reports_and_running_timelines_survive_a_stop_and_the_next_start(runner: Runner) -> None:
    filed = file_pothole(runner)
    number = filed["number"]
    runner.api("operator").verify_report(number)
    eventually(lambda: "L0" in runner.done(number))
    before = runner.api().get_timeline(number)
    now = runner.api().get_health()["time"]
    runner.stop()

    runner.start()
    after = runner.api().get_timeline(number)
    assert [event["hash"] for event in before["events"]] == [
        event["hash"] for event in after["events"][: len(before["events"])]
    ]
    later = runner.api().get_health()["time"]
    assert datetime.fromisoformat(later) >= datetime.fromisoformat(now)
    eventually(lambda: "L1" in runner.done(number))
    eventually(lambda: runner.api().get_timeline(number)["epoch"] > before["epoch"])


def test_the_public_list_and_the_figures_follow_what_was_written(runner: Runner) -> None:
    number = file_pothole(runner)["number"]
    listed = eventually(lambda: runner.api().list_reports(category="INF-01")["items"])
    assert [row["number"] for row in listed] == [number]
    assert "warga@example.org" not in json.dumps(listed)
    assert runner.api().get_statistics()["by"] == "category"


def test_an_sop_is_printed_and_its_address_opens(runner: Runner) -> None:
    path = f"{runner.base}/v1/sops/kebakaran/versions/1/document"

    def made() -> str:
        with urllib.request.urlopen(path) as answer:
            return str(json.load(answer)["url"] or "")

    with urllib.request.urlopen(eventually(made)) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.read(5) == b"%PDF-"


def test_a_demo_user_signs_in_to_the_pages_by_the_code_flow(runner):
    """As a browser goes: away to the issuer, back with a code, a session, and out again."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(f"{runner.base}/masuk?ke=/") as answer:
        page, address = answer.read().decode(), answer.url
    assert address.startswith(f"{runner.base}/_local/masuk?")
    assert 'value="kadis.pupr"' in page
    asked = dict(parse_qsl(urlsplit(address).query))
    form = urlencode(asked | {"user": "kadis.pupr"}).encode()
    with browser.open(f"{runner.base}/_local/masuk", form) as answer:
        assert (answer.status, answer.url) == (200, f"{runner.base}/")
    assert [cookie.name for cookie in jar] == ["sesi"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(f"{runner.base}/keluar", b"csrf=x")
    assert refused.value.code == 403
