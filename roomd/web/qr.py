"""QR codes as SVG, drawn on the server: no page needs a library for them. ISO/IEC 18004, by `segno`."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """Return the QR of a text as an `<svg>` element without colours of its own: black where nothing else is said."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=2,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    return out.getvalue().decode()
