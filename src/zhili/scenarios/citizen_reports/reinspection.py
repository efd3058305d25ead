"""A closed matter picked by a public draw is looked at again from outside: the life of that second look."""

from zhili.base.procedure import (
    Action,
    Chosen,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Referred,
    Stage,
)
from zhili.scenarios.citizen_reports import forms, outside


class Reinspection(Procedure):
    """Its subject is the matter and the office's word for it, never a person."""

    title = "抽签重查"
    detail = "citizen_reports.Reinspection"
    standing = ("note",)
    on_return = outside.tell_parent
    returns_public = True

    waiting = Stage(
        "待重查", owner=Keep(), limit=Limit("citizen_reports.reinspect"), plain="抽签抽中，等待重新查看"
    )
    seen = Final("已重查", plain="已重新查看")

    picked = Opening(
        "抽签抽中",
        waiting,
        by=Referred(),
        form=forms.Reinspected,
        hands=Chosen("office"),
        effects=[outside.begin],
        public=False,
    )
    hand_on = Action(
        "交其他单位重查",
        waiting >> waiting,
        by=Holder("auditor", "leader", "handler"),
        form=forms.OtherInspector,
        hands=Chosen("office"),
        effects=[outside.refuse_handlers],
        plain="换一个单位重新查看",
        public=False,
    )
    inspect = Action(
        "填写重查结果",
        waiting >> seen,
        by=Holder("auditor", "leader", "handler"),
        form=forms.Inspection,
        effects=[outside.refuse_handlers, outside.keep_result],
        plain="已重新查看",
        hint="到现场看，拍照，写明看到的情况",
    )

    notices = (
        Notify("picked", "holder", "抽签抽中{number}：{title}，请在{due}前到现场重新查看。"),
        Notify("hand_on", "holder", "请重查{number}：{title}，请在{due}前填写结果。"),
        Notify("overdue", "holder", "重查{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的重查{number}已超过时限：{title}。"),
    )
