"""Every page. Each is wrapped once: ``guarded`` turns refusals into pages, ``for_posts`` keeps the desk."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from zhili.portal import lenses
from zhili.portal.api import root as api
from zhili.portal.errors import View, for_posts, guarded
from zhili.portal.offline import shell
from zhili.portal.pages import (
    account,
    bulk,
    case,
    city_map,
    deputies,
    design,
    desk,
    desk_case,
    desk_export,
    desk_search,
    documents,
    draws,
    here,
    home,
    joining,
    mine,
    mini,
    notices,
    offline,
    open_data,
    posts,
    prefs,
    queue,
    report,
    saved_lists,
    signing_in,
    stats,
    triage,
    uploads,
)
from zhili.portal.pages.admin.urls import PAGES as ADMIN


def page(route: str, view: View, name: str) -> URLPattern:
    return path(route, guarded(view), name=name)


def desk_page(route: str, view: View, name: str) -> URLPattern:
    return path(route, guarded(for_posts(view)), name=name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),  # first: machines ask most often, and need not be compared with every page
    path("open311/", include("zhili.portal.open311.urls")),
    page("", home.home, "home"),
    page("manifest.webmanifest", offline.manifest, "manifest"),
    page("sw.js", offline.worker, "service_worker"),
    page("offline", shell(offline.offline), "offline"),
    page("offline/ticket", offline.ticket, "ticket"),
    page("outbox", shell(offline.outbox), "outbox"),
    page("report", shell(report.picker), "report"),
    page("new/<str:procedure>/<slug:opening>", shell(report.new), "new"),
    page("new/<str:procedure>/<slug:opening>/similar", triage.reporting, "similar_reporting"),
    page("done/<str:number>", report.done, "done"),
    page("my", mine.mine, "my"),
    page("my/add", mine.add, "my_add"),
    page("track", mine.track, "track"),
    page("c/<str:number>", mini.framable(case.show), "case"),
    page("c/<str:number>/join", joining.join, "join"),
    page("c/<str:number>/leave", joining.leave, "leave"),
    page("c/<str:number>/act/<slug:action>", case.act, "case_act"),
    page("c/<str:number>/files/<uuid:file>", uploads.attachment, "attachment"),
    page("c/<str:number>/documents/<str:document>.pdf", documents.pdf, "document_pdf"),
    page("c/<str:number>/documents/<str:document>", documents.read, "document_read"),
    page("verify", documents.verify, "verify"),
    desk_page("desk", desk.inbox, "desk"),
    desk_page("design", design.show, "design"),
    desk_page("desk/search", desk_search.search, "desk_search"),
    desk_page("desk/next", queue.take, "desk_next"),
    desk_page("desk/lists", saved_lists.manage, "saved_lists"),
    desk_page("desk/lists/<int:saved_list>", saved_lists.change, "saved_list"),
    desk_page("desk/export.<slug:kind>", desk_export.export, "desk_export"),
    desk_page("desk/bulk", bulk.choose, "bulk"),
    desk_page("desk/bulk/<slug:action>", bulk.act, "bulk_act"),
    desk_page("desk/deputies", deputies.manage, "deputies"),
    desk_page("desk/deputies/<int:deputy>/end", deputies.end, "deputy_end"),
    *(desk_page(*one) for one in ADMIN),
    desk_page("desk/c/<str:number>", desk_case.show, "desk_case"),
    desk_page("desk/c/<str:number>/similar", triage.desk, "similar_desk"),
    desk_page("desk/c/<str:number>/document", documents.write, "document"),
    desk_page("desk/c/<str:number>/document/preview", documents.preview, "document_preview"),
    desk_page("desk/c/<str:number>/document.pdf", documents.desk_pdf, "document_desk_pdf"),
    desk_page("desk/c/<str:number>/form/<slug:action>", desk_case.form, "desk_form"),
    desk_page("desk/c/<str:number>/act/<slug:action>", desk_case.act, "desk_act"),
    desk_page("desk/c/<str:number>/personal/<uuid:secret>", desk_case.personal, "desk_personal"),
    page("map", mini.framable(city_map.city), "map"),
    page("map/here", here.here, "here"),
    page("map/boundaries.geojson", city_map.boundaries, "boundaries"),
    page("map/matters.geojson", city_map.matters, "matters"),
    page("stats", mini.framable(stats.stats), "stats"),
    page("stats/cases", stats.cases, "stats_cases"),
    page("stats/open", open_data.listing, "open_data"),
    page("stats/open/<str:month>.json", open_data.document, "open_figures"),
    page("stats/open/<str:month>.zip", open_data.packed, "open_zip"),
    page("draw", draws.listing, "draws"),
    page("draw/<int:draw>", draws.show, "draw"),
    page("draw/<int:draw>.json", draws.file, "draw_file"),
    page("draw/<int:draw>/number", draws.number, "draw_number"),
    page("notices", notices.listing, "notices"),
    page("notices/read", notices.read_all, "notices_read"),
    page("uploads", uploads.upload, "uploads"),
    page("prefs", prefs.prefs, "prefs"),
    page("accounts/post", posts.choose, "post"),
    *lenses.urls(),
    page("mini/leave", mini.leave, "mini_leave"),
    page("mini/<slug:name>", mini.enter, "mini"),
    re_path(r"^(?P<name>[A-Za-z0-9_]{1,64}\.txt)$", guarded(mini.proof), name="mini_proof"),
    page("accounts/phone/", signing_in.phone, "phone_sign_in"),
    page("accounts/phone/code/", signing_in.code, "phone_code"),
    page("accounts/passkey/", signing_in.passkey, "passkey_signup"),
    page("accounts/me/", account.show, "account_page"),
    page("accounts/me/phone/", account.change_phone, "account_phone"),
    page("accounts/me/sign-out-everywhere/", account.sign_out_everywhere, "sign_out_everywhere"),
    path("accounts/", include("allauth.urls")),
]
