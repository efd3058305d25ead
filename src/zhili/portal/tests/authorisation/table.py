"""Who may use which address. Whoever adds one decides it here or in their scenario's table_of_*.py, with its steps.

An address or method that does not stand here fails the test; a role that does not stand at it must be refused.
"""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation import administration
from zhili.portal.tests.authorisation.roles import (
    ALL,
    AUDITORS,
    COMMANDERS,
    CUSTODIANS,
    DEPARTMENT,
    ENGINEER,
    EVERYBODY,
    GRANTS,
    LEADERS,
    MACHINE,
    MANAGERS,
    NEAR,
    NO_ONE,
    NOT_READ_ONLY,
    OVER_EXPORT,
    POSTS,
    REGISTER,
    REGISTER_HERE,
    RESIDENTS,
    SIGNED_IN,
    STRANGERS,
    SWITCHING,
    WARNED,
    WATCHERS,
    WEIGHERS,
    WRITERS,
    WRITERS_OF_FIRMS,
    Methods,
    Who,
)
from zhili.portal.tests.authorisation.table_of_catering import CATERING
from zhili.portal.tests.authorisation.table_of_cross_border import CROSS_BORDER
from zhili.portal.tests.authorisation.table_of_evidence import EVIDENCE
from zhili.portal.tests.authorisation.table_of_inspections import INSPECTIONS
from zhili.portal.tests.authorisation.table_of_village_screens import VILLAGE_SCREENS
from zhili.portal.tests.authorisation.table_of_wages import WAGES, WAGES_API

LIVE: Final = Who(POSTS)
"""`/live`: it is no Django view; see test_who_is_told_live.py. A stream tells of a case those who see it."""

PAGES: Final[dict[str, Methods]] = {
    "": {"GET": EVERYBODY},
    "manifest.webmanifest": {"GET": EVERYBODY},
    "sw.js": {"GET": EVERYBODY},
    "offline": {"GET": EVERYBODY},
    "offline/ticket": {"GET": EVERYBODY},
    "outbox": {"GET": EVERYBODY},
    "report": {"GET": EVERYBODY},
    "done/<str:number>": {"GET": EVERYBODY},
    "my": {"GET": EVERYBODY},
    "my/add": {"GET": Who(SIGNED_IN | MACHINE), "POST": Who(SIGNED_IN)},
    # one's own, whoever one is; what shows or changes values asks for the password again first
    "my/data": {"GET": Who(SIGNED_IN)},
    "my/data/tell": {"POST": Who(SIGNED_IN)},
    "my/data/copy": {"GET": Who(SIGNED_IN), "POST": Who(SIGNED_IN)},
    "my/data/copy/<uuid:wish>.zip": {"GET": Who(SIGNED_IN)},
    "my/data/erase": {"GET": Who(SIGNED_IN), "POST": Who(SIGNED_IN)},
    "my/data/correct/<uuid:secret>": {"GET": Who(SIGNED_IN), "POST": Who(SIGNED_IN)},
    "my/data/close": {"GET": Who(SIGNED_IN), "POST": Who(SIGNED_IN)},
    "c/<str:number>/data": {"GET": Who(RESIDENTS | GRANTS, "sees")},
    "track": {"GET": EVERYBODY, "POST": EVERYBODY},
    "c/<str:number>": {"GET": Who(ALL, "reads")},
    # its own reporter is told so (409), which is no turning away
    "c/<str:number>/join": {"POST": Who(STRANGERS | GRANTS | RESIDENTS | ENGINEER, "public")},
    "c/<str:number>/leave": {"POST": Who(NOT_READ_ONLY, "public")},
    # opened, it only leads back to the matter, which asks for itself who may see it
    "c/<str:number>/act/<slug:action>": {"GET": EVERYBODY, "POST": Who(NOT_READ_ONLY, "holds")},
    "c/<str:number>/files/<uuid:file>": {"GET": Who(ALL, "reads")},
    # no case here has a document: who reads one is tried in test_documents_are_read_by_whom_they_are_for.py
    "c/<str:number>/documents/<str:document>.pdf": {"GET": NO_ONE},
    "c/<str:number>/documents/<str:document>": {"GET": NO_ONE},
    "desk/c/<str:number>/document": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/c/<str:number>/document/preview": {"POST": NO_ONE},
    "desk/c/<str:number>/document.pdf": {"GET": NO_ONE},
    "c/<str:number>/receipt": {"GET": Who(ALL, "reads")},
    "c/<str:number>/receipt.json": {"GET": Who(ALL, "reads")},
    "c/<str:number>/receipt.pdf": {"GET": Who(ALL, "sees")},
    "verify": {"GET": EVERYBODY, "POST": EVERYBODY},
    "verify/verify_receipt.py": {"GET": EVERYBODY},
    "verify/verify_bag.py": {"GET": EVERYBODY},
    "verify/verify_draw.py": {"GET": EVERYBODY},
    "verify/verify_stats.py": {"GET": EVERYBODY},
    "desk": {"GET": Who(POSTS)},
    "design": {"GET": Who(POSTS)},
    "desk/pocket": {"GET": Who(POSTS)},
    "desk/pocket/pack.json": {"GET": Who(POSTS)},
    "desk/search": {"GET": Who(POSTS)},
    "desk/next": {"POST": Who(POSTS)},
    "desk/lists": {"GET": Who(POSTS), "POST": Who(POSTS)},
    # one's own; nobody's own stands here, and another's is left as it is
    "desk/lists/<int:saved_list>": {"POST": Who(POSTS)},
    "desk/export.<slug:kind>": {"POST": Who(POSTS)},
    "desk/exports": {"GET": Who(POSTS)},
    "desk/exports/new": {"GET": Who(POSTS), "POST": Who(POSTS)},
    # asked for by the department of county A; only the asker fetches it
    "desk/exports/<int:export>": {"GET": Who(OVER_EXPORT), "POST": Who(OVER_EXPORT)},
    "desk/exports/<int:export>/file": {"POST": Who(frozenset({"department"}))},
    "desk/bulk": {"GET": Who(POSTS)},
    "desk/bulk/<slug:action>": {"POST": Who(POSTS)},
    "desk/deputies": {"GET": Who(POSTS), "POST": Who(MANAGERS)},
    "desk/deputies/<int:deputy>/end": {
        "POST": Who(
            frozenset({"department_leader", "county", "city", "admin"})
        )  # in a department of county A
    },
    **{
        address: {method: Who(roles) for method, roles in methods.items()}
        for address, methods in administration.PAGES.items()
    },
    "desk/registers": {"GET": Who(REGISTER)},
    "desk/registers/premises": {"GET": Who(REGISTER)},
    "desk/registers/premises/<int:premises>": {"GET": Who(REGISTER_HERE)},
    "desk/registers/firms": {"GET": Who(REGISTER)},
    "desk/registers/firms/<str:firm>": {"GET": Who(REGISTER_HERE)},
    # asked for without a purpose: who may open is told to say one
    "desk/registers/firms/<str:firm>/personal/<slug:column>": {"POST": Who(CUSTODIANS)},
    # handlers, leaders and administrators whose ground it is; the firm is registered with county A
    "desk/registers/firms/new": {"GET": Who(WRITERS), "POST": Who(WRITERS)},
    "desk/registers/firms/<str:firm>/edit": {"GET": Who(WRITERS_OF_FIRMS), "POST": Who(WRITERS_OF_FIRMS)},
    "desk/registers/premises/new": {"GET": Who(WRITERS), "POST": Who(WRITERS)},
    "desk/registers/premises/<int:premises>/edit": {"GET": Who(WRITERS), "POST": Who(WRITERS)},
    "desk/registers/premises/<int:premises>/close": {"GET": Who(WRITERS), "POST": Who(WRITERS)},
    # of a change of theirs; none is here, who takes back which is tried in test_the_register_on_the_desk.py
    "desk/registers/firms/<str:firm>/undo/<int:change>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/registers/premises/<int:premises>/undo/<int:change>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/registers/firms.<slug:kind>": {"POST": Who(REGISTER)},
    "desk/registers/premises.<slug:kind>": {"POST": Who(REGISTER)},
    "desk/registers/import": {"GET": Who(frozenset({"admin"})), "POST": Who(frozenset({"admin"}))},
    # the administrator's own file
    "desk/registers/import/<int:loading>": {
        "GET": Who(frozenset({"admin"})),
        "POST": Who(frozenset({"admin"})),
    },
    "desk/registers/import/<int:loading>/start": {"POST": Who(frozenset({"admin"}))},
    "desk/registers/import/<int:loading>/faults.xlsx": {"GET": Who(frozenset({"admin"}))},
    "desk/c/<str:number>": {"GET": Who(POSTS, "sees")},
    "desk/c/<str:number>/files/<uuid:file>": dict.fromkeys(("GET", "POST"), Who(POSTS, "sees")),
    "new/<str:procedure>/<slug:opening>/similar": {"POST": Who(ALL - GRANTS - MACHINE)},
    "desk/c/<str:number>/similar": {"GET": Who(POSTS, "sees")},
    # for those who see the matter but may not take the step: 409, as on their own page
    "desk/c/<str:number>/form/<slug:action>": {"GET": Who(POSTS, "sees")},
    "desk/c/<str:number>/act/<slug:action>": {"GET": Who(POSTS), "POST": Who(POSTS, "holds")},
    # no file is offered here; who may fetch one is tried in test_a_matter_is_handed_to_another_city.py
    "desk/c/<str:number>/across/files/<str:sha256>": {"POST": NO_ONE},
    "desk/c/<str:number>/across": dict.fromkeys(("GET", "POST"), Who(DEPARTMENT, "holds")),
    "desk/c/<str:number>/delay": {"GET": Who(POSTS, "holds"), "POST": Who(POSTS, "holds")},
    "desk/c/<str:number>/personal/<uuid:secret>": {"POST": Who(POSTS, "opens")},
    "map": {"GET": EVERYBODY},
    "map/here": {"GET": EVERYBODY},
    "map/boundaries.geojson": {"GET": EVERYBODY},
    "map/matters.geojson": {"GET": EVERYBODY},
    "stats": {"GET": EVERYBODY},
    "stats/cases": {"GET": EVERYBODY},
    "stats/open": {"GET": EVERYBODY},
    "stats/open/<str:month>.json": {"GET": EVERYBODY},
    "stats/open/<str:month>.zip": {"GET": EVERYBODY},
    "draw": {"GET": EVERYBODY},
    "register": {"GET": EVERYBODY},
    "register.json": {"GET": EVERYBODY},
    "register/<slug:of>": {"GET": EVERYBODY},
    "register/<slug:of>.csv": {"GET": EVERYBODY},
    "draw/<int:draw>": {"GET": EVERYBODY},
    "draw/<int:draw>.json": {"GET": EVERYBODY},
    "draw/<int:draw>/number": {"POST": Who(AUDITORS)},
    "trail": {"GET": EVERYBODY, "POST": EVERYBODY},
    "trail/keys": {"GET": EVERYBODY},
    # nothing has been signed here: what is there is tried in test_trail_pages.py
    "trail/checkpoint": {"GET": NO_ONE},
    "trail/checkpoint/<int:size>": {"GET": NO_ONE},
    "trail/stamp/<int:stamp>.tsr": {"GET": NO_ONE},
    "trail/tile/<path:path>": {"GET": NO_ONE},
    "notices": {"GET": Who(SIGNED_IN)},
    "notices/read": {"POST": Who(SIGNED_IN)},
    "uploads": {"POST": Who(NOT_READ_ONLY)},
    "uploads/tus/": {"POST": Who(NOT_READ_ONLY)},
    # one begun with an account answers to that account alone
    "uploads/tus/<str:word>": dict.fromkeys(("GET", "HEAD", "PATCH", "DELETE"), Who(frozenset({"owner"}))),
    "prefs": {"POST": EVERYBODY},
    "accounts/post": {"GET": Who(SIGNED_IN)},
    "mini/leave": {"GET": EVERYBODY},
    "mini/<slug:name>": {"GET": NO_ONE},  # no app is declared here
    "^(?P<name>[A-Za-z0-9_]{1,64}\\.txt)$": {"GET": NO_ONE},
    "accounts/phone/": {"GET": EVERYBODY, "POST": EVERYBODY},
    "accounts/phone/code/": {"GET": NO_ONE, "POST": EVERYBODY},  # no code is under way
    "accounts/passkey/": {"GET": EVERYBODY},
    "accounts/me/": {"GET": Who(SIGNED_IN)},
    "accounts/me/phone/": {"GET": Who(SIGNED_IN)},
    "accounts/me/sign-out-everywhere/": {"POST": Who(SIGNED_IN)},
    "screen": {"GET": Who(COMMANDERS)},
    "screen/cases": {"GET": Who(COMMANDERS)},
    "screen/offices": {"GET": Who(COMMANDERS)},
    "screen/matters.geojson": {"GET": Who(COMMANDERS)},
    "screen/cells.geojson": {"GET": Who(COMMANDERS)},
    "screen/phone": {"GET": Who(COMMANDERS)},
    "screen/instruct": {"GET": Who(LEADERS), "POST": Who(LEADERS)},
    "screen/instructions": {"GET": Who(LEADERS)},
    "screen/alarms": {"GET": Who(COMMANDERS)},
    # one of county A as a whole
    "screen/alarms/<int:alarm>/acknowledge": {"POST": Who(COMMANDERS - {"town"})},
    "screen/duty": {"GET": Who(WATCHERS), "POST": Who(WATCHERS - {"auditor"})},
    "screen/duty/<int:turn>/end": {"POST": Who(WATCHERS)},
    "screen/duty/log": {"GET": Who(WATCHERS), "POST": Who(WATCHERS)},
    "care": {"GET": Who(NEAR)},
    "care/wearers": {"GET": Who(frozenset({"village", "town"}))},
    # nobody calls for help here: who sees what of a call is tried in scenarios/eldercare/tests
    "care/a/<str:number>": {"GET": NO_ONE},
    "care/a/<str:number>/where": {"POST": NO_ONE},
    "care/a/<str:number>/for120": {"POST": NO_ONE},
    "care/a/<str:number>/do/<slug:action>": {"POST": NO_ONE},
    "care/w/<str:number>": {"GET": NO_ONE},
    "care/w/<str:number>/withdraw": {"POST": NO_ONE},
    "care/w/<str:number>/health": {"POST": NO_ONE},
    "care/family/<str:code>": {"GET": NO_ONE},
    "care/family/<str:code>/where": {"POST": NO_ONE},
    "care/family/<str:code>/health": {"POST": NO_ONE},
    "care/family/<str:code>/state": {"GET": NO_ONE},
    "desk/warnings": {"GET": Who(WARNED)},
    "desk/warnings/live": {"GET": Who(WARNED)},
    "desk/warnings/export.<slug:kind>": {"POST": Who(WARNED)},
    # none stands here: who sees one is tried in core/signals/tests and scenarios/early_warning/tests
    "desk/warnings/<int:warning>": {"GET": NO_ONE},
    "desk/warnings/<int:warning>/open": {"POST": NO_ONE},
    "desk/warnings/<int:warning>/accept": {"POST": NO_ONE},
    "desk/warnings/<int:warning>/undo": {"POST": NO_ONE},
    "desk/warnings/<int:warning>/close": {"POST": NO_ONE},
    "desk/rules": {"GET": Who(WARNED)},
    "desk/rules/<str:rule>": {"GET": Who(WARNED)},
    # a rule holds for the whole city
    "desk/rules/<str:rule>/switch": {"POST": Who(SWITCHING)},
    "desk/rules/<str:rule>/test": {"POST": Who(SWITCHING)},
    "desk/rules/<str:rule>/adopt": {"POST": Who(SWITCHING)},
    "desk/rules/<str:rule>/tests/<int:test>": {"GET": NO_ONE},
    "desk/discretion": {"GET": Who(WEIGHERS)},
    "desk/discretion/recompute": {"GET": Who(WEIGHERS)},
    "desk/discretion/<str:number>/code": {"GET": NO_ONE},
    "penalties": {"GET": EVERYBODY},
    # no penalty is proposed here: who may is tried in scenarios/discretion/tests
    "desk/c/<str:number>/propose": {"GET": NO_ONE, "POST": NO_ONE},
    **WAGES,
    **EVIDENCE,
    **CROSS_BORDER,
    **INSPECTIONS,
    **VILLAGE_SCREENS,
    **CATERING,
}

API: Final[dict[str, Methods]] = {
    "api/v1/openapi.json": {"GET": EVERYBODY},
    "api/v1/files": {"POST": Who(NOT_READ_ONLY)},
    "api/v1/cases": {"GET": Who(ALL - STRANGERS)},
    "api/v1/cases/<number>": {"GET": Who(ALL, "reads")},
    "api/v1/cases/<number>/timeline": {"GET": Who(ALL, "reads")},
    "api/v1/cases/<number>/actions": {"GET": Who(ALL, "reads")},
    "api/v1/cases/<number>/receipt": {"GET": Who(ALL, "reads")},
    "api/v1/cases/<number>/actions/<action>": {"POST": Who(NOT_READ_ONLY, "holds")},
    "api/v1/cases/<number>/files": {"GET": Who(ALL, "reads")},
    "api/v1/cases/<number>/files/<uuidstr:file>": {"GET": Who(ALL, "reads")},
    "api/v1/procedures": {"GET": EVERYBODY},
    "api/v1/procedures/<procedure>": {"GET": EVERYBODY},
    "api/v1/categories": {"GET": EVERYBODY},
    "api/v1/me": {"GET": EVERYBODY},
    "api/v1/offices": {"GET": Who(SIGNED_IN | MACHINE)},
    "api/v1/statistics": {"GET": EVERYBODY},
    "api/v1/statistics/quality": {"GET": EVERYBODY},
    "api/v1/public/cases": {"GET": EVERYBODY},
    "api/v1/trail/checkpoint": {"GET": NO_ONE},  # nothing has been signed here
    "api/v1/trail/inclusion": {"GET": EVERYBODY},
    "api/v1/trail/consistency": {"GET": EVERYBODY},
    "api/v1/trail/witness": {"POST": Who(NOT_READ_ONLY)},
    "api/v1/public/similar": {"POST": Who(NOT_READ_ONLY)},
    "api/v1/cases/<number>/similar": {"GET": Who(ALL, "reads")},
    "api/v1/webhooks/types": {"GET": EVERYBODY},
    # a machine keeps its own; the one in the address is another's, and this machine's token may only read
    "api/v1/webhooks": {"GET": Who(MACHINE), "POST": NO_ONE},
    "api/v1/webhooks/<int:webhook>": {"GET": NO_ONE, "PATCH": NO_ONE, "DELETE": NO_ONE},
    "api/v1/webhooks/<int:webhook>/pause": {"POST": NO_ONE},
    "api/v1/webhooks/<int:webhook>/resume": {"POST": NO_ONE},
    "api/v1/webhooks/<int:webhook>/ask": {"POST": NO_ONE},
    "api/v1/webhooks/<int:webhook>/test": {"POST": NO_ONE},
    "api/v1/webhooks/<int:webhook>/letters": {"GET": NO_ONE},
    "api/v1/webhooks/<int:webhook>/replay": {"POST": NO_ONE},
    "api/v1/notices": {"GET": Who(SIGNED_IN | MACHINE)},
    "api/v1/notices/read": {"POST": Who(SIGNED_IN)},
    "api/v1/notices/<int:notice>/read": {"POST": Who(frozenset({"owner"}))},
    **WAGES_API,
    "api/v1/": {"GET": NO_ONE},
}

OPEN311: Final[dict[str, Methods]] = {
    # whoever asks, without a key of Open311 everybody is a stranger there; keys: portal/open311/tests
    "open311/discovery<ending:fmt>": {"GET": EVERYBODY},
    "open311/v2/discovery<ending:fmt>": {"GET": EVERYBODY},
    "open311/v2/services<ending:fmt>": {"GET": EVERYBODY},
    "open311/v2/services/<undotted:service_code><ending:fmt>": {"GET": EVERYBODY},
    "open311/v2/requests<ending:fmt>": {"GET": EVERYBODY, "POST": NO_ONE},
    "open311/v2/requests/<undotted:number><ending:fmt>": {"GET": Who(ALL, "public")},
    "open311/v2/tokens/<undotted:token><ending:fmt>": {"GET": EVERYBODY},
    "open311/v2/servicerequestupdates<ending:fmt>": {"GET": EVERYBODY, "POST": NO_ONE},
    "open311/": {"GET": NO_ONE},
    # other sites are known by their signature alone; those: portal/exchange/tests
    "exchange/v1": {"GET": EVERYBODY},
    "exchange/v1/deliveries": {"POST": NO_ONE},
    "exchange/v1/matters/<uuid:matter>": {"GET": NO_ONE},
    "exchange/v1/files/<str:sha256>": {"GET": NO_ONE},
    "exchange/": {"GET": NO_ONE},
}


# Sign-in: allauth's own, tried without a sign-in under way, a second factor, or a key from an e-mail: some then send
# whoever is signed in elsewhere (that counts as let in), some are not there.
SIGN_IN: Final[dict[str, Methods]] = {
    "accounts/login/": {"GET": EVERYBODY},
    "accounts/logout/": {"GET": EVERYBODY},
    "accounts/inactive/": {"GET": EVERYBODY},
    "accounts/signup/": {"GET": EVERYBODY},
    "accounts/confirm-email/": {"GET": EVERYBODY},
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": {"GET": EVERYBODY},
    "accounts/password/reset/": {"GET": EVERYBODY},
    "accounts/password/reset/done/": {"GET": EVERYBODY},
    "accounts/password/reset/key/done/": {"GET": EVERYBODY},
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": {"GET": EVERYBODY},
    "accounts/login/code/confirm/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/authenticate/": {"GET": Who(SIGNED_IN)},
    "accounts/reauthenticate/": {"GET": Who(SIGNED_IN)},
    "accounts/email/": {"GET": Who(SIGNED_IN)},
    "accounts/password/change/": {"GET": Who(SIGNED_IN)},
    "accounts/password/set/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/reauthenticate/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/totp/activate/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/totp/deactivate/": {"GET": NO_ONE},
    "accounts/2fa/recovery-codes/": {"GET": NO_ONE},
    "accounts/2fa/recovery-codes/generate/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/recovery-codes/download/": {"GET": NO_ONE},
    "accounts/2fa/webauthn/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/webauthn/login/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/webauthn/add/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/webauthn/reauthenticate/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": {"GET": Who(SIGNED_IN)},
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": {"GET": Who(SIGNED_IN)},
}

ADMIN_PREFIX: Final = "admin/"
ADMIN_OPEN: Final = ("admin/login/", "admin/logout/", "admin/jsi18n/", "admin/autocomplete/")
"""Ways in and out, and helpers that check for themselves."""
ADMIN_HALL: Final = ("admin/", "admin/people/", "admin/password_change/", "admin/password_change/done/")
ADMIN_OF_OFFICES: Final = ("office", "post", "postholding", "deputy", "account")
"""What an office administrator keeps in Django's admin. Everything else there is for engineers."""
