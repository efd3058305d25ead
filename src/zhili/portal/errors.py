"""Every refusal of the kernel becomes a page here, and nowhere else.

A view that shows a form asks through ``attempt`` and draws the form again with what was typed; whatever
else a view lets through is caught by ``guarded``, which wraps every page in urls.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext

from zhili.base.codes import CodeError
from zhili.core.cases import registry
from zhili.core.cases.errors import Refused, Stale
from zhili.core.cases.present import office_name
from zhili.core.files import UploadRefused
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor, of_request
from zhili.core.web import words
from zhili.core.web.errors import error_page

T = TypeVar("T")
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Trouble:
    """Why something was not done: status, a sentence, each field's reasons, what changed meanwhile."""

    status: int
    message: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    changed: list[dict[str, Any]] = field(default_factory=list)


def attempt(what: Callable[[], T]) -> tuple[T | None, Trouble | None]:
    """The result, or the trouble to draw a form again with. What the asker may not see goes on up."""
    try:
        return what(), None
    except FormErrors as error:
        return None, Trouble(422, errors=error.errors)
    except UploadRefused as error:
        return None, Trouble(error.status, error.reason)
    except Stale as error:
        return None, Trouble(409, error.message, changed=[_step(step) for step in error.steps])
    except Refused as error:
        if error.status in (403, 404):
            raise
        return None, Trouble(error.status, error.message)


def _step(step: Any) -> dict[str, Any]:
    """A step somebody else took, in a line."""
    procedure = registry.procedure(step.case.procedure)
    known = {**procedure.openings, **procedure.actions} if procedure else {}
    action = known.get(step.action)
    title = gettext(action.title) if action else step.action
    return {"at": step.at, "title": title, "who": office_name(step.actor_office_id)}


def guarded(view: View) -> View:
    """The view, with every refusal as a page (for htmx, a part): what happened and what to do."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Stale as error:
            return error_page(request, 409, error.message, changed=[_step(step) for step in error.steps])
        except Refused as error:
            return error_page(request, error.status, error.message)
        except FormErrors as error:
            return error_page(request, 422, " ".join(m for found in error.errors.values() for m in found))
        except CodeError as error:
            return error_page(request, 404, words.fault_of(error))
        except RequestDataTooBig:
            return error_page(request, 413)
        except PermissionDenied as error:
            return error_page(request, 403, str(error))

    return inside


def for_posts(view: View) -> View:
    """Only for somebody acting in a post: others are asked to sign in, or told that they hold none today."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = of_request(request)
        if actor.kind == "post":
            return view(request, actor, *args, **kwargs)
        if actor.account_id is None:
            return HttpResponseRedirect(f"/accounts/login/?next={quote(request.get_full_path())}")
        return error_page(
            request,
            403,
            gettext("工作台只对今天有岗位的人开放，您的账号今天没有任职或代理。"),
            then=gettext("请联系本单位管理员核对任职；自己报的事在“我的事”里看。"),
        )

    return inside


def acting(request: HttpRequest) -> Actor:
    """The actor of a page open to everyone."""
    return of_request(request)
