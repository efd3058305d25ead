"""The addresses of /desk/registers."""

from __future__ import annotations

from zhili.portal.errors import View
from zhili.portal.pages.registers import export, listing, loadings, one, writing

PAGES: list[tuple[str, View, str]] = [
    ("desk/registers", listing.home, "registers"),
    ("desk/registers/premises", listing.of_premises, "register_premises"),
    ("desk/registers/premises/new", writing.new_premises, "register_new_premises"),
    ("desk/registers/premises/<int:premises>/edit", writing.change_premises, "register_change_premises"),
    ("desk/registers/premises/<int:premises>/close", writing.close_premises, "register_close_premises"),
    (
        "desk/registers/premises/<int:premises>/undo/<int:change>",
        writing.undo_of_premises,
        "register_undo_premises",
    ),
    ("desk/registers/premises/<int:premises>", one.premises, "register_one_premises"),
    ("desk/registers/firms", listing.of_firms, "register_firms"),
    ("desk/registers/firms/new", writing.new_firm, "register_new_firm"),
    ("desk/registers/firms/<str:firm>/edit", writing.change_firm, "register_change_firm"),
    ("desk/registers/firms/<str:firm>/undo/<int:change>", writing.undo_of_firm, "register_undo_firm"),
    ("desk/registers/firms/<str:firm>", one.firm, "register_firm"),
    ("desk/registers/firms/<str:firm>/personal/<slug:column>", one.personal, "register_personal"),
    ("desk/registers/import", loadings.listing, "register_loadings"),
    ("desk/registers/import/<int:loading>", loadings.show, "register_loading"),
    ("desk/registers/import/<int:loading>/start", loadings.start, "register_loading_start"),
    ("desk/registers/import/<int:loading>/faults.xlsx", loadings.faults, "register_loading_faults"),
    ("desk/registers/firms.<slug:kind>", export.of_firms, "register_firms_export"),
    ("desk/registers/premises.<slug:kind>", export.of_premises, "register_premises_export"),
]
