"""Forms declared once. `from zhili.core.forms import Form, LongText, Place, Files, Personal, FormErrors`."""

from zhili.core.forms.choosing import Choice, MultiChoice, Office, Offices, Rating
from zhili.core.forms.errors import WHOLE_FORM, FormErrors, Invalid
from zhili.core.forms.field import Column, Field
from zhili.core.forms.form import Cleaned, Form
from zhili.core.forms.plain import Bool, Date, DateTime, Decimal, Integer, LongText, Text
from zhili.core.forms.special import Files, Personal, Place

__all__ = [
    "WHOLE_FORM",
    "Bool",
    "Choice",
    "Cleaned",
    "Column",
    "Date",
    "DateTime",
    "Decimal",
    "Field",
    "Files",
    "Form",
    "FormErrors",
    "Integer",
    "Invalid",
    "LongText",
    "MultiChoice",
    "Office",
    "Offices",
    "Personal",
    "Place",
    "Rating",
    "Text",
]
