from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.text import slugify

# What a newcomer can choose at sign-up before anybody has uploaded anything.
COMMON = [
    "Ambient", "Blues", "Classical", "Country", "Disco", "Drum & Bass", "Electronic", "Folk", "Funk", "Gospel",
    "Hip-Hop", "House", "Indie", "Jazz", "Latin", "Lo-Fi", "Metal", "Pop", "Punk", "R&B", "Reggae", "Rock", "Soul",
    "Soundtrack", "Techno", "World",
]  # fmt: skip


def add_common_genres(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    genres = apps.get_model("music", "Genre")
    genres.objects.bulk_create([genres(name=name, slug=slugify(name), is_suggested=True) for name in COMMON], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("music", "0002_initial")]
    operations = [
        migrations.RunPython(add_common_genres, migrations.RunPython.noop),
        # Both columns in one index: shelves and genre pages find a genre's tracks without touching the table.
        migrations.RunSQL(
            "CREATE INDEX track_genres_by_genre ON music_track_genres (genre_id, track_id)",
            "DROP INDEX track_genres_by_genre",
        ),
    ]
