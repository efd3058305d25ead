"""Engineers' view: every value ever set is shown, a new one is added with its date, none is edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from zhili.core.params.models import CalendarDay, Parameter
from zhili.core.params.writing import ParamRefused, set_value


class NewValue(forms.ModelForm):
    """A dated value. `set_value` runs while the form is checked: a refusal then stands beside the field."""

    actor_id: int | None = None

    class Meta:
        model = Parameter
        fields = ["key", "value", "valid_from", "source", "article", "confirmed", "note"]

    def clean(self) -> dict[str, Any]:
        filled = self.cleaned_data
        if not self.errors:
            told = {name: filled[name] for name in ("source", "article") if filled[name]}
            told |= {name: filled[name] for name in ("confirmed", "note")}
            try:
                written = set_value(
                    filled["key"], filled["value"], filled["valid_from"], self.actor_id, **told
                )
            except ParamRefused as error:
                self.add_error("value", str(error))
            else:
                self.instance = written
        return filled

    def _post_clean(self) -> None:
        """`set_value` has kept the rules; Django's own check would find the row it has just written."""


@admin.register(Parameter)
class ParameterAdmin(admin.ModelAdmin):
    form = NewValue
    list_display = ["key", "title", "value", "valid_from", "valid_to", "source", "article", "confirmed"]
    list_filter = ["confirmed", ("valid_to", admin.EmptyFieldListFilter)]
    search_fields = ["key", "title", "source"]

    def has_change_permission(self, request: HttpRequest, obj: Parameter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Parameter | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"actor_id": request.user.pk})

    def save_model(self, request: HttpRequest, obj: Parameter, form: Any, change: bool) -> None:
        """Written already, in the transaction of this request."""


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ["date", "working", "note"]
    list_filter = ["working"]
    date_hierarchy = "date"
