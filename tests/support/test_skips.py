from __future__ import annotations

from tests.support.skips import allowed_patterns, unlisted


def test_a_reason_must_be_listed() -> None:
    reasons = {"needs root for a network namespace", "I felt like it"}
    assert unlisted(reasons, allowed_patterns()) == ["I felt like it"]
