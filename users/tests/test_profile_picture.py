import io
import os
import re
import time
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from PIL import Image

from conftest import media_files
from uploads.sweep import sweep
from users.deletion import delete_account
from users.models import UserProfile

pytestmark = pytest.mark.django_db
committed = partial(TestCase.captureOnCommitCallbacks, execute=True)


def picture(width: int = 400, height: int = 300, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", (width, height), (200, 40, 90))
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    image.save(file, kind, exif=exif)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG that says it is 50,000 pixels a side."""
    header = (50_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    parts = (
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def save(client: Client, data: bytes | None = None, **more: Any) -> Any:
    files = {"picture": SimpleUploadedFile("me.jpg", data)} if data else {}
    with committed():
        return client.post("/profile/", {"display_name": "", "bio": "", "time_zone": "UTC", **files, **more})


def avatars() -> list[Path]:
    return [path for path in media_files() if "avatars" in path.parts]


def avatar_of(user: Any) -> str:
    return UserProfile.objects.get(user=user).avatar


def test_a_picture_is_made_anew_square_and_without_what_it_told(as_bob: Client, as_alice: Client, bob: Any) -> None:
    assert save(as_bob, picture()).status_code == 302
    page = as_alice.get(f"/avatars/{avatar_of(bob)}-320.webp")
    data = b"".join(page.streaming_content)
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.width == image.height) == ("WEBP", True)
    assert b"where I live" not in data
    assert page["Content-Type"] == "image/webp"


def test_a_new_picture_takes_the_place_of_the_old_one_and_none_is_left(as_bob: Client, bob: Any) -> None:
    save(as_bob, picture())
    first = avatar_of(bob)
    save(as_bob, picture(300, 300, "PNG"))
    assert avatar_of(bob) not in ("", first)
    assert not any(first in path.name for path in avatars())
    save(as_bob, remove_picture="on")
    assert (avatar_of(bob), avatars()) == ("", [])


def test_two_with_one_picture_keep_it_until_both_are_gone(
    as_alice: Client, as_bob: Client, alice: Any, bob: Any
) -> None:
    save(as_alice, picture())
    save(as_bob, picture())
    assert avatar_of(alice) == avatar_of(bob)
    with committed():
        delete_account(alice)
    assert avatars()
    with committed():
        delete_account(bob)
    assert avatars() == []


@pytest.mark.parametrize("data", [bomb(), b"<svg onload=alert(1)>", b"GIF89a", picture()[:200]])
def test_bombs_and_what_is_no_picture_are_refused_and_what_was_typed_stays(
    as_bob: Client, bob: Any, data: bytes
) -> None:
    answer = save(as_bob, data, bio="I play the <b>oboe</b>")
    assert answer.status_code == 422
    assert "I play the &lt;b&gt;oboe&lt;/b&gt;" in answer.content.decode()
    assert (avatar_of(bob), avatars()) == ("", [])


def test_pictures_are_for_members_and_other_sizes_are_not_there(client: Client, as_bob: Client, bob: Any) -> None:
    save(as_bob, picture())
    name = avatar_of(bob)
    assert client.get(f"/avatars/{name}-320.webp").status_code == 302
    assert as_bob.get(f"/avatars/{name}-999.webp").status_code == 404
    assert as_bob.get(f"/avatars/{'0' * 32}-320.webp").status_code == 404


def test_fields_that_are_not_asked_for_change_nothing(as_bob: Client, bob: Any, alice: Any) -> None:
    save(as_bob, avatar="f" * 32, user=alice.pk, is_staff="on", needs_approval="", listening_visible_to="everyone")
    as_bob.post("/profile/people/", {"is_listed": "on", "avatar": "f" * 32, "user": alice.pk, "is_staff": "on"})
    bob.refresh_from_db()
    profile = UserProfile.objects.get(user=bob)
    assert (profile.avatar, profile.listening_visible_to, bob.is_staff) == ("", "me", False)
    assert (profile.is_listed, profile.needs_approval, profile.show_uploads) == (True, False, False)


def test_the_digest_is_offered_where_mail_is_sent(as_bob: Client, settings: Any) -> None:
    assert "weekly_digest" in as_bob.get("/profile/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "weekly_digest" not in as_bob.get("/profile/").content.decode()


def test_the_digest_says_when_the_address_is_not_confirmed_and_has_it_confirmed(as_bob: Client, bob: Any) -> None:
    page = as_bob.get("/profile/").content.decode()
    assert "bob@example.org is not confirmed yet" in page
    [form] = re.findall(r'<form id="confirm-address" method="post" action="([^"]*)"', page)
    assert '<button form="confirm-address" name="action_send"' in page
    mail.outbox.clear()
    as_bob.post(form, {"email": "bob@example.org", "action_send": "1"})
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    EmailAddress.objects.filter(user=bob).update(verified=True)
    assert "confirm-address" not in as_bob.get("/profile/").content.decode()


def test_a_picture_of_nobody_is_swept_and_that_of_somebody_stays(as_bob: Client, bob: Any) -> None:
    save(as_bob, picture())
    kept = avatars()
    stray = kept[0].with_name(f"{'f' * 32}-320.webp")
    stray.write_bytes(b"of nobody")
    for path in (*kept, stray):
        os.utime(path, (time.time() - 7200,) * 2)
    assert sweep(dry_run=True)["media files of no track"] == 1
    sweep()
    assert set(avatars()) == set(kept)
