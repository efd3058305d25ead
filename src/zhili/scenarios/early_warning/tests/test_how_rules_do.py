"""The rules: how often each fired and was right, its switch, its fuse, its thresholds, and a trial on the past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.administration.models import Proposal
from zhili.core.notices.models import Notice
from zhili.core.signals.models import RuleStand, Warning
from zhili.core.signals.rules import trying
from zhili.core.signals.warnings import handling
from zhili.core.trail.models import Change
from zhili.scenarios.early_warning import backtesting, standing
from zhili.scenarios.early_warning.models import BackTest
from zhili.scenarios.early_warning.rules import RIVER
from zhili.scenarios.early_warning.tests.conftest import Desk

pytestmark = pytest.mark.django_db
NAME = RIVER.name


def fed_back(desk: Desk, real: int, wrong: int) -> None:
    """So many warnings closed as real (0.6 m) and as false (0.35 m)."""
    grid = desk.city.actor("A.grid")
    for n in range(real + wrong):
        source = desk.sensor(f"g-{n}", f"第 {n} 个")
        made = desk.rises(source, by=0.6 if n < real else 0.35)
        handling.close(made, grid, "real" if n < real else "false")
    RuleStand.objects.filter(name=NAME).update(cut_at=None)


def test_feedback_is_the_precision_and_suggests_a_threshold(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhili.core.signals.warnings.fusing.allowed", lambda rule, stand: 2**62)
    fed_back(desk, 6, 5)
    line = standing.one_line(RIVER)
    assert (line.week, line.false, line.precision, line.interval) == (11, 5, "55%", "28%–79%")
    assert line.suggested
    admin = desk.client("city", "admin")
    page = admin.get(f"/desk/rules/{NAME}").content.decode()
    assert "属实的 6 次都还会报，误报的 5 次里有 5 次不再报" in page
    assert "最近 30 天报了 11 次" in page
    (one,) = (row for row in _thresholds() if row.adopt)
    answer = admin.post(f"/desk/rules/{NAME}/adopt", {"key": one.key, "value": one.adopt})
    assert answer.status_code == 302
    proposal = Proposal.objects.get(key="signals.early_warning.river.rise")
    assert 0.35 < float(proposal.value) < 0.6
    assert proposal.valid_from == timezone.localdate() + timedelta(days=1)
    assert "等复核" in admin.get(f"/desk/rules/{NAME}").content.decode()


def _thresholds() -> list:  # type: ignore[type-arg]
    from zhili.scenarios.early_warning.pages.rule import thresholds

    return thresholds(RIVER)


def test_the_table_of_rules_puts_the_noisy_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhili.core.signals.warnings.fusing.allowed", lambda rule, stand: 2**62)
    fed_back(desk, 1, 3)
    client = desk.client("A.town")
    client.get("/desk/rules")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/desk/rules").content.decode()
    assert len(asked) <= 12
    rows = page.split("<tbody>")[1].split("<tr>")
    assert "河道水位上涨" in rows[1]
    assert "25%" in rows[1]
    noisy = client.get("/desk/rules?view=noisy").content.decode()
    assert "河道水位上涨" in noisy
    assert "窨井盖翻开" not in noisy


def test_on_trial_it_is_judged_and_told_to_nobody(desk: Desk) -> None:
    commander = desk.client("city", "commander")
    answer = commander.post(f"/desk/rules/{NAME}/switch", {"state": "trial"})
    assert answer.status_code == 422  # the reason is asked for
    commander.post(f"/desk/rules/{NAME}/switch", {"state": "trial", "reason": "先看两周"})
    assert Change.objects.get(subject="signals.rule", key=NAME).reason == "先看两周"
    made = desk.rises()
    assert made.trial
    assert made.told_at is None
    assert made.escalate_at is None
    assert not Notice.objects.filter(kind=f"signals.{NAME}").exists()
    page = commander.get("/desk/warnings?state=all").content.decode()
    assert f'data-warning="{made.pk}"' not in page
    assert f'data-warning="{made.pk}"' in commander.get("/desk/warnings?state=trial").content.decode()
    commander.post(f"/desk/rules/{NAME}/switch", {"state": "on", "reason": "准"})
    again = desk.rises(desk.sensor("river-9", "另一处"))
    assert not again.trial
    assert again.told_at is not None


def test_what_its_fuse_cut_off_is_let_on_again(desk: Desk) -> None:
    trying.stand_of(RIVER)
    facts = {"by": "fuse", "fired": 8, "subjects": 10, "within": 3600}
    RuleStand.objects.filter(name=NAME).update(cut_at=timezone.now(), cut_facts=facts, held_back=3)
    commander = desk.client("city", "commander")
    page = commander.get(f"/desk/rules/{NAME}").content.decode()
    assert "10 个对象里有 8 个都报" in page
    assert "又触发 3 次" in page
    assert (
        desk.client("A.town").post(f"/desk/rules/{NAME}/switch", {"state": "on", "reason": "x"}).status_code
        == 403
    )
    commander.post(f"/desk/rules/{NAME}/switch", {"state": "on", "reason": "传感器换过了"})
    stand = RuleStand.objects.get(name=NAME)
    assert stand.cut_at is None
    assert stand.on_at is not None
    assert stand.held_back == 0


def test_a_trial_on_the_past_finds_what_would_have_fired(desk: Desk) -> None:
    desk.past()
    commander = desk.client("city", "commander")
    first, last = timezone.localdate() - timedelta(days=4), timezone.localdate()
    form = {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "t.rise": "0.3",
        "t.over": "3600",
        "sweep": "rise",
    }
    refused = commander.post(f"/desk/rules/{NAME}/test", {**form, "t.rise": "viel"})
    assert refused.status_code == 422
    assert "应为数字" in refused.content.decode()
    answer = commander.post(f"/desk/rules/{NAME}/test", form)
    url = answer["Location"]
    assert "排着队" in commander.get(url).content.decode()
    backtesting.turn()  # as if the worker were killed in between: nothing of it is lost
    assert BackTest.objects.get().state == "running"
    assert 'hx-trigger="every 1s"' in commander.get(f"{url}?part=now").content.decode()
    while backtesting.turn():
        pass
    result = BackTest.objects.get().result
    assert result["firings"] == 2
    assert result["subjects"] == [{"name": "长水塘水位计", "n": 2}]
    by_value = {line["value"]: line["firings"] for line in result["sweep"]}
    assert by_value[0.3] == 2
    assert by_value[max(by_value)] == 0
    page = commander.get(url).content.decode()
    assert "这段时间会报 2 次" in page
    assert "“上涨超过”取别的值会怎样" in page
    assert not Warning.objects.exists()


def test_what_starts_off_is_tried_before_it_is_switched_on(desk: Desk) -> None:
    object.__setattr__(RIVER, "starts", "off")
    try:
        assert standing.one_line(RIVER).state == "off"
        commander = desk.client("city", "commander")
        answer = commander.post(f"/desk/rules/{NAME}/switch", {"state": "on", "reason": "x"})
        assert answer.status_code == 409
        assert "先用过去的数据试一遍" in answer.content.decode()
    finally:
        object.__setattr__(RIVER, "starts", "on")


def test_the_page_of_what_comes_in(desk: Desk) -> None:
    desk.rises()
    client = desk.client("A.village")
    page = client.get("/desk/warnings/live").content.decode()
    assert "一小时里的预警" in page
    assert "最近一小时收下" in page
    assert "今天都收下了" in page
    for part in ("now", "hour", "refused", "seen"):
        assert "<html" not in client.get(f"/desk/warnings/live?part={part}").content.decode()
