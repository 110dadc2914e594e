from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playlists.models.deleting import NotDeleted
from playlists.models.showing import Shown, ShownQuerySet, Visibility


class SmartPlaylist(Shown):
    """Rules that find tracks, as `playlists.smart.rules` reads them.

    Who looks at one finds what they themselves may hear, by their own listening, stars and ratings: so one shown to
    others tells nothing of its owner's.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="smart_playlists")
    name = models.CharField(_("name"), max_length=200)
    visibility = models.CharField(
        _("who may see it"),
        max_length=9,
        choices=[(Visibility.PRIVATE, _("Only me")), *Visibility.choices[1:]],
        default=Visibility.PRIVATE,
    )
    rules = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = NotDeleted.from_queryset(ShownQuerySet)()
    with_deleted = ShownQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "name"], name="smart_of_owner"),
            models.Index(
                fields=["-id"], condition=models.Q(visibility__in=("public", "followers")), name="smart_for_others"
            ),
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="smart_playlist_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("smart_playlist", args=[self.pk])
