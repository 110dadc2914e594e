from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0001_listens")]
    operations = [
        migrations.AddIndex(
            "listenrow",
            models.Index(fields=["artist_id", "completed_at", "track_id", "user_id"], name="listen_of_artist"),
        ),
    ]
