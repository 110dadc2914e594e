from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from listening.store import StoreAway, listen_store
from music.models import Genre, Track
from music.utils import recommended_for


@pytest.fixture
def demo(db: None, settings: Any, tmp_path: Path) -> str:
    settings.DATA_DIR = tmp_path
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def test_the_demo_is_a_living_place(demo: str) -> None:
    assert Track.objects.count() == 16
    assert Genre.objects.exclude(tracks=None).count() == 14
    noa = get_user_model().objects.get(username="demo")
    reasons = [item.reason for item in recommended_for(noa, 20)]
    assert "Because you finished a Jazz track" in reasons
    assert "You chose Folk" in reasons
    assert any("listener" in reason for reason in reasons)
    assert len(listen_store().history(noa.pk, 100)) >= 4


@pytest.mark.usefixtures("demo")
def test_the_demo_account_has_a_password_of_its_own_in_a_private_file(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "demo_password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert authenticate(username="demo", password=file.read_text().strip())
    assert not get_user_model().objects.get(username="milo").has_usable_password()


@pytest.mark.usefixtures("demo")
def test_loading_it_again_changes_nothing_even_when_it_was_deleted() -> None:
    get_user_model().objects.all().delete()
    call_command("load_demo", stdout=StringIO())
    assert not get_user_model().objects.exists()


def test_a_load_that_was_cut_short_is_finished_by_the_next(demo: str, tmp_path: Path) -> None:
    (tmp_path / "demo_loaded").unlink()
    Track.objects.order_by("pk").last().delete()
    call_command("load_demo", stdout=StringIO())
    assert Track.objects.count() == 16
    assert get_user_model().objects.count() == 5


def test_real_people_of_the_same_name_are_left_alone(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    real = get_user_model().objects.create_user("robin", "robin@example.org")
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "robin" in out.getvalue()
    assert not Track.objects.exists()
    assert listen_store().history(real.pk, 1) == []


def test_without_the_listen_store_the_rest_comes_and_the_listens_follow(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    with monkeypatch.context() as away:
        away.setattr("music.demo.add_listens", lambda users: (_ for _ in ()).throw(StoreAway()))
        call_command("load_demo", stdout=StringIO())
    assert Track.objects.count() == 16
    call_command("load_demo", stdout=StringIO())
    assert listen_store().history(get_user_model().objects.get(username="demo").pk, 1)


def test_a_dry_run_adds_nothing(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    out = StringIO()
    call_command("load_demo", dry_run=True, stdout=out)
    assert "16 tracks" in out.getvalue()
    assert not Track.objects.exists()


@pytest.mark.usefixtures("demo")
def test_a_dry_run_says_that_it_is_there() -> None:
    out = StringIO()
    call_command("load_demo", dry_run=True, stdout=out)
    assert "nothing would be added" in out.getvalue()
