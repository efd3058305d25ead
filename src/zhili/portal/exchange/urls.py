"""Every address of the site-to-site protocol (docs/protocol.md)."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from zhili.portal.exchange import files, views

urlpatterns = [
    path("v1", csrf_exempt(views.discovery), name="exchange_discovery"),
    path("v1/deliveries", csrf_exempt(views.deliveries), name="exchange_deliveries"),
    path("v1/matters/<uuid:matter>", csrf_exempt(views.matter), name="exchange_matter"),
    path("v1/files/<str:sha256>", csrf_exempt(files.file), name="exchange_file"),
    re_path(r"", csrf_exempt(views.nothing)),
]
