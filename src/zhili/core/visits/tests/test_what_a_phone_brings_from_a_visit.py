"""Scans, answers with photos and signatures of two phones, twice and late: each is there once, the paper says all."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pypdf import PdfReader

from zhili.core import files
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.models import File
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.trail.models import Leaf
from zhili.core.visits import answers, arrivals, papers, records, sending, signing
from zhili.core.visits.answers import VisitRefused
from zhili.core.visits.models import Arrival, Signature, Visit, VisitAnswer, VisitState
from zhili.core.visits.tests.story import picture, visited

pytestmark = pytest.mark.django_db


def photo(actor: Actor, colour: str) -> str:
    kept = files.store(io.BytesIO(picture(colour)), "现场.png", actor)
    return f"{kept.id}:{kept.token}"


def said(item: int, question: str, value: str, at: Any, **more: Any) -> dict[str, Any]:
    return {"item": item, "question": question, "value": value, "made_at": at.isoformat(), **more}


def test_two_phones_without_signal_bring_all_once_and_the_record_says_it(small_city: SmallCity) -> None:
    town, visit, (one, other, *_rest) = visited(small_city)
    began = timezone.now() - timedelta(days=2)
    asked = [(item.pk, q.code) for item, own in answers.questions(visit) for q in own]
    door = arrivals.door(visit.premises, town.admin)
    arrived = {"arrived": {"code": f"https://x/at/{door.code.lower()}", "made_at": began.isoformat()}}
    with pytest.raises(VisitRefused, match="不是这家"):
        sending.take(visit.pk, {"arrived": {"code": "00000000", "made_at": began.isoformat()}}, one)
    with pytest.raises(PermissionDenied):
        sending.take(visit.pk, arrived, town.admin)
    filled = {
        "seen": 0,
        "answers": [
            said(i, q, "no" if (i, q) == asked[0] else "yes" if q == "exit" else "1.5", began)
            for i, q in asked
        ],
    }
    filled["answers"][0] |= {"note": "堆货", "photos": [photo(one, "red")]}
    for _again in range(2):  # an answer lost on the way: the phone sends it once more
        sending.take(visit.pk, arrived, one)
        assert sending.take(visit.pk, filled, one).state == VisitState.UNDER_WAY
    assert VisitAnswer.objects.count() == len(asked)
    row = VisitAnswer.objects.get(item=asked[0][0], question=asked[0][1])
    assert File.objects.get(pk=row.photos[0]["file"]).expires_at is None
    with pytest.raises(Exception, match="不是您上传"):  # nobody sends another's picture as their own
        sending.take(visit.pk, {"answers": [dict(filled["answers"][0])]}, other)

    # the second phone was away for two days and says otherwise: both stand, an officer settles
    later = [said(*asked[0], "yes", began + timedelta(hours=1), note="已清走")]
    sending.take(visit.pk, {"seen": 0, "answers": later}, other)
    told = answers.together(visit)[asked[0]]
    assert [(s.value, s.note) for s in told.standing] == [("no", "堆货"), ("yes", "已清走")]
    with pytest.raises(VisitRefused, match="不一致"):
        sending.take(visit.pk, {"close": True}, one)
    now = timezone.now()
    last = VisitAnswer.objects.latest("pk").pk
    settling = [said(*asked[0], "no", now, photos=[photo(one, "blue")])]
    sending.take(visit.pk, {"seen": last, "answers": settling}, one)

    shown = signing.shown_now(answers.together(visit))
    for number in visit.officers.values_list("inspector", flat=True):
        name = {
            "inspector": number,
            "shown": shown,
            "made_at": now.isoformat(),
            "picture": [photo(one, "black")],
        }
        for _again in range(2):
            sending.take(visit.pk, {"signature": name}, one)
    refusal = {"inspector": None, "capacity": "charge", "shown": shown, "made_at": now.isoformat()}
    with pytest.raises(VisitRefused, match="原因"):
        sending.take(visit.pk, {"signature": refusal}, one)
    sending.take(visit.pk, {"signature": refusal | {"reason": "等老板回来"}}, one)
    assert Signature.objects.count() == 5
    for _again in range(2):
        assert sending.take(visit.pk, {"close": True}, one).state == VisitState.DONE
    assert visit.findings.get().what == "安全出口是否畅通：否"
    record = records.newest(visit)
    assert record is not None
    assert record.number == 1
    assert not records.is_behind(visit, record)
    on_paper(papers.pdf(record, "", "https://x/verify", "https://x"), record.leaf_id)
    assert not arrivals.unscanned(town.admin).exists()

    # words that arrive after the end are kept, and lack in the paper until it is made again
    sending.take(visit.pk, {"seen": 0, "answers": [said(*asked[1], "1.8", now)]}, other)
    assert records.is_behind(visit, record)
    again = records.make(visit.pk, one)
    assert (again.number, again.document["signatures"][0]["changed"]) == (2, 1)
    assert Arrival.objects.get().made_at == began


def on_paper(pdf: bytes, leaf: int) -> None:
    read = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in read.pages)
    assert "现场检查笔录" in text
    assert "堆货" not in text, "what was settled stands, not what it replaced"
    assert "拒绝签字：等老板回来" in text.replace("\n", "")
    assert sum(len(page.images) for page in read.pages) >= 2  # equal ones are in it once
    proof = json.loads(read.attachments["receipt.json"][0])
    assert Leaf.objects.get(pk=leaf).hash.hex() in {
        bytes.fromhex(one["hash"]).hex() for one in proof["leaves"]
    }


def test_the_business_reads_and_confirms_by_the_visits_code_and_a_visit_without_any_scan_is_told_of(
    small_city: SmallCity,
) -> None:
    town, visit, (one, *_rest) = visited(small_city)
    code = arrivals.code_of(visit)
    assert arrivals.by_code(visit.pk, code.lower().replace("-", " ")) == visit
    assert arrivals.by_code(visit.pk, code[:-1] + ("0" if code[-1] != "0" else "1")) is None
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.DONE)
    assert arrivals.unscanned(town.admin).get() == visit
    with pytest.raises(VisitRefused, match="已经结束"):
        arrivals.confirm(visit.pk, ANONYMOUS)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.PLANNED)
    assert arrivals.confirm(visit.pk, ANONYMOUS) == arrivals.confirm(visit.pk, ANONYMOUS)
    visit.refresh_from_db()
    assert visit.state == VisitState.UNDER_WAY
    with pytest.raises(VisitRefused, match="不完整"):
        sending.take(visit.pk, {"answers": [{"item": "x"}]}, one)
