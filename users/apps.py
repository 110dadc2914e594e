from django.apps import AppConfig
from django.db.models.signals import post_migrate


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from uploads.sweep import KEPT_IN
        from users import roles, signals  # noqa: F401
        from users.avatars import known_avatars

        KEPT_IN["avatars"] = known_avatars
        post_migrate.connect(roles.make_roles, sender=self)
