from django.db import models
from django.utils.translation import gettext_lazy as _

from music.links import link
from music.models.covers import generated_cover_url
from music.querysets import GenreQuerySet


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    is_suggested = models.BooleanField(
        _("suggested"), default=False, help_text=_("Offered at sign-up even while no track has it.")
    )

    objects = GenreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return link("genre", self.slug)

    @property
    def cover_url(self) -> str:
        return generated_cover_url("genre", self.slug)


class GenreAlias(models.Model):
    """What tags call a genre that was merged into another, or split into several: one row for each, in order."""

    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True)
    genre = models.ForeignKey(Genre, models.CASCADE, related_name="aliases", verbose_name=_("genre"))

    class Meta:
        ordering = ["slug", "pk"]
        verbose_name = _("genre alias")
        verbose_name_plural = _("genre aliases")
        constraints = [models.UniqueConstraint(fields=["slug", "genre"], name="one_genre_alias_each")]

    def __str__(self) -> str:
        return self.slug
