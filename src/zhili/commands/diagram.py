"""`zhili diagram`: one procedure as Mermaid text."""

from difflib import get_close_matches

import typer


def diagram(name: str) -> int:
    from zhili.base.diagram import mermaid
    from zhili.core.cases import registry

    known = registry.procedures()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f" 是不是 {near[0]}？ Did you mean {near[0]}?" if near else ""
        typer.secho(f"没有流程 {name}。 No procedure {name}.{hint}", fg="red", err=True)
        typer.echo("\n".join(sorted(known)), err=True)
        return 1
    typer.echo(mermaid(known[name]))
    return 0
