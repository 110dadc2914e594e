from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOR_RULES = {
    # All that most rules ask of a track, so that PostgreSQL need not read the wide rows of a whole library.
    "track_for_rules": "music_track (id) INCLUDE (visibility, uploader_id, year, added_at, duration_ms, format, "
    "bitrate_kbps, album_id) WHERE state = 'published'",
    # As Django writes "contains". They also tell the planner how many names have that in them.
    "track_title_contains": "music_track USING gin (UPPER(title::text) gin_trgm_ops)",
    "album_title_contains": "music_album USING gin (UPPER(title::text) gin_trgm_ops)",
    "artist_name_contains": "music_artist USING gin (UPPER(name::text) gin_trgm_ops)",
}


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, what in FOR_RULES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {what}")


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in FOR_RULES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    """Indexes for the rules of smart playlists; SQLite has no need of most of them, or no word for them."""

    dependencies = [("music", "0015_takedowns")]
    operations = [
        migrations.AddIndex("track", models.Index(fields=["added_at", "id"], name="track_by_added")),
        migrations.RunPython(create, drop),
    ]
