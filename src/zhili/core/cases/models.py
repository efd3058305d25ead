"""A case, its steps, its clocks, who takes part, and who is on duty for what."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GistIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zhili.core.cases import near
from zhili.core.cases.desks import Claim as Claim
from zhili.core.cases.desks import SavedList as SavedList


class Case(models.Model):
    """Anything that must be brought to a result. Changed only through ``doors``; read through ``query``.

    ``id`` is the serial the number is made of, drawn in blocks (numbers.py). The holder is ``office``, unless the
    case waits for an outsider named in ``party``; the office is kept then, for it will have the case again.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(_("编号"), max_length=16, unique=True)
    scenario = models.CharField(max_length=40)
    procedure = models.CharField(max_length=80)
    version = models.IntegerField()
    stage = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    overdue = models.BooleanField(default=False)
    office = models.ForeignKey("people.Office", models.PROTECT, null=True, related_name="+", db_index=False)
    party = models.CharField(max_length=20, default="", blank=True)
    title = models.CharField(_("事项"), max_length=120)
    category = models.CharField(max_length=20, default="", blank=True)
    channel = models.CharField(max_length=16)
    zone = models.CharField(max_length=12, default="government")
    confidential = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    division = models.ForeignKey(
        "places.Division", models.PROTECT, null=True, related_name="+", db_index=False
    )
    cell = models.ForeignKey("places.Cell", models.PROTECT, null=True, related_name="+", db_index=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=200, default="", blank=True)
    outside = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", db_index=False)
    lead = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates", db_index=False)
    """The case of the same matter it was merged into, and was answered with."""
    held = models.BooleanField(default=False, db_default=False)
    """Kept for a legal ground: nothing of it may be erased or archived (holds.py)."""
    opener = models.ForeignKey("people.Account", models.PROTECT, null=True, related_name="+", db_index=False)
    seq = models.IntegerField()
    returns = models.SmallIntegerField(default=0)
    reopened = models.SmallIntegerField(default=0)
    rating = models.SmallIntegerField(null=True)
    joined = models.IntegerField(_("也遇到的人数"), default=0, db_default=0)
    """How many said that they met with the same (joining.py), beside whoever reported it."""

    has_children = False
    """Whether it referred anything; known of a case taken with ``locking``."""

    class Meta:
        verbose_name = _("事项")
        constraints = [
            # what no area may see, no area's list shows: every list leaves confidential cases out
            models.CheckConstraint(
                condition=~Q(zone="justice") | Q(confidential=True), name="case_justice_confidential"
            )
        ]
        indexes = [
            # the inbox: what an office holds, due first
            models.Index(
                F("office"),
                F("due_at").asc(nulls_last=True),
                F("id"),
                name="case_inbox",
                condition=Q(closed_at=None),
            ),
            # the open cases of a whole area, due first
            models.Index(
                F("due_at").asc(nulls_last=True), F("id"), name="case_due", condition=Q(closed_at=None)
            ),
            models.Index(F("division"), F("id").desc(), name="case_division"),
            # what offices owe an answer to, by place and office: counted whole, however many cases there ever were
            models.Index(
                fields=["division", "office"],
                include=["due_at", "opened_at", "reopened", "cell", "procedure"],
                name="case_owed",
                condition=Q(closed_at=None, answered_at=None, party="", confidential=False, parent=None)
                & ~Q(stage="merged"),
            ),
            # what came in since this morning
            models.Index(F("opened_at"), name="case_opened"),
            models.Index(F("cell"), F("id").desc(), name="case_cell", condition=Q(cell__isnull=False)),
            models.Index(F("opener"), F("id").desc(), name="case_opener", condition=Q(opener__isnull=False)),
            models.Index(F("parent"), name="case_parent", condition=Q(parent__isnull=False)),
            # what everybody may see, newest first: other programs ask for it by date
            models.Index(
                F("opened_at").desc(),
                F("id").desc(),
                name="case_public_new",
                condition=Q(public=True, confidential=False),
            ),
            models.Index(F("lead"), name="case_lead", condition=Q(lead__isnull=False)),
            models.Index(F("procedure"), F("stage"), name="case_open_stage", condition=Q(closed_at=None)),
            # what lies near a point and when it came: likely duplicates, and squares of the public map
            GistIndex(*near.index_parts(), name="case_near", condition=near.PLACED),
        ]

    def __str__(self) -> str:
        return self.number


class CaseDetail(models.Model):
    """Base of a scenario's one-to-one columns: whatever is filtered, joined, summed or constrained."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        abstract = True


class Step(models.Model):
    """One action taken on a case by an actor. Only ever added, in the transaction of what it changed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", db_index=False)
    seq = models.IntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    from_stage = models.CharField(max_length=40, default="")
    to_stage = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    actor_office_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    """The office that holds the case after the step."""
    party = models.CharField(max_length=20, default="")
    category = models.CharField(max_length=20, default="")
    made_at = models.DateTimeField(null=True)
    """When it was done, as its sender claims: a phone had no signal. ``at`` is when it came in, and what counts."""
    late = models.BooleanField(default=False)
    """A limit that this step ended had already run out."""
    data = models.JSONField()
    """The form as submitted; personal values stand as {"secret": id, "hash": hex}."""
    why = models.JSONField(default=list)
    """Reasons in words: routing, deadlines."""
    salt = models.BinaryField()
    key = models.CharField(max_length=64, null=True)
    request = models.CharField(max_length=64, null=True)
    """Digest of what was asked under ``key``, so that a repeat can be told from a misuse."""
    state = models.BinaryField(default=b"", db_default=b"")
    """Commitment to the columns of the case after the step (committing.py); empty where history knows only the end."""

    class Meta:
        verbose_name = _("步骤")
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="step_once"),
            models.UniqueConstraint(fields=["key"], name="step_key_once", condition=Q(key__isnull=False)),
        ]
        # steps are only ever added, so their times lie in order on the disk: a few pages find what happened since
        indexes = [BrinIndex(fields=["at"], name="step_at")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.action}"


class Clock(models.Model):
    """A time limit at work on a case. ``state`` is the pure ``base.clock.ClockState``; the columns serve to find it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks", db_index=False)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    param = models.CharField(max_length=80)
    param_id = models.BigIntegerField(null=True)
    """The dated parameter the clock started under; it keeps it."""
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    next_fire_at = models.DateTimeField(null=True)
    running = models.BooleanField(default=True)
    why = models.CharField(max_length=200, default="")
    state = models.JSONField()

    class Meta:
        verbose_name = _("时限")
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="clock_once")]
        indexes = [
            models.Index(fields=["next_fire_at"], name="clock_fire", condition=Q(next_fire_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Participation(models.Model):
    """Who takes part in a case beside the office of its ground; kept by the doors, read by ``query.visible``."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="participations", db_index=False)
    role = models.CharField(max_length=20)
    office_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "role", "office_id", "account_id"],
                name="participation_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["office_id", "case"],
                name="participation_office",
                condition=Q(office_id__isnull=False),
            ),
            models.Index(
                fields=["account_id", "case"],
                name="participation_account",
                condition=Q(account_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class Joined(models.Model):
    """Somebody who met with the same and said so instead of reporting it again; kept by ``joining``.

    ``who`` tells the same one from another within a case, and nothing across cases; the account only where there is
    one, to tell it how the matter goes on.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="joiners", db_index=False)
    who = models.CharField(max_length=64)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("我也遇到")
        constraints = [models.UniqueConstraint(fields=["case", "who"], name="joined_once")]
        indexes = [
            models.Index(
                F("account_id"),
                F("id").desc(),
                name="joined_account",
                condition=Q(account_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CaseSecret(models.Model):
    """Which personal values stand in a case, under which field; the values themselves are in people.Secret."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="secrets", db_index=False)
    secret_id = models.UUIDField()
    field = models.CharField(max_length=40)
    step_seq = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "secret_id"], name="case_secret_once")]
        indexes = [models.Index(fields=["secret_id"], name="case_secret_id")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.field}"


class Category(models.Model):
    """What a case is about, as offices divide it: GB/T 30428 codes and a city's own."""

    scenario = models.CharField(max_length=40)
    code = models.CharField(_("代码"), max_length=20)
    parent = models.CharField(max_length=20, default="", blank=True)
    name = models.CharField(_("名称"), max_length=60)
    public = models.BooleanField(_("可在地图公开"), default=True)
    active = models.BooleanField(default=True)
    words = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    historical = models.BooleanField(
        _("仅供历史统计"), default=False, db_default=False, help_text=_("计入统计，填表时不可选")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("分类")
        constraints = [models.UniqueConstraint(fields=["scenario", "code"], name="category_once")]

    def __str__(self) -> str:
        return self.name


LONG_AGO = date(1949, 10, 1)
"""Lines written before lines had dates have held since then."""


class Duty(models.Model):
    """One line of the duty list: this category in this division is that office's. An empty category means any.

    `valid_to` is the first day it no longer holds. Lines are written by ``duties``, which keeps those of one category
    and division from overlapping.
    """

    scenario = models.CharField(max_length=40)
    category = models.CharField(max_length=20, default="", blank=True)
    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+", verbose_name=_("区划"))
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="duties", verbose_name=_("责任单位")
    )
    direct = models.BooleanField(_("直达"), default=False, help_text=_("不先经网格，直接交该单位"))
    source = models.CharField(_("依据"), max_length=120, default="", blank=True)
    valid_from = models.DateField(_("启用日期"), default=LONG_AGO, db_default=LONG_AGO)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("职责清单")
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "category", "division"], name="duty_once", condition=Q(valid_to=None)
            ),
            models.UniqueConstraint(
                fields=["scenario", "category", "division", "valid_from"], name="duty_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="duty_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} {self.division_id} → {self.office_id}"


class DutyEdition(models.Model):
    """One row, stamped anew by triggers when duties or categories change: each process then reads them again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField()

    def __str__(self) -> str:
        return str(self.version)


class ProcedureVersion(models.Model):
    """Each version of each declaration, kept so that timelines written under it still read right."""

    procedure = models.CharField(max_length=80)
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    spec = models.JSONField()
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("程序版本")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "version"], name="procedure_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.procedure}@{self.version}"


class Followed(models.Model):
    """How often an office decided as triage had suggested: by category and month, never by office or person."""

    scenario = models.CharField(max_length=40)
    category = models.CharField(max_length=20, default="", blank=True)
    """What was suggested; empty counts the matters of which nothing was said."""
    month = models.DateField()
    model = models.CharField(max_length=16)
    """Which model said so, by the first digits of its digest."""
    given = models.IntegerField(default=0)
    followed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "category", "month", "model"], name="followed_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.category or '-'} {self.followed}/{self.given}"


class Origin(models.Model):
    """Where a case came from, when it was not opened here: the same record never comes in twice."""

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=100)
    case = models.OneToOneField(Case, models.PROTECT, related_name="origin")

    class Meta:
        verbose_name = _("原系统编号")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="origin_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class ImportRun(models.Model):
    """One file read under one mapping, and how far: ``place`` is stored in the transaction of each batch."""

    sha256 = models.CharField(max_length=64)
    mapping = models.CharField(max_length=64)
    """Digest of the mapping: another mapping is another run."""
    source = models.CharField(max_length=40)
    file = models.CharField(max_length=255)
    size = models.BigIntegerField()
    rows = models.IntegerField()
    place = models.IntegerField(default=0)
    """Rows of the file dealt with, counted from its beginning."""
    came_in = models.IntegerField(default=0)
    already = models.IntegerField(default=0)
    aside = models.IntegerField(default=0)
    whole = models.BooleanField(default=True)
    """False for a file that was cut: the same file, grown, goes on from here."""
    started_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("历史数据导入")
        constraints = [models.UniqueConstraint(fields=["sha256", "mapping"], name="import_run_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.place}/{self.rows}"
