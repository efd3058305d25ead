"""Moments and spans of time as a clerk would say them."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from zhili.base.calendar import Duration
from zhili.base.codes import CodeError

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def moment(at: datetime | None) -> str:
    """``2026年11月21日 15:04`` in Chinese, ``21 November 2026, 15:04`` in English; local time of the site."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    if (get_language() or "zh").startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return date_format(local, "j F Y, H:i")


def deadline(at: datetime | None) -> str:
    """A limit that ends with a day is said so: 11月23日 24:00, not the next day's midnight."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    if (local.hour, local.minute) != (0, 0):
        return moment(at)
    return gettext("%(day)s 24:00") % {"day": day(at - timedelta(minutes=1))}


def day(at: date | None) -> str:
    """The day alone, in the same manner."""
    if at is None:
        return ""
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    if (get_language() or "zh").startswith("zh"):
        return f"{local.year}年{local.month}月{local.day}日"
    return date_format(local, "j F Y")


def span(length: timedelta) -> str:
    """A length in its one largest useful unit, rounded down: 3 天, 2 小时, 5 分钟."""
    if length >= DAY:
        return ngettext("%(n)s 天", "%(n)s 天", n := length // DAY) % {"n": n}
    if length >= HOUR:
        return ngettext("%(n)s 小时", "%(n)s 小时", n := length // HOUR) % {"n": n}
    n = max(1, length // timedelta(minutes=1))
    return ngettext("%(n)s 分钟", "%(n)s 分钟", n) % {"n": n}


def duration(length: Duration) -> str:
    """A declared duration in words: 15 天, 5 个工作日."""
    n = length.amount
    units = {
        "min": ngettext("%(n)s 分钟", "%(n)s 分钟", n),
        "h": ngettext("%(n)s 小时", "%(n)s 小时", n),
        "wh": ngettext("%(n)s 个工作小时", "%(n)s 个工作小时", n),
        "d": ngettext("%(n)s 天", "%(n)s 天", n),
        "wd": ngettext("%(n)s 个工作日", "%(n)s 个工作日", n),
    }
    return units[length.unit] % {"n": n}


def time_left(due: datetime, now: datetime | None = None) -> str:
    """还剩 2 小时, or 已超 1 天 once it is past."""
    rest = due - (now or timezone.now())
    if rest < timedelta(0):
        return gettext("已超 %(span)s") % {"span": span(-rest)}
    return gettext("还剩 %(span)s") % {"span": span(rest)}


def ago(at: datetime, now: datetime | None = None) -> str:
    """刚刚, 3 小时前, and from a week on the day itself."""
    passed = (now or timezone.now()) - at
    if passed < timedelta(minutes=1):
        return gettext("刚刚")
    if passed > 7 * DAY:
        return day(at)
    return gettext("%(span)s前") % {"span": span(passed)}


def fault_of(error: CodeError) -> str:
    """What is wrong with a code, in the reader's language."""
    return gettext(error.text) % error.parts if error.parts else gettext(error.text)
