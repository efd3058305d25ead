"""The outbox, how far each consumer has read it, and the events set aside."""

from django.db import models

from zhili.core.streams.fields import CurrentTransactionId, TransactionTime, Xid8Field


class StreamEvent(models.Model):
    """One event, written in the transaction of the change it tells of. Order of reading: (xid, id)."""

    # The transaction that wrote the row. Readers stop below the oldest running transaction, so that
    # a slow writer's events are never overtaken; see reading.py.
    xid = Xid8Field(db_default=CurrentTransactionId())
    at = models.DateTimeField(db_default=TransactionTime())
    type = models.CharField(max_length=64)
    subject = models.BigIntegerField(null=True)
    payload = models.JSONField()

    class Meta:
        db_table = "streams_event"
        indexes = [models.Index(fields=["xid", "id"], name="streams_event_order")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class Position(models.Model):
    """How far a consumer has come, stored in the transaction of what it did."""

    name = models.CharField(max_length=64, primary_key=True)
    xid = Xid8Field(db_default=models.Value("0", output_field=Xid8Field()))
    event_id = models.BigIntegerField(db_default=0)
    updated_at = models.DateTimeField(db_default=TransactionTime())
    # The event next in line has failed this often; it is tried again at `retry_at`.
    attempts = models.SmallIntegerField(db_default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(db_default="")

    def __str__(self) -> str:
        return f"{self.name} {self.xid}/{self.event_id}"


class Parked(models.Model):
    """An event a consumer could not take after many tries: kept whole, for a person to look at."""

    consumer = models.CharField(max_length=64)
    event_id = models.BigIntegerField()
    event_at = models.DateTimeField()
    type = models.CharField(max_length=64)
    subject = models.BigIntegerField(null=True)
    payload = models.JSONField()
    error = models.TextField()
    attempts = models.SmallIntegerField()
    parked_at = models.DateTimeField(db_default=TransactionTime())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "event_id"], name="streams_parked_once")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
