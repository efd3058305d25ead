"""Draws a procedure as a Mermaid state diagram, which most editors, forges and wikis show as a picture."""

from zhili.base.procedure import Action, Procedure, describe


def mermaid(procedure: type[Procedure]) -> str:
    """The procedure as Mermaid text: a state per stage, an arrow per action, owners and limits in notes.

    The kernel's standing actions are left out: every procedure has them.
    """
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{s.title}" as {s.name}' for s in procedure.own_stages().values()]
    for opening in procedure.openings.values():
        if opening.move.target and not opening.standing:
            lines.append(f"    [*] --> {opening.move.target.name}: {_label(opening)}")
    for action in procedure.actions.values():
        if action.standing:
            continue
        for source in action.move.sources:
            target = action.move.target or source
            lines.append(f"    {source.name} --> {target.name}: {_label(action)}")
    for stage in procedure.own_stages().values():
        if stage.final:
            lines.append(f"    {stage.name} --> [*]")
        elif stage.owner and stage.limit:
            lines.append(f"    note right of {stage.name}: {describe(stage.owner)} · {stage.limit.param}")
    return "\n".join(lines) + "\n"


def _label(action: Action) -> str:
    other = f"，不是{'、'.join(action.not_who)}的人" if action.not_who else ""
    return f"{action.title} ({' / '.join(describe(who) for who in action.by)}{other})"
