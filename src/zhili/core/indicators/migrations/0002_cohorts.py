"""Figures by category and month opened; answers without a limit are told apart. Adds only: the version before works on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cohort",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "generation",
                        "division_id",
                        "period",
                        "scenario",
                        "category",
                        "measure",
                        "days",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("generation", models.SmallIntegerField()),
                ("division_id", models.BigIntegerField()),
                ("period", models.DateField()),
                ("scenario", models.CharField(max_length=40)),
                ("category", models.CharField(max_length=20)),
                ("measure", models.CharField(max_length=20)),
                ("days", models.IntegerField()),
                ("count", models.IntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="edition",
            name="shape",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="fact",
            name="unclocked",
            field=models.IntegerField(db_default=0),
        ),
    ]
