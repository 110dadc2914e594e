from typing import Any

import pytest

from listening.store import forget_store
from listening.tests.conftest import fresh_store, wire_mongo, wire_uri

__all__ = ["each_store", "fresh_store", "wire_mongo", "wire_uri"]


@pytest.fixture(params=["sql", pytest.param("mongodb", marks=pytest.mark.wire)])
def each_store(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """The pages keep their listens in the application's own database, and once more in MongoDB.

    With patience: these are not about how long a page waits, and a busy machine has a slow server.
    """
    if request.param == "mongodb":
        request.getfixturevalue("wire_mongo")
        monkeypatch.setattr("listening.mongo_door.TIMEOUT_SECONDS", 30.0)
        settings.MONGODB_URI = request.getfixturevalue("wire_uri")
        forget_store()
