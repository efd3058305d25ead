"""What is wrong with what somebody filled in, field by field, in words they can act on."""

from collections.abc import Iterable, Mapping

WHOLE_FORM = "_form"
"""Key of a message that belongs to no single field."""


class Invalid(Exception):
    """One field was refused. Carries finished sentences in the reader's language."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = list(messages)


class FormErrors(ValueError):
    """A form was refused: `errors` maps a field's name (or WHOLE_FORM) to one or more sentences."""

    def __init__(self, errors: Mapping[str, Iterable[str]]) -> None:
        self.errors: dict[str, list[str]] = {name: list(messages) for name, messages in errors.items()}
        super().__init__("; ".join(f"{name}: {' '.join(found)}" for name, found in self.errors.items()))
