"""The page of a matter handed over: what waits for our word stands on top, once, and in names instead of codes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.exchange.tests.crossing import Across
from zhili.core.files.models import Attachment, File
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db
NAMED = [{"a": "201001", "b": "JS-LJ", "title": "暴露垃圾"}]
ASKED = "请一并清理"


def test_their_result_is_confirmed_from_the_top_and_told_once(small_city: SmallCity) -> None:
    across = Across(small_city, categories=NAMED)
    lead = Lead(small_city)
    made = {"sha256": "b" * 64, "size": 9, "mime": "image/jpeg", "created_at": timezone.now()}
    photo = File.objects.create(name="河岸.jpg", **made)
    Attachment.objects.create(file=photo, case_id=lead.case.pk, step_seq=1)
    handed = {"category": "JS-LJ", "what": ASKED, "joint": True, "offer": [str(photo.pk)]}
    lead.act("hand_across", {"agreement": str(across.agreement.pk), **handed})
    child, page = lead.children[0], f"/desk/c/{lead.number}"
    desk = reader(lead.town)
    before = words_of(desk.get(page))
    assert "暴露垃圾" in before
    assert "河岸.jpg" in before
    assert "JS-LJ" not in before
    assert str(photo.pk) not in before
    assert "毗邻网格协同协议" in before
    assert "待我方确认" not in before
    assert "暴露垃圾" in words_of(desk.get(f"/desk/c/{child.number}"))

    across.send(across.link, "close", result="已清理", words="北岸已清理。")
    answer = desk.get(page)
    html = answer.content.decode()
    assert f'href="/desk/c/{child.number}?fill=agree#act-agree"' in html
    assert html.index("待我方确认") < html.index('id="across"')
    assert "北岸已清理。" in desk.get(f"/desk/c/{child.number}?fill=agree").content.decode()

    doors.act(child.pk, "agree", lead.town, {"words": "两岸均已清理。"})
    html = desk.get(page).content.decode()
    assert "待我方确认" not in html
    family = html.split('id="family"')[1].split("</section>")[0]
    assert family.count(f'href="/desk/c/{child.number}"') == 1
    assert "两岸均已清理。" in family
