"""What a published version says of itself: manifest.json in its folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from recudf.errors import WarehouseError

NAME = "manifest.json"


@dataclass(frozen=True)
class PublishedFile:
    """path: within the version. sha256: of its bytes."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, folder: Path, name: str) -> PublishedFile:
        """A file of a version, read once."""
        path = folder / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        return cls(name, path.stat().st_size, digest.hexdigest())


@dataclass(frozen=True)
class PublishedTable:
    """columns: names with DuckDB's types. run_id: of the build that made it; None where it does not tell, or
    rows are of several."""

    name: str
    rows: int
    columns: dict[str, str]
    run_id: str | None


@dataclass(frozen=True)
class Manifest:
    """run_id, as_of, encoder, fingerprint, recudf_version: of the build. database: the name of its file.

    earlier: tables that an earlier build made, as the last one made some alone. privacy: of numbers with
    noise, epsilon and how many interests of one person are counted; None where numbers are what they are.
    """

    database: str
    schema: str
    published_at: str
    recudf_version: str | None
    run_id: str | None
    as_of: str | None
    encoder: str | None
    fingerprint: str | None
    storage_version: str
    tables: tuple[PublishedTable, ...]
    earlier: tuple[str, ...]
    files: tuple[PublishedFile, ...]
    privacy: dict[str, float] | None = None

    def write(self, folder: Path) -> None:
        """Write it into the folder of a version."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """That of a version; raises WarehouseError where it is missing or not one of ours."""
        try:
            content = (folder / NAME).read_bytes()
        except OSError as error:
            raise WarehouseError(f"{folder / NAME} cannot be read ({error}): publish anew") from None
        return cls.parse(content, folder / NAME)

    @classmethod
    def parse(cls, content: bytes, place: object) -> Manifest:
        """Of a file's content; raises WarehouseError, naming the place, where it is not one of ours."""
        try:
            found = json.loads(content)
            tables = tuple(PublishedTable(**table) for table in found.pop("tables"))
            files = tuple(PublishedFile(**file) for file in found.pop("files"))
            return cls(**found | {"tables": tables, "earlier": tuple(found["earlier"]), "files": files})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WarehouseError(f"{place} cannot be read ({error}): publish anew") from None
