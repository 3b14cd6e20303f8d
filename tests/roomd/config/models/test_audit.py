"""How long rows are kept, in words; less than six months is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from roomd.config.models.audit import Audit


@pytest.mark.parametrize("text, months", [("36 months", 36), ("6months", 6)])
def test_months_are_written_with_their_unit(text: str, months: int) -> None:
    assert Audit(keep=text).months == months
    assert Audit().months == 36


@pytest.mark.parametrize("text, why", [("5 months", "6 months"), ("36", "36 months"), ("3y", "36")])
def test_others_are_refused_with_what_to_write(text: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Audit(keep=text)
