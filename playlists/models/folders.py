from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import Deletable, NotDeleted, WithDeleted


class Folder(Deletable):
    """Where somebody keeps some of their playlists; nobody else sees it. `held` are those of a deleted one."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="playlist_folders")
    name = models.CharField(_("name"), max_length=100)
    held = models.JSONField(default=list, editable=False)

    objects = NotDeleted()
    with_deleted = WithDeleted()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(deleted_at=None),
                name="one_folder_of_that_name",
                violation_error_message=_("You have a folder of that name already."),
            )
        ]
        indexes = [models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="folder_deleted")]

    def __str__(self) -> str:
        return self.name
