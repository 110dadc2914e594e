from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.own_database import connected_to_own_database


@pytest.fixture
def shared_database(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The URL of a database with real transactions: the one in memory does not let threads write side by side."""
    with django_db_blocker.unblock(), connected_to_own_database(tmp_path) as url:
        yield url
