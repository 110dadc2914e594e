"""The form above a list of tracks: what narrows it down, and what does so now."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from music.browsing import TRACK_ORDERS, Choice, Offers
from music.paging import Order

Options = tuple[tuple[str, str], ...]


class Field(NamedTuple):
    """A <select>: its name in the address, what it asks, and (value, text) of its options; the first is "any"."""

    name: str
    label: str
    options: Options
    chosen: str = ""


class Filters(NamedTuple):
    """`action` is the address of the list; `chips`: (text, address without it) of what is chosen; `unknown`: what the
    address asked for and nothing here goes by."""

    action: str
    fields: tuple[Field, ...]
    chips: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def fields(offers: Offers, choice: Choice, order: Order) -> tuple[Field, ...]:
    genre = choice.genre.slug if choice.genre else ""
    by = choice.uploader.get_username() if choice.uploader else ""
    return _fields(get_language(), offers, order.name, genre, str(choice.decade or ""), choice.format, by)


@lru_cache
def _fields(
    _language: str | None, offers: Offers, order: str, genre: str, decade: str, format_: str, by: str
) -> tuple[Field, ...]:
    first, *others = TRACK_ORDERS
    orders = (("", str(first.label)), *((each.name, str(each.label)) for each in others))
    return (
        Field("sort", _("Sort by"), orders, "" if order == first.name else order),
        Field("genre", _("Genre"), _any(_("All genres"), offers.genres), genre),
        Field("decade", _("Decade"), _any(_("Any year"), offers.decades), decade),
        Field("format", _("Format"), _any(_("Any format"), offers.formats), format_),
        Field("by", _("Added by"), _any(_("Added by anyone"), offers.uploaders), by),
    )


def _any(text: str, offered: Iterable[tuple[str, str]]) -> Options:
    return (("", text), *((value, str(name)) for value, name in offered))
