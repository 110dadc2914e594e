"""Trained models on the disk: a folder for each version, and a pointer to the one that is live.

    <folder>/<version>/manifest.json    what it was made of, and the SHA-256 of each file
    <folder>/<version>/<name>.npy       one array each, to be mapped into memory
    <folder>/live                       the version's name

Nothing is ever changed in place: a version is written aside and renamed, and so is the pointer. Arrays are never
pickled: to read a model runs none of its bytes.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FORMAT = 2
KEPT = 3
MANIFEST, LIVE = "manifest.json", "live"
VERSION = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
NAME = re.compile(r"[A-Za-z0-9_]{1,60}")
BLOCK_BYTES = 1 << 20
DAY_SECONDS = 86_400


class BadArtefact(Exception):
    """It is torn, changed, or none of ours: do not serve it."""


class Artefact(NamedTuple):
    """Arrays are read-only, and in memory only as far as they are used."""

    version: str
    arrays: dict[str, np.ndarray]
    manifest: dict[str, Any]


class Stamp(NamedTuple):
    """Changes whenever the pointer does."""

    inode: int
    mtime_ns: int
    size: int


def save(folder: Path, arrays: Mapping[str, np.ndarray], manifest: Mapping[str, Any], made_at: datetime) -> str:
    """The new version's name; it is not live yet. Raises OSError, and leaves nothing half."""
    version = f"{made_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{version}.part"
    aside.mkdir()
    try:
        written = [_write_array(aside, name, array) for name, array in arrays.items()]
        files = {name: _sha256(aside / name) for name in written}
        said = {**manifest, "format": FORMAT, "version": version, "made_at": made_at.isoformat(), "files": files}
        _write(aside / MANIFEST, json.dumps(said, indent=1, sort_keys=True).encode())
        _sync(aside)
        aside.rename(folder / version)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _sync(folder)
    return version


def make_live(folder: Path, version: str) -> None:
    """From now on this one serves; of the others the latest stay, to fall back to."""
    aside = folder / f".{LIVE}.{secrets.token_hex(3)}"
    _write(aside, version.encode())
    aside.replace(folder / LIVE)
    _sync(folder)
    _clean(folder, version)


def live_stamp(folder: Path) -> Stamp | None:
    """None while nothing is live. Costs one look at the pointer."""
    try:
        found = (folder / LIVE).stat()
    except OSError:
        return None
    return Stamp(found.st_ino, found.st_mtime_ns, found.st_size)


def load_live(folder: Path, check: Callable[[Artefact], object] = bool) -> Artefact:
    """The live version, or the latest other that is whole. Raises BadArtefact, with the first one's flaw.

    `check` may raise BadArtefact as well.
    """
    live, first_flaw = live_version(folder), None
    for version in _live_and_others(folder, live):
        try:
            found = load(folder, version)
            check(found)
            return found
        except BadArtefact as flaw:
            first_flaw = first_flaw or flaw
    if live_version(folder) != live:  # meanwhile so many were trained that those are gone
        return load_live(folder, check)
    raise first_flaw or BadArtefact("There is no model yet.")


def load(folder: Path, version: str) -> Artefact:
    """Each file is compared with what the manifest says of it. Raises BadArtefact."""
    manifest = read_manifest(folder, version)
    try:
        arrays = {name.removesuffix(".npy"): _array(folder / version / name, sha) for name, sha in _files(manifest)}
    except (OSError, ValueError) as error:
        raise BadArtefact(f"Model {version} cannot be read: {error}") from error
    return Artefact(version, arrays, manifest)


def read_manifest(folder: Path, version: str) -> dict[str, Any]:
    """Raises BadArtefact."""
    if not VERSION.fullmatch(version):
        raise BadArtefact(f"{version[:60]!r} is no version of a model.")
    try:
        manifest = json.loads((folder / version / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BadArtefact(f"Model {version} has no readable manifest.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("version") != version:
        raise BadArtefact(f"Model {version} is of another format; it is made anew with the next training.")
    return manifest


def versions(folder: Path) -> list[str]:
    """The latest first."""
    found = (entry.name for entry in folder.iterdir() if VERSION.fullmatch(entry.name)) if folder.is_dir() else ()
    return sorted(found, reverse=True)


def live_version(folder: Path) -> str:
    """As the pointer says; "" without one."""
    try:
        return (folder / LIVE).read_text(errors="replace").strip()
    except OSError:
        return ""


def _live_and_others(folder: Path, live: str) -> list[str]:
    return [live, *(version for version in versions(folder) if version != live)] if live else []


def _clean(folder: Path, live: str) -> None:
    """Whoever has an older one mapped into memory keeps it until they let go."""
    older = [version for version in versions(folder) if version != live]
    for name in older[KEPT - 1 :]:
        shutil.rmtree(folder / name, ignore_errors=True)
    for left_over in folder.glob(".*.part"):
        if time.time() - left_over.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(left_over, ignore_errors=True)


def _files(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    files = manifest.get("files")
    if not isinstance(files, dict) or not files or not all(_is_ours(name) for name in files):
        raise BadArtefact(f"Model {manifest['version']} does not say what it is made of.")
    return list(files.items())


def _is_ours(name: str) -> bool:
    return name.endswith(".npy") and NAME.fullmatch(name.removesuffix(".npy")) is not None


def _array(file: Path, sha256: str) -> np.ndarray:
    if _sha256(file) != sha256:
        raise ValueError(f"{file.name} is not what was written.")
    # Nothing can be mapped of an array without elements.
    array = np.load(file, mmap_mode="r", allow_pickle=False)
    return array if array.size else np.asarray(array)


def _write_array(folder: Path, name: str, array: np.ndarray) -> str:
    if not NAME.fullmatch(name) or array.dtype.hasobject:
        raise ValueError(f"{name!r} cannot be kept as an array.")
    with (folder / f"{name}.npy").open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return f"{name}.npy"


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
