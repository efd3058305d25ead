import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0002_scans_signatures_and_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="bodies",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.RunSQL(
            "UPDATE visits_plan plan SET bodies = told.bodies FROM ("
            " SELECT plan_id, array_agg(DISTINCT body_id ORDER BY body_id) AS bodies FROM visits_duecheck"
            " WHERE plan_id IS NOT NULL GROUP BY plan_id) told WHERE told.plan_id = plan.id",
            migrations.RunSQL.noop,
        ),
    ]
