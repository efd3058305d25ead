"""/desk/admin/offices: the tree of offices one step at a time, and the posts of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from zhili.core.people import deputies, managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import not_over
from zhili.core.people.models import Deputy, Office, Post, PostHolding
from zhili.core.people.offices import Node, tree
from zhili.portal.asked import text_in
from zhili.portal.choosing import LEVEL_TITLES
from zhili.portal.pages.admin import frame, telling

MOST_FOUND = 100


@dataclass(frozen=True)
class Below:
    """An office in a list: how many stand under it, how many of its posts somebody sits in."""

    node: Node
    level: str
    children: int
    posts: int
    empty: int


@dataclass(frozen=True)
class Chair:
    """A post with all who sit in it or will, and who stands in."""

    post: Post
    roles: str
    held: list[PostHolding]
    deputies: list[Deputy]
    coming: bool
    ending: bool


def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The actor's own office; with ``?q=`` the offices below it by name or code."""
    if not frame.manages(actor) or actor.office_id is None:
        raise PermissionDenied(gettext("单位设置由本单位审签人和单位管理员使用。"))
    wanted = text_in(request.GET, "q")
    if not wanted:
        return redirect("admin_office", actor.office_id)
    mine = tree().under(actor.office_id)
    nodes = [tree().nodes[one] for one in mine]
    found = [one for one in nodes if wanted in one.name or one.code.startswith(wanted)][:MOST_FOUND]
    context = {"wanted": wanted, "found": _below(found), "most": MOST_FOUND}
    return frame.show(request, actor, "offices", context)


def office(request: HttpRequest, actor: Actor, office: int) -> HttpResponse:
    """One office: where it stands, its posts, and the offices right below it."""
    node = tree().nodes.get(office)
    if node is None:
        raise Http404
    frame.check_oversees(actor, office)
    mine = set(tree().under(actor.office_id or 0))
    children = [tree().nodes[one] for one in tree().children.get(office, ())]
    context = {
        "office": node,
        "level": gettext(LEVEL_TITLES.get(node.level, "")),
        "kind": Office(kind=node.kind).get_kind_display(),
        "above": [one for one in reversed(tree().chain(office)[1:]) if one.id in mine],
        "chairs": chairs(office),
        "closed": _closed(office),
        "children": _below(sorted(children, key=lambda one: one.code)),
        "may": managing.may_administer(actor, office),
        "may_name": deputies.may_manage(actor, office),
        "me": actor.account_id,
    }
    return frame.show(request, actor, "office", context)


def chairs(office_id: int) -> list[Chair]:
    """The posts of an office that stand or will, with who sits in them. Three queries."""
    today = timezone.localdate()
    posts = list(Post.objects.filter(not_over(today), office=office_id).order_by("id"))
    held: dict[int, list[PostHolding]] = {}
    for one in (
        PostHolding.objects.filter(not_over(today), post__in=posts).select_related("account").order_by("id")
    ):
        held.setdefault(one.post_id, []).append(one)
    standing: dict[int, list[Deputy]] = {}
    for stand_in in Deputy.objects.filter(not_over(today), post__in=posts).select_related("account"):
        standing.setdefault(stand_in.post_id, []).append(stand_in)
    return [
        Chair(
            post,
            telling.roles(post.roles),
            held.get(post.pk, []),
            standing.get(post.pk, []),
            post.valid_from > today,
            post.valid_to is not None,
        )
        for post in posts
    ]


def _closed(office_id: int) -> list[Post]:
    return list(
        Post.objects.filter(office=office_id, valid_to__lte=timezone.localdate()).order_by("-valid_to")[:20]
    )


def _below(nodes: list[Node]) -> list[Below]:
    """Two queries for any number."""
    today = timezone.localdate()
    ids = [one.id for one in nodes]
    posts = Post.objects.filter(not_over(today), office__in=ids).order_by()
    counted = dict(posts.values_list("office").annotate(n=Count("pk")))
    sitting = Q(holdings__account__is_active=True) & (
        Q(holdings__valid_to=None) | Q(holdings__valid_to__gt=today)
    )
    taken = dict(posts.filter(sitting).values_list("office").annotate(n=Count("pk", distinct=True)))
    return [
        Below(
            one,
            gettext(LEVEL_TITLES.get(one.level, "")),
            len(tree().children.get(one.id, ())),
            counted.get(one.id, 0),
            counted.get(one.id, 0) - taken.get(one.id, 0),
        )
        for one in nodes
        if one.in_force
    ]


def without_anybody(office_ids: tuple[int, ...]) -> tuple[int, list[Node]]:
    """(how many, the first of them): offices in force in which nobody sits today. One query."""
    today = timezone.localdate()
    seats = PostHolding.objects.filter(
        not_over(today), valid_from__lte=today, account__is_active=True
    )  # of the whole city: seats are few, and naming thousands of offices took longer than reading them
    seats = seats.filter(Q(post__valid_to=None) | Q(post__valid_to__gt=today)).annotate(
        at=F("post__office_id")
    )
    taken = set(seats.values_list("at", flat=True).distinct())
    empty = [one for one in office_ids if tree().nodes[one].in_force and one not in taken]
    return len(empty), [tree().nodes[one] for one in empty[:5]]
