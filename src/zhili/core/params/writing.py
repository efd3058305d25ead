"""Changing parameters: dated, never overlapping, the former value closed and kept."""

import math
from datetime import date, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.params.cache import forget
from zhili.core.params.declarations import OFFICE, Param, declared, find, split_key, unit_of
from zhili.core.params.models import Parameter

ALWAYS: Final = date(1949, 10, 1)  # defaults hold from a day before anything this product may be asked about
BY_DEFAULT: Final = "默认值"


class ParamRefused(ValueError):
    """A change that cannot be made; str(error) says why, for the person who asked."""


def sync() -> int:
    """Writes declared defaults that are missing, follows those a new version changed; gives the rows written.

    A value somebody set is never touched. A changed default holds from today on; the former one is closed, so
    that running clocks and old timelines keep theirs.
    """
    with transaction.atomic():
        _lock("sync")
        rows: dict[str, list[Parameter]] = {}
        for row in Parameter.objects.filter(key__in=declared()).order_by("valid_from"):
            rows.setdefault(row.key, []).append(row)
        missing = [_default(param, ALWAYS) for key, param in declared().items() if key not in rows]
        # Another machine may be starting at this moment.
        Parameter.objects.bulk_create(missing, ignore_conflicts=True)
        followed = sum(_follow(declared()[key], kept[-1]) for key, kept in rows.items())
        _forget_now_and_after()
    return len(missing) + followed


def set_value(
    key: str,
    value: str,
    valid_from: date,
    actor_id: int | None = None,
    *,
    source: str | None = None,
    article: str | None = None,
    confirmed: bool = True,
    note: str = "",
) -> Parameter:
    """The value that holds from a day on, until the next dated one if there is one; closes the former.

    Source and article are the former row's when not given. A value set for a day that has not come yet may be
    set again for that day; one already in force may not (clocks run under it). Raises ParamRefused.
    """
    value = value.strip()
    with transaction.atomic():
        _lock(key)
        rows = list(Parameter.objects.filter(key=key).order_by("valid_from"))
        param = find(key)
        if param is None and not rows:
            raise ParamRefused(_("没有名为“%(key)s”的参数") % {"key": key})
        if OFFICE in key and (param is None or not param.by_office or split_key(key)[1] is None):
            raise ParamRefused(_("参数“%(key)s”由全市统一规定，单位不能另定") % {"key": key})
        check_value(key, value, param.default if param else rows[-1].value)
        before = [row for row in rows if row.valid_from < valid_from]
        same = next((row for row in rows if row.valid_from == valid_from), None)
        after = next((row for row in rows if row.valid_from > valid_from), None)
        if same and same.valid_from <= timezone.localdate():
            raise ParamRefused(
                _("参数“%(key)s”自%(day)s起的取值已经生效，不能改写；请另定生效日期")
                % {"key": key, "day": valid_from.isoformat()}
            )
        former = same or (before[-1] if before else None)
        row = same or Parameter(
            key=key, valid_from=valid_from, title=param.title if param else rows[-1].title
        )
        if before:
            Parameter.objects.filter(pk=before[-1].pk).filter(
                Q(valid_to=None) | Q(valid_to__gt=valid_from)
            ).update(valid_to=valid_from)
        row.value, row.unit = value, unit_of(value)
        row.valid_to = after.valid_from if after else None
        row.source = source if source is not None else _former_text(former, param, "source")
        row.article = article if article is not None else _former_text(former, param, "article")
        row.confirmed, row.note, row.set_by_id, row.set_at = confirmed, note, actor_id, timezone.now()
        row.save()
        _forget_now_and_after()
    return row


def _former_text(former: Parameter | None, param: Param | None, name: str) -> str:
    return str(getattr(former or param, name, ""))


def check_value(key: str, value: str, example: str) -> None:
    """A time limit stays a time limit, a number a number: a slip here would stop every intake. Raises ParamRefused."""
    words = ""
    if not value or len(value) > 200:
        words = _("参数“%(key)s”的取值应为1到200个字符")
    elif unit_of(example) and not unit_of(value):
        words = _(
            "参数“%(key)s”应为时限，如 15d（日）、5wd（工作日）、4wh（工作小时）、30min（分钟）、2h（小时）"
        )
    elif _is_number(example) and not _is_number(value):
        words = _("参数“%(key)s”应为数字")
    if words:
        raise ParamRefused(words % {"key": key})
    param = find(key)
    if param is not None and not _within(param, value):
        raise ParamRefused(
            _("参数“%(key)s”应在%(low)s到%(high)s之间")
            % {
                "key": key,
                "low": "-∞" if param.low is None else f"{param.low:g}",
                "high": "∞" if param.high is None else f"{param.high:g}",
            }
        )


def _within(param: Param, value: str) -> bool:
    low = param.low is None or float(value) >= param.low
    return low and (param.high is None or float(value) <= param.high)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _default(param: Param, valid_from: date) -> Parameter:
    return Parameter(
        key=param.key,
        value=param.default,
        unit=param.unit,
        valid_from=valid_from,
        title=param.title,
        source=param.source,
        article=param.article,
        confirmed=param.confirmed,
        note=BY_DEFAULT,
    )


def _follow(param: Param, last: Parameter) -> bool:
    """Brings the last row up to a changed declaration, if no person set it."""
    if last.set_by_id is not None or last.note != BY_DEFAULT:
        return False
    fresh = _default(param, timezone.localdate())
    if last.value == fresh.value:
        told = ("title", "source", "article", "confirmed")
        if all(getattr(last, name) == getattr(fresh, name) for name in told):
            return False
        Parameter.objects.filter(pk=last.pk).update(**{name: getattr(fresh, name) for name in told})
        return True
    fresh.valid_from = max(fresh.valid_from, last.valid_from + timedelta(days=1))
    Parameter.objects.filter(pk=last.pk).update(valid_to=fresh.valid_from)
    fresh.save()
    return True


def _lock(name: str) -> None:
    """One writer per key until the transaction ends; locking its rows would not hold back a new row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"zhili.params:{name}"])


def _forget_now_and_after() -> None:
    forget()  # for the rest of this transaction
    transaction.on_commit(forget)  # a thread may have read the old rows in between
