from typing import Any

from django.db import models


class NotDeleted(models.Manager):
    """Of what stays a while after it was deleted, to be brought back: all that is not."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(deleted_at=None)


class WithDeleted(models.Manager):
    """All of it."""


class Deletable(models.Model):
    """With `deleted_at` it is only there to be brought back."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
