"""The application called in this process as somebody signed in: what a page costs without a server around it.

    .venv/bin/python -m benchmarks.pages FOLDER RUNS

Answers JSON: CPU milliseconds, the median of so many runs, of each page and each search; and how long the very first
suggestion took by the clock. benchmarks.browsing asks it once a library.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from benchmarks.clock import waited
from benchmarks.ground import set_up_django
from benchmarks.importing import USER

WARM_UPS = 2
WORD, MISTYPED = "midnight", "midnigth"
TYPED_LETTERS = (1, 2, 3, 6)


def main() -> None:
    folder, runs = Path(sys.argv[1]), int(sys.argv[2])
    set_up_django(folder)
    read = reader(USER)
    pages, searches = _pages(read), _searches()
    began = time.perf_counter()
    read(next(iter(searches.values())))
    first_suggestion_ms = (time.perf_counter() - began) * 1000
    pages_ms, searches_ms = (
        {name: _cpu_ms(read, path, runs) for name, path in asked.items()} for asked in (pages, searches)
    )
    answers = {"pages": pages_ms, "searches": searches_ms, "clock": {"first suggestion, clock": first_suggestion_ms}}
    json.dump(answers, sys.stdout)


def reader(username: str) -> Callable[[str], str]:
    """Answers the text of a page as this user sees it who has been here before, through every middleware."""
    from django.contrib.auth import get_user_model
    from django.test import Client, RequestFactory

    from music_streamer.ready import get_ready
    from music_streamer.wsgi import application

    get_ready()
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    client.get("/", HTTP_HOST="localhost")  # it keeps the cookies that a browser has by now
    factory = RequestFactory(HTTP_HOST="localhost", HTTP_COOKIE=client.cookies.output(attrs=[], header="", sep=";"))

    def read(path: str) -> str:
        response = application(factory.get(path).environ, _start)
        body = b"".join(response)
        response.close()
        assert response.status_code == 200, (path, response)
        return body.decode()

    return read


def _start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
    """As a WSGI server would: our application answers all of the body itself."""
    return sys.stdout.buffer.write


def _pages(read: Callable[[str], str]) -> dict[str, str]:
    """The addresses of pages of 50 rows; of genres, artists and albums those with the most tracks."""
    from django.db.models import Count
    from django.urls import reverse

    from music.models import Album, Artist, Genre

    def largest(model: Any) -> str:
        return model._default_manager.alias(size=Count("tracks")).order_by("-size", "pk")[0].get_absolute_url()

    tracks = reverse("browse")
    return {
        "newest": tracks,
        "the page after it": tracks + _next_page(read(tracks)),
        "by title": f"{tracks}?sort=title",
        "by artist": f"{tracks}?sort=artist",
        "longest": f"{tracks}?sort=longest",
        "largest genre": largest(Genre),
        "largest artist": largest(Artist),
        "largest album": largest(Album),
        "home": reverse("home"),
    }


def _searches() -> dict[str, str]:
    """The addresses of suggestions as somebody types, and of results."""
    from django.urls import reverse

    suggestions, search = reverse("suggestions"), reverse("search")
    typed = {f"typing {WORD[:letters]}": f"{suggestions}?q={WORD[:letters]}" for letters in TYPED_LETTERS}
    return typed | {f"searching {word}": f"{search}?q={word}" for word in (WORD, MISTYPED)}


def _next_page(html: str) -> str:
    link = re.search(r'<a [^>]*href="([^"]+)"[^>]*rel="next"', html)
    assert link, "There is no next page."
    return unescape(link[1])


def _cpu_ms(read: Callable[[str], str], path: str, runs: int) -> float:
    for _ in range(WARM_UPS):
        read(path)
    return waited(lambda: read(path), runs).cpu_ms


if __name__ == "__main__":
    main()
