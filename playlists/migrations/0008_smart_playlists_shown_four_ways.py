from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from playlists.models import new_secret

CHUNK = 1000
GIVE = "UPDATE playlists_smartplaylist SET secret = %s WHERE id = %s"
CHOICES = [
    ("private", "Only me"),
    ("link", "Whoever here has the link"),
    ("followers", "People who follow me"),
    ("public", "Everyone here"),
]


def give_each_a_secret(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ids = apps.get_model("playlists", "SmartPlaylist").objects.order_by("pk").values_list("pk", flat=True)
    last = 0
    while some := list(ids.filter(pk__gt=last)[:CHUNK]):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(GIVE, [(new_secret(), pk) for pk in some])
        last = some[-1]


class Migration(migrations.Migration):
    dependencies = [("playlists", "0007_undo_of_smart_playlists")]

    operations = [
        migrations.RemoveIndex(model_name="smartplaylist", name="smart_for_everyone"),
        migrations.AlterField(
            model_name="smartplaylist",
            name="visibility",
            field=models.CharField(choices=CHOICES, default="private", max_length=9, verbose_name="who may see it"),
        ),
        migrations.AddField(
            model_name="smartplaylist",
            name="secret",
            field=models.CharField(default=None, editable=False, max_length=32, null=True),
        ),
        migrations.RunPython(give_each_a_secret, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="smartplaylist",
            name="secret",
            field=models.CharField(default=new_secret, editable=False, max_length=32, unique=True),
        ),
        migrations.AddIndex(
            model_name="smartplaylist",
            index=models.Index(
                condition=models.Q(visibility__in=("public", "followers")), fields=["-id"], name="smart_for_others"
            ),
        ),
    ]
