"""How these tests ask what a form said."""

from typing import Any

import pytest

from zhili.core.forms import Form, FormErrors


def errors_of(form: type[Form], data: Any, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(FormErrors) as refused:
        form.validate(data, **options)
    return refused.value.errors


def message(form: type[Form], name: str, value: Any) -> str:
    """The one sentence said about one field."""
    (only,) = errors_of(form, {name: value, "agreed": True})[name]
    return only


def kept(form: type[Form], name: str, value: Any) -> Any:
    """What is kept of one answer; None when it counts as unanswered."""
    cleaned = form.validate({name: value, "agreed": True})
    return cleaned.personal.get(name, cleaned.values.get(name))
