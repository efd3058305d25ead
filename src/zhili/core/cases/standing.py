"""The actions every procedure has without declaring them. The mechanism is in ``base.standing``.

Those without ``by`` are never asked for: they are the kernel's own words for what happened.
"""

from __future__ import annotations

from zhili.base.procedure import Above, Had, Holder, Keep, Notify, Party, Role
from zhili.base.standing import Standing, every, working
from zhili.core.cases import (
    assisting,
    correcting,
    extending,
    forms,
    historical,
    holds,
    late,
    merging,
    splitting,
    supervising,
)

OFFICIAL = Holder("handler", "leader", "arbiter", "commander")
"""A post of the office that has the case; not a grid worker, whose way is up."""
OVER = Above("handler", "leader", "commander")
REPORTER = Party("reporter")


def kernel() -> tuple[Standing, ...]:
    """All of them, in the order in which pages offer them."""
    return (*_with_others(), *_same_matter(), *_in_time(), *_on_record(), *_written())


def _with_others() -> tuple[Standing, ...]:
    return (
        Standing(
            "ask_assistance",
            "请其他单位协办",
            stages=working,
            by=OFFICIAL,
            form=forms.AskAssistance,
            effects=[assisting.ask],
            public=False,
            plain="正在请其他单位协助办理",
            hint="本单位仍是主办，对方办完会返回到这里",
        ),
        Standing(
            "split_off",
            "拆分出另一件",
            stages=working,
            by=OFFICIAL,
            form=splitting.form,
            effects=[splitting.split],
            plain="其中一部分另行办理，进展也记在这里",
            hint="一次报了两件事时，把不归本单位的部分拆出去",
        ),
        Standing(splitting.OPENING, "从另一件事项中拆分", begins=True, form=forms.SplitFrom),
    )


def _same_matter() -> tuple[Standing, ...]:
    return (
        Standing(
            merging.MERGE,
            "并入同一件事",
            stages=working,
            to=merging.STAGE,
            adds=merging.MERGED,
            by=Holder(),
            hands=Keep(),
            form=forms.MergeInto,
            effects=[merging.merge],
            public=False,
            plain="已与同一件事合并办理",
            hint="主办事项答复时，这一件也一并答复",
            notices=(
                Notify(
                    merging.MERGE,
                    REPORTER,
                    "您上报的{number}与别人报的是同一件事，已合并办理，答复时会告诉您。",
                ),
            ),
        ),
        Standing(
            "unmerge",
            "取消并案",
            stages=merging.stages,
            by=Holder(),
            hands=Keep(),
            form=forms.Reason,
            effects=[merging.unmerge],
            plain="不再合并，单独办理",
            notices=(Notify("unmerge", REPORTER, "您上报的{number}改为单独办理。"),),
        ),
    )


def _in_time() -> tuple[Standing, ...]:
    return (
        Standing(
            "supervise",
            "督办",
            stages=working,
            by=(OVER, Role("commander")),
            form=forms.Supervise,
            effects=[supervising.supervise],
            public=False,
            plain="上级单位正在督办",
            hint="承办单位须限时报告，您来销号或再次催办",
        ),
        Standing(
            "ask_extension",
            "申请延期",
            stages=working,
            by=Holder("handler", "leader"),
            form=forms.AskExtension,
            effects=[extending.ask],
            public=False,
            plain="承办单位申请延长办理时间，正在审批",
            hint="由本单位审签人批准，上报人会看到新的期限和理由",
        ),
    )


def _on_record() -> tuple[Standing, ...]:
    keeper = (Holder("leader"), Role("commander"))
    return (
        Standing(
            correcting.CORRECT,
            "更正记录",
            stages=every,
            by=Holder(),
            form=forms.Correct,
            effects=[correcting.correct],
            plain="对记录作了更正",
            hint="原来的记录保留，旁边注明已更正",
        ),
        Standing(
            "note",
            "内部备注",
            stages=every,
            by=(Holder(), OVER),
            form=forms.Note,
            public=False,
            hidden=True,
            offline=True,
        ),
        Standing(
            late.NOTE,
            "现场补记",
            stages=every,
            by=Had("grid"),
            form=forms.LateNote,
            public=False,
            hidden=True,
            offline=True,
            harmless=True,
            hint="在没有信号时做的，事项已有变化，记在这里供现承办单位参考",
        ),
        Standing(
            "hold",
            "依法留存",
            stages=every,
            by=keeper,
            form=forms.Hold,
            effects=[holds.hold],
            public=False,
            hidden=True,
            hint="留存期间不清除、不归档",
        ),
        Standing(
            "release_hold",
            "解除留存",
            stages=every,
            by=keeper,
            form=forms.Hold,
            effects=[holds.release],
            public=False,
            hidden=True,
        ),
    )


def _written() -> tuple[Standing, ...]:
    answered = Notify(
        merging.ANSWER, REPORTER, "您上报的{number}已与同一件事一并答复，请查看并评价；未解决可要求重办。"
    )
    back = Notify(merging.BACK, REPORTER, "您上报的{number}改为单独办理。")
    returned = Notify("returned", "holder", "{number}有协办、督办或延期的结果返回：{title}。")
    return (
        Standing(
            "returned", "协办结果已返回", form=forms.Returned, plain="内部协作有了结果", notices=(returned,)
        ),
        Standing(
            merging.ANSWER,
            "与主办事项一并答复",
            form=forms.WithLead,
            plain="已与同一件事一并答复",
            notices=(answered,),
        ),
        Standing(merging.FOLLOW, "主办事项已并入另一件，随之变更", form=forms.WithLead, hidden=True),
        Standing(
            merging.BACK,
            "主办事项已撤回，恢复单独办理",
            form=forms.WithLead,
            hands=Keep(),
            plain="改为单独办理",
            notices=(back,),
        ),
        Standing("followed", "随原事项转交", public=False, hidden=True),
        Standing("overdue", "超过时限", public=False, harmless=True),
        Standing("moved", "程序更新", public=False),
        *historical.STANDING,
    )
