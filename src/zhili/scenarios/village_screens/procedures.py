"""What the village's screens show, each kind with its life. Where each limit comes from stands in README.md."""

from __future__ import annotations

from zhili.base.procedure import (
    Above,
    Action,
    Anyone,
    Clock,
    Duty,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Role,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.village_screens import actions, forms
from zhili.scenarios.village_screens.kinds import LAW

OWN = "平台约定，城市可改"
STANDING = ("correct", "note", "hold", "release_hold")
WRITERS = Role("handler", "leader")
SECOND = (Holder("leader"), Above("leader"))
"""Who approves: a leader of the committee or of an office above it; never whoever wrote it."""


class Notice(Procedure):
    """A notice on the screens: written by one, approved by another, taken down by the clock."""

    title = "通知公告"
    detail = "village_screens.NoticeDetail"
    standing = STANDING
    counted = False

    draft = Stage("待批准", owner=Keep(), limit=Limit("village_screens.approve"))
    shown = Stage("展示中", owner=Keep(), limit=Limit("village_screens.shown", then="expire"))
    expired = Final("已到期")
    withdrawn = Final("已撤下", outcome="withdrawn")

    write = Opening(
        "写通知", draft, by=WRITERS, form=forms.Notice, effects=[actions.write_notice], hands=Keep()
    )
    revise = Action(
        "修改",
        draft.stay(),
        by=Holder("handler", "leader"),
        form=forms.Notice,
        begins_as="write",
        effects=[actions.write_notice],
    )
    approve = Action(
        "批准展示",
        draft >> shown,
        by=SECOND,
        form=forms.Remark,
        effects=[actions.show_notice],
        not_who=("write", "revise"),
        hint="写的人不能自己批准",
    )
    expire = Action("到期撤下", shown >> expired, by=Clock())
    withdraw = Action(
        "撤下", (draft | shown) >> withdrawn, by=(Holder("leader"), Above("leader")), form=forms.Reason
    )

    notices = (
        Notify("write", "above", "{office}的通知公告{number}等另一人批准：{title}。"),
        Notify("overdue", "above", "{office}的通知公告{number}还没有批准：{title}。"),
    )


class Disclosure(Procedure):
    """Village affairs made public, with the period they are about; it stays readable, and is replaced, not deleted."""

    title = "村务公开"
    detail = "village_screens.DisclosureDetail"
    standing = STANDING
    counted = False

    draft = Stage("待批准", owner=Keep(), limit=Limit("village_screens.approve"))
    published = Final("已公开")
    withdrawn = Final("已撤回", outcome="withdrawn")

    write = Opening(
        "拟公开", draft, by=WRITERS, form=forms.Disclosed, effects=[actions.write_disclosure], hands=Keep()
    )
    revise = Action(
        "修改",
        draft.stay(),
        by=Holder("handler", "leader"),
        form=forms.Disclosed,
        begins_as="write",
        effects=[actions.write_disclosure],
    )
    approve = Action(
        "批准公开",
        draft >> published,
        by=SECOND,
        form=forms.Remark,
        effects=[actions.approve],
        not_who=("write", "revise"),
        hint="拟的人不能自己批准",
    )
    withdraw = Action(
        "撤回", (draft | published) >> withdrawn, by=(Holder("leader"), Above("leader")), form=forms.Reason
    )

    notices = (Notify("write", "above", "{office}的村务公开{number}等另一人批准：{title}。"),)


class Motion(Procedure):
    """四议两公开: proposed by the branch, discussed by both committees, examined by the party members, decided by the
    villagers; the decision is made public, then what came of it."""

    title = "议事决策"
    detail = "village_screens.MotionDetail"
    standing = STANDING
    counted = False

    proposed = Stage("支部已提议，待两委商议", owner=Keep(), limit=Limit("village_screens.discuss"))
    discussed = Stage("两委已商议，待党员大会审议", owner=Keep(), limit=Limit("village_screens.discuss"))
    examined = Stage("党员大会已审议，待村民会议决议", owner=Keep(), limit=Limit("village_screens.decide"))
    resolved = Stage("已决议，待公开", owner=Keep(), limit=Limit("village_screens.publish"))
    published = Stage("决议已公开，实施中", owner=Keep(), limit=Limit("village_screens.implement"))
    reported = Stage("已实施，待结果公开", owner=Keep(), limit=Limit("village_screens.publish"))
    done = Final("结果已公开")
    rejected = Final("没有通过", outcome="refused")

    propose = Opening(
        "支部提议", proposed, by=WRITERS, form=forms.Proposal, effects=[actions.propose], hands=Keep()
    )
    discuss = Action("两委商议", proposed >> discussed, by=Holder("handler", "leader"), form=forms.Discussed)
    examine = Action(
        "党员大会审议",
        discussed >> examined,
        by=Holder("handler", "leader"),
        form=forms.Voted,
        effects=[actions.party_voted],
    )
    resolve = Action(
        "村民会议决议",
        examined >> resolved,
        by=Holder("handler", "leader"),
        form=forms.Resolved,
        effects=[actions.resolved],
    )
    publish = Action(
        "公开决议",
        resolved >> published,
        by=SECOND,
        form=forms.Remark,
        effects=[actions.approve],
        not_who=("resolve",),
        hint="登记决议的人不能自己批准公开",
    )
    report = Action(
        "登记实施结果",
        published >> reported,
        by=Holder("handler", "leader"),
        form=forms.Implemented,
        effects=[actions.reported],
    )
    publish_result = Action(
        "公开结果",
        reported >> done,
        by=SECOND,
        form=forms.Remark,
        effects=[actions.result_shown],
        not_who=("report",),
    )
    reject = Action(
        "不通过",
        (proposed | discussed | examined) >> rejected,
        by=Holder("handler", "leader"),
        form=forms.Reason,
    )


class Question(Procedure):
    """A villager asks about what was disclosed (article 30: 接受村民的查询); the answer is read by everybody."""

    title = "村务提问"
    detail = "village_screens.QuestionDetail"
    standing = STANDING
    counted = False

    asked = Stage("待回答", owner=Duty(), limit=Limit("village_screens.answer"), plain="已收到，村里正在回答")
    answered = Final("已回答", plain="已回答", answers=True)
    declined = Final("不予回答", plain="不能回答，原因见下", outcome="refused", answers=True)
    withdrawn = Final("已撤回", plain="您已撤回", outcome="withdrawn")

    ask = Opening("村务提问", asked, by=Anyone(), form=forms.Ask, effects=[actions.ask], offered=False)
    answer = Action(
        "回答", asked >> answered, by=Holder("handler", "leader"), form=forms.Answer, effects=[actions.answer]
    )
    decline = Action("不予回答", asked >> declined, by=Holder("leader"), form=forms.Reason)
    withdraw = Action("撤回", asked >> withdrawn, by=Party("reporter"), form=forms.Reason)

    notices = (
        Notify("ask", "holder", "村民提问{number}，请在{due}前回答：{title}。"),
        Notify("answer", Party("reporter"), "您的提问{number}已回答，可在村的页面查看。"),
        Notify("overdue", "above", "{office}的村民提问{number}还没有回答。"),
    )


PARAMS = (
    Param("village_screens.approve", "3wd", title="批准展示或公开", source=OWN, confirmed=False),
    Param("village_screens.shown", "366d", title="通知最长展示", source=OWN, confirmed=False),
    Param("village_screens.discuss", "30d", title="两委商议、党员大会审议", source=OWN, confirmed=False),
    Param("village_screens.decide", "60d", title="村民会议决议", source=OWN, confirmed=False),
    Param(
        "village_screens.publish",
        "5wd",
        title="决议和实施结果公开",
        source=LAW,
        article="第三十条",
        confirmed=False,
    ),
    Param("village_screens.implement", "366d", title="决议实施", source=OWN, confirmed=False),
    Param(
        "village_screens.answer",
        "10wd",
        title="回答村民提问",
        source=LAW,
        article="第三十条",
        confirmed=False,
    ),
    Param("village_screens.pairing", "15min", title="电视配对码有效", source=OWN, confirmed=False),
)
