"""What offices owe now, counted from an index of its own; and what came in since a moment. Adds only."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_dated_duties"), ("cases", "0007_joined")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["division", "office"],
                include=("due_at", "opened_at", "reopened", "cell", "procedure"),
                condition=Q(closed_at=None, answered_at=None, party="", confidential=False, parent=None)
                & ~Q(stage="merged"),
                name="case_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(models.F("opened_at"), name="case_opened"),
        ),
    ]
