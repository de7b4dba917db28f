"""A folder of versions, one of which is current: written beside, then swapped in one step.

    DEST/versions/20250131T180000.123456/   a version, whole; nothing in it changes any more
    DEST/current -> versions/2025...        what readers open

A version that was not finished lies in `versions/.unfinished` until the next one is written. Who has opened
files of a version that is not current, or not there, any more keeps what was opened.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from recudf.errors import InputError, WarehouseError
from recudf.publishing.manifest import Manifest

DATED = "%Y%m%dT%H%M%S.%f"  # the name of a version, in UTC: sorted by name they are sorted by time
READ_ONLY = 0o444
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}")


def is_version(name: str) -> bool:
    """Whether a folder of that name is a version."""
    return _NAME.fullmatch(name) is not None


def name_after(last: list[str], place: object) -> str:
    """The name of a version of now, which must come after the last one, even where the clock was set back."""
    name = datetime.now(UTC).strftime(DATED)
    if last and last[-1] >= name:
        raise WarehouseError(
            f"{place}: version {last[-1]} is dated after now, {name}: set the clock, or delete it"
        )
    return name


def version_before(current: str | None, versions: list[str], place: object) -> str:
    """The newest version older than the current one; raises InputError where there is none."""
    if current is None:
        raise InputError(f"{place} holds nothing published: publish first")
    earlier = [name for name in versions if name < current]
    if not earlier:
        raise InputError(
            f"{place} has no version before {current}: publish anew, with a larger --keep from now on"
        )
    return earlier[-1]


class Destination:
    """A folder to publish to. Its methods that change something are for one process at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = str(root)
        self.folder = root / "versions"
        self.pointer = root / "current"
        self._unfinished = self.folder / ".unfinished"

    def versions(self) -> list[str]:
        """Names of the versions, the oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if is_version(path.name))

    def current(self) -> str | None:
        """The name of the version that readers get; None before the first one."""
        return self.pointer.readlink().name if self.pointer.is_symlink() else None

    def manifest(self, name: str) -> Manifest:
        """What a version says of itself."""
        return Manifest.read(self.folder / name)

    @contextmanager
    def write(self) -> Iterator[Path]:
        """An empty folder, whose content becomes the current version unless an exception is raised.

        Files in it are made read-only. Raises WarehouseError where the folder cannot be written, and leaves
        nothing of the version then.
        """
        with self._told():
            if self.pointer.exists() and not self.pointer.is_symlink():
                raise InputError(f"{self.pointer} was not made by `recudf publish`: give another folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            self._forget_unfinished()
            self._unfinished.mkdir()
            try:
                yield self._unfinished
                _settle(self._unfinished)
                name = name_after(self.versions(), self.root)
                self._unfinished.rename(self.folder / name)
                _sync(self.folder)
            except BaseException:  # Ctrl-C as well
                with suppress(OSError):
                    self._forget_unfinished()
                raise
            self._point_at(name)

    def prune(self, keep: int) -> list[str]:
        """Delete all but the newest `keep` versions and the current one; names of those deleted."""
        with self._told():
            old = [name for name in self.versions()[:-keep] if name != self.current()]
            self._delete(old)
        return old

    def roll_back(self) -> str:
        """Make the version before the current one current, and return its name."""
        earlier = version_before(self.current(), self.versions(), self.root)
        with self._told():
            self._point_at(earlier)
        return earlier

    def clear(self) -> list[str]:
        """Delete every version, the current one as well; names of those deleted."""
        with self._told():
            names = self.versions()
            self.pointer.unlink(missing_ok=True)
            self._forget_unfinished()
            self._delete(names)
        return names

    def _point_at(self, name: str) -> None:
        new = self.root / ".current"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("versions") / name)
        new.replace(self.pointer)
        _sync(self.root)

    def _delete(self, names: list[str]) -> None:
        """By another name first, so that what is half deleted is no version."""
        for name in names:
            self._forget_unfinished()
            (self.folder / name).rename(self._unfinished)
        self._forget_unfinished()

    def _forget_unfinished(self) -> None:
        if self._unfinished.exists():
            shutil.rmtree(self._unfinished)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = error.filename or self.root
            raise WarehouseError(
                f"cannot publish to {self.root}: {where}: {error.strerror or error}: "
                "free some space, change its permissions, or give another folder"
            ) from None


def _settle(folder: Path) -> None:
    """Have all of a folder on the disk, and its files read-only."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            path.chmod(READ_ONLY)
    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        _sync(path)


def _sync(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
