"""Run with the site's settings: tokens of demo accounts, a spot in the grid worker's cell, categories for the grid."""

import json
import os
import sys

ACCOUNTS = ("resident", "grid", "village")


def main() -> None:
    import django

    django.setup()
    from zhili.core.cases.models import Category, Duty
    from zhili.core.people import tokens
    from zhili.core.people.models import Account, PostHolding

    given = {name: tokens.issue(Account.objects.get(username=name), "soak")[0] for name in ACCOUNTS}
    cell = PostHolding.objects.get(account__username="grid").post.office.cell
    assert cell is not None
    parents = Category.objects.values("parent")
    special = Duty.objects.values("category")
    plain = Category.objects.exclude(code__in=parents).exclude(code__in=special).filter(active=True)
    codes = list(plain.order_by("code").values_list("code", flat=True)[:4])
    json.dump({"tokens": given, "spot": [cell.lon, cell.lat], "categories": codes}, sys.stdout)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    main()
