"""Links of alice's, and what a visitor without an account finds there."""

import json
import re
from typing import Any

from django.test import Client

from sharing.links import make_share
from sharing.models import Share

PASSWORD = "open sesame"


def link_to(what: Any, *, owner: Any = None, days: int | None = 30, password: str = "") -> Share:
    return make_share(owner or what.uploader, what, days=days, password=password)


def page(visitor: Client, share: Share) -> str:
    response = visitor.get(share.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def sounds(html: str) -> list[str]:
    """The addresses of sounds in a page, in order, each once."""
    return list(dict.fromkeys(re.findall(r"/shared/sounds/[^/\"]+/", html)))


def linked_data(html: str) -> Any:
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)
