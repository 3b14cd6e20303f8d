"""Last-good configurations: ten copies, each only of something that was loaded and verified.

`DATA/config/good-1` is the newest. A copy holds the room file with all that it includes, never a
secret, and `manifest.json` with the SHA-256 of each file. A copy that does not verify is passed
over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from roomd.config.durable import make_folder, sync_folder, write_durably
from roomd.errors import NoGeneration

KEPT = 10
MANIFEST = "manifest.json"


class _Manifest(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    main: str
    sha256: str
    kept: float
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Generation:
    """One verified copy."""

    number: int
    """1 is the newest."""
    path: Path
    """Its room file."""
    sha256: str
    """Of the whole configuration, as `LoadResult.sha256`."""
    kept: float
    """When it was kept, seconds since 1970."""


class Generations:
    """The copies in one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "config"

    def keep(self, main: Path, files: Mapping[str, bytes], sha256: str, kept: float) -> Generation:
        """Store a configuration that was loaded without errors.

        The same one again is not stored twice.

        Args:
            main: the room file.
            files: file name -> bytes, the room file and all that it includes.
            sha256: of the whole configuration.
            kept: now, in seconds since 1970.

        Raises:
            OSError: nothing was kept; the older copies are as they were.
        """
        newest = self.newest()
        if newest is not None and newest.sha256 == sha256:
            return newest
        make_folder(self.folder)
        for left_over in self.folder.glob(".new-*"):  # of a run that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        try:
            self._fill(fresh, main, files, sha256, kept)
            self._shift()
            fresh.rename(self._place(1))
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        sync_folder(self.folder)
        return Generation(1, self._place(1) / main.name, sha256, kept)

    def all(self) -> list[Generation]:
        """Return the copies that verify, newest first."""
        found = (self._verified(number) for number in range(1, KEPT + 1))
        return [generation for generation in found if generation is not None]

    def newest(self) -> Generation | None:
        """Return the newest copy that verifies, or None."""
        return next(iter(self.all()), None)

    def rollback(self, number: int) -> Generation:
        """Return copy `number`, 1 to 10, for loading it.

        Raises:
            NoGeneration: it is not there or does not verify.
        """
        generation = self._verified(number) if 1 <= number <= KEPT else None
        if generation is None:
            raise NoGeneration(n=number)
        return generation

    def _place(self, number: int) -> Path:
        return self.folder / f"good-{number}"

    def _fill(
        self, folder: Path, main: Path, files: Mapping[str, bytes], sha256: str, kept: float
    ) -> None:
        hashes: dict[str, str] = {}
        for label, raw in files.items():
            # By name, links not followed: a copy is found under the name that `!include` uses.
            name = os.path.relpath(label, main.parent)
            if name.startswith("..") or Path(name).is_absolute():
                raise ValueError(f"{label} lies outside of {main.parent}")
            make_folder((folder / name).parent)
            write_durably(folder / name, raw)
            hashes[name] = hashlib.sha256(raw).hexdigest()
        manifest = _Manifest(main=main.name, sha256=sha256, kept=kept, files=hashes)
        write_durably(folder / MANIFEST, manifest.model_dump_json(indent=1).encode())

    def _shift(self) -> None:
        """Make room for number 1.

        A crash in between leaves a gap, never a loss: 10 goes, 9 is 10, …

        """
        gap = next((n for n in range(1, KEPT + 1) if not self._place(n).exists()), KEPT)
        shutil.rmtree(self._place(gap), ignore_errors=True)
        for number in range(gap - 1, 0, -1):
            self._place(number).rename(self._place(number + 1))

    def _verified(self, number: int) -> Generation | None:
        folder = self._place(number)
        try:
            manifest = _Manifest.model_validate_json((folder / MANIFEST).read_bytes())
            whole = manifest.main in manifest.files and all(
                hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
                for name, expected in manifest.files.items()
            )
        except (OSError, ValidationError, ValueError):
            return None
        if not whole:
            return None
        return Generation(number, folder / manifest.main, manifest.sha256, manifest.kept)


def describe(generations: list[Generation]) -> str:
    """Return the copies as JSON text, for `--json`."""
    return json.dumps(
        [
            {"n": g.number, "sha256": g.sha256, "kept": g.kept, "path": str(g.path)}
            for g in generations
        ]
    )
