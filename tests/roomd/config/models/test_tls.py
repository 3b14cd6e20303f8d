"""Certificate and key go together."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from roomd.config.models.tls import Tls


def test_both_or_none() -> None:
    assert Tls().cert is None
    assert Tls(cert="a.crt", key="a.key").key == "a.key"


@pytest.mark.parametrize("given", [{"cert": "a.crt"}, {"key": "a.key"}])
def test_one_alone_is_an_error(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="go together"):
        Tls.model_validate(given)
