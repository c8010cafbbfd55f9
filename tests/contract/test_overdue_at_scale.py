"""Overdue reports in DynamoDB itself; two thousand at once are in tests/workflow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws

from chalicelib.services.filing import Filing
from chalicelib.services.sweeping import Sweeper
from tests.fakes.engine import Engine


@pytest.mark.parametrize("count", [60])
def test_all_overdue_reports_escalate_oldest_first_and_a_second_sweep_finds_nothing(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        from chalicelib.adapters.report_store import DynamoReportStore
        from chalicelib.adapters.tables import ReportRow

        ReportRow._connection = None
        ReportRow.create_table(wait=True)
        store = DynamoReportStore()
        engine = Engine("2027-04-05T10:00:00+07:00")
        file, filed = replace(engine.file, store=store), []
        for _ in range(count):
            engine.clock.at += timedelta(seconds=1)
            filed.append(file(Filing("INF-01", kelurahan="Sukasari")).report.number)
        engine.clock.at += timedelta(hours=2)
        sweeper = Sweeper(store, engine.queues, engine.clock)
        swept = sweeper.sweep()
        assert (swept.woken, swept.armed, swept.sent) == (count, count, 0)
        woken = engine.queues.take("wake")
        assert [body["number"] for body in woken] == filed

        fire, arm = replace(engine.fire, store=store), replace(engine.arm, store=store)
        outcomes = [fire(body["number"], body["epoch"], rearm=True) for body in woken]
        assert outcomes == ["fired"] * count
        for body in engine.queues.take("arm"):
            arm(body["number"], body["epoch"])
        engine.clock.at += timedelta(minutes=1)
        again = sweeper.sweep()
        assert (again.woken, again.armed) == (0, 0)
        assert again.sent == count
        assert all(store.load(number).report.fired == ("1#V0#0",) for number in filed[:20])
        ReportRow._connection = None
