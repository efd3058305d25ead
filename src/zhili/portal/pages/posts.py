"""Choosing the post to act in, for those who hold or deputise more than one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from zhili.core.people import actors
from zhili.core.people.models import Account


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Account)
    if request.method == "POST":
        text = request.POST.get("post", "")
        actor = actors.choose(request, int(text) if text.isascii() and text.isdigit() else 0)
        messages.success(request, gettext("现在以“%(post)s”办理。") % {"post": actor.label})
        return redirect("desk")
    context = {"seats": actors.posts_of(request.user), "chosen": actors.of_request(request).id}
    return render(request, "portal/posts.html", context)
