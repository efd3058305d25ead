"""What administrators must hear of at once: another site's trail contradicts itself, or one of its messages another."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhili.core.exchange.models import RemoteSite, SiteFork
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people.models import Account

FORK, CONFLICT = "exchange.fork", "exchange.conflict"


def fork(site: RemoteSite, row: SiteFork) -> None:
    """Its trail says two things. Once for each contradiction."""
    for account in administrators():
        with translation.override(account.language or settings.LANGUAGE_CODE):
            _tell(
                account,
                FORK,
                f"exchange/fork/{row.pk}",
                _("%(site)s的存证前后矛盾") % {"site": site.title},
                _(
                    "%(site)s签出的检查点（%(size)s条）和它以前签过的对不上，说明那边的记录被改过或换过。两份签名都已保存，请与对方核对。"
                )
                % {"site": site.title, "size": row.size},
            )


def conflict(site: RemoteSite, stream: str, seq: int) -> None:
    """Two messages of it bear one number. Once for each."""
    for account in administrators():
        with translation.override(account.language or settings.LANGUAGE_CODE):
            _tell(
                account,
                CONFLICT,
                f"exchange/conflict/{site.pk}/{stream[-40:]}/{seq}",
                _("%(site)s发来两份不同的同号消息") % {"site": site.title},
                _(
                    "往来%(stream)s的第%(seq)s号消息先后收到两份，内容不同。先到的一份有效，后到的没有收，请与对方核对。"
                )
                % {"stream": stream, "seq": seq},
            )


def administrators() -> Iterator[Account]:
    """Who administers the whole site today."""
    today = timezone.localdate()
    now = Q(holdings__valid_from__lte=today) & (Q(holdings__valid_to=None) | Q(holdings__valid_to__gt=today))
    top = Q(holdings__post__office__parent=None, holdings__post__roles__contains=["admin"])
    yield from Account.objects.filter(now, top, is_active=True).distinct().order_by("pk")


def _tell(account: Account, kind: str, key: str, subject: str, body: str) -> None:
    now = timezone.now()
    row = Notice(
        account=account, kind=kind, channel=Channel.APP, subject=subject[:200], body=body,
        key=f"{key}/{account.pk}"[:120], state=State.SENT, sent_at=now,
    )  # fmt: skip
    Notice.objects.bulk_create([row], ignore_conflicts=True)
