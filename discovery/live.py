"""The model that serves now: the same in every thread, and another one as soon as it has been trained."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from recommendations.artefacts import Artefact, Stamp
    from recommendations.model import Model

logger = logging.getLogger(__name__)


class Live(NamedTuple):
    model: Model
    version: str
    manifest: dict[str, Any]


def folder() -> Path:
    return Path(settings.DATA_DIR) / "models"


def live_model() -> Live | None:
    """None before the first training. Costs one look at the pointer while nothing changes."""
    from recommendations.artefacts import live_stamp

    now_at, stamp = folder(), live_stamp(folder())
    if (now_at, stamp) != _serving.seen and _serving.lock.acquire(blocking=False):
        try:  # the others are served by the old one meanwhile
            _serving.switch(now_at, stamp)
        finally:
            _serving.lock.release()
    return _serving.live if _serving.seen[0] == now_at else None


class _Serving:
    def __init__(self) -> None:
        self.lock = Lock()
        self.seen: tuple[Path | None, Stamp | None] = (None, None)
        self.live: Live | None = None

    def switch(self, now_at: Path, stamp: Stamp | None) -> None:
        """What cannot be read is said once; what served before goes on."""
        from recommendations.artefacts import BadArtefact

        if now_at != self.seen[0] or stamp is None:
            self.live = None
        try:
            self.live = _loaded(now_at) if stamp else None
        except BadArtefact as flaw:
            logger.warning("%s Serving %s.", flaw, f"model {self.live.version}" if self.live else "the genre rule")
        self.seen = now_at, stamp


_serving = _Serving()


def _loaded(now_at: Path) -> Live:
    """Raises BadArtefact."""
    from recommendations.artefacts import live_version, load_live

    found = load_live(now_at, _model_of)
    if found.version != live_version(now_at):
        logger.warning("Model %s cannot serve; %s does.", live_version(now_at), found.version)
    return Live(_model_of(found), found.version, found.manifest)


def _model_of(artefact: Artefact) -> Model:
    """Raises BadArtefact."""
    from recommendations.artefacts import BadArtefact
    from recommendations.model import Model

    try:
        return Model.of(artefact.arrays)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BadArtefact(f"Model {artefact.version} is none that this version understands: {error!r}") from error
