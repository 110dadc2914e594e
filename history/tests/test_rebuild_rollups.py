from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from listening.models import Rollup, RollupState, StaleDay
from listening.rollups import refresh, refresh_some
from music.tests.catalogue import add_track
from music.tests.listens import listened


def run(**options: Any) -> str:
    out = StringIO()
    call_command("rebuild_rollups", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def heard(alice: Any, bob: Any) -> None:
    listened(bob, add_track(alice), datetime(2026, 3, 1, 23, 30, tzinfo=UTC))


@pytest.mark.usefixtures("heard")
def test_the_numbers_are_made_anew_in_each_listeners_own_time_zone(bob: Any) -> None:
    bob.profile.time_zone = "Pacific/Auckland"
    bob.profile.save()
    assert "2 listeners anew" in run()
    day = Rollup.objects.get(user_id=bob.pk, level="day")
    assert (str(day.begin), day.listens) == ("2026-03-02", 1)
    assert "are right" in run(check=True)


@pytest.mark.usefixtures("heard")
def test_a_check_finds_what_is_wrong_and_writes_nothing(bob: Any) -> None:
    refresh(bob.pk, "UTC")
    assert "1 listeners are right" in run(check=True, user="bob")
    Rollup.objects.filter(level="month").update(listens=7)
    with pytest.raises(CommandError) as error:
        run(check=True)
    assert error.value.returncode == 1
    assert "Would make the numbers of 1 listeners" in run(user="bob", dry_run=True)
    assert Rollup.objects.get(level="month").listens == 7
    run(user="bob")
    assert Rollup.objects.get(level="month").listens == 1


@pytest.mark.usefixtures("heard")
def test_whoever_never_asked_for_their_numbers_is_checked_in_the_zone_these_were_made_for(bob: Any) -> None:
    bob.profile.time_zone = "Pacific/Auckland"
    bob.profile.save()
    StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))
    assert refresh_some() == 1
    assert RollupState.objects.get(user_id=bob.pk).zone == "UTC"
    assert "are right" in run(check=True)
    Rollup.objects.filter(level="month").update(listens=7)
    with pytest.raises(CommandError):
        run(check=True)


@pytest.mark.django_db
def test_nobody_of_that_name_is_an_error() -> None:
    with pytest.raises(CommandError) as error:
        run(user="nobody")
    assert error.value.returncode == 2
