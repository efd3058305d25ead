"""The life of an outgoing document: drafted, reviewed, issued under a number, perhaps revoked."""

from zhili.base.procedure import (
    Action,
    Clock,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Procedure,
    Referred,
    Scenario,
    Stage,
)
from zhili.core.documents import actions, forms
from zhili.core.params import Param

OWN = "平台约定，城市可改"


class Outgoing(Procedure):
    title = "公文"
    detail = "documents.OutgoingDocument"
    standing = ()
    returns_public = True
    on_return = actions.tell_the_case

    drafting = Stage("拟稿中", owner=Keep(), limit=Limit("documents.draft"), plain="正在起草文书")
    reviewing = Stage("待审签", owner=Keep(), limit=Limit("documents.review"), plain="文书正在审核")
    issued = Final("已签发", plain="文书已签发")
    voided = Final("已作废", plain="文书已作废", outcome="withdrawn")
    withdrawn = Final("已撤稿", plain="文书没有发出", outcome="withdrawn")

    begin = Opening(
        "拟文", drafting, by=Referred(), form=forms.Begin, effects=[actions.begin], plain="开始起草文书"
    )

    issue = Action(
        "签发",
        reviewing >> issued,
        by=Holder("leader"),
        not_who=("submit",),
        form=forms.Issue,
        effects=[actions.issue],
        hint="签发时编号，印章随后盖上",
    )
    revise = Action(
        "改稿",
        (drafting | reviewing).stay(),
        by=Holder("handler", "leader"),
        form=forms.Writing,
        effects=[actions.revise],
        public=False,
        hint="每保存一次就是一个版本，都留着",
    )
    submit = Action(
        "送审", drafting >> reviewing, by=Holder("handler", "leader"), effects=[actions.submit], public=False
    )
    redraft = Action("退回修改", reviewing >> drafting, by=Holder("leader"), form=forms.Reason, public=False)
    withdraw = Action(
        "撤稿",
        (drafting | reviewing) >> withdrawn,
        by=Holder("handler", "leader"),
        form=forms.Reason,
        public=False,
        hint="不占文号",
    )
    void = Action(
        "作废",
        issued >> voided,
        by=Holder("leader"),
        form=forms.Void,
        effects=[actions.void],
        hint="文号保留，不再使用；收件人会看到已作废",
    )
    made = Action("制成文件", issued.stay(), by=Clock(), form=forms.Made, plain="文件已制成")

    notices = (
        Notify("submit", "holder", "公文{number}待审签：{title}，请在{due}前办理。"),
        Notify("redraft", "holder", "公文{number}退回修改：{title}，请在{due}前改好。"),
        Notify("overdue", "holder", "公文{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}的公文{number}已超过时限：{title}。"),
    )


scenario = Scenario(
    "documents",
    "公文",
    procedures=(Outgoing,),
    params=(
        Param("documents.draft", "3wd", title="公文拟稿", source=OWN, confirmed=False),
        Param("documents.review", "1wd", title="公文审签", source=OWN, confirmed=False),
    ),
    summary="拟稿、审核、签发、编号、盖章，送到上报人手里。",
)
