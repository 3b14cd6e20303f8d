"""The page for breaking simulators."""

from __future__ import annotations

from roomd.web.sim_page import page

SNAPSHOT = {
    "protocol": "visca-udp",
    "address": "127.0.0.1:52381",
    "state": {"on": True, "note": "<b>"},
    "faults": {"mute": True},
    "known_faults": ["mute", "unplug", "no_ack"],
}


def test_each_known_fault_with_words_is_a_button_and_the_set_one_is_pressed() -> None:
    html = page({"camera.a": SNAPSHOT}, {"camera.a": {"zh": "前摄像机", "en": "Front camera"}})
    assert 'value="mute" aria-pressed="true"' in html
    assert 'value="unplug" aria-pressed="false"' in html
    assert "no_ack" not in html
    assert 'action="/sim/camera.a"' in html
    assert "前摄像机" in html


def test_what_a_device_says_never_becomes_markup() -> None:
    html = page({"camera.a": SNAPSHOT}, {})
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
