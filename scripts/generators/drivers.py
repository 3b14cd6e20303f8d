"""docs/drivers.md: every driver, its settings, points and commands, from the registry."""

from __future__ import annotations

from drivers import registry
from drivers.spec import DriverSpec
from scripts.generators.json_schema import fields
from scripts.generators.marks import fill, table


def page(current: str) -> str:
    """Return the page with the drivers that are registered without a site's own."""
    specs = [spec for name in registry.ids() if (spec := registry.find(name)) is not None]
    rows = [
        (
            f"[`{spec.id}`](#{spec.id})",
            spec.name["zh"],
            spec.name["en"],
            spec.kind,
            ", ".join(sorted(spec.transports)),
        )
        for spec in specs
    ]
    listed = table(("id", "名称", "name", "kind", "links"), rows)
    return fill(current, "drivers", "\n\n".join([listed, *(_section(spec) for spec in specs)]))


def _section(spec: DriverSpec) -> str:
    schema = spec.settings.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    parts = [
        f"### {spec.id}",
        f"{spec.name['zh']} · {spec.name['en']}.",
        fields(schema, definitions, linked=False),
    ]
    for name, model in sorted(definitions.items()):
        if model.get("type") == "object":
            parts += [
                f"*{name}*: {model.get('description', '')}",
                fields(model, definitions, linked=False),
            ]
    return "\n\n".join(parts)
