"""Each row of a link that let nobody in gets its leaf; those there were, now."""

import secrets

from django.db import migrations, models

from zhili.core.trail import leaves


def give_leaves(apps, editor):
    rows = apps.get_model("evidence", "Turned").objects.filter(leaf_id=None).order_by("pk")
    if not rows.exists():
        return
    editor.execute("ALTER TABLE evidence_turned DISABLE TRIGGER USER")
    for row in rows.iterator(500):
        row.salt = secrets.token_bytes(16)
        sealed = {"share": row.share_id, "why": row.why}
        leaf = leaves.row("record", row.at, {"record": "evidence_share_turned"}, sealed, row.salt)
        row.leaf_id = apps.get_model("trail", "Leaf").objects.create(**leaf).pk
        row.save(update_fields=["leaf_id", "salt"])
    editor.execute("ALTER TABLE evidence_turned ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_list_sent_once"), ("trail", "0005_tiles_and_signed_heads")]

    operations = [
        migrations.AddField("turned", "leaf_id", models.BigIntegerField(null=True)),
        migrations.AddField("turned", "salt", models.BinaryField(null=True)),
        migrations.RunPython(give_leaves, migrations.RunPython.noop),
        migrations.AlterField("turned", "leaf_id", models.BigIntegerField()),
        migrations.AlterField("turned", "salt", models.BinaryField()),
    ]
