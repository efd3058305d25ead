"""Who may use which address, and who may take which action. Whoever adds one must decide it here.

An address or method that does not stand here fails the test; a role that does not stand at it must be refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhili.portal.tests.authorisation import administration

Roles = frozenset[str]

# --- roles: see people.py for who they are ------------------------------------------------------------

STRANGERS: Final = frozenset({"anonymous"})
GRANTS: Final = frozenset({"grant", "other_grant"})
"""Holders of a code: of the case in question, and of another one."""
RESIDENTS: Final = frozenset({"owner", "other_resident"})
HERE: Final = frozenset({"grid", "village", "town", "county"})
"""General offices over the ground of the cases in county A."""
CITY: Final = frozenset({"city", "commander", "auditor", "admin", "hotline", "arbiter"})
"""Offices that look after the whole city."""
DEPARTMENT: Final = frozenset({"department", "department_leader"})
POSTS: Final = HERE | CITY | DEPARTMENT | {"grid_elsewhere", "other_department"}
ENGINEER: Final = frozenset({"engineer"})
"""Into the admin with every right, but without a post."""
MACHINE: Final = frozenset({"machine"})
"""A program with a token that may only read, and without a post."""
MANAGERS: Final = frozenset(
    {"village", "town", "county", "city", "department_leader", "other_department", "admin"}
)
"""Leaders and managers: of their own office and those below it they name who stands in for whom."""
COMMANDERS: Final = frozenset({"town", "county", "city", "commander"})
"""Who leads or commands an office over a town or more."""
LEADERS: Final = (MANAGERS - {"admin"}) | {"commander"}
"""Whoever may give an instruction, to offices below their own."""
CUSTODIANS: Final = (MANAGERS - {"admin"}) | {"department"}
"""Handlers and leaders: whoever may take things into custody."""
NEAR: Final = frozenset({"grid", "grid_elsewhere", "village", "town"})
"""Who goes when somebody near calls for help."""
GOING: Final = HERE | DEPARTMENT | {"city"}
"""Posts that may go, of those who see a matter of county A: on a call itself only who takes part sees it."""
VILLAGERS: Final = frozenset({"village", "town", "county", "city", "admin"})
"""Posts of committees and of the offices over whole areas that work, lead or administer."""
WATCHERS: Final = frozenset({"town", "county", "city", "commander", "auditor", "admin"})
"""Posts of offices with a duty room."""
AUDITORS: Final = frozenset({"auditor"})
WARNED: Final = POSTS - {"arbiter"}
"""Who reads the console of warnings, each of their own ground."""
SWITCHING: Final = frozenset({"city", "commander", "admin"})
OVER_EXPORT: Final = frozenset({"department", "department_leader", "county", "city", "admin"})
"""Who asked for the export of the scene, and who may decide on it."""
SIGNED_IN: Final = RESIDENTS | POSTS | ENGINEER
"""With a session."""
ALL: Final = STRANGERS | GRANTS | SIGNED_IN | MACHINE
NOBODY: Final = frozenset[str]()
NOT_READ_ONLY: Final = ALL - MACHINE


# --- cases: see objects.py for how they came about ----------------------------------------------------


@dataclass(frozen=True)
class Sight:
    """Who stands how to a case. ``sees``: whole; ``holds``: owes the next step; ``opens``: may read the name."""

    sees: Roles
    holds: Roles
    opens: Roles
    public: bool = False


OWN: Final = frozenset({"owner", "grant"})
CASES: Final[dict[str, Sight]] = {
    "public": Sight(OWN | HERE | CITY, frozenset({"grid"}), frozenset({"hotline"}), public=True),
    "private": Sight(OWN | HERE | CITY | DEPARTMENT, DEPARTMENT, DEPARTMENT | {"hotline"}),
    # confidential ones are not for whoever stands above: only for those who take part
    "confidential": Sight(OWN | {"grid"}, frozenset({"grid"}), NOBODY),
    # in the other county, reported by somebody else
    "foreign": Sight(
        frozenset({"other_resident", "grant", "grid_elsewhere"}) | CITY,
        frozenset({"grid_elsewhere"}),
        frozenset({"hotline"}),
    ),
}


# --- addresses ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """``roles`` in general; with ``of``, only those of them who stand so to the case asked for."""

    roles: Roles
    of: str = ""

    def may(self, role: str, case: Sight) -> bool:
        """Whether a role may, given the case in the address."""
        if role not in self.roles:
            return False
        match self.of:
            case "sees":
                return role in case.sees
            case "public":
                return case.public
            case "reads":
                return case.public or role in case.sees
            case "holds":
                return role in case.holds
            case "opens":
                return role in case.opens
        return True


EVERYBODY: Final = Who(ALL)
NO_ONE: Final = Who(NOBODY)
Methods = dict[str, Who]

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
    "desk/c/<str:number>": {"GET": Who(POSTS, "sees")},
    "desk/c/<str:number>/files/<uuid:file>": dict.fromkeys(("GET", "POST"), Who(POSTS, "sees")),
    "new/<str:procedure>/<slug:opening>/similar": {"POST": Who(ALL - GRANTS - MACHINE)},
    "desk/c/<str:number>/similar": {"GET": Who(POSTS, "sees")},
    # for those who see the matter but may not take the step: 409, as on their own page
    "desk/c/<str:number>/form/<slug:action>": {"GET": Who(POSTS, "sees")},
    "desk/c/<str:number>/act/<slug:action>": {"GET": Who(POSTS), "POST": Who(POSTS, "holds")},
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
    "evidence": {"GET": Who(CUSTODIANS)},
    # no item stands here: who sees one is tried in scenarios/evidence/tests
    "evidence/i/<str:number>": {"GET": NO_ONE},
    "evidence/scenes": {"GET": Who(POSTS)},
    # nor a scene: who sees and who writes is tried in scenarios/evidence/scenes/tests
    "evidence/scenes/new": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/scenes/<int:scene>": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/file": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/list": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/add/<str:kind>": {"POST": NO_ONE},
    "evidence/scenes/<int:scene>/<int:mark>/withdraw": {"POST": NO_ONE},
    "evidence/stores": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS - {"department"})},
    "evidence/stores/<int:store>": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/stores/<int:store>/labels.pdf": {"GET": NO_ONE},
    "evidence/stores/<int:store>/stocktake": {"POST": NO_ONE},
    "evidence/stocktakes/<int:stocktake>": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/loans": {"GET": Who(CUSTODIANS)},
    "evidence/intake": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS)},
    "evidence/intake/files": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS)},
    "evidence/lists/<int:hand_in>": {"GET": NO_ONE},
    "evidence/labels.pdf": {"GET": NO_ONE},
    "evidence/i/<str:number>/custody.pdf": {"GET": NO_ONE},
    "evidence/i/<str:number>/returned.pdf": {"GET": NO_ONE},
    "village": {"GET": EVERYBODY},
    "village/<str:code>": {"GET": EVERYBODY},
    "village/<str:code>/ask": {"GET": EVERYBODY, "POST": Who(ALL - GRANTS - MACHINE)},
    # nothing is shown here: which files are is tried in scenarios/village_screens/tests
    "village/<str:code>/f/<uuid:file>": {"GET": NO_ONE},
    "tv/<str:code>": {"GET": EVERYBODY},
    "tv/<str:code>/content": {"GET": EVERYBODY},
    "tv/<str:code>/pair": {"POST": EVERYBODY},
    "desk/village": {"GET": Who(VILLAGERS)},
    "desk/village/preview": {"GET": Who(VILLAGERS)},
    "desk/village/screen": {"GET": Who(VILLAGERS)},
    "desk/village/loop": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/displays": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/tiles": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/waste": {
        "GET": Who(VILLAGERS | {"grid", "grid_elsewhere"}),
        "POST": Who(VILLAGERS | {"grid", "grid_elsewhere"}),
    },
    # none stands here: whose are theirs is tried in scenarios/village_screens/tests
    "desk/village/displays/<int:display>/revoke": {"POST": NO_ONE},
    "desk/village/tiles/<int:tile>/remove": {"POST": NO_ONE},
    "desk/village/waste/<int:point>/close": {"POST": NO_ONE},
    # nobody here has a link or an item: who opens what is tried in scenarios/evidence/sharing/tests and bag/tests
    "share": {"GET": EVERYBODY},
    "share/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "share/<int:pk>/f/<uuid:file>": {"GET": NO_ONE},
    "share/<int:pk>/o/<uuid:file>": {"GET": NO_ONE},
    "desk/c/<str:number>/share": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/c/<str:number>/shares": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/c/<str:number>/export": {"GET": NO_ONE, "POST": NO_ONE},
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
    "api/v1/notices": {"GET": Who(SIGNED_IN | MACHINE)},
    "api/v1/notices/read": {"POST": Who(SIGNED_IN)},
    "api/v1/notices/<int:notice>/read": {"POST": Who(frozenset({"owner"}))},
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
}

OPENING: Final = ("new/<str:procedure>/<slug:opening>", "api/v1/cases/<procedure>/<opening>")
"""Addresses that begin a case; who may is said in OPENINGS."""
OPENINGS: Final[dict[str, Roles]] = {
    "citizen_reports.report/report": ALL - GRANTS,
    "citizen_reports.report/on_behalf": frozenset({"hotline"}),
    "citizen_reports.report/find": frozenset({"grid", "grid_elsewhere"}),
    "citizen_reports.report/found_fixed": frozenset({"grid", "grid_elsewhere"}),
    "citizen_reports.reinspection/picked": NOBODY,
    "command_centre.instruction/give": LEADERS,
    "command_centre.instruction/about": NOBODY,
    "documents.outgoing/begin": NOBODY,
    "eldercare.wearing/apply": RESIDENTS | ENGINEER | MACHINE,
    "eldercare.wearing/register": CUSTODIANS,
    "eldercare.alarm/rise": NOBODY,
    "eldercare.alarm/rise_again": NOBODY,
    "evidence.item/take_in": CUSTODIANS,
    "evidence.item/take_in_file": CUSTODIANS,
    "evidence.item/take_in_listed": CUSTODIANS,
    "village_screens.notice/write": CUSTODIANS,
    "village_screens.disclosure/write": CUSTODIANS,
    "village_screens.motion/propose": CUSTODIANS,
    "village_screens.question/ask": ALL - GRANTS,
    "referrals.assistance/ask": NOBODY,
    "referrals.supervision/order": NOBODY,
    "referrals.extension/request": NOBODY,
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


# --- actions: by stage and who holds the case ---------------------------------------------------------

REPORTER: Final = OWN
GRID: Final = frozenset({"grid"})
LEADER: Final = frozenset({"department_leader"})
OVER_DEPARTMENT: Final = frozenset({"county", "city", "commander"})
HOTLINE: Final = frozenset({"hotline"})
ARBITER: Final = frozenset({"arbiter"})

SECOND: Final = LEADER | {"county", "city"}
"""Leaders of the office that has it or of one above; whoever took the step before may not (not_who)."""

SHARING: Final[dict[str, Roles]] = {
    "share": DEPARTMENT,
    "share_opened": NOBODY,  # by whoever has the link alone
    "share_longer": DEPARTMENT,
    "share_taken_back": DEPARTMENT,
    "exported": DEPARTMENT,
}
"""Of an item, wherever it is."""

WEARERS: Final[dict[str, Roles]] = {
    "choose": DEPARTMENT | OWN,
    "name_family": DEPARTMENT | OWN,
    "take_back": DEPARTMENT | OWN,
    "withdraw": OWN,
    "withdraw_for": DEPARTMENT,
}
"""Of a wearing that is not over."""
CALLED: Final[dict[str, Roles]] = {"again": NOBODY, "called": GOING}
GONE: Final[dict[str, Roles]] = {"take_over": GOING, "close": GOING}
"""Of a call; that only its responder goes on is tried in scenarios/eldercare/tests."""

ACTIONS: Final[dict[tuple[str, str, str], dict[str, Roles]]] = {
    ("citizen_reports.report", "received", "A.zhzf"): {
        "accept": DEPARTMENT,
        "decline": DEPARTMENT,
        "pass_up": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "send_back": DEPARTMENT,
        "ask_ruling": DEPARTMENT,
        "ask_reporter": DEPARTMENT,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "received", "A.grid"): {
        "accept": GRID,
        "decline": NOBODY,
        "pass_up": GRID,
        "hand_over": NOBODY,
        "send_back": GRID,
        "ask_ruling": NOBODY,
        "ask_reporter": GRID,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "handling", "A.zhzf"): {
        "pass_up": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "progress": DEPARTMENT,
        "ask_reporter": DEPARTMENT,
        "draft": DEPARTMENT,
        "finish": NOBODY,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "handling", "A.grid"): {
        "pass_up": GRID,
        "hand_over": NOBODY,
        "progress": GRID,
        "ask_reporter": GRID,
        "draft": GRID,
        "finish": GRID,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "reviewing", "A.zhzf"): {"redraft": LEADER, "issue": LEADER, "add": REPORTER},
    ("citizen_reports.report", "waiting", "A.zhzf"): {
        "supply": REPORTER,
        "resume": NOBODY,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "disputed", "arbiter"): {
        "rule": ARBITER,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "answered", "hotline"): {
        "call_back": HOTLINE,
        "rate": REPORTER,
        "reopen": REPORTER,
        "reopen_after_call": HOTLINE,
        "lapse": NOBODY,
    },
    ("citizen_reports.report", "declined", "hotline"): {"contest": REPORTER, "let_stand": NOBODY},
    ("referrals.assistance", "asked", "A.zhzf"): {
        "accept": DEPARTMENT,
        "reply": DEPARTMENT,
        "refuse": DEPARTMENT,
        "call_back": NOBODY,
    },
    ("referrals.assistance", "working", "A.zhzf"): {
        "reply": DEPARTMENT,
        "progress": DEPARTMENT,
        "refuse": DEPARTMENT,
        "call_back": NOBODY,
    },
    ("citizen_reports.reinspection", "waiting", "A.zhzf"): {"hand_on": DEPARTMENT, "inspect": DEPARTMENT},
    ("documents.outgoing", "drafting", "A.zhzf"): {
        "revise": DEPARTMENT,
        "submit": DEPARTMENT,
        "withdraw": DEPARTMENT,
    },
    ("documents.outgoing", "reviewing", "A.zhzf"): {
        "revise": DEPARTMENT,
        "issue": LEADER,
        "redraft": LEADER,
        "withdraw": DEPARTMENT,
    },
    ("command_centre.instruction", "issued", "A.zhzf"): {
        "receipt": DEPARTMENT,
        "urge": OVER_DEPARTMENT,
        "withdraw": OVER_DEPARTMENT,
    },
    ("command_centre.instruction", "working", "A.zhzf"): {
        "progress": DEPARTMENT,
        "reply": DEPARTMENT,
        "urge": OVER_DEPARTMENT,
        "withdraw": OVER_DEPARTMENT,
    },
    ("command_centre.instruction", "replied", "A.zhzf"): {"accept": LEADER, "send_back": LEADER},
    ("referrals.supervision", "insisted", "A.zhzf"): {"report": DEPARTMENT, "lift": OVER_DEPARTMENT},
    ("referrals.supervision", "reported", "A.zhzf"): {
        "release": DEPARTMENT,
        "insist": DEPARTMENT,
        "lift": OVER_DEPARTMENT,
    },
    ("eldercare.wearing", "applied", "A.zhzf"): {
        "activate": DEPARTMENT,
        "refuse": DEPARTMENT,
        **WEARERS,
    },
    ("eldercare.wearing", "active", "A.zhzf"): {
        "exchange": DEPARTMENT,
        "confirm": DEPARTMENT | OWN,
        "end": DEPARTMENT,
        **WEARERS,
    },
    ("eldercare.alarm", "raised", "A.zhzf"): {"accept": GOING, "to_town": NOBODY, **CALLED},
    ("eldercare.alarm", "raised_town", "A.zhzf"): {"accept": GOING, "to_120": NOBODY, **CALLED},
    ("eldercare.alarm", "unanswered", "A.zhzf"): {"accept": GOING, **CALLED},
    ("eldercare.alarm", "accepted", "A.zhzf"): {"go": GOING, "arrive": GOING, **GONE, **CALLED},
    ("eldercare.alarm", "on_way", "A.zhzf"): {"arrive": GOING, **GONE, **CALLED},
    ("eldercare.alarm", "there", "A.zhzf"): {**GONE, **CALLED},
    ("evidence.item", "received", "A.zhzf"): {
        **SHARING,
        "shelve": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
    },
    ("evidence.item", "stored", "A.zhzf"): {
        **SHARING,
        "lend": DEPARTMENT,
        "seal": DEPARTMENT,
        "move": DEPARTMENT,
        "propose": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "sealed", "A.zhzf"): {
        **SHARING,
        "lend": DEPARTMENT,
        "unseal": DEPARTMENT,
        "move": DEPARTMENT,
        "propose": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "lent", "A.zhzf"): {
        **SHARING,
        "give_back": DEPARTMENT,
        "renew": DEPARTMENT,
    },
    ("evidence.item", "proposed", "A.zhzf"): {
        **SHARING,
        "approve": LEADER,
        "refuse": LEADER,
        "take_back": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "approved", "A.zhzf"): {
        **SHARING,
        "take_back": DEPARTMENT,
        "hand_out": DEPARTMENT,
        "dispose": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("village_screens.notice", "draft", "A.zhzf"): {
        "revise": DEPARTMENT,
        "approve": SECOND,
        "withdraw": SECOND,
    },
    ("village_screens.notice", "shown", "A.zhzf"): {"expire": NOBODY, "withdraw": SECOND},
    ("village_screens.disclosure", "draft", "A.zhzf"): {
        "revise": DEPARTMENT,
        "approve": SECOND,
        "withdraw": SECOND,
    },
    ("village_screens.motion", "proposed", "A.zhzf"): {"discuss": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "discussed", "A.zhzf"): {"examine": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "examined", "A.zhzf"): {"resolve": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "resolved", "A.zhzf"): {"publish": SECOND},
    ("village_screens.motion", "published", "A.zhzf"): {"report": DEPARTMENT},
    ("village_screens.motion", "reported", "A.zhzf"): {"publish_result": SECOND},
    ("village_screens.question", "asked", "A.zhzf"): {
        "answer": DEPARTMENT,
        "decline": LEADER,
        "withdraw": REPORTER,
    },
    ("referrals.extension", "asked", "A.zhzf"): {
        "approve": LEADER
        | {"county", "city"},  # one person does not approve what they asked for: the office above may
        "refuse": LEADER,
        "drop": DEPARTMENT,
        "lapse": NOBODY,
    },
}
"""What procedures declare themselves. A child of no parent stands here: nobody refers it, so nobody calls it back."""

# --- standing actions: the same for every procedure that takes them, by who holds the case ------------

HOLDER: Final[dict[str, Roles]] = {
    "A.zhzf": DEPARTMENT,
    "A.grid": GRID,
    "arbiter": ARBITER,
    "hotline": HOTLINE,
}
"""Posts of the office that has the case."""
OFFICIAL: Final[dict[str, Roles]] = {**HOLDER, "A.grid": NOBODY, "hotline": NOBODY}
"""Those of them that may turn to other offices."""
OVER: Final[dict[str, Roles]] = {
    "A.zhzf": OVER_DEPARTMENT,
    "A.grid": OVER_DEPARTMENT | {"village", "town"},
    "arbiter": frozenset({"city", "commander"}),
    "hotline": frozenset({"city", "commander"}),
}
"""Posts of the offices above it."""
DRAFTERS: Final = frozenset({"village", "town", "county", "city"})
"""Handlers and leaders over the ground."""
COMMANDER: Final = frozenset({"commander"})
STANDING_STAGES: Final = (("citizen_reports.report", "merged", "A.grid"),)
"""Stages that the kernel adds, and who holds the case there."""


def standing(action: str, holder: str) -> Roles:
    """Who may take one of the kernel's standing actions on a case this office holds, wherever it is offered."""
    keeper = (LEADER if holder == "A.zhzf" else NOBODY) | COMMANDER
    by_name: dict[str, Roles] = {
        "ask_assistance": OFFICIAL[holder],
        "split_off": OFFICIAL[holder],
        "merge_into": HOLDER[holder],
        "unmerge": HOLDER[holder],
        "supervise": OVER[holder],
        "instruct": OVER[holder] | COMMANDER,
        "ask_extension": DEPARTMENT if holder == "A.zhzf" else NOBODY,
        "correct": HOLDER[holder],
        "note": HOLDER[holder] | OVER[holder],
        "late_note": GRID,  # the case has been with the grid office all its life there
        "draft_document": DRAFTERS | (DEPARTMENT if holder == "A.zhzf" else NOBODY),
        "hold": keeper,
        "release_hold": keeper,
        "partner_word": NOBODY,  # of the other system's own account, where it takes part
    }
    return by_name[action]
