from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def say_when_it_was_last_changed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Playlist", "SmartPlaylist"):
        apps.get_model("playlists", name).objects.update(shown_since=models.F("changed_at"))


class Migration(migrations.Migration):
    dependencies = [("playlists", "0011_editors_who_left")]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="shown_since",
                field=models.DateTimeField(default=timezone.now, editable=False),
            )
            for name in ("playlist", "smartplaylist")
        ),
        migrations.RunPython(say_when_it_was_last_changed, migrations.RunPython.noop),
    ]
