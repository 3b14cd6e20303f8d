from __future__ import annotations

import pytest
from pydantic import ValidationError

from drivers.tasmota.settings import TasmotaLightSettings, TasmotaRelaySettings


def test_topics_follow_the_device() -> None:
    plain = TasmotaLightSettings(topic="lamp")
    assert plain.at("cmnd", "POWER1") == "cmnd/lamp/POWER1"
    turned = TasmotaLightSettings(topic="lamp", full_topic="floor3/%topic%/%prefix%")
    assert turned.at("stat", "RESULT") == "floor3/lamp/stat/RESULT"


@pytest.mark.parametrize("topic", ["", "a+", "#", "a\0", "/a", "a "])
def test_a_topic_that_is_none_is_refused(topic: str) -> None:
    with pytest.raises(ValidationError):
        TasmotaRelaySettings(topic=topic)


@pytest.mark.parametrize("full", ["%topic%", "%prefix%", "%prefix%/%topic%/#"])
def test_a_full_topic_needs_both_parts(full: str) -> None:
    with pytest.raises(ValidationError, match="full_topic"):
        TasmotaRelaySettings(topic="a", full_topic=full)
