"""`zhili retention`: what is to go by schedule, or a round of it now."""

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


def show() -> int:
    """What would go now, what is kept although it is due, and under which parameter and article."""
    from zhili.conf.retention.rules import RULES

    table = Table(title="按期清除 Retention", title_justify="left")
    for heading in ("内容 what", "现在可清除 would go", "留存 kept (held, or under way)", "依据 ground"):
        table.add_column(heading, overflow="fold")
    for rule in RULES:
        going, kept = rule.due()
        table.add_row(rule.title, f"{going:,}", f"{kept:,}", rule.ground())
    console.print(table)
    console.print("传了没用的文件每十分钟清除。 Uploads nobody used go every ten minutes.")
    return 0


def run() -> int:
    """A whole round now."""
    from zhili.conf.retention.schedule import whole_round

    for name, gone in whole_round().items():
        console.print(f"  {name:<10} {gone:,}")
    console.print("已记入存证。 Noted in the trail.")
    return 0
