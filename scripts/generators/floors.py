"""The floors of docs/ARCHITECTURE.md, from the contracts that hold them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from scripts.generators.marks import fill


def page(current: str) -> str:
    """Return the page with the floors as `pyproject.toml` has them."""
    config = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = config["tool"]["importlinter"]["contracts"]
    parts = [
        f"**{contract['name']}** (`{contract['id']}`)\n\n{_drawing(contract)}"
        for contract in contracts
    ]
    return fill(current, "floors", "\n\n".join(parts))


def _drawing(contract: dict[str, Any]) -> str:
    if contract["type"] == "layers":
        floors = [_plain(layer) for layer in contract["layers"]]
        return "\n".join(["```text", *floors, "```"])
    if contract["type"] == "independence":
        return "Independent: " + ", ".join(f"`{m}`" for m in contract["modules"]) + "."
    source = ", ".join(f"`{m}`" for m in contract["source_modules"])
    forbidden = ", ".join(f"`{m}`" for m in contract["forbidden_modules"])
    return f"{source} import none of {forbidden}."


def _plain(layer: str) -> str:
    """Drop the parentheses of optional modules: here every floor is drawn."""
    return " ".join(layer.replace("(", "").replace(")", "").split())
