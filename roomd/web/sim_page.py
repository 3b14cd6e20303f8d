"""The demo's page for breaking simulators: plain forms, no script; each button is one `POST /sim/{device}`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

WORDS: Mapping[str, tuple[str, str]] = {
    "unplug": ("拔线", "unplug"),
    "mute": ("不应答", "mute"),
    "deaf": ("不执行", "deaf"),
    "garble": ("误码", "garble"),
    "slow": ("变慢", "slow"),
    "late": ("迟到", "late"),
    "reboot": ("重启", "reboot"),
    "refuse": ("拒绝", "refuse"),
    "wrong_state": ("口是心非", "wrong state"),
}
"""Faults that have a button, with their words; the rest are reached over the API."""

STYLE = "/sim.css"
CSS = """
:root { color-scheme: light dark; font: 16px/1.4 system-ui, "Noto Sans CJK SC", "Noto Sans SC", sans-serif }
body { margin: 0 auto; max-width: 76rem; padding: 1rem }
section { border: 1px solid #7d909a; border-radius: 14px; margin-block: .75rem; padding: .75rem 1rem }
h2 { font-size: 1.1rem; margin: 0 } p { margin: .25rem 0 } code { overflow-wrap: anywhere }
form { display: flex; flex-wrap: wrap; gap: 8px; margin-top: .5rem }
button { border: 1px solid #7d909a; border-radius: 10px; font: inherit; min-height: 48px; padding: 0 1rem }
button[aria-pressed="true"] { background: #b3261e; color: #fff }
"""


def page(snapshots: Mapping[str, Mapping[str, Any]], names: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page.

    Args:
        snapshots: device id -> its simulator's snapshot.
        names: device id -> `{"zh", "en"}`.
    """
    sections = "\n".join(_section(d, s, names.get(d, {})) for d, s in snapshots.items())
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>故障演练 · Simulators</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{STYLE}"></head>
<body><h1>故障演练 · <span lang="en">Break the simulated devices</span></h1>
<p>每个按钮弄坏一台模拟设备，再按一次“全部修好”。
<span lang="en">Each button breaks one simulated device; “mend” repairs it.</span></p>
{sections}
</body></html>
"""


def _section(device: str, snapshot: Mapping[str, Any], name: Mapping[str, str]) -> str:
    known, active = set(snapshot["known_faults"]), set(snapshot["faults"])
    buttons = "\n".join(_button(f, f in active) for f in WORDS if f in known)
    state = ", ".join(f"{k}={v}" for k, v in snapshot["state"].items())
    title = " · ".join(dict.fromkeys((name.get("zh", ""), name.get("en", ""), device)))
    where = f"{snapshot['protocol']} {snapshot['address'] or ''}"
    return f"""<section aria-label="{escape(device)}"><h2>{escape(title)}</h2>
<p>{escape(where)}</p><p><code>{escape(state)}</code></p>
<form method="post" action="/sim/{escape(device)}">{buttons}
<button name="fault" value="">全部修好 mend</button></form></section>"""


def _button(fault: str, active: bool) -> str:  # noqa: FBT001  # whether it is set
    zh, en = WORDS[fault]
    pressed = "true" if active else "false"
    return f'<button name="fault" value="{fault}" aria-pressed="{pressed}">{zh} {en}</button>'
