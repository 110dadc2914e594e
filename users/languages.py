from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language_from_request
from django.utils.translation.trans_real import get_languages


def language_for(request: HttpRequest) -> str:
    """What they have set, or else what their browser asks for; of those not signed in the choice is in a cookie."""
    try:
        user: Any = request.user
        is_member = user.is_authenticated
        set_by_them = user.profile.language if is_member else chosen_by_visitor(request)
    except DatabaseError:  # what says so is said in some language
        is_member, set_by_them = False, ""
    if set_by_them in get_languages():
        return str(set_by_them)
    if is_member:
        request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
    return get_language_from_request(request)


def language_of(user: Any) -> str:
    """For what is sent to them, where no browser of theirs can be asked."""
    chosen = user.profile.language
    return str(chosen) if chosen in get_languages() else settings.LANGUAGE_CODE


def chosen_by_visitor(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in get_languages() else ""
