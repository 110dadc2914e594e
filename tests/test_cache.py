import errno
import tempfile
from typing import Any

import pytest
from django.core.cache import cache


def test_a_full_disk_forgets_and_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as weather:
        weather.setattr(tempfile, "mkstemp", full)
        cache.set("one", 1)
        assert cache.get("one", "forgotten") == "forgotten"
    cache.set("one", 1)
    assert cache.get("one") == 1
