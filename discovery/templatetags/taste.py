"""What pages need to let somebody say more, less or never."""

import json

from django import template
from django.template import RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from discovery.corrections import NEUTRAL, NEVER, Kind, corrected_of, key_of
from music.links import link
from music.models import Artist, Genre, Track
from music.parts import part

register = template.Library()

KINDS = {Track: Kind.TRACK, Artist: Kind.ARTIST, Genre: Kind.GENRE}


@register.simple_tag
def level_words() -> str:
    """What the stops of a slider are called, for its script."""
    return json.dumps([_("much less"), _("less"), _("as you listen"), _("more"), _("much more")])


@register.simple_tag
def adventure_words() -> str:
    return json.dumps(
        [
            _("What is closest to what you finish"),
            _("Mostly close to what you finish"),
            _("Some of each"),
            _("Mostly what you would not find by yourself"),
            _("As far afield as your taste reaches"),
        ]
    )


@register.simple_tag(takes_context=True)
def tune(context: RequestContext, thing: Track | Artist | Genre) -> SafeString:
    """The menu of a page about one thing; it shows what was said, and of a track also leads to who and what it is."""
    kind, said = KINDS[type(thing)], corrected_of(context["user"])
    around: list[Artist | Genre] = [*thing.artists.all(), *thing.genres.all()] if isinstance(thing, Track) else []
    return part(
        "tune",
        {"csrf_token": context["csrf_token"], "address": context["request"].get_full_path()},
        name=str(thing),
        kind=kind,
        key=key_of(kind, thing),
        factor=said.factor_of(kind, thing.pk),
        never=NEVER,
        neutral=NEUTRAL,
        around=tuple(
            (KINDS[type(each)], key_of(KINDS[type(each)], each), str(each))
            for each in around
            if said.factor_of(KINDS[type(each)], each.pk) != NEVER
        ),
    )


@register.simple_tag
def start_radio(kind: str, key: object) -> SafeString:
    """The button that plays on and on, from the listener's taste ("me") or from something."""
    ways = {"href": link("radio", kind, key), "more": link("more_radio", kind, key)}
    return part("start_radio", ways, is_own=kind == "me")
