from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("music", "0006_unique_keys")]
    operations = [
        migrations.AddIndex("track", models.Index(fields=["sha256"], name="track_by_sha256")),
    ]
