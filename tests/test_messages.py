import pytest
from django.test import Client
from django.urls import reverse

UNSEEN = {
    "a picture that is gone": {"headers": {"Accept": "image/avif,image/webp,*/*;q=0.8"}},
    "what a script asks for": {"headers": {"Accept": "*/*"}},
    "the browser, ahead of time": {"headers": {"Accept": "text/html", "Sec-Purpose": "prefetch"}},
    "Turbo, ahead of time": {"headers": {"Accept": "text/html", "X-Sec-Purpose": "prefetch"}},
}


@pytest.mark.parametrize("path", ["/history/", "/nowhere/"])
@pytest.mark.parametrize("asked_by", UNSEEN)
def test_a_message_waits_for_a_page_that_is_seen(as_alice: Client, asked_by: str, path: str) -> None:
    as_alice.post(reverse("private_session"), {"on": "1"})
    assert "nothing you play is recorded" not in as_alice.get(path, **UNSEEN[asked_by]).content.decode()
    assert "nothing you play is recorded" in as_alice.get(path).content.decode()
    assert "Private session: nothing" not in as_alice.get(path).content.decode()
