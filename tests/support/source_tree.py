"""The product's source as data: lines, functions, docstrings, imports. Reads, never imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("roomd", "drivers", "archive_bridge")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """One function or method, nested ones too."""

    module: str
    name: str
    lines: int
    public: bool
    """Reachable by a public name: no part of its path begins with an underscore."""
    documented: bool
    """Has a docstring, or overrides a method of its own tree that has one."""
    annotated: bool


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    lines: int
    documented: bool
    imports: frozenset[str]
    """Absolute names that are imported when the module is (not under `TYPE_CHECKING`)."""
    functions: tuple[Function, ...]
    classes: tuple[tuple[str, bool], ...]
    """Public classes: name, and whether there is a docstring."""
    has_functions: bool
    """False for a file of names, numbers and shapes only."""


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the product, ordered by name."""
    paths = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    inherited = frozenset(_documented_methods(list(trees.values())))
    return tuple(_module(path, tree, inherited) for path, tree in trees.items())


def import_graph() -> dict[str, set[str]]:
    """Return which module imports which, by the longest name that is a module."""
    known = {module.name for module in modules()}
    graph: dict[str, set[str]] = {}
    for module in modules():
        targets = {_known_prefix(name, known) for name in module.imports}
        graph[module.name] = {t for t in targets if t is not None} - {module.name}
    return graph


def _known_prefix(name: str, known: set[str]) -> str | None:
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def module_name(path: Path) -> str:
    """Return the dotted name of a file of this repository."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _module(path: Path, tree: ast.Module, inherited: frozenset[str]) -> Module:
    name = module_name(path)
    found = tuple(_functions(name, tree, inherited))
    return Module(
        name=name,
        path=path,
        lines=len(path.read_text(encoding="utf-8").splitlines()),
        documented=ast.get_docstring(tree) is not None,
        imports=frozenset(_imports(name, path.name == "__init__.py", tree.body)),
        functions=found,
        classes=tuple(
            (node.name, ast.get_docstring(node) is not None)
            for node in tree.body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ),
        has_functions=bool(found),
    )


def _functions(module: str, tree: ast.AST, inherited: frozenset[str]) -> Iterator[Function]:
    for names, node in _walk(tree, ()):
        path = (*names, node.name)
        yield Function(
            module=module,
            name=".".join(path),
            lines=(node.end_lineno or node.lineno) - node.lineno + 1,
            public="<locals>" not in path and not any(_private(part) for part in path),
            documented=ast.get_docstring(node) is not None
            or _is_magic(node.name)
            or _is_overload(node)
            or (bool(names) and node.name in inherited),
            annotated=_annotated(node, method=bool(names) and names[-1] != "<locals>"),
        )


def _walk(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], FunctionNode]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield names, child
            yield from _walk(child, (*names, child.name, "<locals>"))
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, (*names, child.name))
        else:
            yield from _walk(child, names)


def _documented_methods(trees: list[ast.Module]) -> Iterator[str]:
    """Yield names of methods that some class documents: its overrides need not say it again."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from (
                    item.name
                    for item in node.body
                    if isinstance(item, FunctionNode) and ast.get_docstring(item)
                )


def _annotated(node: FunctionNode, *, method: bool) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
    if method and not static:
        arguments = arguments[1:]
    arguments += [a for a in (node.args.vararg, node.args.kwarg) if a is not None]
    return node.returns is not None and all(a.annotation is not None for a in arguments)


def _private(name: str) -> bool:
    return name.startswith("_") and not _is_magic(name)


def _is_magic(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_overload(node: FunctionNode) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)


def _imports(module: str, package: bool, body: list[ast.stmt]) -> Iterator[str]:
    """Yield what the top level imports; `from a import b` as `a.b`, a module or not."""
    for node in body:
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                base = _absolute(module, package, node)
                yield from (f"{base}.{alias.name}" for alias in node.names)
            case ast.If() if not _is_type_checking(node.test):
                yield from _imports(module, package, [*node.body, *node.orelse])
            case ast.Try():
                yield from _imports(module, package, [*node.body, *node.orelse, *node.finalbody])
            case _:
                pass


def _absolute(module: str, package: bool, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
