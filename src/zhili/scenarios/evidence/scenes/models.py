"""What a scene keeps: the file it shows, and what was noted and measured in it. Both only ever added to."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from zhili.core.files.models import File


class Scene(models.Model):
    """A model, a panorama or a point cloud of a place or a thing, shown from one file of a case."""

    class Kind(models.TextChoices):
        MODEL = "model", _("三维模型")
        PANORAMA = "panorama", _("全景照片")
        POINTS = "points", _("点云")

    case_id = models.BigIntegerField()
    file = models.ForeignKey(File, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=80)
    made = models.CharField(_("怎么得来"), max_length=300)
    """By what device, when, by which office; how its scale came about."""
    up = models.CharField(max_length=1, default="y")
    """Which of the file's axes points upwards; what is drawn and kept has y upwards."""
    bounds = models.JSONField(default=list)
    """The corners of the box around it, six numbers in units of the file and y up; empty for a panorama."""
    count = models.IntegerField(default=0)
    """Triangles, points or pixels across."""
    at = models.DateTimeField()
    post_id = models.BigIntegerField()
    office_id = models.BigIntegerField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("现场")
        indexes = [
            models.Index(fields=["case_id", "id"], name="evidence_scene_case"),
            models.Index(fields=["file"], name="evidence_scene_file"),
        ]

    def __str__(self) -> str:
        return self.title


class SceneMark(models.Model):
    """One thing said about a scene. What is withdrawn stays; the withdrawal is another row."""

    class Kind(models.TextChoices):
        NOTE = "note", _("标注")
        DISTANCE = "distance", _("距离")
        ANGLE = "angle", _("夹角")
        GROUND = "ground", _("地面距离")
        SCALE = "scale", _("比例")
        CAMERA = "camera", _("相机高度")
        NORTH = "north", _("正北方向")
        WITHDRAWAL = "withdraw", _("撤下")

    scene = models.ForeignKey(Scene, models.PROTECT, related_name="marks", db_index=False)
    number = models.IntegerField()
    """From 1 in each scene."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=500, default="", blank=True)
    """What is noted, or why the scale, the height or the withdrawal."""
    points = models.JSONField(default=list)
    """Three coordinates each, in units of the file; in a panorama two: degrees to the right and up from its middle."""
    reach = models.JSONField(default=list)
    """By how much each may be off: units of the file, or radians."""
    value = models.FloatField(null=True)
    """Metres, degrees, or metres of one unit of the file."""
    error = models.FloatField(null=True)
    """One standard deviation of it; of a scale, as a share."""
    level = models.FloatField(null=True)
    rise = models.FloatField(null=True)
    """Of a distance: its shares along the ground and upwards, metres."""
    refers = models.IntegerField(null=True)
    """The mark this one rests on (a scale, a camera height) or withdraws."""
    item_id = models.BigIntegerField(null=True)
    """The item of evidence a note is about."""
    at = models.DateTimeField()
    post_id = models.BigIntegerField()
    office_id = models.BigIntegerField()
    leaf_id = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta:
        verbose_name = _("现场标注")
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="evidence_mark_number")]
        indexes = [
            models.Index(F("item_id"), name="evidence_mark_item", condition=models.Q(item_id__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.scene_id}/{self.number}"
