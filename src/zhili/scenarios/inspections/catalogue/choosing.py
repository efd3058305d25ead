"""What may be picked on the forms: scenarios in use, items in force. One query each, short lists."""

from __future__ import annotations

from zhili.scenarios.inspections.models import Entry, Scene


def scenes() -> list[tuple[str, str]]:
    return list(Scene.objects.filter(active=True).order_by("group", "code").values_list("code", "title"))


def items() -> list[tuple[str, str]]:
    found = Entry.objects.filter(state="in_force").order_by("code")
    return [(code, f"{code} {title}") for code, title in found.values_list("code", "title")]
