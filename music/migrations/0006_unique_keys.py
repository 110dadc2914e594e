from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("music", "0005_fill_keys")]
    operations = [
        migrations.AlterField("artist", "name_key", models.CharField(editable=False, max_length=255, unique=True)),
        migrations.AlterField("album", "identity", models.CharField(editable=False, max_length=320, unique=True)),
    ]
