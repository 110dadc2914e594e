from typing import Any

from django.test import Client

from conftest import make_user
from music.models import TrackReport
from music.tests.catalogue import add_track
from users.models import SignUpRequest
from users.roles import Role, set_role


def test_staff_begin_with_what_is_here_and_what_waits(staff: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    track = add_track(alice)
    TrackReport.objects.create(track=track, reporter=bob, reason=TrackReport.Reason.values[0])
    SignUpRequest.objects.create(user=bob)
    page = sign_in(staff).get("/admin/").content.decode()
    assert "3 people, 1 of them signed in" in page
    assert "1 track, " in page
    assert "1 person waits to be let in" in page and "1 report is open" in page
    assert page.count("<rect") == 30 and page.count("<title>1</title>") == 1
    assert "style=" not in page[page.index('id="dashboard"') :]


def test_a_moderator_is_not_told_who_waits(bob: Any, as_bob: Client) -> None:
    set_role(bob, Role.MODERATOR)
    page = as_bob.get("/admin/").content.decode()
    assert "reports are open" in page and "let in" not in page


def test_the_dashboard_asks_as_often_for_many_as_for_few(
    staff: Any, alice: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        add_track(alice, title=f"Track {number}")
        make_user(f"guest{number}")
    admin = sign_in(staff)
    with django_assert_max_num_queries(15):
        assert "20 tracks" in admin.get("/admin/").content.decode()
