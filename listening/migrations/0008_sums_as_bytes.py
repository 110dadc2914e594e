from django.db import migrations, models


def make_all_anew(apps, schema_editor):
    """By the worker, or with the first page of a short history."""
    apps.get_model("listening", "RollupState").objects.update(is_outdated=True)


class Migration(migrations.Migration):

    dependencies = [
        ("listening", "0007_rollup_days"),
    ]

    operations = [
        migrations.DeleteModel("Rollup"),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("level", models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("past", "Past")], max_length=5)),
                ("begin", models.DateField()),
                ("plays", models.PositiveIntegerField()),
                ("listens", models.PositiveIntegerField()),
                ("played_ms", models.PositiveBigIntegerField()),
                ("completed", models.PositiveIntegerField()),
                ("skipped", models.PositiveIntegerField()),
                ("genres", models.JSONField()),
                ("clock", models.BinaryField()),
                ("albums", models.BinaryField()),
                ("artists", models.BinaryField()),
                ("tracks", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user_id", "level", "begin"), name="one_rollup_a_period")],
                "indexes": [models.Index(fields=["user_id", "level", "begin", "listens", "played_ms"], name="rollup_days")],
            },
        ),
        migrations.RunPython(make_all_anew, migrations.RunPython.noop),
    ]
