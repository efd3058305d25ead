from django.urls import include, path

handler400 = "zhili.core.web.errors.bad_request"
handler403 = "zhili.core.web.errors.forbidden"
handler404 = "zhili.core.web.errors.not_found"
handler500 = "zhili.core.web.errors.server_error"
urlpatterns = [path("", include("zhili.portal.urls"))]
