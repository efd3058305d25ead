"""What the sign-in page must know of this site."""

from django import template

from zhili.core.people import sms

register = template.Library()


@register.simple_tag
def by_phone() -> str:
    """How codes reach a telephone here: "sent", "trial" (written down, nobody's telephone rings) or ""."""
    return "" if not sms.offered() else "trial" if sms.trial() else "sent"
