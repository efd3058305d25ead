"""What the steps of sharing do: the grant, the counting and the columns, in the transaction of the step."""

from __future__ import annotations

import hmac
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.text import redact
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.models import Attachment
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people import grants
from zhili.core.people.offices import tree
from zhili.scenarios.evidence.sharing import codes, standing, watermark
from zhili.scenarios.evidence.sharing.models import Share, Viewing

DOOR = "evidence.share"
PARTY = "recipient"
LOOK = "share_opened"
LONGEST, SITTING = "evidence.share_longest", "evidence.share_sitting"
FIRST = gettext_noop("物证{number}的共享链接第一次被打开：{recipient}。")


def make(change: Change) -> None:
    """The link's serial, recipient and end; the row itself once the step has its number."""
    values, case = change.values, change.case
    office_id = values.get("office") if values["receiver"] == "office" else None
    seat = tree().nodes.get(office_id or 0)
    if office_id is not None and (seat is None or not seat.in_force):
        raise Refused("no_office", _("没有这个单位，请重新选择。"), 422)
    shown = [UUID(one) for one in values.pop("shown", [])]
    values["watermark"] = bool(values.get("watermark")) or values["way"] != "download"
    if not shown and not values.get("custody"):
        raise Refused("nothing_shown", _("文件和经手链至少要给看一样。"), 422)
    _refuse_files(case, shown, values["way"])
    opens = midnight(values.get("opens_on"))
    until = _until(change.at if opens is None else max(opens, change.at), values["days"], change.at)
    serial = (Share.objects.filter(case=case).aggregate(last=Max("serial"))["last"] or 0) + 1
    values.update(
        serial=str(serial),
        # by id, which leads to each file's hash in the item's own leaves; names of files may name people
        shown_ids=[str(one) for one in shown],
        shown=f"{len(shown)} 个文件",
        recipient=seat.name if seat else redact(values["name"]),
        until=shown_time(until),
        # so that the row of the code is held against this step: the code itself cannot be had from it
        link=_prepared(case.pk, serial, change.at, until).sha256,
    )
    change.then.append(lambda done: _keep(done, serial, until, opens, shown))


def _refuse_files(case: Case, shown: list[UUID], way: str) -> None:
    """They must be the item's; and what cannot be marked is not for looking only: to play it is to hand it out."""
    rows = Attachment.objects.select_related("file").filter(case_id=case.pk, file_id__in=shown)
    found = [row.file for row in rows]
    if len(found) != len(shown):
        raise Refused("not_of_item", _("选的文件里有的不属于这件物证，请重新选。"), 422)
    if way != "download" and (bare := [one.name for one in found if not watermark.can_mark(one.mime)]):
        text = _(
            "录像、录音不能加水印，浏览器能播放就等于拿到了原件：%(names)s。请不选它们，或选“也可以下载原件”。"
        )
        raise Refused("not_marked", text % {"names": "、".join(bare)}, 422)


def _keep(change: Change, serial: int, until: datetime, opens: datetime | None, shown: list[UUID]) -> None:
    values, case = change.data, change.case
    row = _prepared(case.pk, serial, change.at, until)
    phone = values.get("phone")
    Share.objects.create(
        grant=grants.save([row])[0],
        case=case,
        serial=serial,
        step_seq=change.seq,
        office_id=values.get("office") if values["receiver"] == "office" else None,
        recipient=values["recipient"],
        purpose=values["purpose"],
        files=shown,
        custody=bool(values.get("custody")),
        download=values["way"] == "download",
        watermark=bool(values.get("watermark")),
        most_views=values["views"],
        opens_at=opens,
        made_at=change.at,
        giver_id=change.actor.office_id,
        phone_id=UUID(phone["secret"]) if isinstance(phone, dict) else None,
    )


def _prepared(case_id: int, serial: int, at: datetime, until: datetime) -> grants.GrantRow:
    seed = _seed(case_id, serial, at)
    return grants.prepare(case_id, PARTY, (LOOK,), until, seed=seed, door=DOOR)[1]


def word_of(share: Share) -> str:
    """The word in the link, made again for its giver; "" when the site's secret has changed since."""
    code, row = grants.prepare(
        share.case_id, PARTY, seed=_seed(share.case_id, share.serial, share.made_at), door=DOOR
    )
    return codes.with_checks(code) if row.sha256 == share.grant.sha256 else ""


def count(change: Change) -> None:
    """One opening. The case is locked, so two that want the last one come here one after the other."""
    share = _locked(change)
    if change.actor.kind != "grant" or change.actor.id != share.grant_id:
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    state = standing.of(share, change.at)
    if state != standing.OPEN:
        raise Refused(state, " ".join(standing.reason(state)), 410)
    share.views += 1
    share.save(update_fields=["views"])
    closes = change.at + timedelta(minutes=params.duration(SITTING)[0].amount)
    change.values.update(
        viewing=str(share.views), stated=redact(change.values["stated"]), closes=closes.isoformat()
    )
    change.then.append(lambda done: _viewed(done, share, closes))


def _viewed(change: Change, share: Share, closes: datetime) -> None:
    Viewing.objects.create(
        share=share,
        number=share.views,
        at=change.at,
        until=closes,
        step_seq=change.seq,
        stated=change.data["stated"],
        purpose=change.data["purpose"],
    )
    if share.views == 1 and change.case.office_id is not None:
        _tell(share, change.case, change.at)


def _tell(share: Share, case: Case, at: datetime) -> None:
    """The office that has the item hears of the first opening, once."""
    body = FIRST.format(number=case.number, recipient=share.recipient)
    Notice.objects.create(
        office_id=case.office_id,
        case_id=case.pk,
        kind="evidence.item.share_opened",
        channel=Channel.APP,
        subject=body[:200],
        body=body,
        key=f"evidence.share/{share.pk}/first",
        state=State.SENT,
        sent_at=at,
    )


def lengthen(change: Change) -> None:
    """A later end and more openings; what was taken back stays so."""
    share = _locked(change)
    if share.grant.revoked_at is not None:
        raise Refused("taken_back", _("这个链接已经收回，不能延长；需要的话请另出一个。"), 409)
    share.grant.expires_at = _until(change.at, change.values["days"], change.at)
    share.grant.save(update_fields=["expires_at"])
    share.most_views += change.values.get("views", 0)
    share.save(update_fields=["most_views"])
    change.values.update(recipient=share.recipient, until=shown_time(share.grant.expires_at))


def take_back(change: Change) -> None:
    """From now on it opens nothing, and what is open in a browser closes with the next thing asked of it."""
    share = _locked(change)
    if share.grant.revoked_at is not None:
        raise Refused("taken_back", _("这个链接已经收回过了。"), 409)
    share.grant.revoked_at = change.at
    share.grant.save(update_fields=["revoked_at"])
    change.values["recipient"] = share.recipient


def _locked(change: Change) -> Share:
    serial = str(change.values["serial"])
    rows = Share.objects.select_related("grant").select_for_update(of=("self", "grant"))
    found = rows.filter(case=change.case, serial=int(serial)).first() if serial.isdecimal() else None
    if found is None:
        raise Refused("no_share", _("这件物证没有这个链接。"), 422)
    return found


def _until(since: datetime, days: int, now: datetime) -> datetime:
    until = since + timedelta(days=days)
    most, value = params.duration(LONGEST)
    if until > now + timedelta(days=most.amount):
        text = _("链接最长有效%(days)s天，依据：%(source)s。请缩短。")
        raise Refused("too_long", text % {"days": most.amount, "source": _(value.source)}, 422)
    return until


def shown_time(at: datetime) -> str:
    """A moment as a step keeps it: the city's time, in no language."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def midnight(day: object) -> datetime | None:
    """The beginning of a day as the form keeps it (ISO text)."""
    if not day:
        return None
    return timezone.make_aware(datetime.combine(datetime.fromisoformat(str(day)), time.min))


def _seed(case_id: int, serial: int, made_at: datetime) -> bytes:
    """Bound to the moment too: after a restore the same serial may be given again, and is another link."""
    about = f"{DOOR}/{case_id}/{serial}/{made_at.isoformat()}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")
