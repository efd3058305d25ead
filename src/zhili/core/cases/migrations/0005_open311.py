"""For programs that ask by date: public cases newest first, and steps since a moment."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_history"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(models.F("opened_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("confidential", False), ("public", True)),
                name="case_public_new",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="step_at"),
        ),
    ]
