"""What an action did to many rows at once, for the log of what staff do: Django writes down single changes only."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest


def note(request: HttpRequest, objects: Iterable[Any], message: str) -> None:
    """With the words of the action. A list: after the action a query may no longer find them."""
    LogEntry.objects.log_actions(request.user.pk or 0, list(objects), CHANGE, message)
