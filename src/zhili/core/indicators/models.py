"""Figures kept ready: a screen reads a few hundred rows however many cases there are."""

from django.db import models


class Edition(models.Model):
    """One row: which generation of the figures is shown. A rebuild grows the next one beside it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    generation = models.SmallIntegerField(default=0)
    shape = models.SmallIntegerField(default=0, db_default=0)
    """Which set of measures the generation was counted with; see rebuilding.SHAPE."""

    def __str__(self) -> str:
        return str(self.generation)


class Fact(models.Model):
    """Sums of one place over one day or month; columns see measures.py, grains see grains.py.

    The order of the key makes a query of one place over a span of days one range of the index.
    """

    pk = models.CompositePrimaryKey("generation", "division_id", "grain", "period", "scenario", "category")
    generation = models.SmallIntegerField()
    division_id = models.BigIntegerField()
    grain = models.CharField(max_length=2)
    period = models.DateField()
    scenario = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    opened = models.IntegerField()
    answered = models.IntegerField()
    closed = models.IntegerField()
    refused = models.IntegerField()
    withdrawn = models.IntegerField()
    reopened = models.IntegerField()
    returned = models.IntegerField()
    overdue = models.IntegerField()
    on_time = models.IntegerField()
    rated = models.IntegerField()
    rating_sum = models.IntegerField()
    settled = models.IntegerField()
    unclocked = models.IntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.division_id} {self.grain} {self.period} {self.scenario} {self.category}"


class Duration(models.Model):
    """How many cases took exactly `days` whole days, by day or month of the end.

    Measures see measures.py, grains see grains.py; none is by category. Under the grain of hours, `days` is the hour
    of the day.
    """

    pk = models.CompositePrimaryKey(
        "generation", "division_id", "grain", "period", "scenario", "measure", "days"
    )
    generation = models.SmallIntegerField()
    division_id = models.BigIntegerField()
    grain = models.CharField(max_length=2)
    period = models.DateField()
    scenario = models.CharField(max_length=40)
    measure = models.CharField(max_length=20)
    days = models.IntegerField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.division_id} {self.grain} {self.period} {self.measure} {self.days}: {self.count}"


class Cohort(models.Model):
    """Of the cases opened in one calendar month: how many there are, and what became of them, by category.

    `period` is the month's first day; measures see measures.py (with `days` where they have days, else 0).
    Kept for towns and everything above: a village has too few cases of one category for figures of speed.
    """

    pk = models.CompositePrimaryKey(
        "generation", "division_id", "period", "scenario", "category", "measure", "days"
    )
    generation = models.SmallIntegerField()
    division_id = models.BigIntegerField()
    period = models.DateField()
    scenario = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    measure = models.CharField(max_length=20)
    days = models.IntegerField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.division_id} {self.period} {self.category} {self.measure} {self.days}: {self.count}"


class Counted(models.Model):
    """An event a rebuild has counted although the stream is yet to deliver it; see rebuilding.py."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Publication(models.Model):
    """The figures of one month as published with their open data, once a day while they change. The newest is shown."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    """Its first day."""
    at = models.DateTimeField()
    figures = models.JSONField()
    """The whole document: figures, definitions, what is left out, head of the trail."""
    file = models.CharField(max_length=120)
    """Where the zip lies in storage; "" once a newer one has taken its place."""
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    rows = models.IntegerField()
    leaf_id = models.BigIntegerField(unique=True)
    """The leaf that says what was published."""

    class Meta:
        indexes = [models.Index(fields=["month", "-id"], name="publication_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.at}"
