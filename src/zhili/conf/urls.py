from django.urls import include, path

urlpatterns = [path("", include("zhili.portal.urls"))]
