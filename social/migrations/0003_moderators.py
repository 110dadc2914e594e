from django.contrib.auth.management import create_permissions
from django.db import migrations

MODERATING = {
    'music': ['view_takedown', 'add_takedown', 'change_takedown', 'view_blockedsound', 'add_blockedsound',
              'change_blockedsound', 'delete_blockedsound'],
    'social': ['view_announcement', 'add_announcement', 'change_announcement', 'delete_announcement'],
}


def give_to_moderators(apps, schema_editor):
    """A group that is there already gets what moderators may do from now on; later the roles leave it as it is."""
    group = apps.get_model('auth', 'Group').objects.filter(name='moderator').first()
    if group is None:
        return
    for label, codenames in MODERATING.items():
        config = apps.get_app_config(label)
        config.models_module = True  # else it is taken for an app without models
        create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
        config.models_module = None
        permissions = apps.get_model('auth', 'Permission').objects
        group.permissions.add(*permissions.filter(content_type__app_label=label, codename__in=codenames))


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('music', '0015_takedowns'),
        ('social', '0002_announcements'),
    ]

    operations = [migrations.RunPython(give_to_moderators, migrations.RunPython.noop)]
