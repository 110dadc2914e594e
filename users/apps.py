from django.apps import AppConfig
from django.db.models.signals import post_migrate


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from users import roles, signals  # noqa: F401

        post_migrate.connect(roles.make_roles, sender=self)
