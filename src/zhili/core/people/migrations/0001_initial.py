import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import zhili.core.people.hours
from zhili.core.people import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("case_id", models.BigIntegerField(db_index=True, verbose_name="事项")),
                ("party", models.CharField(max_length=32, verbose_name="身份")),
                (
                    "actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        default=list,
                        size=None,
                        verbose_name="可办动作",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="签发时间",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销时间")),
            ],
            options={
                "verbose_name": "查询码",
                "verbose_name_plural": "查询码",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="用户名",
                    ),
                ),
                ("display_name", models.CharField(blank=True, max_length=64, verbose_name="显示名称")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                ("phone_index", models.BinaryField(null=True, verbose_name="手机号盲索引")),
                (
                    "kind",
                    models.CharField(
                        choices=[("resident", "居民"), ("staff", "工作人员"), ("machine", "接入系统")],
                        default="resident",
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="界面语言")),
                ("elder", models.BooleanField(default=False, verbose_name="大字模式")),
                ("is_staff", models.BooleanField(default=False, verbose_name="可进管理后台")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "date_joined",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="注册时间",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("label", models.CharField(max_length=100, verbose_name="用途")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        default=list,
                        size=None,
                        verbose_name="权限范围",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="签发时间",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("grid", "网格"),
                            ("village", "村社区"),
                            ("town", "镇街"),
                            ("county", "县（市、区）"),
                            ("city", "市"),
                        ],
                        max_length=8,
                        verbose_name="层级",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "综合"),
                            ("department", "部门"),
                            ("hotline", "热线"),
                            ("arbiter", "仲裁"),
                        ],
                        default="general",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "hours",
                    models.JSONField(
                        blank=True,
                        help_text='如 [["08:30","12:00"],["13:30","17:00"]]；空为沿用上级',
                        null=True,
                        validators=[zhili.core.people.hours.check],
                        verbose_name="工作时间",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="值班电话")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "cell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="places.cell",
                        verbose_name="网格",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="places.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.office",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "单位",
                "verbose_name_plural": "单位",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="OfficeEdition",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("version", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="people_officeedition_single")
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=64, verbose_name="岗位")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("grid", "网格员"),
                                ("handler", "经办"),
                                ("leader", "审签"),
                                ("hotline", "话务"),
                                ("arbiter", "仲裁"),
                                ("commander", "指挥"),
                                ("auditor", "审计"),
                                ("admin", "单位管理"),
                            ],
                            max_length=16,
                        ),
                        default=list,
                        size=None,
                        verbose_name="职责",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="people.office",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位",
                "verbose_name_plural": "岗位",
            },
        ),
        migrations.CreateModel(
            name="Deputy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="起始日期")),
                ("valid_to", models.DateField(verbose_name="停用日期")),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="原因")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deputising",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deputies",
                        to="people.post",
                        verbose_name="岗位",
                    ),
                ),
            ],
            options={
                "verbose_name": "代理",
                "verbose_name_plural": "代理",
            },
        ),
        migrations.CreateModel(
            name="PostHolding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holdings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holdings",
                        to="people.post",
                        verbose_name="岗位",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=16, verbose_name="类别")),
                ("ciphertext", models.BinaryField(null=True)),
                ("salt", models.BinaryField(null=True)),
                ("hash", models.CharField(max_length=64)),
                ("blind_index", models.BinaryField(null=True)),
                ("key_id", models.CharField(max_length=16, verbose_name="密钥编号")),
                ("masked", models.CharField(blank=True, max_length=255, verbose_name="脱敏显示")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="收集时间",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="到期时间")),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="清除时间"),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="secrets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="当事人账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息",
                "verbose_name_plural": "个人信息",
            },
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("phone_index__isnull", False)),
                fields=["phone_index"],
                name="people_account_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("email", ""), _negated=True),
                fields=["email"],
                name="people_account_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="people_office_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cell__isnull", False), ("level", "grid")),
                    models.Q(models.Q(("level", "grid"), _negated=True), ("cell", None)),
                    _connector="OR",
                ),
                name="people_office_cell_of_grid",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("office", "title"), name="people_post_once"),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="people_deputy_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.UniqueConstraint(
                fields=("account", "post", "valid_from"), name="people_deputy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="postholding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="people_postholding_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="postholding",
            constraint=models.UniqueConstraint(
                fields=("account", "post", "valid_from"), name="people_postholding_once"
            ),
        ),
        migrations.AddIndex(
            model_name="secret",
            index=models.Index(
                condition=models.Q(("blind_index__isnull", False)),
                fields=["blind_index"],
                name="people_secret_blind",
            ),
        ),
        migrations.AddIndex(
            model_name="secret",
            index=models.Index(
                condition=models.Q(("erased_at", None), ("expires_at__isnull", False)),
                fields=["expires_at"],
                name="people_secret_due",
            ),
        ),
        migrations.AddIndex(
            model_name="secret",
            index=models.Index(
                condition=models.Q(("subject__isnull", False)),
                fields=["subject"],
                name="people_secret_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="secret",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ciphertext__isnull", False), ("erased_at", None), ("salt__isnull", False)),
                    models.Q(
                        ("blind_index", None),
                        ("ciphertext", None),
                        ("erased_at__isnull", False),
                        ("masked", ""),
                        ("salt", None),
                    ),
                    _connector="OR",
                ),
                name="people_secret_whole_or_erased",
            ),
        ),
        migrations.RunSQL(schema.OFFICE_EDITION, schema.OFFICE_EDITION_UNDO),
        migrations.RunSQL(schema.CACHE_TABLE, schema.CACHE_TABLE_UNDO),
    ]
