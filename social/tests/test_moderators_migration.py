from importlib import import_module
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from users.roles import Role


@pytest.mark.django_db
def test_moderators_of_a_site_that_is_older_may_take_tracks_down_too() -> None:
    group = Group.objects.get(name=Role.MODERATOR)
    group.permissions.clear()
    state = MigrationExecutor(connection).loader.project_state(("social", "0002_announcements"))
    migration = import_module("social.migrations.0003_moderators")
    migration.give_to_moderators(state.apps, SimpleNamespace(connection=connection))
    given = set(group.permissions.values_list("codename", flat=True))
    assert {"add_takedown", "delete_blockedsound", "add_announcement"} <= given
