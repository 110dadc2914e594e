"""Tests against a real server skip where there is none, but never where they are the proof."""

import pytest

from listening.tests import conftest


@pytest.fixture(autouse=True)
def no_program(monkeypatch):
    monkeypatch.setattr(conftest, "program", lambda: None)


def test_a_machine_without_the_server_skips_and_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="secantusd-py"):
        conftest.need_server()


def test_in_ci_a_missing_server_is_a_failure(monkeypatch):
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="secantusd-py"):
        conftest.need_server()
