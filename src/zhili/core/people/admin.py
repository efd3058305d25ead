"""Django's admin for engineers. It shows no personal value, makes no token, and gives nobody rights but by a
superuser; what must be traced (opening a secret, acting on a case) is not possible here at all."""

from typing import Any, Final

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhili.core.people.models import Account, ApiToken, Deputy, Grant, Office, Post, PostHolding, Secret

# Into the admin only through the ordinary sign-in, with its rate limits and second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

_RIGHTS: Final = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(Account)
class AccountAdmin(UserAdmin):
    """Accounts. Only a superuser changes rights, or touches an account that has any."""

    list_display = ("username", "display_name", "kind", "is_active", "is_staff")
    list_filter = ("kind", "is_active", "is_staff")
    search_fields = ("username", "display_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("display_name", "email", "kind", "language", "elder")}),
        (_("权限"), {"fields": ("is_active", *_RIGHTS)}),
        (None, {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "kind", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        rights = () if request.user.is_superuser else _RIGHTS
        return ("last_login", "date_joined", *rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if (
            obj is not None
            and not request.user.is_superuser
            and obj.pk != request.user.pk
            and _has_rights(obj)
        ):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an account that acted stays, disabled


def _has_rights(account: Account) -> bool:
    return account.is_superuser or account.is_staff


class PostInline(admin.TabularInline):
    model = Post
    extra = 0
    show_change_link = True


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "level", "kind", "valid_from", "valid_to")
    list_filter = ("level", "kind")
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    raw_id_fields = ("division", "cell")
    inlines = (PostInline,)


class HoldingInline(admin.TabularInline):
    model = PostHolding
    extra = 0
    raw_id_fields = ("account",)


class DeputyInline(admin.TabularInline):
    model = Deputy
    extra = 0
    raw_id_fields = ("account",)


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ("office", "title", "roles")
    list_select_related = ("office",)
    search_fields = ("title", "office__name", "office__code")
    raw_id_fields = ("office",)
    inlines = (HoldingInline, DeputyInline)


class ReadOnly(admin.ModelAdmin):
    """To look at, never to add, change or delete."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Revocable(ReadOnly):
    """Ended by an action, which keeps the row; nothing else can be done to it."""

    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"people.change_{self.opts.model_name}")

    @admin.action(description=_("吊销所选"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        ended = rows.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, _("已吊销 %(count)d 项") % {"count": ended})


@admin.register(ApiToken)
class ApiTokenAdmin(Revocable):
    list_display = ("label", "account", "scopes", "created_at", "expires_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("label", "account__username")
    exclude = ("sha256",)


@admin.register(Grant)
class GrantAdmin(Revocable):
    list_display = ("case_id", "party", "actions", "created_at", "expires_at", "revoked_at")
    search_fields = ("=case_id",)
    exclude = ("sha256",)


@admin.register(Secret)
class SecretAdmin(ReadOnly):
    """That a value is kept, until when, under which key; never the value nor what tells of it."""

    list_display = ("id", "kind", "key_id", "created_at", "expires_at", "erased_at")
    list_filter = ("kind", "key_id")
    fields = ("id", "kind", "key_id", "created_at", "expires_at", "erased_at")
    show_full_result_count = False
