"""A QR is an SVG element that a page can place as it is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from roomd.web.qr import svg


def test_it_is_one_svg_element_without_script_or_style() -> None:
    found = ET.fromstring(svg("https://room-301.local/join#join=abc"))  # noqa: S314  # our own text
    assert found.tag.endswith("svg")
    assert found.get("class") == "qr"
    assert found.get("viewBox", "").startswith("0 0 ")
    assert {child.tag.rpartition("}")[2] for child in found.iter()} == {"svg", "path"}
    assert not any("style" in child.attrib for child in found.iter())


def test_another_text_is_another_picture() -> None:
    assert svg("a") != svg("b")
    assert svg("a") == svg("a")
