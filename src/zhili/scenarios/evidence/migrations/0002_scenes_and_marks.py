import django.db.models.deletion
from django.db import migrations, models

from zhili.core.trail.protect import Protect


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_store_items_and_stock_takings"),
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scene",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("model", "三维模型"), ("panorama", "全景照片"), ("points", "点云")],
                        max_length=8,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("made", models.CharField(max_length=300, verbose_name="怎么得来")),
                ("up", models.CharField(default="y", max_length=1)),
                ("bounds", models.JSONField(default=list)),
                ("count", models.IntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("post_id", models.BigIntegerField()),
                ("office_id", models.BigIntegerField()),
                ("leaf_id", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.file",
                    ),
                ),
            ],
            options={
                "verbose_name": "现场",
            },
        ),
        migrations.CreateModel(
            name="SceneMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "标注"),
                            ("distance", "距离"),
                            ("angle", "夹角"),
                            ("ground", "地面距离"),
                            ("scale", "比例"),
                            ("camera", "相机高度"),
                            ("north", "正北方向"),
                            ("withdraw", "撤下"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("points", models.JSONField(default=list)),
                ("reach", models.JSONField(default=list)),
                ("value", models.FloatField(null=True)),
                ("error", models.FloatField(null=True)),
                ("level", models.FloatField(null=True)),
                ("rise", models.FloatField(null=True)),
                ("refers", models.IntegerField(null=True)),
                ("item_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("post_id", models.BigIntegerField()),
                ("office_id", models.BigIntegerField()),
                ("leaf_id", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                (
                    "scene",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="evidence.scene",
                    ),
                ),
            ],
            options={
                "verbose_name": "现场标注",
            },
        ),
        migrations.AddIndex(
            model_name="scene",
            index=models.Index(fields=["case_id", "id"], name="evidence_scene_case"),
        ),
        migrations.AddIndex(
            model_name="scene",
            index=models.Index(fields=["file"], name="evidence_scene_file"),
        ),
        migrations.AddIndex(
            model_name="scenemark",
            index=models.Index(
                models.F("item_id"), condition=models.Q(("item_id__isnull", False)), name="evidence_mark_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="scenemark",
            constraint=models.UniqueConstraint(fields=("scene", "number"), name="evidence_mark_number"),
        ),
        Protect("evidence_scene"),
        Protect("evidence_scenemark"),
    ]
