"""With whom something is shared is a site we know, no longer a word. The table was never filled with the word."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cross_border", "0001_matters_and_sharing"), ("exchange", "0002_sites")]

    operations = [
        migrations.RemoveConstraint("sharing", "cross_border_sharing_once"),
        migrations.RemoveField("sharing", "site"),
        migrations.AddField(
            "sharing",
            "site",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="exchange.remotesite",
                verbose_name="站点",
            ),
        ),
        migrations.AddConstraint(
            "sharing",
            models.UniqueConstraint(fields=("office", "site"), name="cross_border_sharing_once"),
        ),
    ]
