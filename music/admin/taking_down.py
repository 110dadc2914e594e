"""The way from a list to the page on which tracks are taken down."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

MOST_AT_ONCE = 100


def ask_about(request: HttpRequest, track_ids: Iterable[int]) -> HttpResponse | None:
    chosen = sorted(set(track_ids))
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, gettext("Choose %d at most.") % MOST_AT_ONCE)
        return None
    return redirect(takedown_page(*chosen))


def takedown_page(*track_ids: int) -> str:
    return f"{reverse('admin:music_takedown_new')}?{urlencode({'track': track_ids}, doseq=True)}"
