"""`zhili triage`: learn from what offices decided, and tell how well. It suggests with reasons and never decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from zhili.core.cases.triage.model import Model

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)
NAMES = {
    "model": "模型 model",
    "keywords": "只看分类名称和关键词 keywords",
    "majority": "总猜最多的一类 majority",
}


@app.callback()
def group() -> None:
    """分类建议与可能重复。 Suggested categories and likely duplicates."""


@app.command()
def train(
    scenario: Annotated[str, typer.Option(help="场景 scenario")] = "citizen_reports",
    file: Annotated[
        Path | None, typer.Option(help="另外学一个 CSV also learn from a CSV", exists=True, dir_okay=False)
    ] = None,
    text: Annotated[str, typer.Option(help="内容所在的列 column of the text")] = "text",
    label: Annotated[
        str, typer.Option(help="分类（代码或名称）所在的列 column of the category")
    ] = "category",
    title: Annotated[str, typer.Option(help="标题所在的列，没有就不填 column of the title")] = "",
    only_try: Annotated[
        bool, typer.Option("--try", help="只用这个文件试算，不保存 figures of the file alone, nothing kept")
    ] = False,
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 2026,
) -> None:
    """向核定过的事项学习；太少时说明原因、保留原有模型。 Learn from decided matters; with too few nothing changes."""
    from django.utils import timezone

    from zhili.core.cases import registry
    from zhili.core.cases.triage import teaching
    from zhili.core.cases.triage.training import TooFew

    if scenario not in registry.scenarios():
        raise typer.BadParameter("、".join(registry.scenarios()), param_hint="--scenario")
    if only_try and file is None:
        raise typer.BadParameter("请同时给出 --file needs --file", param_hint="--try")
    try:
        with console.status("正在学习… Learning…"):
            rows = list(teaching.from_file(file, text, label, title)) if file else []
            now = timezone.now()
            found = (
                teaching.learn_only(rows, now, seed=seed)
                if only_try
                else teaching.learn(scenario, rows, now, seed=seed)
            )
    except (TooFew, teaching.BadFile) as reason:
        console.print(f"[yellow]{reason}[/]")
        raise typer.Exit(1) from None
    _show(found)
    if only_try:
        console.print("只是试算，没有保存。 Only tried, nothing was kept.")
        return
    console.print(
        f"已保存：{teaching.keep(scenario, found)}。网站几秒内改用新模型。 Kept; in force within seconds."
    )


@app.command()
def report(scenario: Annotated[str, typer.Option(help="场景 scenario")] = "citizen_reports") -> None:
    """现用的模型：何时学的、多准；建议被采纳多少（按分类）。 The model in force, and how often it was followed."""
    from zhili.core.cases.triage import keeping

    found = keeping.model(scenario)
    if found is None:
        console.print(
            "还没有模型，因此不给出建议；学习用 zhili triage train。 No model yet, so nothing is suggested."
        )
    else:
        _show(found)
    _show_followed(scenario)


def _show(model: Model) -> None:
    about = model.about
    console.print(f"学习时间 learned at {about['at']}，模型 {model.stamp}")
    console.print(
        f"核定过的事项 decided matters {about['matters']:,}；另读未核定 undecided {about['background']:,}；"
        f"分类 categories {len(model.labels)}，不满数未学 too rare {about['left_out']:,} 件；"
        f"略去人名 names left out {about['names_left_out']:,} 处；字词 pieces {about['pieces']:,}"
    )
    table = Table(
        title=f"未学过的事项上 on matters held back（{about['folds']} 折 × {about['rounds']}，种子 {about['seed']}）"
    )
    for heading in ("", "准确率 accuracy", "宏 F1 macro"):
        table.add_column(heading)
    for name, figures in about["figures"].items():
        cells = [f"{figures[key][0]:.3f} ± {figures[key][1]:.3f}" for key in ("accuracy", "macro_f1")]
        table.add_row(NAMES.get(name, name), *cells)
    console.print(table)
    if model.floor > 1:
        console.print(
            "没有一种把握程度够准，因此不给出建议。 No confidence is right often enough: nothing is suggested."
        )
        return
    said, right = f"{about['spoken']:.0%}", f"{about['right_when_spoken']:.0%}"
    console.print(f"把握不低于 {model.floor:.2f} 才给出建议：占 {said} 的事项，其中 {right} 与核定一致。")
    console.print(f"Suggests from confidence {model.floor:.2f} on: {said} of matters, {right} of them right.")


def _show_followed(scenario: str) -> None:
    from django.db.models import Sum

    from zhili.core.cases.models import Followed
    from zhili.core.cases.routing import directory

    rows = (
        Followed.objects.filter(scenario=scenario)
        .values("category")
        .annotate(n=Sum("given"), so=Sum("followed"))
    )
    if not rows:
        console.print("还没有核定与建议可比。 Nothing was decided yet since there is a model.")
        return
    table = Table(title="核定与建议一致 decided as suggested（按分类 by category）")
    for heading in ("建议 suggested", "件 matters", "一致 followed", ""):
        table.add_column(heading)
    for row in rows.order_by("-n"):
        name = (
            directory().names.get((scenario, row["category"]), row["category"]) or "（没有建议 nothing said）"
        )
        share = f"{row['so'] / row['n']:.0%}" if row["category"] else ""
        table.add_row(name, f"{row['n']:,}", f"{row['so']:,}" if row["category"] else "", share)
    console.print(table)
