"""The components, first half: what is read."""

from __future__ import annotations

from zhili.portal.gallery.shape import Component, Said, Sample

READ = (
    Component(
        "buttons",
        Said("按钮", "Buttons"),
        Said(
            "一页只有一个主按钮。要紧而不可收回的用危险按钮，并请人先勾选“我确定”。",
            "One primary button a page. What cannot be taken back wears the danger button, behind a box to tick.",
        ),
        (
            Sample(
                Said("各种", "Kinds"),
                '<div class="row-actions">\n<button class="btn btn-primary" type="button">报上去</button>\n'
                '<button class="btn btn-plain" type="button">{% icon "printer" %}打印回执</button>\n'
                '<button class="btn btn-quiet" type="button">查一件事</button>\n'
                '<button class="btn btn-danger" type="button">撤回</button>\n</div>',
            ),
            Sample(
                Said("正在送出", "Sending"),
                '<button class="btn btn-primary" type="button" aria-busy="true">报上去</button>',
            ),
        ),
    ),
    Component(
        "states",
        Said("状态和时限", "States and clocks"),
        Said(
            "颜色从不单独说话：每个状态有图形和词。时限由 clock_badge 算，不自己写。",
            "Colour never speaks alone: each state has a drawing and a word. clock_badge works the limit out.",
        ),
        (
            Sample(
                Said("时限", "Clocks"),
                '<div class="row-actions">\n{% clock_badge later %}\n{% clock_badge soon %}\n{% clock_badge past %}\n'
                "{% clock_badge soon waiting=True %}\n{% clock_badge closed_at=now_at %}\n{% clock_badge %}\n</div>",
            ),
            Sample(
                Said("环节", "Stages"),
                '<div class="row-actions">\n{% stage_pill "办理中" %}\n{% stage_pill "已办结" final=True %}\n'
                '{% stage_pill "不予受理" final=True good=False %}\n</div>',
            ),
        ),
    ),
    Component(
        "rows",
        Said("列表行", "Rows"),
        Said(
            "是什么、在哪里、还有多久、谁在办；下一步就在行上。空的列表要有一句话。",
            "What, where, how long left, whose; the next step on the row. An empty list says so in words.",
        ),
        (
            Sample(
                Said("各种时限", "By clock"),
                '<ul class="rows">\n{% matter_line row.soon timed=True %}\n{% matter_line row.over timed=True %}\n'
                "{% matter_line row.fine timed=True %}\n{% matter_line row.wait timed=True %}\n</ul>",
                bare=True,
            ),
            Sample(
                Said("已了结，按先后", "Closed, by age"),
                '<ul class="rows">\n{% matter_line row.done %}\n{% matter_line row.declined %}\n</ul>',
                bare=True,
            ),
            Sample(
                Said("可以选", "To be picked"),
                '<ul class="rows">\n{% matter_line row.soon timed=True pick=True %}\n</ul>',
                bare=True,
            ),
        ),
    ),
    Component(
        "lists",
        Said("列表的三种状态", "The three states of a list"),
        Said(
            "没有内容时教人下一步；正在打开时说一声；没打开时留住原来的，可以再试。htmx 取来的部分自动有后两种。",
            "Nothing yet teaches what next; loading says so; failing keeps what was there and offers to try again."
            " What htmx fetches has the last two by itself.",
        ),
        (
            Sample(
                Said("空", "Empty"),
                '{% include "web/parts/empty.html" with heading="都办完了" text="有新的事会按到期先后排在这里。"'
                ' drawing="circle-check" href="/desk/search" label="去查找" %}',
                bare=True,
            ),
            Sample(Said("正在打开", "Loading"), '{% include "web/parts/waiting.html" %}', bare=True),
            Sample(Said("没打开", "Failed"), '{% include "web/parts/failed.html" with href="#lists" %}'),
        ),
    ),
    Component(
        "sheets",
        Said("纸面和折叠", "Sheets and folds"),
        Said(
            "纸面上用细线分开，不再套框。次要的折起来，要紧的不折。",
            "Hairlines divide a sheet, not more boxes. Fold what is secondary, never what is due.",
        ),
        (
            Sample(
                Said("纸面", "Sheet"),
                '<section class="sheet" aria-labelledby="sheet-sample"><header><h4 id="sheet-sample">办理经过</h4>'
                '<p>每一步都已存证，不能改动</p></header>\n<div class="sheet-pad"><p>正文</p></div></section>',
            ),
            Sample(
                Said("折叠", "Fold"),
                '{% include "web/parts/fold.html" with title="为什么是我们办" text="事发地在本网格。" %}\n'
                '{% include "web/parts/fold.html" with title="为什么是这个时限" text="参数 reports.accept。" open=True %}',
                bare=True,
            ),
            Sample(
                Said("理由", "Reasons"),
                '<ul class="reasons">{% for one in why %}\n<li>{% icon "chevron-right" %}<span>{{ one }}</span></li>'
                "{% endfor %}</ul>",
            ),
        ),
    ),
    Component(
        "facts",
        Said("事实", "Facts"),
        Said("词在左，内容在右；大字时上下排。", "Term left, text right; one below the other in the elder look."),
        (Sample(Said("", ""), '{% include "web/parts/facts.html" with rows=facts %}'),),
    ),
    Component(
        "figures",
        Said("数字、条形、表格", "Figures, bars, tables"),
        Said(
            "数字是链接，点开就是背后的事。快慢旁边总有重办率。图下有一句话，图后有表。",
            "Figures are links to the matters behind them; speed stands beside its reopening rate."
            " A chart has a sentence under it and a table behind it.",
        ),
        (
            Sample(
                Said("数字", "Figures"),
                '<div class="figures">\n{% include "web/parts/figure.html" with number=128 unit="件" title="收到" url="#figures" %}\n'
                '{% include "web/parts/figure.html" with number=119 unit="件" title="已答复" url="#figures" %}\n'
                '{% include "web/parts/figure.html" with number="2.1%" title="重办率" %}\n</div>',
                bare=True,
            ),
            Sample(
                Said("表格和条形", "Table with bars"),
                '<div class="table-wrap" tabindex="0" role="region" aria-label="每月收到和办结"><table class="data">\n'
                "<caption>每月收到和办结；横条按最多的月份算。</caption>\n"
                '<thead><tr><th scope="col">月份</th><th class="bar-cell" scope="col"><span class="sr-only">图</span></th>'
                '<th class="n" scope="col">收到</th><th class="n" scope="col">办结</th></tr></thead>\n<tbody>'
                '<tr><th scope="row">2026-10</th><td class="bar-cell">{% include "web/parts/bar.html" with first=100 second=92 %}'
                '</td><td class="n"><a href="#figures">128</a></td><td class="n">118</td></tr>\n'
                '<tr><th scope="row">2026-11</th><td class="bar-cell">{% include "web/parts/bar.html" with first=61 second=40 %}'
                '</td><td class="n"><a href="#figures">78</a></td><td class="n">51</td></tr></tbody></table></div>',
                bare=True,
            ),
        ),
    ),
    Component(
        "timeline",
        Said("经过", "Timeline"),
        Said("新的在上。每一步都有时间、谁、说了什么；更正过的标出来。", "Newest first. When, who, what was said; what was corrected is marked."),
        (Sample(Said("", ""), '{% include "portal/parts/timeline.html" %}', bare=True),),
    ),
)  # fmt: skip
