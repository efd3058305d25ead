"""When a step was done, as a phone without signal claims."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_open311"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
    ]
