import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_justice_is_confidential"),
        ("inspections", "0001_catalogue_and_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvaldetail",
            name="area",
            field=models.BigIntegerField(null=True, verbose_name="范围"),
        ),
        migrations.AddField(
            model_name="approvaldetail",
            name="share",
            field=models.SmallIntegerField(null=True, verbose_name="抽查比例（%）"),
        ),
        migrations.AddField(
            model_name="rectificationdetail",
            name="finding",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="NoticeDetail",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("visit", models.BigIntegerField(unique=True)),
                ("plan", models.BigIntegerField(null=True)),
                ("firm", models.CharField(default="", max_length=18, verbose_name="统一社会信用代码")),
                ("date", models.DateField(verbose_name="日期")),
            ],
            options={
                "verbose_name": "检查告知",
                "indexes": [models.Index(fields=["plan", "date"], name="inspections_notices")],
            },
        ),
    ]
