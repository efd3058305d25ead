"""Who stands in for whom (AB岗): named by the leader or the manager of the office, always with an end, each a leaf.

A deputy acts in the post itself: sees what the post sees and may do what it may do, from the first day named to the
last. What a deputy does is kept as done in that post, with the account that did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Deputy, Post
from zhili.core.people.offices import tree
from zhili.core.trail import changes

MANAGERS = frozenset({"leader", "admin"})
LONGEST = timedelta(days=366)


class DeputyRefused(ValueError):
    """Why somebody cannot stand in, in words; ``field`` is where to mend it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Chair:
    """A post with who sits in it today and who stands in, now or later."""

    post: Post
    holders: list[str]
    deputies: list[Deputy]


def may_manage(actor: Actor, office_id: int) -> bool:
    """Whether an actor names an office's deputies: its leader or manager, or those of an office above. No query."""
    if actor.kind != "post" or not actor.roles & MANAGERS:
        return False
    return any(node.id == actor.office_id for node in tree().chain(office_id))


def chairs(office_id: int) -> list[Chair]:
    """The posts of an office, as its deputies page shows them. Three queries."""
    today = timezone.localdate()
    posts = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), office=office_id)
    posts = posts.order_by("id").prefetch_related("holdings__account")
    standing: dict[int, list[Deputy]] = {}
    running = Deputy.objects.filter(post__office=office_id, valid_to__gt=today).select_related("account")
    for one in running.order_by("valid_from", "id"):
        standing.setdefault(one.post_id, []).append(one)
    found = []
    for post in posts:
        held = [h for h in post.holdings.all() if _runs(h.valid_from, h.valid_to, today)]
        found.append(Chair(post, [h.account.get_short_name() for h in held], standing.get(post.pk, [])))
    return found


def candidates(office_id: int) -> list[tuple[str, str]]:
    """(account id, name and post) of who may be named: staff of this office, above, beside and right below."""
    node = tree().nodes.get(office_id)
    near = {office_id, *tree().children.get(office_id, ())}
    if node is not None and node.parent_id is not None:
        near |= {node.parent_id, *tree().children.get(node.parent_id, ())}
    today = timezone.localdate()
    staff = Account.objects.filter(is_active=True, holdings__post__office__in=near)
    staff = staff.filter(Q(holdings__valid_to=None) | Q(holdings__valid_to__gt=today))
    rows = staff.values_list(
        "id",
        Coalesce(NullIf("display_name", Value("")), "username"),
        "holdings__post__title",
        "holdings__post__office_id",
    )
    # of this office first, then the others
    ordered = sorted(rows.distinct(), key=lambda row: (row[3] != office_id, row[3], row[0]))
    named: dict[str, str] = {}
    for account, name, post, office in ordered:
        where = tree().nodes[office].name if office in tree().nodes else ""
        named.setdefault(str(account), f"{name}（{where} {post}）")
    return list(named.items())


def name_deputy(post: Post, account_id: int, first: date, last: date, reason: str, actor: Actor) -> Deputy:
    """Let an account act in a post from one day to another, both included. Raises DeputyRefused, PermissionDenied."""
    check_manager(actor, post.office_id)
    today = timezone.localdate()
    if first < today:
        raise DeputyRefused("first", _("代理不能从过去的日子开始。"))
    if last < first:
        raise DeputyRefused("last", _("最后一天不能早于第一天。"))
    if post.valid_to is not None and post.valid_to <= last:
        raise DeputyRefused("last", _("这个岗位在那之前停用。"))
    if last - first > LONGEST:
        raise DeputyRefused("last", _("一次代理最长一年；更长的请办理任职。"))
    if str(account_id) not in dict(candidates(post.office_id)):
        raise DeputyRefused("account", _("请从列出的人员中选一位。"))
    end = last + timedelta(days=1)
    if any(_runs(h.valid_from, h.valid_to, first) for h in post.holdings.filter(account=account_id)):
        raise DeputyRefused("account", _("此人本来就任这个岗位，不必代理。"))
    if account_id == actor.account_id:
        raise DeputyRefused("account", _("不能给自己登记代理，请由另一位负责人或上级登记。"))
    with transaction.atomic():
        changes.begin("deputy", post.pk)
        overlapping = Deputy.objects.filter(
            post=post, account=account_id, valid_from__lt=end, valid_to__gt=first
        )
        if overlapping.exists():
            raise DeputyRefused("first", _("这段日子里此人已在代理这个岗位。"))
        made = Deputy.objects.create(
            post=post, account_id=account_id, valid_from=first, valid_to=end, reason=reason
        )
        _leaf("named", made, actor)
    return made


def end_deputy(deputy_id: int, actor: Actor) -> Deputy | None:
    """End a deputy's time as of today; one that has not begun is taken back. None when there is none running."""
    today = timezone.localdate()
    with transaction.atomic():
        found = (
            Deputy.objects.select_for_update(of=("self",)).select_related("post").filter(pk=deputy_id).first()
        )
        if found is None or found.valid_to <= today:
            return None
        check_manager(actor, found.post.office_id)
        _leaf("ended", found, actor)
        if found.valid_from >= today:
            found.delete()
        else:
            found.valid_to = today
            found.save(update_fields=["valid_to"])
    return found


def check_manager(actor: Actor, office_id: int) -> None:
    """Raises PermissionDenied, in words."""
    if not may_manage(actor, office_id):
        raise PermissionDenied(_("代理由本单位审签人或单位管理员登记。"))


def _runs(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or until > day)


def _leaf(done: str, deputy: Deputy, actor: Actor) -> None:
    """The post and the days are public; who stands in is only committed to."""
    office = tree().nodes.get(deputy.post.office_id)
    days = {"from": deputy.valid_from.isoformat(), "to": deputy.valid_to.isoformat()}
    facts = {"office": office.code if office else "", "post": deputy.post.title, **days}
    stand_in = {"account": deputy.account_id, **days}
    told = {"after": stand_in} if done == "named" else {"before": stand_in}
    name = f"{office.name if office else ''} {deputy.post.title}".strip()
    changes.record(
        "deputy",
        done,
        actor,
        key=deputy.post_id,
        name=name,
        office=deputy.post.office_id,
        since=deputy.valid_from if done == "named" else timezone.localdate(),
        reason=deputy.reason,
        facts=facts,
        **told,
    )


def posts_managed(actor: Actor) -> Iterable[int]:
    """Offices whose deputies an actor names, its own first."""
    if actor.office_id is None or not actor.roles & MANAGERS:
        return ()
    return tree().under(actor.office_id)
