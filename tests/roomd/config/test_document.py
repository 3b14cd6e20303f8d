import os
from pathlib import Path

import pytest

from roomd.config.document import Document, read_document
from roomd.config.nodes import plain
from roomd.config.secrets import Secrets


def read(folder: Path, main: str, **files: str) -> Document:
    for name, text in {"room": main, **files}.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return read_document(folder / "room.yaml", Secrets((folder,), {}))


def problems(document: Document) -> list[tuple[str, str, int]]:
    return [(p.code, Path(p.place.file).name, p.place.line) for p in document.problems]


def test_an_included_file_stands_in_its_place_and_keeps_its_own(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nb: !include parts/b.yaml\n", parts__b="c: &x 1\n")
    assert document.root is not None
    assert plain(document.root) == {"a": 1, "b": {"c": 1}}
    assert problems(document) == [("yaml_anchor", "b.yaml", 1)]
    assert document.problems[0].path == ("b", "c")
    assert {path.name for path in document.files} == {"room.yaml", "b.yaml"}


def test_a_folder_is_joined_in_the_order_of_names(tmp_path: Path) -> None:
    document = read(tmp_path, "d: !include_dir parts\n", parts__b="b: 2\n", parts__a="a: 1\n")
    assert document.root is not None
    assert plain(document.root) == {"d": {"a": 1, "b": 2}}


def test_a_folder_of_lists_is_one_list(tmp_path: Path) -> None:
    document = read(tmp_path, "d: !include_dir parts\n", parts__b="[2]\n", parts__a="[1]\n")
    assert document.root is not None
    assert plain(document.root) == {"d": [1, 2]}


def test_a_key_in_two_files_of_a_folder_names_both(tmp_path: Path) -> None:
    document = read(tmp_path, "d: !include_dir parts\n", parts__b="x: 2\n", parts__a="x: 1\n")
    (problem,) = document.problems
    assert problem.code == "duplicate_key"
    assert problem.params["first"].endswith("a.yaml:1:1")
    assert problem.params["second"].endswith("b.yaml:1:1")


@pytest.mark.parametrize("files", [{"a": "[1]\n", "b": "x: 1\n"}, {"a": "x: 1\n", "b": "text\n"}])
def test_a_folder_of_both_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    parts = {f"parts__{name}": text for name, text in files.items()}
    document = read(tmp_path, "d: !include_dir parts\n", **parts)
    assert problems(document)[0][0] == "include_mixed"


@pytest.mark.parametrize(
    "target",
    [
        "../outside.yaml",
        "/etc/hostname",
        "parts/../../outside.yaml",
        "link.yaml",
        "linked/x.yaml",
        "",
    ],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.yaml").write_text("stolen: 1\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.yaml").write_text("stolen: 1\n")
    folder = tmp_path / "room"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    document = read(folder, f"a: !include '{target}'\n", parts__ok="a: 1\n")
    assert problems(document) == [("include_outside", "room.yaml", 1)]
    assert "stolen" not in str(document.root)


def test_a_link_out_of_an_included_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("stolen: 1\n")
    folder = tmp_path / "room"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts/x.yaml").symlink_to(tmp_path / "outside.yaml")
    assert problems(read(folder, "a: !include_dir parts\n"))[0][0] == "include_outside"


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("c: 1\n")
    (tmp_path / "link.yaml").symlink_to("b.yaml")
    document = read(tmp_path, "a: !include link.yaml\n")
    assert document.problems == []


def test_a_cycle_is_an_error_at_the_place_that_closes_it(tmp_path: Path) -> None:
    document = read(tmp_path, "a: !include b.yaml\n", b="c: !include room.yaml\n")
    assert problems(document) == [("include_cycle", "b.yaml", 1)]


def test_includes_go_eight_deep(tmp_path: Path) -> None:
    files = {f"f{n}": f"a: !include f{n + 1}.yaml\n" for n in range(1, 12)}
    document = read(tmp_path, "a: !include f1.yaml\n", **files)
    assert problems(document) == [("include_depth", "f7.yaml", 1)]


def test_many_includes_of_many_includes_end(tmp_path: Path) -> None:
    ten = "".join(f"k{n}: !include NEXT.yaml\n" for n in range(10))
    files = {f"f{n}": ten.replace("NEXT", f"f{n + 1}") for n in range(1, 7)}
    document = read(tmp_path, ten.replace("NEXT", "f1"), **files, f7="a: 1\n")
    assert "too_many_files" in {code for code, _, _ in problems(document)}


def test_keys_are_counted_over_all_files(tmp_path: Path) -> None:
    many = "".join(f"k{n}: 1\n" for n in range(9_000))
    main = "a: !include x.yaml\nb: !include x.yaml\nc: !include x.yaml\n"
    (problem,) = read(tmp_path, main, x=many).problems
    assert (problem.code, problem.path, problem.place.line) == ("too_many_keys", ("c",), 1998)


def test_depth_is_counted_over_all_files(tmp_path: Path) -> None:
    deep = "[" * 20 + "]" * 20
    document = read(tmp_path, f"a: {'[' * 14}!include x.yaml{']' * 14}\n", x=deep)
    assert problems(document)[0][:2] == ("too_deep", "x.yaml")


@pytest.mark.parametrize(
    "tag, code",
    [
        ("!include none.yaml", "file_missing"),
        ("!include parts", "not_a_file"),
        ("!include pipe", "not_a_file"),
        ("!include_dir none", "not_a_folder"),
        ("!include_dir room.yaml", "not_a_folder"),
        ("!include room.yaml/x", "file_missing"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, tag: str, code: str) -> None:
    (tmp_path / "parts").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert problems(read(tmp_path, f"a: {tag}\n")) == [(code, "room.yaml", 1)]


def test_the_hash_covers_every_file(tmp_path: Path) -> None:
    one = read(tmp_path, "a: !include b.yaml\n", b="c: 1\n").sha256
    assert read(tmp_path, "a: !include b.yaml\n", b="c: 1\n").sha256 == one
    assert read(tmp_path, "a: !include b.yaml\n", b="c: 2\n").sha256 != one
