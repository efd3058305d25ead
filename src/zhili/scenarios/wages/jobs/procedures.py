"""The life of a vacancy, of a course, and of an answer to either. Limits are our own design: README.md."""

from __future__ import annotations

from zhili.base.procedure import (
    Action,
    Anyone,
    Clock,
    Final,
    Holder,
    Keep,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Role,
    Rule,
    Stage,
)
from zhili.base.rules import AutomatedRule
from zhili.core.params import Param
from zhili.scenarios.wages.jobs import actions, forms, replies

OWN = "平台约定，城市可改"
STAFF = ("handler", "leader")
Poster, Organiser, Employer, Person = (
    Party("poster"),
    Party("organiser"),
    Party("employer"),
    Party("reporter"),
)
STANDING = ("note", "hold", "release_hold")


class Vacancy(Procedure):
    """A vacancy: it stands until its day, until it is full, or until somebody ends it."""

    title = "招聘"
    detail = "wages.Vacancy"
    standing = STANDING
    counted = False
    party_first = True

    checking = Stage(
        "待劳动保障部门看过", owner=Keep(), limit=Limit("wages.posting_look"), plain="正在核对，还没有发布"
    )
    open = Stage("招聘中", owner=Poster, limit=Limit("wages.posting", then="lapse"))
    filled = Final("已招满")
    ended = Final("已停止招聘", plain="单位停止了招聘")
    lapsed = Final("已到期")
    taken_down = Final("已下架", outcome="refused", plain="被下架，原因见下")
    declined = Final("不予发布", outcome="refused", plain="没有发布，原因见下")

    post = Opening("发布招聘", open, by=Person, form=forms.Post, effects=[actions.post], offered=False)
    post_look = Opening(
        "送审后发布招聘", checking, by=Person, form=forms.Post, effects=[actions.post], offered=False
    )
    edit = Action("修改招聘", open >> open, by=Poster, form=forms.Edit, effects=[actions.edit])
    edit_look = Action(
        "修改后送审", (open | checking) >> checking, by=Poster, form=forms.Edit, effects=[actions.edit]
    )
    release = Action(
        "可以发布",
        checking >> open,
        by=Holder(*STAFF),
        form=forms.Answer,
        effects=[actions.released],
        hint="看过原文，没有收钱、扣证件和歧视的要求",
    )
    decline = Action("不予发布", checking >> declined, by=Holder(*STAFF), form=forms.Reason)
    take_down = Action("下架", open >> taken_down, by=Holder(*STAFF), form=forms.Reason)
    close = Action(
        "停止招聘",
        (open | checking) >> ended,
        by=Poster,
        form=forms.Reason,
        effects=[actions.still_speaks],
    )
    fill = Action("招满", open >> filled, by=(Poster, Rule()))
    lapse = Action("到期", open >> lapsed, by=Clock())

    notices = (
        Notify("post_look", "holder", "招聘{number}（{title}）有需要看过的话，请在{due}前决定是否发布。"),
        Notify("edit_look", "holder", "招聘{number}（{title}）改过，有需要看过的话，请在{due}前决定。"),
        Notify("release", Poster, "您的招聘{number}（{title}）已发布。"),
        Notify("decline", Poster, "您的招聘{number}（{title}）没有发布，请查看原因。"),
        Notify("take_down", Poster, "您的招聘{number}（{title}）已下架，请查看原因。"),
        Notify("fill", Poster, "您的招聘{number}（{title}）已招满，自动停止。"),
        Notify("lapse", Poster, "您的招聘{number}（{title}）已到期，自动停止。"),
    )


class Course(Procedure):
    """A training course: enrolment until its day, then who came, then over."""

    title = "培训"
    detail = "wages.Course"
    standing = STANDING
    counted = False
    party_first = True

    checking = Stage(
        "待劳动保障部门看过", owner=Keep(), limit=Limit("wages.posting_look"), plain="正在核对，还没有发布"
    )
    open = Stage("报名中", owner=Organiser, limit=Limit("wages.posting", then="lapse"))
    teaching = Stage("报名已截止", owner=Organiser, limit=Limit("wages.course", then="over"))
    finished = Final("已结束")
    cancelled = Final("已取消", plain="主办方取消了，原因见下")
    taken_down = Final("已下架", outcome="refused", plain="被下架，原因见下")
    declined = Final("不予发布", outcome="refused", plain="没有发布，原因见下")

    announce = Opening(
        "发布培训",
        open,
        by=(Person, Role(*STAFF)),
        form=forms.Announce,
        effects=[actions.announce],
        offered=False,
    )
    announce_look = Opening(
        "送审后发布培训",
        checking,
        by=Person,
        form=forms.Announce,
        effects=[actions.announce],
        offered=False,
    )
    edit = Action(
        "修改培训",
        open >> open,
        by=(Organiser, Holder(*STAFF)),
        form=forms.EditCourse,
        effects=[actions.edit_course],
    )
    edit_look = Action(
        "修改后送审",
        (open | checking) >> checking,
        by=Organiser,
        form=forms.EditCourse,
        effects=[actions.edit_course],
    )
    release = Action(
        "可以发布", checking >> open, by=Holder(*STAFF), form=forms.Answer, effects=[actions.released]
    )
    decline = Action("不予发布", checking >> declined, by=Holder(*STAFF), form=forms.Reason)
    take_down = Action("下架", open >> taken_down, by=Holder(*STAFF), form=forms.Reason)
    lapse = Action("截止报名", open >> teaching, by=(Clock(), Organiser, Holder(*STAFF)))
    cancel = Action(
        "取消培训",
        (open | teaching | checking) >> cancelled,
        by=(Organiser, Holder(*STAFF)),
        form=forms.Reason,
        effects=[actions.still_speaks],
    )
    finish = Action("培训结束", teaching >> finished, by=(Organiser, Holder(*STAFF)))
    over = Action("到期结束", teaching >> finished, by=Clock())

    notices = (
        Notify("announce_look", "holder", "培训{number}（{title}）有需要看过的话，请在{due}前决定是否发布。"),
        Notify("edit_look", "holder", "培训{number}（{title}）改过，有需要看过的话，请在{due}前决定。"),
        Notify("release", Organiser, "您的培训{number}（{title}）已发布。"),
        Notify("decline", Organiser, "您的培训{number}（{title}）没有发布，请查看原因。"),
        Notify("take_down", Organiser, "您的培训{number}（{title}）已下架，请查看原因。"),
        Notify("lapse", Organiser, "您的培训{number}（{title}）报名已截止，请在课后记下到课的人。"),
    )


class Application(Procedure):
    """Somebody answers a vacancy. No office has it: it is between the person and the firm."""

    title = "应聘"
    detail = "wages.Reply"
    standing = ()
    counted = False
    party_first = True

    sent = Stage(
        "待单位答复",
        owner=Employer,
        limit=Limit("wages.reply", then="unanswered"),
        plain="单位已收到，还没有答复",
    )
    invited = Stage(
        "已约面谈", owner=Employer, limit=Limit("wages.reply", then="unanswered"), plain="单位约您见面"
    )
    accepted = Final("已录用", answers=True)
    declined = Final("未录用", outcome="refused", plain="单位没有录用，原因见下", answers=True)
    taken = Final("名额已满", plain="名额已满，没有轮到", answers=True)
    over = Final("招聘已结束", plain="招聘已经结束")
    unheard = Final("单位没有答复", plain="单位到期没有答复，已自动结束")
    withdrawn = Final("已撤回", outcome="withdrawn")

    apply = Opening(
        "应聘",
        sent,
        by=Anyone(),
        form=forms.Apply,
        effects=[replies.apply],
        offered=False,
        plain="应聘已送到单位",
    )
    invite = Action("约面谈", sent >> invited, by=Employer, form=forms.Answer)
    accept = Action(
        "录用", (sent | invited) >> accepted, by=Employer, form=forms.Answer, effects=[replies.seat]
    )
    decline = Action("不录用", (sent | invited) >> declined, by=Employer, form=forms.Reason)
    place_taken = Action("名额已满", (sent | invited) >> taken, by=(Employer, Rule()))
    ended = Action("招聘已结束", (sent | invited) >> over, by=Rule())
    unanswered = Action("单位没有答复", (sent | invited) >> unheard, by=Clock())
    withdraw = Action("撤回应聘", (sent | invited) >> withdrawn, by=Person, effects=[replies.withdrawn])

    notices = (
        Notify("apply", Employer, "有人应聘（{title}），请在{due}前答复。"),
        Notify("withdraw", Employer, "应聘{number}（{title}）已由本人撤回。"),
        Notify("invite", Person, "您的应聘{number}（{title}）：单位约您见面，请查看时间地点。"),
        Notify("accept", Person, "您的应聘{number}（{title}）：单位决定录用您，请查看。"),
        Notify("decline", Person, "您的应聘{number}（{title}）：单位没有录用，请查看原因。"),
        Notify("place_taken", Person, "您的应聘{number}（{title}）：名额已满。"),
        Notify("ended", Person, "您的应聘{number}（{title}）：招聘已经结束。"),
        Notify("unanswered", Person, "您的应聘{number}（{title}）：单位到期没有答复，可以看看别的招聘。"),
    )


class Enrolment(Procedure):
    """Somebody enrols for a course, or waits for a place. Whether they came is kept for the course, nothing else."""

    title = "报名"
    detail = "wages.Reply"
    standing = ()
    counted = False
    party_first = True

    enrolled = Stage("已报名", owner=Organiser, limit=Limit("wages.enrolment", then="unmarked"))
    waiting = Stage(
        "排队等候",
        owner=Organiser,
        limit=Limit("wages.enrolment", then="not_placed"),
        plain="名额满了，正在排队",
    )
    attended = Final("参加了", answers=True)
    absent = Final("没有参加", answers=True)
    unplaced = Final("没有排上", plain="没有排到名额", answers=True)
    cancelled = Final("培训已取消", plain="培训取消了，原因请问主办方", answers=True)
    unsaid = Final("没有记录")
    withdrawn = Final("已撤回", outcome="withdrawn")

    enrol = Opening(
        "报名",
        enrolled,
        by=Anyone(),
        form=forms.Enrol,
        effects=[replies.enrol],
        offered=False,
        plain="已报上名",
    )
    queue = Opening(
        "排队",
        waiting,
        by=Anyone(),
        form=forms.Enrol,
        effects=[replies.queue],
        offered=False,
        plain="已排上队",
    )
    place = Action("排到名额", waiting >> enrolled, by=Rule(), effects=[replies.seat])
    came = Action("参加了", enrolled >> attended, by=(Organiser, Holder(*STAFF)))
    missed = Action("没有参加", enrolled >> absent, by=(Organiser, Holder(*STAFF)))
    not_placed = Action("没有排上", waiting >> unplaced, by=(Rule(), Clock()))
    called_off = Action("培训取消", (enrolled | waiting) >> cancelled, by=Rule())
    unmarked = Action("没有记录", enrolled >> unsaid, by=(Clock(), Rule()))
    withdraw = Action("撤回报名", (enrolled | waiting) >> withdrawn, by=Person, effects=[replies.withdrawn])

    notices = (
        Notify("enrol", Organiser, "有人报名（{title}）。"),
        Notify("withdraw", Organiser, "报名{number}（{title}）已由本人撤回。"),
        Notify("place", Person, "您的报名{number}（{title}）排到名额了，请按时参加。"),
        Notify("not_placed", Person, "您的报名{number}（{title}）没有排到名额。"),
        Notify("called_off", Person, "您的报名{number}（{title}）：培训取消了。"),
    )


PROCEDURES = (Vacancy, Course, Application, Enrolment)
PARAMS = (
    Param("wages.posting_look", "3wd", title="招聘、培训发布前核对", source=OWN, confirmed=False),
    Param("wages.posting", "180d", title="招聘、培训最长展示", source=OWN, confirmed=False),
    Param("wages.course", "180d", title="报名截止后到培训结束", source=OWN, confirmed=False),
    Param("wages.reply", "14d", title="单位答复应聘", source=OWN, confirmed=False),
    Param("wages.enrolment", "400d", title="培训报名最长保留", source=OWN, confirmed=False),
    Param("wages.replies_kept", "90d", title="应聘、报名办结后个人信息保存", source=OWN, confirmed=False),
)
RULES = (
    AutomatedRule(
        "wages.postings",
        "招满、截止和候补",
        "招满、到期、取消以后，每个应聘、报名的人都有下文，不用一个个去问。",
        "matter",
        "招聘、培训的名额和状态，应聘、报名各到了哪一步。",
        "录用的人数够了，招聘自动停止；其余应聘记为名额已满。有人退出培训，排在最前的候补补上；培训取消或者截止，未排上的得到通知。",
        "录用谁由单位决定；单位可以重新发布，劳动保障部门可以下架。",
        stops=False,
    ),
)
