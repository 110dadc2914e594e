from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Folder(models.Model):
    """Where somebody keeps some of their playlists; nobody else sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="playlist_folders")
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_folder_of_that_name",
                violation_error_message=_("You have a folder of that name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
