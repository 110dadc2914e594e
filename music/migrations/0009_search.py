from django.apps.registry import Apps
from django.contrib.postgres.operations import TrigramExtension
from django.db import ProgrammingError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from music.search import postgres, rebuild, sqlite

BEGINNINGS = ("track_by_beginning", "album_by_beginning", "artist_by_beginning")


class Trigrams(TrigramExtension):
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, before: ProjectState, after: ProjectState
    ) -> None:
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_forwards(app_label, schema_editor, before, after)
        except ProgrammingError as error:
            raise ProgrammingError(
                "This role may not add the extension pg_trgm, which search needs. Have an administrator run "
                f'"CREATE EXTENSION pg_trgm" in the database {schema_editor.connection.settings_dict["NAME"]} '
                "and migrate again."
            ) from error

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, before: ProjectState, after: ProjectState
    ) -> None:
        """Others may use it by now."""


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in (postgres if schema_editor.connection.vendor == "postgresql" else sqlite).SCHEMA:
        schema_editor.execute(statement)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rebuild(lambda _count: None)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in (postgres if schema_editor.connection.vendor == "postgresql" else sqlite).DROP:
        schema_editor.execute(f"DROP TABLE {name}")
    if schema_editor.connection.vendor == "postgresql":
        for name in BEGINNINGS:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    """The tables of music.search, with what is in the catalogue already."""

    dependencies = [("music", "0008_browsing")]
    operations = [
        Trigrams(),
        migrations.RunPython(create, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
