"""The form above a list of tracks: what narrows it down, and what does so now."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from music.browsing import Choice, Offers
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


def order_field(orders: tuple[Order, ...], order: Order) -> Field:
    options = (("" if each is orders[0] else each.name, str(each.label)) for each in orders)
    return Field("sort", _("Sort by"), tuple(options), "" if order is orders[0] else order.name)


def filter_fields(offers: Offers, choice: Choice) -> tuple[Field, ...]:
    by = choice.uploader.get_username() if choice.uploader else ""
    genre = choice.genre.slug if choice.genre else ""
    return (
        Field("genre", _("Genre"), _any(_("All genres"), offers.genres), genre),
        Field("decade", _("Decade"), _any(_("Any year"), offers.decades), str(choice.decade or "")),
        Field("format", _("Format"), _any(_("Any format"), offers.formats), choice.format),
        Field("by", _("Added by"), _any(_("Added by anyone"), offers.uploaders), by),
    )


def _any(text: str, offered: Iterable[tuple[str, str]]) -> Options:
    return (("", text), *((value, str(name)) for value, name in offered))
