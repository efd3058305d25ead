"""The pages these tests need: sign-in and the admin, as every site mounts them."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from zhili.core.people.actors import of_request


def whoami(request: HttpRequest) -> HttpResponse:
    actor = of_request(request)
    return HttpResponse(f"{actor.kind} {actor.label}")


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/whoami", whoami),
    path("whoami", whoami),
    path("", whoami),
]
