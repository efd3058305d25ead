from django.db import models


class Heartbeat(models.Model):
    """A sign of life of one worker process; old rows go when a worker starts."""

    name = models.CharField(max_length=128, primary_key=True)
    at = models.DateTimeField()
    version = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"
