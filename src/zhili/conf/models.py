from django.db import models


class Heartbeat(models.Model):
    """A sign of life of one worker process; old rows go when a worker starts."""

    name = models.CharField(max_length=128, primary_key=True)
    at = models.DateTimeField()
    version = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"


class Round(models.Model):
    """A duty done now and then, a little at a time: when the last round ended (None: one is under way) and how far."""

    name = models.CharField(max_length=40, primary_key=True)
    ended_at = models.DateTimeField(null=True)
    state = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Archived(models.Model):
    """A closed case that stands in a sealed archive file too: which file, and that file's fingerprint."""

    case_id = models.BigIntegerField(primary_key=True)
    file = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.file}"
