from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wages', '0002_money_sheets_and_payments'),
    ]

    operations = [
        migrations.AddField(
            model_name='engagement',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('finished', '活干完了'), ('left', '本人离开'), ('dismissed', '单位解除'), ('crew', '班组撤场')], db_default='', default='', max_length=10, verbose_name='原因'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='worker',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='worker',
            name='pin_locked_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='worker',
            name='pin_wrong',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='worker',
            name='reminded_on',
            field=models.DateField(null=True),
        ),
    ]
