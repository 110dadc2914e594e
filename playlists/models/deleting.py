from typing import Any

from django.db import models


class NotDeleted(models.Manager):
    """Of what stays a while after it was deleted, to be brought back: all that is not."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(deleted_at=None)
