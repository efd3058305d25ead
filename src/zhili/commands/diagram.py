"""`zhili diagram`: one procedure as Mermaid text, or one rule over measurements as a sentence."""

from difflib import get_close_matches

import typer


def diagram(name: str) -> int:
    from zhili.base.diagram import mermaid
    from zhili.core.cases import registry
    from zhili.core.signals import registry as signals
    from zhili.core.signals.rules import saying

    procedures, rules = registry.procedures(), signals.rules()
    if name in rules:
        rule = rules[name]
        typer.echo(f"{rule.about.title} [{rule.level}]\n{saying.rule(rule, signals.tuning(rule))}")
        return 0
    if name in procedures:
        typer.echo(mermaid(procedures[name]))
        return 0
    known = [*procedures, *rules]
    near = get_close_matches(name, known, n=1)
    hint = f" 是不是 {near[0]}？ Did you mean {near[0]}?" if near else ""
    typer.secho(f"没有流程或规则 {name}。 No procedure or rule {name}.{hint}", fg="red", err=True)
    typer.echo("\n".join(sorted(known)), err=True)
    return 1
