"""The life of an item in custody, on one page. Where each limit comes from stands in README.md."""

from __future__ import annotations

from zhili.base.procedure import (
    Action,
    Chosen,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Role,
    RunningClock,
    Stage,
)
from zhili.core.params import Param
from zhili.scenarios.evidence import actions, forms
from zhili.scenarios.evidence.bag import handing_out
from zhili.scenarios.evidence.sharing import actions as links
from zhili.scenarios.evidence.sharing import forms as sharing

OWN = "平台约定，城市可改"
RULES = "公安机关涉案财物管理若干规定"
PENALTIES = "中华人民共和国行政处罚法"
CUSTODIANS = ("handler", "leader")


class Item(Procedure):
    """A physical thing or a digital file. Its zone is chosen at the door: what a criminal case took is justice's."""

    title = "物证"
    detail = "evidence.ItemDetail"
    standing = ("correct", "note", "hold", "release_hold")
    counted = False

    received = Stage("待入库", owner=Keep(), limit=Limit("evidence.shelve"))
    stored = Stage("在库", owner=Keep(), limit=Limit("evidence.review"))
    sealed = Stage("封存中", owner=Keep(), limit=Limit("evidence.review"))
    lent = Stage("借出中", owner=Keep(), limit=Limit("evidence.loan"))
    proposed = Stage("待处置，等另一人批准", owner=Keep(), limit=Limit("evidence.approve"))
    approved = Stage("待处置，已批准", owner=Keep(), limit=Limit("evidence.dispose"))
    returned = Final("已发还")
    disposed = Final("已处置")
    handed_over = Final("已移送")

    preserved = RunningClock(
        "先行登记保存的处理决定",
        Limit("evidence.preserved"),
        until=("approved",),
        applies=actions.is_preserved,
    )

    take_in = Opening(
        "收物证", received, by=Role(*CUSTODIANS), form=forms.TakeIn, effects=[actions.take_in], hands=Keep()
    )
    take_in_listed = Opening(
        "按清单收物证",
        received,
        by=Role(*CUSTODIANS),
        form=forms.TakeInListed,
        effects=[actions.take_in, actions.on_a_list],
        hands=Keep(),
    )
    take_in_file = Opening(
        "收电子证据",
        stored,
        by=Role(*CUSTODIANS),
        form=forms.TakeInFile,
        effects=[actions.take_in, actions.same_hash],
        hands=Keep(),
    )

    shelve = Action(
        "上架",
        received >> stored,
        by=Holder(*CUSTODIANS),
        form=forms.Shelve,
        effects=[actions.put, actions.stays_sealed],
        offline=True,
        hint="扫货位上的码，或在库房图上点选",
    )
    lend = Action(
        "借出",
        (stored | sealed) >> lent,
        by=Holder(*CUSTODIANS),
        form=forms.Lend,
        effects=[actions.lend],
        hands=Keep(),
    )
    seal = Action("封存", stored >> sealed, by=Holder(*CUSTODIANS), form=forms.Seal, effects=[actions.seal])
    unseal = Action(
        "启封",
        sealed >> stored,
        by=Holder(*CUSTODIANS),
        form=forms.Unseal,
        effects=[actions.unseal],
        hint="两人在场",
    )
    move = Action(
        "移位",
        (stored | sealed).stay(),
        by=Holder(*CUSTODIANS),
        form=forms.Move,
        effects=[actions.put],
        offline=True,
    )
    give_back = Action(
        "归还",
        lent >> stored,
        by=Holder(*CUSTODIANS),
        form=forms.GiveBack,
        effects=[actions.give_back],
        hint="与借出时对照，有不同就写明",
    )
    renew = Action("续借", lent >> lent, by=Holder(*CUSTODIANS), form=forms.Renew, effects=[actions.renew])
    propose = Action(
        "拟处置",
        (stored | sealed) >> proposed,
        by=Holder(*CUSTODIANS),
        form=forms.Propose,
        effects=[actions.propose],
        hint="发还、移送、上缴、变卖或销毁；须由另一人批准",
    )
    approve = Action(
        "批准处置",
        proposed >> approved,
        by=Holder("leader"),
        form=forms.Remark,
        not_who=("propose",),
        hint="提出的人不能自己批准",
    )
    refuse = Action(
        "不批准",
        proposed >> stored,
        by=Holder("leader"),
        form=forms.Reason,
        effects=[actions.back_to_store],
        not_who=("propose",),
    )
    take_back = Action(
        "撤回提议",
        (proposed | approved) >> stored,
        by=Holder(*CUSTODIANS),
        form=forms.Reason,
        effects=[actions.back_to_store],
    )
    hand_out = Action(
        "发还",
        approved >> returned,
        by=Holder(*CUSTODIANS),
        form=forms.HandOut,
        effects=[actions.hand_out],
        hint="领取人签名后打印发还清单",
    )
    dispose = Action(
        "执行处置",
        approved >> disposed,
        by=Holder(*CUSTODIANS),
        form=forms.Dispose,
        effects=[actions.dispose],
        hint="上缴、变卖或销毁，两人在场",
    )
    hand_over = Action(
        "移送",
        approved >> handed_over,
        by=Holder(*CUSTODIANS),
        form=forms.HandOver,
        effects=[actions.hand_over],
    )
    change_ground = Action(
        "变更保管依据",
        (received | stored | sealed).stay(),
        by=Holder(*CUSTODIANS),
        form=forms.Ground,
        effects=[actions.change_ground],
        hint="先行登记保存的，七日内作出处理决定",
    )
    entrust = Action(
        "交另一单位保管",
        (received | stored | sealed) >> received,
        by=Holder(*CUSTODIANS),
        form=forms.Entrust,
        hands=Chosen("office"),
        effects=[actions.leave_shelf],
    )
    counted_here = Action(
        "盘点",
        (stored | sealed | proposed | approved).stay(),
        by=Holder(*CUSTODIANS),
        form=forms.Counted,
        effects=[actions.counted],
    )

    share = Action(
        "出具共享链接",
        (received | stored | sealed | lent | proposed | approved).stay(),
        by=Holder(*CUSTODIANS),
        form=sharing.Make,
        effects=[links.make],
        hint="给写明名称的单位看，有期限、有次数，随时可收回",
    )
    share_opened = Action(
        "凭共享链接查看",
        (received | stored | sealed | lent | proposed | approved | returned | disposed | handed_over).stay(),
        by=Party("recipient"),
        form=sharing.Look,
        effects=[links.count],
    )
    share_longer = Action(
        "延长共享链接",
        (received | stored | sealed | lent | proposed | approved).stay(),
        by=Holder(*CUSTODIANS),
        form=sharing.Longer,
        effects=[links.lengthen],
    )
    share_taken_back = Action(
        "收回共享链接",
        (received | stored | sealed | lent | proposed | approved | returned | disposed | handed_over).stay(),
        by=Holder(*CUSTODIANS),
        form=sharing.TakeBack,
        effects=[links.take_back],
    )
    exported = Action(
        "导出证据包",
        (received | stored | sealed | lent | proposed | approved | returned | disposed | handed_over).stay(),
        by=Holder(*CUSTODIANS),
        form=sharing.Export,
        effects=[handing_out.needs_bag],
        hint="原件、经手链和存证，对方不联网也能核对",
    )

    notices = (
        Notify("propose", "holder", "物证{number}拟处置，请另一人在{due}前批准：{title}。"),
        Notify("approve", "holder", "物证{number}的处置已批准，请在{due}前执行：{title}。"),
        Notify("entrust", "holder", "物证{number}已交由你单位保管，请在{due}前上架：{title}。"),
        Notify("overdue", "holder", "物证{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}保管的物证{number}已超过时限：{title}。"),
    )


PARAMS = (
    Param("evidence.shelve", "24h", title="物证上架", source=RULES, confirmed=False),
    Param("evidence.review", "180d", title="在库物证复核", source=OWN, confirmed=False),
    Param("evidence.loan", "10d", title="借出期限（未另定时）", source=OWN, confirmed=False),
    Param("evidence.longest_loan", "60d", title="一次最长借出", source=OWN, confirmed=False),
    Param("evidence.share_longest", "90d", title="共享链接最长有效", source=OWN, confirmed=False),
    Param("evidence.share_sitting", "30min", title="一次打开可看多久", source=OWN, confirmed=False),
    Param("evidence.approve", "3wd", title="处置审批", source=OWN, confirmed=False),
    Param("evidence.dispose", "10wd", title="处置执行", source=OWN, confirmed=False),
    Param(
        "evidence.preserved",
        "7wd",
        title="先行登记保存的处理决定",
        source=PENALTIES,
        article="第五十六条、第八十五条",
    ),
)
