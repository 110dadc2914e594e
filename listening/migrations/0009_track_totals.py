from django.db import migrations, models


def make_all_anew(apps, schema_editor):
    """By the worker, or with the first page of a short history."""
    apps.get_model("listening", "RollupState").objects.update(is_outdated=True)


class Migration(migrations.Migration):

    dependencies = [
        ("listening", "0008_sums_as_bytes"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.BigIntegerField()),
                ("track_id", models.BigIntegerField()),
                ("plays", models.PositiveIntegerField()),
                ("begun", models.PositiveIntegerField()),
                ("finished", models.PositiveIntegerField()),
                ("skipped", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user_id", "track_id"), name="one_total_a_track")],
                "indexes": [models.Index(fields=["user_id", "track_id", "plays", "begun", "finished", "skipped", "last_at"], name="track_totals_of_user")],
            },
        ),
        migrations.RunPython(make_all_anew, migrations.RunPython.noop),
    ]
