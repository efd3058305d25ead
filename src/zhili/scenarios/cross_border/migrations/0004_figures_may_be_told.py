"""Whether a neighbour is told our figures of what passed between us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cross_border", "0003_patrols_plans_hazards")]

    operations = [
        migrations.AddField(
            "sharing", "figures", models.BooleanField(default=False, verbose_name="告知协议的数字")
        ),
    ]
