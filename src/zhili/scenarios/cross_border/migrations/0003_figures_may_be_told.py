"""Whether a neighbour is told our figures of what passed between us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cross_border", "0002_sharing_names_a_site")]

    operations = [
        migrations.AddField(
            "sharing", "figures", models.BooleanField(default=False, verbose_name="告知协议的数字")
        ),
    ]
