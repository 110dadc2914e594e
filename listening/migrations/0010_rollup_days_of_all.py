from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("listening", "0009_track_totals"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="rollup",
            index=models.Index(fields=["level", "begin", "listens", "plays", "skipped"], name="rollup_days_of_all"),
        ),
    ]
