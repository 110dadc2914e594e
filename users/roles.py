"""What people may do here: four roles, each a group of Django's with its permissions.

The groups are made whenever `migrate` ends, because only then does Django know the permissions of all tables. A group
that exists already is left as the people who run this place have changed it; only that of the admins is always as here.
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from users.models import CustomUser, SignUpPolicy


class Role(TextChoices):
    """Each may what those before it may."""

    LISTENER = "listener", _("Listener")
    UPLOADER = "uploader", _("Uploader")
    MODERATOR = "moderator", _("Moderator")
    ADMIN = "admin", _("Admin")


STAFF = {Role.MODERATOR, Role.ADMIN}
UPLOADING = ["uploads.add_upload"]
MODERATING = [
    "uploads.view_upload", "music.view_track", "music.change_track", "music.view_trackreport",
    "music.change_trackreport", "music.view_artist", "music.view_album", "music.view_genre",
    "music.view_takedown", "music.add_takedown", "music.change_takedown",
    "music.view_blockedsound", "music.add_blockedsound", "music.change_blockedsound", "music.delete_blockedsound",
    "social.view_announcement", "social.add_announcement", "social.change_announcement", "social.delete_announcement",
]  # fmt: skip
# Whoever may change groups and permissions may give themselves all others; whoever may change where the link to a new
# password is sent, or what is asked for after it, may become anybody.
NOT_FOR_ADMINS = {"auth", "contenttypes", "sessions", "account", "mfa"}


def make_roles(*, apps: Any = installed, **_of_signal: Any) -> None:
    """`apps`: as far as the database has come. Where only some rooms were migrated there is nobody to give a role."""
    if "users" not in {config.label for config in apps.get_app_configs()}:
        return
    for config in installed.get_app_configs():
        create_permissions(config, verbosity=0)
    with transaction.atomic():
        had_roles = Group.objects.filter(name=Role.UPLOADER).exists()
        for role in Role:
            group, is_new = Group.objects.get_or_create(name=role.value)
            if is_new or role == Role.ADMIN:
                group.permissions.set(_permissions(role))
        if not had_roles:
            _give(Role.MODERATOR, CustomUser.objects.filter(groups=None, is_staff=True))
            _give(Role.UPLOADER, CustomUser.objects.filter(groups=None))


def role_of(user: CustomUser) -> Role | None:
    """The highest that somebody has; no query when the groups are prefetched."""
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


@transaction.atomic
def set_role(user: CustomUser, role: Role) -> None:
    """And with it whether they may enter the administration."""
    user.groups.remove(*Group.objects.filter(name__in=Role.values))
    user.groups.add(*Group.objects.filter(name=role.value))
    is_staff = role in STAFF or user.is_superuser
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])


def role_of_newcomers() -> Role:
    return Role.UPLOADER if SignUpPolicy.current().newcomers_may_upload else Role.LISTENER


def _permissions(role: Role) -> QuerySet[Permission]:
    if role == Role.ADMIN:
        return Permission.objects.exclude(content_type__app_label__in=NOT_FOR_ADMINS)
    allowed = {Role.LISTENER: [], Role.UPLOADER: UPLOADING, Role.MODERATOR: UPLOADING + MODERATING}[role]
    wanted = Q(pk__in=[])
    for name in allowed:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


def _give(role: Role, users: QuerySet[CustomUser]) -> None:
    """To whoever was here before there were roles: they go on with what they could do."""
    group_id = Group.objects.values_list("pk", flat=True).get(name=role.value)
    links = [
        CustomUser.groups.through(customuser_id=pk, group_id=group_id) for pk in users.values_list("pk", flat=True)
    ]
    CustomUser.groups.through.objects.bulk_create(links, batch_size=500)
