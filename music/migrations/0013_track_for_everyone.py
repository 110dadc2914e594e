from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("music", "0012_waveforms")]
    operations = [
        migrations.AddIndex(
            "track",
            models.Index(
                fields=["id"], condition=models.Q(visibility="public", state="published"), name="track_for_everyone"
            ),
        ),
    ]
