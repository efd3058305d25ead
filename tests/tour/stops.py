"""Where the tour stops: who looks, at which address, on what, and one sentence on what they see and do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.tour import doing

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SCREEN = {"width": 1920, "height": 1080}
REPORT = "/new/citizen_reports.report/report"
WHAT = "路口的窨井盖翘起来了，晚上没有灯，骑车容易摔"


@dataclass(frozen=True)
class Stop:
    """One picture. ``who``: a demo account, "" for a stranger. ``then``: what is done on the page before looking."""

    name: str
    who: str
    address: str
    size: dict[str, int]
    title: tuple[str, str]
    says: tuple[str, str]
    then: Callable[[Page], None] | None = None
    look: str = "light"
    language: str = "zh-hans"
    seen: str = ""
    """A selector that must be there before the picture is taken."""


@dataclass(frozen=True)
class Chapter:
    title: tuple[str, str]
    says: tuple[str, str]
    stops: tuple[Stop, ...] = field(default=())


def first_matter(page: Page) -> None:
    """Open the first matter of the list."""
    page.locator(".row-title").first.click()
    page.wait_for_load_state()


def fill_in(page: Page) -> None:
    """Half a report: what, and where."""
    page.get_by_label("发生了什么").fill(WHAT)
    position = page.get_by_role("button", name="用我现在的位置")
    if position.count():
        position.first.click()
        expect(page.get_by_text("已用您现在的位置")).to_be_visible()
    page.get_by_label("发生了什么").scroll_into_view_if_needed()


def report_it(page: Page) -> None:
    """A whole report, to its receipt."""
    fill_in(page)
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/done/*")


def read_it(page: Page) -> None:
    """From the receipt to the matter."""
    report_it(page)
    page.get_by_role("link", name="看这件事").click()
    page.wait_for_url("**/c/*")


def unfold(page: Page) -> None:
    """Open the first fold of the main part."""
    page.locator("main details > summary").first.click()


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        ("居民：用手机报一件事", "A resident reports from a phone"),
        (
            "不用登录，不用下载。写一句，拍一张，标个位置，就有编号。",
            "No sign-in, no app. A sentence, a photo, a place, and there is a number.",
        ),
        (
            Stop("home", "", "/", PHONE, ("首页", "Home"), ("说清怎么报、报上来以后怎样、最近办得怎样。", "How to report, what happens then, and how it has been going lately.")),
            Stop("report", "", REPORT, PHONE, ("报事", "Reporting"), ("写一句、用现在的位置、加照片；附近有一样的事会先给您看。", "A sentence, the place where one stands, photos; a matter like it nearby is shown first."), fill_in),
            Stop("receipt", "", REPORT, PHONE, ("回执", "The receipt"), ("编号和查询码，可以复制、打印、扫码；记录谁也改不了。", "The number and the code, to copy, print or scan; nobody can alter what is kept."), report_it),
            Stop("case", "", REPORT, PHONE, ("这件事", "The matter"), ("现在到哪一步、谁在办、还有多久；下面是每一步的经过和您的权利。", "What stage, who has it, how long is left; below, every step, and what one may ask for."), read_it),
            Stop("elder", "", "/", PHONE, ("大字", "Large type"), ("适老化：字号 22，对比 7:1 以上，一栏到底，按钮更大。", "For older eyes: 22 px, contrast above 7:1, one column, larger targets."), look="elder"),
            Stop("english", "", "/", PHONE, ("英文", "English"), ("全部页面都有英文。", "Every page is there in English."), language="en"),
            Stop("track", "", "/track", PHONE, ("查一件事", "Looking one up"), ("用编号查；匿名报的，再加查询码。", "By its number; anonymous ones with their code.")),
            Stop("sign-in", "", "/accounts/phone/", PHONE, ("手机验证码登录", "Sign-in by phone code"), ("不登录也能报；登录只为把自己的事放在一处。", "Reporting needs no sign-in; it only keeps one's own matters together.")),
            Stop("my", "resident", "/my", PHONE, ("我的事", "My matters"), ("登录后报过的都在一处。", "Everything reported while signed in, in one place.")),
            Stop("proof", "resident", "/my", PHONE, ("存证凭据", "The receipt that proves it"), ("每一步在存证里的编号；下载一份，谁都能核验，也不怕谁改。", "Each step's number in the record; the file proves them to anybody, whatever becomes of the site."), doing.own_receipt),
            Stop("my-data", "resident", "/my/data", PHONE, ("我的信息", "My data"), ("哪个单位、什么岗位、为哪件事看过我的电话；保存到哪天，可以导出、更正、删除。", "Which office and post looked at my number, and for which matter; kept until when; to copy, correct or delete.")),
            Stop("outbox", "", "/outbox", PHONE, ("等着送出的", "Waiting to be sent"), ("没有网络时报的，先存在这台手机上，有网后自动报上去。", "What was reported without a network waits on this phone and is sent by itself.")),
        ),
    ),
    Chapter(
        ("谁都可以看", "For everybody to read"),
        ("办得怎样，是公开的；每个数字点开就是背后的事。", "How it goes is public; every figure opens to the matters behind it."),
        (
            Stop("map", "", "/map", DESK, ("全市地图", "The city map"), ("公开的事在地图上，旁边总有列表；没有地图也能看。", "Public matters on the map, always with the list beside it; it reads without the map too."), seen=".map-ready, .map-missing"),
            Stop("stats", "", "/stats", DESK, ("办理统计", "Statistics"), ("快慢旁边总是重办率；数字可以自己核对。", "Speed always beside its reopening rate; anyone can check the figures.")),
            Stop("draw", "", "/draw", DESK, ("公开抽签", "Public draws"), ("抽哪些办结的事重查，由公开的数决定，谁都能验。", "Which closed matters are inspected again is drawn from public numbers; anyone can verify it.")),
            Stop("trail", "", "/trail", PHONE, ("存证", "The record"), ("每一步都进一棵只增不减的树；根签名公布，谁都可以留一份，以后拿来比对。", "Every step enters a tree that only grows; its signed root is public, to keep and to compare with later.")),
            Stop("verify", "resident", "/verify", PHONE, ("核验", "Checking a receipt"), ("选一个凭据文件，在自己的浏览器里核验，文件不离开手机。", "A receipt is checked in one's own browser; the file does not leave the phone."), doing.verified),
            Stop("register", "", "/register", DESK, ("公开登记", "The public register"), ("平台自动做什么、装了什么设备、向人要哪些信息，谁负责、到哪天为止。", "What is done by rule, which devices stand where, which data are asked for; who answers for it and until when.")),
        ),
    ),
    Chapter(
        ("网格员：一张清单", "A grid worker: one list"),
        ("先到期的在前，看到就办好了两下登记；没有信号也能办。", "Due first; found-and-fixed in two taps; works without signal."),
        (
            Stop("grid-desk", "grid", "/desk", PHONE, ("待办", "To do"), ("最先到期的在最上面，下一步就在行上。", "The most urgent on top, the next step on the row.")),
            Stop("grid-fixed", "grid", "/desk", PHONE, ("即查即改", "Found and fixed"), ("路上看到、顺手办好，点两下就登记完。", "Seen on the way and dealt with: two taps and it is kept."), unfold),
            Stop("grid-case", "grid", "/desk", PHONE, ("办一件事", "Handling"), ("现在该做什么在最上面，经过在下面。", "What to do now on top, what happened below."), first_matter),
            Stop("pocket", "grid", "/desk/pocket", PHONE, ("随身待办", "The pocket desk"), ("把待办带在手机上，没有信号也能受理、拍照、办结。", "The list carried along: accept, photograph and finish without signal.")),
        ),
    ),
    Chapter(
        ("单位：工作台", "An office: the workbench"),
        ("所有场景一个收件箱；为什么归我、为什么是这个时限，都写着。", "One inbox for all scenarios; why it is ours and why this deadline is always said."),
        (
            Stop("desk", "handler", "/desk", DESK, ("收件箱", "The inbox"), ("件数和列表一致，筛选可以存，键盘可以走完。", "Counts agree with the list, filters are kept, the keyboard is enough.")),
            Stop("desk-case", "handler", "/desk?scenario=citizen_reports", DESK, ("一件事", "A case"), ("上面是下一步，左边是经过，右边是时限、地点、相似的事。", "The next step on top, the history on the left; deadlines, place and similar matters on the right."), first_matter),
            Stop("desk-search", "handler", "/desk/search?q=灯", DESK, ("查找", "Search"), ("查辖区内所有能看的事。", "Everything one may see in one's area.")),
            Stop("mask", "handler", "/desk?q=面包车", DESK, ("打码", "Masking a photo"), ("公开前由人在图上画框，遮住人脸、车牌；原件不动。", "Before a photo is public somebody draws over faces and plates by hand; the original is not touched."), doing.plate_masked),
            Stop("exports", "handler", "/desk/exports", DESK, ("含个人信息的导出", "Exports with personal data"), ("一人申请，另一人审批；限时限次下载，当事人看得到。", "One person asks, another agrees; for a day and three downloads, and those concerned see it.")),
            Stop("deputies", "leader", "/desk/deputies", DESK, ("代理", "Deputies"), ("谁替谁、从哪天到哪天，本单位自己定，每次都留痕。", "Who stands in for whom and until when, set by the office itself, every change kept.")),
            Stop("admin", "admin", "/desk/admin", DESK, ("单位管理", "Administration"), ("岗位、账号、职责清单、参数、日历，都在工作台里改，每一处改动都留痕。", "Posts, accounts, duty list, parameters and calendar, set in the workbench, every change a leaf of the log.")),
            Stop("duties", "admin", "/desk/admin/duties", DESK, ("职责清单", "The duty list"), ("哪一类事、在哪里、归哪个单位；可以先问一问会派给谁。", "Which kind, where, whose; one may ask first where a matter would go.")),
            Stop("design", "leader", "/design", DESK, ("设计系统", "The design system"), ("给写场景的人看：每个部件和它的写法。", "For authors of scenarios: every component and how it is written.")),
        ),
    ),
    Chapter(
        ("单位：物证", "An office: evidence"),
        ("从收进来到发还或处置，每经一次手都留下存证；要给别的单位看，用限时的链接。", "From taking in to return or disposal, every change of hands is a leaf of the record; other offices look by links that end."),
        (
            Stop("evidence", "handler", "/evidence", DESK, ("物证", "What is kept"), ("本单位收进来的东西，在哪个货位、到哪一步、哪天到期。", "What the office has taken in, on which slot, at which stage, due when.")),
            Stop("evidence-plan", "handler", "/evidence/stores", DESK, ("库房平面图", "The plan of the store"), ("哪个架子哪一格放着什么，颜色、符号和文字都说一遍。", "What stands on which shelf, told by colour, sign and words."), doing.store),
            Stop("evidence-item", "handler", "/evidence?q=液化气", DESK, ("一件物证", "An item"), ("经手链：谁、什么时候、为什么、在哪里，每一条都有存证编号。", "The custody chain: who, when, why and where, each with its number in the record."), doing.first_item),
            Stop("scene", "handler", "/evidence/scenes", DESK, ("三维现场", "A scene"), ("在模型里转着看，量出距离，钉上说明；量得多准也写着。", "One walks round the model, measures and pins notes; how exact a length is, is said beside it."), doing.model),
            Stop("share", "handler", "/evidence?q=客厅全景", PHONE, ("共享链接", "A share link"), ("收到链接的单位在手机上看到的：图上有水印，打开一次记一次，到期就打不开。", "What the receiving office sees on a phone: watermarked, each opening recorded, over when the link ends."), doing.as_recipient),
        ),
    ),
    Chapter(
        ("餐饮店：自己查，改好了给大家看", "Places to eat: checking themselves, shown once put right"),
        ("店家扫码自查，设备早发现，改好并复查过的才公开；只看店，不看人。", "Owners check by code, sensors find early, only what passed its recheck is public; about premises, never persons."),
        (
            Stop("catering", "", "/catering", DESK, ("改好了的餐饮店", "What was put right"), ("地图旁边有清单；几天内整改，旁边就是又出现的比例。", "The list beside the map; how much within days, and beside it how often it came back."), seen=".map-ready, .map-missing"),
            Stop("catering-desk", "handler", "/desk/catering", DESK, ("辖区的餐饮店", "Outlets of the ground"), ("谁在自查、哪一家有在办的问题、许可证到哪天，一张清单。", "Which outlets check themselves, where something is open, until when the licence runs: one list.")),
        ),
    ),
    Chapter(
        ("工地：每一天三方确认，工资照确认的天数发", "A building site: each day confirmed by three, wages paid by those days"),
        ("工人、班组长、单位各说一次；少一方的天不进工资表，谁也不能悄悄改。", "Worker, team leader and firm each say so; a day that lacks one of them earns nothing yet, and nobody alters it unseen."),
        (
            Stop("wages-board", "officer", "/desk/wages", PHONE, ("告示牌", "The notice board"), ("谁承包、谁管工资、几号发、到哪里投诉，扫码就看到。", "Who builds, who answers for wages, on which day they are paid, where to complain: by a code at the gate."), doing.notice_board),
            Stop("wages-me", "worker", "/wages/me", PHONE, ("工人自己的考勤", "The worker's days"), ("字大，一天一个“对”或“不对”；说不对的，原话保留，有人来核实。", "Large type, yes or no for each day; a no is kept in its own words and looked into.")),
            Stop("wages-pay", "worker", "/wages/pay", PHONE, ("工人自己的工资", "The worker's wage"), ("多少钱、怎样算出来、依据哪几天、到账没有。", "How much, how it was worked out, from which days, and whether it has arrived.")),
            Stop("wages-day", "foreman", "/desk/wages", PHONE, ("班组长的一天", "The foreman's day"), ("全组一页记完；没有手机的工人在平板上用自己的密码确认。", "The whole crew on one page; who has no phone confirms on the pad with digits of their own."), doing.crew_of_yesterday),
            Stop("wages-sheet", "clerk", "/desk/wages/sheets", DESK, ("工资表", "The wage sheet"), ("只按三方都确认的天数编；每一笔点开是那几天。", "Drawn up from confirmed days only; every amount opens to its days."), doing.first_sheet),
            Stop("wages-cockpit", "handler", "/desk/wages/cockpit", DESK, ("工资总览", "Wages at a glance"), ("哪个项目欠多少、晚几天、缺谁的确认；看项目和单位，不看个人。", "Which project owes how much, how late, and whose word is lacking; projects and firms, never persons.")),
        ),
    ),
    Chapter(
        ("指挥：一屏看全市", "The commander: the whole city on one screen"),
        ("少数几个大数字、一张图、一个队列；任何数字都能点到背后的事。", "A few large figures, one map, one queue; every figure opens to the matters behind it."),
        (
            Stop("screen", "commander", "/screen", SCREEN, ("指挥大屏", "The command screen"), ("新报的事两秒内出现；指标可以从市一路点到网格。", "A new matter appears within two seconds; figures open from the city down to a grid cell."), look="dark", seen=".map-ready, .map-missing"),
            Stop("screen-cases", "commander", "/screen/cases?what=owed", DESK, ("数字背后的事", "Behind a figure"), ("大屏上的每个数字，点开就是这些事。", "Every figure of the screen opens to these matters.")),
            Stop("screen-offices", "commander", "/screen/offices", DESK, ("各单位在办", "By office"), ("哪个单位手里有多少、超时多少，旁边是重办率。", "What each office has in hand and what is late, beside its reopening rate.")),
            Stop("instructions", "commander", "/screen/instructions", DESK, ("指令", "Instructions"), ("下给哪个单位、签收没有、回复了什么。", "To which office, whether receipted, and what it replied.")),
            Stop("duty", "commander", "/screen/duty", DESK, ("值班表", "The duty board"), ("今天哪个单位谁的岗位在值班，电话多少。", "Which post of which office is on duty today, and its telephone.")),
            Stop("screen-phone", "commander", "/screen/phone", PHONE, ("手机上的指挥", "Commanding by phone"), ("主要数字、告警、下达的指令，都在一页。", "The main figures, alarms and instructions on one page.")),
        ),
    ),
)  # fmt: skip
"""In the order one reads them."""
