from functools import cache
from types import ModuleType

from django.db import connection

from music.search import postgres, sqlite


@cache
def dialect() -> ModuleType:
    """The module that speaks to the database in use."""
    return postgres if connection.vendor == "postgresql" else sqlite
