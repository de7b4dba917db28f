"""Versions in an object store, one of which is current: uploaded whole, then named in one small object.

    URL/versions/20250131T180000.123456/   a version; its manifest.json is the last object to be written
    URL/current.json                       {"version": "2025...", "path": "versions/2025..."}

An object store replaces an object in one step and has no links, so the object `current.json` does what the
link does in a folder. A version without manifest.json is not whole: nobody is led to it, and when it is a day
old it is deleted. Nobody can lock a store: of two publishers each writes a version of its own, and current is
that of the one who was done last.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from recudf.errors import InputError, WarehouseError
from recudf.publishing.manifest import NAME, Manifest
from recudf.publishing.versions import DATED, is_version, name_after, version_before

SCHEMES = ("s3", "gs", "file")
POINTER = "current.json"
UNFINISHED_STAYS = timedelta(days=1)


class Store:
    """A URL of an object store to publish to; `file:///folder` is one, for disks without links.

    Raises InputError where the URL is none that can be published to.
    """

    def __init__(self, url: str) -> None:
        from pyarrow.fs import FileSystem, LocalFileSystem

        self.name = without_secrets(url)
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
            raise InputError(f"cannot publish to {self.name}: give a URL that begins with {known}")
        if not (parts.path.strip("/") and (parts.netloc or parts.scheme == "file")):
            raise InputError(
                f"cannot publish to {self.name}: name a folder in it, as in {parts.scheme}://bucket/shop"
            )
        try:
            self._store, path = FileSystem.from_uri(url)
        except (OSError, ValueError) as error:  # Arrow's errors are ValueErrors
            raise InputError(f"cannot publish to {self.name}: {_first_line(error)}") from None
        self._is_local = isinstance(self._store, LocalFileSystem)
        self.root = str(path).rstrip("/")
        self.pointer = f"{self.name.split('?')[0].rstrip('/')}/{POINTER}"

    def versions(self) -> list[str]:
        """Names of the versions that are whole, the oldest first."""
        with self._told():
            return [name for name in self._folders() if self._exists(self._path(name, NAME))]

    def current(self) -> str | None:
        """The name of the version that readers get; None before the first one."""
        found = self._read(f"{self.root}/{POINTER}")
        if found is None:
            return None
        try:
            name = str(json.loads(found)["version"])
        except (ValueError, KeyError, TypeError):
            name = ""
        if not is_version(name):
            raise WarehouseError(f"{self.pointer} was not made by `recudf publish`: give another URL")
        return name

    def manifest(self, name: str) -> Manifest:
        """What a version says of itself."""
        with self._told():
            content = self._read(self._path(name, NAME))
        return Manifest.parse(content or b"", f"{self.name}/versions/{name}/{NAME}")

    @contextmanager
    def write(self) -> Iterator[Path]:
        """An empty folder on this machine, whose content becomes the current version unless an exception is
        raised. Raises WarehouseError where the store cannot be written; the version before stays then."""
        with self._told():
            self.current()  # before any work: a store that cannot be reached, a pointer of somebody else's
            folders = self._folders()
            name = name_after(folders[-1:], self.name)
            self._forget_unfinished(folders, name)
        with tempfile.TemporaryDirectory(prefix="recudf-publish-") as folder:
            yield Path(folder)
            with self._told():
                self._upload(Path(folder), name)
                self._point_at(name)

    def prune(self, keep: int) -> list[str]:
        """Delete all but the newest `keep` versions and the current one; names of those deleted."""
        with self._told():
            old = [name for name in self.versions()[:-keep] if name != self.current()]
            self._delete(old)
        return old

    def roll_back(self) -> str:
        """Make the version before the current one current, and return its name."""
        with self._told():
            earlier = version_before(self.current(), self.versions(), self.name)
            self._point_at(earlier)
        return earlier

    def clear(self) -> list[str]:
        """Delete every version, whole or not, the current one as well; names of those deleted."""
        with self._told():
            names = self._folders()
            if self._exists(f"{self.root}/{POINTER}"):
                self._store.delete_file(f"{self.root}/{POINTER}")
            self._delete(names)
        return names

    def check(self) -> None:
        """Raise WarehouseError unless the store can be reached."""
        with self._told():
            self.current()

    def _path(self, name: str, file: str = "") -> str:
        return f"{self.root}/versions/{name}/{file}".rstrip("/")

    def _folders(self) -> list[str]:
        """Names of all versions, the unfinished ones as well, the oldest first."""
        from pyarrow.fs import FileSelector

        found = self._store.get_file_info(FileSelector(f"{self.root}/versions", allow_not_found=True))
        return sorted(info.base_name for info in found if is_version(info.base_name))

    def _exists(self, path: str) -> bool:
        from pyarrow.fs import FileType

        return bool(self._store.get_file_info(path).type == FileType.File)

    def _read(self, path: str) -> bytes | None:
        if not self._exists(path):
            return None
        with self._store.open_input_stream(path) as stream:
            return bytes(stream.read())

    def _upload(self, folder: Path, name: str) -> None:
        from pyarrow.fs import LocalFileSystem, copy_files

        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: path.name == NAME):  # the manifest last
            target = self._path(name, path.relative_to(folder).as_posix())
            self._make_folder(target)
            copy_files(
                str(path),
                target,
                source_filesystem=LocalFileSystem(),
                destination_filesystem=self._store,
            )
            self._check_size(target, path.stat().st_size)

    def _point_at(self, name: str) -> None:
        content = (json.dumps({"version": name, "path": f"versions/{name}"}) + "\n").encode()
        path = f"{self.root}/{POINTER}"
        # a store shows an object when all of it is there; on a disk a file is moved to its place
        target = f"{path}.new" if self._is_local else path
        with self._store.open_output_stream(target) as stream:
            stream.write(content)
        if self._is_local:
            self._store.move(target, path)
        self._check_size(path, len(content))

    def _check_size(self, path: str, size: int) -> None:
        """Older servers keep the checksums that come with a stream as if they were content."""
        found = self._store.get_file_info(path).size
        if found != size:
            raise WarehouseError(
                f"cannot publish to {self.name}: {path} is of {found} bytes there instead of {size}: set "
                "AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED for a server that does not know checksums"
            )

    def _make_folder(self, path: str) -> None:
        """A store has none."""
        if self._is_local:
            self._store.create_dir(path.rpartition("/")[0], recursive=True)

    def _forget_unfinished(self, names: list[str], now: str) -> None:
        before = datetime.strptime(now, DATED).replace(tzinfo=UTC) - UNFINISHED_STAYS
        old = [name for name in names if name < before.strftime(DATED)]
        self._delete([name for name in old if not self._exists(self._path(name, NAME))])

    def _delete(self, names: list[str]) -> None:
        """The manifest first, so that what is half deleted is no version."""
        for name in names:
            if self._exists(self._path(name, NAME)):
                self._store.delete_file(self._path(name, NAME))
            self._store.delete_dir(self._path(name))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WarehouseError(
                f"cannot publish to {self.name}: {_first_line(error)}: look at the address, the credentials "
                "and what they may do, and the space that is left"
            ) from None


def without_secrets(url: str) -> str:
    """A URL as it may be shown: without a user's name and password, and without options. Paths stay."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0][:300]
