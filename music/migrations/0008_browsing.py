from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("music", "0007_track_by_sha256")]
    operations = [
        migrations.RemoveIndex("track", "track_by_state"),
        migrations.AddIndex(
            "track",
            models.Index(fields=["state_since"], condition=models.Q(state="trashed"), name="track_in_trash"),
        ),
        migrations.AddIndex("track", models.Index(fields=["format", "id"], name="track_by_format")),
    ]
