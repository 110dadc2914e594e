from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COLUMNS = "visibility, uploader_id, year, added_at, duration_ms, format, bitrate_kbps, album_id"


def with_titles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _of(f"{COLUMNS}, title", schema_editor)


def without(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _of(COLUMNS, schema_editor)


def _of(columns: str, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX track_for_rules")
        schema_editor.execute(
            f"CREATE INDEX track_for_rules ON music_track (id) INCLUDE ({columns}) WHERE state = 'published'"
        )


class Migration(migrations.Migration):
    """A rule of what most titles have, or have not, need not read the wide rows of PostgreSQL's table either."""

    dependencies = [("music", "0018_tracks_by_bitrate")]
    operations = [migrations.RunPython(with_titles, without)]
