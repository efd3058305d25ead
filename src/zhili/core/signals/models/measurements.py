"""What was measured. The four tables of measurements and roll-ups are partitioned (migration 0001 makes them in SQL).

Each is partitioned by how many days its rows are kept and by their time, so that what is over goes by dropping a
table. The time is the device's: the same reading sent twice meets itself in its partition, where the key is unique.
"""

from django.db import models
from django.db.models.functions import Now


class MeasureName(models.Model):
    """The small number a measure is stored under."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Timed(models.Model):
    """The key all four have. ``keeps``: days."""

    pk = models.CompositePrimaryKey("source_id", "measure", "at", "keeps")
    source_id = models.BigIntegerField()
    measure = models.SmallIntegerField()
    at = models.DateTimeField()
    keeps = models.SmallIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source_id} {self.measure} {self.at}"


class Measurement(Timed):
    """One ordinary reading."""

    received_at = models.DateTimeField()
    value = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    samples = models.BinaryField(null=True)

    class Meta:
        db_table = "signals_measurement"

    def __str__(self) -> str:
        return Timed.__str__(self)


class SealedMeasurement(Timed):
    """One personal reading: value, point or samples under the people key ring, bound to source, measure and time."""

    received_at = models.DateTimeField()
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()

    class Meta:
        db_table = "signals_sealed"

    def __str__(self) -> str:
        return Timed.__str__(self)


class Rolled(Timed):
    count = models.IntegerField()
    sum = models.FloatField()
    min = models.FloatField()
    max = models.FloatField()

    class Meta:
        abstract = True


class HourRoll(Rolled):
    class Meta:
        db_table = "signals_hour"

    def __str__(self) -> str:
        return Timed.__str__(self)


class DayRoll(Rolled):
    """A day of the site's own calendar."""

    class Meta:
        db_table = "signals_day"

    def __str__(self) -> str:
        return Timed.__str__(self)


class Late(models.Model):
    """A reading that came after its hour had been rolled up: that hour and day are counted again."""

    source_id = models.BigIntegerField()
    measure = models.SmallIntegerField()
    hour = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id} {self.measure} {self.hour}"


class Closed(models.Model):
    """Up to when roll-ups of a grain have been made."""

    grain = models.CharField(max_length=4, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.grain} {self.until}"


class Batch(models.Model):
    """New readings of one transaction, packed and sealed, until they are judged.

    A queue and no position in a table: a row is there once its transaction is, whatever number it drew.
    """

    made_at = models.DateTimeField(db_default=Now())
    count = models.IntegerField()
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pk}: {self.count}"


class Tally(models.Model):
    """Counts of one transaction, folded to one row a minute and channel by the worker; never updated in between, so
    that writers do not wait for one another."""

    minute = models.DateTimeField(db_index=True)
    channel = models.CharField(max_length=8)
    messages = models.IntegerField()
    readings = models.IntegerField()
    refused = models.IntegerField()
    undecoded = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.minute} {self.channel}"
