"""Staff see which links lead in from outside, and turn them off; nobody is shown an address."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.test import Client

from music.tests.catalogue import add_track
from sharing.links import make_share
from sharing.models import Share

LIST = "/admin/sharing/share/"


def test_staff_turn_a_link_off_without_learning_its_address(
    staff: Any, alice: Any, client: Client, sign_in: Any
) -> None:
    share = make_share(alice, add_track(alice, "Blue"), days=30)
    address, admin = share.get_absolute_url(), sign_in(staff)
    assert client.get(address).status_code == 200
    page = admin.get(LIST).content.decode()
    assert "Blue" in page and "works" in page and share.secret not in page and share.seed not in page

    admin.post(LIST, {"action": "turn_off", "_selected_action": [share.pk]})

    assert client.get(address).status_code == 404
    assert "turned off" in admin.get(LIST).content.decode()
    assert LogEntry.objects.get().get_change_message() == "Turned off."


def test_who_is_not_staff_sees_no_list(alice: Any, as_bob: Client) -> None:
    share = make_share(alice, add_track(alice), days=30)
    for answer in (as_bob.get(LIST), as_bob.post(LIST, {"action": "turn_off", "_selected_action": [share.pk]})):
        assert answer.status_code == 302
    assert Share.objects.get().revoked_at is None


def test_an_address_of_a_link_is_no_page_of_the_administration(staff: Any, alice: Any, sign_in: Any) -> None:
    share = make_share(alice, add_track(alice), days=30)
    page = sign_in(staff).get(f"{LIST}{share.pk}/change/").content.decode()
    assert share.secret not in page and share.seed not in page and share.secret_sha256 not in page
