"""Django's admin for engineers: the marks of offices; seals and prints to look at only."""

from django.contrib import admin

from zhili.core.documents.models import Letterhead, Rendering, SealCertificate
from zhili.core.people.admin import ReadOnly


@admin.register(Letterhead)
class LetterheadAdmin(admin.ModelAdmin):
    list_display = ("mark", "office", "head")
    list_select_related = ("office",)
    search_fields = ("mark", "office__name", "office__code")
    autocomplete_fields = ("office",)


@admin.register(SealCertificate)
class SealCertificateAdmin(ReadOnly):
    list_display = ("office", "fingerprint", "demo", "made_at", "retired_at")
    list_select_related = ("office",)
    list_filter = ("demo",)


@admin.register(Rendering)
class RenderingAdmin(ReadOnly):
    """What is printed, waits or was set aside, and why."""

    list_display = ("document", "state", "attempts", "next_at", "error", "done_at")
    list_select_related = ("document",)
    list_filter = ("state",)
    show_full_result_count = False
