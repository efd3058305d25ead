"""Every personal value this site asks for, read from the forms themselves so that none is left out; and its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_noop

from zhili.base.procedure import Action, Procedure
from zhili.core import params
from zhili.core.cases import registry
from zhili.core.cases.reasons import basis
from zhili.core.forms import Personal
from zhili.core.signals import registry as signals
from zhili.core.web import words

KEPT: Final = "cases.personal_days"
SEALED: Final = gettext_noop(
    "加密单独存放，列表里只显示遮住的一部分；每次打开都说明用途、留下记录，本人看得到。"
)


@dataclass(frozen=True, slots=True)
class Element:
    """One personal value asked for. All sentences are in the reader's language."""

    key: str
    title: str
    purpose: str
    where: str
    seen_by: str
    required: str
    how: str
    kept: str


@dataclass(frozen=True, slots=True)
class Own:
    """A value the platform itself keeps, beside any form. ``kept``: a parameter's key, or words."""

    key: str
    title: str
    purpose: str
    where: str
    seen_by: str
    how: str
    kept: str


OWN: Final = (
    Own(
        "account.phone",
        gettext_noop("登录用的手机号"),
        gettext_noop("登录和通知您。"),
        gettext_noop("用手机号登录时"),
        gettext_noop("只有您；工作人员看不到"),
        SEALED,
        gettext_noop("到您换号或注销账号为止"),
    ),
    Own(
        "account.name",
        gettext_noop("工作人员的姓名和用户名"),
        gettext_noop("登录；记录上只写单位和岗位，不写姓名。"),
        gettext_noop("单位管理员建账号时"),
        gettext_noop("本单位和上级单位的管理员"),
        gettext_noop("账号表中保存。"),
        gettext_noop("到账号停用并过保存期为止"),
    ),
    Own(
        "case.text",
        gettext_noop("正文里写到的电话、证件号、姓名"),
        gettext_noop("办理这件事。"),
        gettext_noop("上报和办理时写的正文"),
        gettext_noop("办理这件事的单位"),
        SEALED,
        KEPT,
    ),
    Own(
        "photo.place",
        gettext_noop("照片里的拍摄地点和设备"),
        gettext_noop("核对现场；公开的照片不带这些。"),
        gettext_noop("上传照片时"),
        gettext_noop("办理这件事的单位"),
        gettext_noop("只在封存的原件里；公开的副本重新绘制，不带拍摄信息。"),
        gettext_noop("和这件事一起"),
    ),
    Own(
        "network.day",
        gettext_noop("网络地址"),
        gettext_noop("防止一个地址一天里上传太多、猜查询码。"),
        gettext_noop("访问时"),
        gettext_noop("没有人；只比较是否相同"),
        gettext_noop("用每天更换的密钥变成不能还原的标记。"),
        gettext_noop("一天"),
    ),
    Own(
        "notice.text",
        gettext_noop("发给您的消息"),
        gettext_noop("告诉您办到哪一步。"),
        gettext_noop("事项有进展时"),
        gettext_noop("只有您"),
        gettext_noop("正文里没有个人信息。"),
        "notices.text_days",
    ),
)


def all_of_them() -> list[Element]:
    """Those of every form first, then the platform's own."""
    return [*_asked(), *(_own(one) for one in OWN), *_measured()]


def _asked() -> Iterator[Element]:
    seen: set[str] = set()
    for procedure in registry.procedures().values():
        for action in (*procedure.openings.values(), *procedure.actions.values()):
            for one in action.form.fields() if action.form is not None else ():
                key = f"{procedure.full_name()}.{action.name}.{one.name}"
                if isinstance(one, Personal) and key not in seen:
                    seen.add(key)
                    yield _of_field(key, procedure, action, one)


def _of_field(key: str, procedure: type[Procedure], action: Action, one: Personal) -> Element:
    where = gettext("%(procedure)s · %(action)s") % {
        "procedure": gettext(procedure.title),
        "action": gettext(action.title),
    }
    required = gettext("必填") if one.required else gettext("可以不填")
    if one.required and one.when:
        required = gettext("选了署名等情形才必填")
    purpose = one.hint() or gettext("办理这件事、与您联系。")
    return Element(
        key, one.label, purpose, where, gettext(one.seen_by), required, gettext(SEALED), _kept(KEPT)
    )


def _measured() -> Iterator[Element]:
    """What a wearer's own device tells of its wearer."""
    for one in signals.measures().values():
        if one.personal:
            yield Element(
                f"signal.{one.name}",
                gettext(one.title),
                gettext("佩戴者同意后用来及时发现险情。"),
                gettext("佩戴者自己的设备发送"),
                gettext("告警时的处置人；佩戴者本人和他指定的家人"),
                gettext("佩戴者同意才有"),
                gettext("逐条加密存放，不汇总；每次查看都说明用途、留下记录，本人看得到。"),
                gettext("%(n)d天，到期整批删除") % {"n": one.keeps_days},
            )


def _own(one: Own) -> Element:
    kept = _kept(one.kept) if one.kept in params.declared() else gettext(one.kept)
    return Element(
        one.key,
        one.title,
        gettext(one.purpose),
        gettext(one.where),
        gettext(one.seen_by),
        gettext("按功能产生"),
        gettext(one.how),
        kept,
    )


def _kept(param: str) -> str:
    """How long, in words, with its source."""
    limit, value = params.duration(param)
    return gettext("%(title)s：%(long)s（%(source)s）") % {
        "title": gettext(params.declared()[param].title),
        "long": words.duration(limit),
        "source": basis(value.source, value.article),
    }
