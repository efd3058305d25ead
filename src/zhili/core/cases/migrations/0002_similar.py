"""What lies near a point, for likely duplicates and squares of the public map; what came of suggestions."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Followed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scenario", models.CharField(max_length=40)),
                ("category", models.CharField(blank=True, default="", max_length=20)),
                ("month", models.DateField()),
                ("model", models.CharField(max_length=16)),
                ("given", models.IntegerField(default=0)),
                ("followed", models.IntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GistIndex(
                models.Func(models.F("lon"), models.F("lat"), function="point"),
                models.Func(
                    models.F("opened_at"), models.F("opened_at"), models.Value("[]"), function="tstzrange"
                ),
                condition=models.Q(("lat__isnull", False), ("lon__isnull", False)),
                name="case_near",
            ),
        ),
        migrations.AddConstraint(
            model_name="followed",
            constraint=models.UniqueConstraint(
                fields=("scenario", "category", "month", "model"), name="followed_once"
            ),
        ),
    ]
