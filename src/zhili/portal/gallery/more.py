"""The components, second half: what is pressed, filled in and waited for; and the words of the interface."""

from __future__ import annotations

from zhili.portal.gallery.shape import Component, Said, Sample

DONE = (
    Component(
        "tabs",
        Said("标签页和筛选", "Tabs and filters"),
        Said(
            "标签页是链接，带件数，件数与列表一致。筛选不用脚本也能用。",
            "Tabs are links with counts that agree with the list. Filters work without scripts.",
        ),
        (
            Sample(Said("标签页", "Tabs"), '{% include "web/parts/tabs.html" %}', bare=True),
            Sample(
                Said("筛选", "Filters"),
                '<form class="filter-row" method="get" action="/design">\n'
                '<label class="grow"><span class="sr-only">编号、内容或地址</span>'
                '<input type="search" name="q" placeholder="编号、内容或地址"></label>\n'
                '<label><span class="sr-only">类别</span><select name="category">{% options options "all" %}</select></label>\n'
                '<button class="btn btn-plain" type="submit">筛选</button></form>',
                bare=True,
            ),
            Sample(
                Said("翻页", "Pages"),
                '{% include "web/parts/more.html" with next="#tabs" first="#tabs" %}',
                bare=True,
            ),
        ),
    ),
    Component(
        "messages",
        Said("消息", "Messages"),
        Said("说发生了什么、保存了什么、接下来做什么。不用感叹号。", "What happened, what was kept, what to do next. No exclamation marks."),
        (
            Sample(
                Said("四种", "Four kinds"),
                '<div class="stack-tight">\n'
                '{% include "web/parts/note.html" with kind="good" drawing="circle-check" text="已收到，留存后谁也改不了。" %}\n'
                '{% include "web/parts/note.html" with kind="lake" text="正在按您现在的位置找附近的事。" %}\n'
                '{% include "web/parts/note.html" with kind="soon" drawing="alarm-clock" text="还剩 2 小时，请尽快受理。" %}\n'
                '{% include "web/parts/note.html" with kind="bad" drawing="circle-alert" text="没有送出去：网络不通。您填的内容都在。" %}\n'
                "</div>",
            ),
            Sample(
                Said("进度", "Progress"),
                '{% include "web/parts/progress.html" with text="正在上传，已 40%" share=40 %}',
            ),
        ),
    ),
    Component(
        "fields",
        Said("表单", "Forms"),
        Said(
            "表单声明一次（core.forms），网页、接口、离线和表格都由它来。个人信息的每一项都写明谁会看到。",
            "A form is declared once (core.forms) for page, API, offline use and spreadsheets."
            " Each personal field says who will see it.",
        ),
        (
            Sample(
                Said("各种问题", "Questions"),
                '<form class="form" method="get" action="/design" novalidate>\n{% render_form bound %}\n'
                '<div class="row-actions"><button class="btn btn-primary" type="submit">送出</button></div></form>',
            ),
            Sample(
                Said("有误", "With faults"),
                '{% error_summary wrong %}\n<form class="form" method="get" action="/design" novalidate>{% for one in wrong %}'
                "{% if one.errors %}{{ one }}{% endif %}{% endfor %}</form>",
            ),
            Sample(
                Said("错误汇总，不是声明的表单", "Summary for other forms"),
                '{% include "web/parts/error_summary.html" with heading="还查不到" errors=errors %}',
            ),
            Sample(
                Said("要确认的一步", "A step to be sure of"),
                '<form class="form" method="get" action="/design"><label class="form-check">'
                '<input class="checkbox" type="checkbox" name="sure"> <span>我确定要“撤回”，之后不能恢复</span></label>\n'
                '<div class="row-actions"><button class="btn btn-danger" type="submit">撤回</button></div></form>',
            ),
        ),
    ),
    Component(
        "dialog",
        Said("就地展开，代替弹窗", "Unfolding in place, instead of dialogs"),
        Said(
            "没有弹窗：一步的表单在它的位置展开，键盘和读屏都走得到，不用脚本也能用。",
            "There are no dialogs: a step's form unfolds where it stands, reachable by keys and readers, without scripts.",
        ),
        (
            Sample(
                Said("一步", "A step"),
                '<details class="act"><summary>{% icon "chevron-right" %}<span>办结答复</span>'
                '<span class="hint">报事人会收到</span></summary>\n<div><p>这里是这一步的表单。</p></div></details>',
                bare=True,
            ),
        ),
    ),
    Component(
        "uploads",
        Said("上传", "Uploads"),
        Said("选了就传，每张有自己的进度；不用脚本时随表单一起传。", "Sent as soon as chosen, each with its progress; without scripts they go with the form."),
        (
            Sample(
                Said("各种状态", "States"),
                '<ul class="uploads">\n<li class="upload"><span class="upload-picture"></span><span class="upload-name">井盖.jpg</span>'
                '<button class="btn btn-quiet upload-remove" type="button">去掉</button><progress max="100" value="60" aria-label="井盖.jpg"></progress></li>\n'
                '<li class="upload upload-failed"><span class="upload-picture"></span><span class="upload-name">夜里.jpg：没有传上去，请重试</span>'
                '<button class="btn btn-quiet upload-remove" type="button">去掉</button></li>\n</ul>',
            ),
        ),
    ),
    Component(
        "map",
        Said("地图", "Maps"),
        Said(
            "自己的边界，底色很淡，事是唯一的重颜色；旁边总有列表或地址。快看到时才取，取不到时说一声。",
            "Our own boundaries, muted; matters are the only strong colour; a list or an address always beside."
            " Fetched when near, and it says so when it cannot be had.",
        ),
        (
            Sample(
                Said("一个地点", "One place"),
                '<div class="map map-show" data-map="show" data-lon="120.755000" data-lat="30.747000" data-label="地点">'
                '<p class="map-words">正在打开地图</p></div>',
            ),
        ),
    ),
)  # fmt: skip

WORDS = (
    (Said("已收到，留存后谁也改不了", "Received and kept; nobody can alter it"), Said("已进入流转环节", "Has entered circulation")),
    (Said("正在办，建设街道办事处", "In hand: Jianshe sub-district"), Said("相关部门处理中", "Being processed by relevant departments")),
    (Said("等您补充", "Waiting for you"), Said("用户待响应", "Pending user response")),
    (Said("已办好", "Done"), Said("工单已闭环", "Ticket closed-loop")),
    (Said("不能办，因为……；您可以提出异议", "Declined, because …; you may contest it"), Said("不予受理", "Rejected")),
    (Said("还剩 2 小时 / 已超 1 天", "2 hours left / 1 day over"), Said("SLA 剩余 0.08", "SLA remaining 0.08")),
    (Said("没有送出去：网络不通。您填的内容都在。", "Not sent: no connection. What you typed is still here."), Said("提交失败，请重试！", "Error! Please retry!")),
)  # fmt: skip
"""What we say, and what we do not say in its place."""
