"""The site's addresses and Django's admin, for a site that mounts it."""

from django.contrib import admin
from django.urls import path

from zhili.conf.urls import urlpatterns as site

urlpatterns = [path("admin/", admin.site.urls), *site]
