from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from music.keys import recording_key

CHUNK = 1000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    tracks = apps.get_model("music", "Track").objects
    update = "UPDATE music_track SET recording_key = %s WHERE id = %s"
    names = tracks.order_by("pk").values_list("pk", "artist__name", "title")
    last = 0
    while rows := list(names.filter(pk__gt=last)[:CHUNK]):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(update, [(recording_key(artist, title), pk) for pk, artist, title in rows])
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("music", "0009_search")]
    operations = [
        migrations.AddField(
            model_name="track",
            name="recording_key",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="track",
            name="recording_key",
            field=models.BigIntegerField(db_index=True, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="track",
            index=models.Index(
                condition=models.Q(("recording_mbid", ""), _negated=True),
                fields=["recording_mbid"],
                name="track_by_recording_mbid",
            ),
        ),
        migrations.AddIndex(
            model_name="track",
            index=models.Index(
                condition=models.Q(("isrc", ""), _negated=True), fields=["isrc"], name="track_by_isrc"
            ),
        ),
    ]
