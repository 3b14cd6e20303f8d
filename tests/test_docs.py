"""Documents cannot drift: links resolve, YAML loads, and what exists is written down."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from drivers import registry
from drivers.errors import DriverError
from roomd.config.models import RoomFile
from roomd.errors import RoomError
from roomd.messages import LANGUAGES, table

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("document", PAGES, ids=page_id)
def test_relative_links_resolve(document: Path) -> None:
    broken: list[str] = []
    for link in LINK.findall(CODE.sub("", text_of(document))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        exists = target.exists()
        if not exists or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", PAGES, ids=page_id)
def test_blocks_of_yaml_and_toml_load(document: Path) -> None:
    for language, block in BLOCK.findall(text_of(document)):
        if language in {"yaml", "yml"}:
            loader = YAML(typ="rt", pure=True)
            loader.load(block)
        elif language == "toml":
            tomllib.loads(block)


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    readme = text_of(ROOT / "README.md")
    assert len(readme.splitlines()) < 120
    assert "./scripts/demo" in readme
    assert "./scripts/test" in readme
    assert readme.index("中文") < readme.index("English")


def test_every_decision_has_the_parts_of_one() -> None:
    for page in sorted((ROOT / "docs/adr").glob("*.md")):
        for part in (
            "Status:",
            "**Context.**",
            "**Decision.**",
            "**Measured.**",
            "**Cost.**",
            "Undo",
        ):
            assert part in text_of(page), f"{page.name} lacks {part}"


# -- sources ---------------------------------------------------------------------------------------


def known_sources() -> set[str]:
    """Return the ids of the families' rows, which docs/sources.md puts together."""
    pages = sorted((ROOT / "docs/sources.d").glob("*.md"))
    rows = [line for page in pages for line in text_of(page).splitlines()]
    cells = [row.split("|")[1].strip() for row in rows if row.startswith("|")]
    return {cell.strip("`") for cell in cells} - {"id", "---", ""}


def vector_files() -> list[Path]:
    return sorted((ROOT / "tests/drivers").rglob("vectors*.toml"))


@pytest.mark.parametrize("path", vector_files(), ids=page_id)
def test_every_vector_has_a_source_that_is_listed(path: Path) -> None:
    vectors = tomllib.loads(text_of(path))["vector"]
    assert vectors
    for vector in vectors:
        source = vector.get("source", "")
        assert source, f"{vector.get('name')} has no source"
        assert re.split(r"[,;: ]", source)[0] in known_sources(), (
            f"{source} is not in docs/sources.md"
        )


def test_no_source_is_listed_twice() -> None:
    lines = text_of(ROOT / "docs/sources.md").splitlines()
    ids = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    assert {i for i in ids if ids.count(i) > 1} <= {"id", "---"}


# -- what exists is written down -------------------------------------------------------------------


def test_every_driver_is_in_the_guide() -> None:
    guide = text_of(ROOT / "docs/drivers.md")
    assert [name for name in registry.ids() if f"`{name}`" not in guide] == []


def unexplained(schema: dict[str, Any], place: str) -> list[str]:
    """Return the fields of a schema, and of what it is made of, that no sentence explains."""
    definitions = schema.get("$defs", {})
    models = {place: schema, **definitions}
    return [
        f"{name}.{key}"
        for name, model in models.items()
        for key, field in model.get("properties", {}).items()
        # A field that says just what its model says is written once by pydantic: in the model.
        if not field.get("description")
        and not definitions.get(field.get("$ref", "").rpartition("/")[2], {}).get("description")
    ]


def test_every_setting_of_a_room_is_explained() -> None:
    assert unexplained(RoomFile.model_json_schema(by_alias=True), "room") == []


def test_every_setting_of_a_driver_is_explained() -> None:
    specs = [spec for name in registry.ids() if (spec := registry.find(name)) is not None]
    found = [unexplained(spec.settings.model_json_schema(), spec.id) for spec in specs]
    assert [name for names in found for name in names] == []


def codes(root: type[Any]) -> set[str]:
    """Return the codes of an error and of all its kinds."""
    return {root.code}.union(*(codes(kind) for kind in root.__subclasses__()))


@pytest.mark.parametrize("root", [DriverError, RoomError])
def test_every_error_has_words_in_both_languages(root: type[Any]) -> None:
    for language in LANGUAGES:
        assert codes(root) - {root.code} - set(table(language)) == set()


def test_an_unexplained_setting_is_seen() -> None:
    assert unexplained({"properties": {"gap": {"type": "number"}}}, "link") == ["link.gap"]
