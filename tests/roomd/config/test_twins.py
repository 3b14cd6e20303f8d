from pathlib import Path

from tests.support.rooms import read

ENTRY = "driver: lift_x, link: {port: {by_id: a}}, name: {zh: 甲, en: A}"


def test_a_copied_entry_with_the_same_address_is_a_warning(tmp_path: Path) -> None:
    text = f"""devices:
  lift.a: {{{ENTRY}, options: {{address: '01'}}}}
  lift.b: {{{ENTRY}, options: {{address: '02'}}}}
  lift.c: {{{ENTRY}, options: {{address: '01'}}}}
"""
    result = read(tmp_path, text)
    assert result.room is not None
    assert [(p.code, p.dotted, p.params["other"]) for p in result.warnings] == [
        ("same_address", "devices.lift.c", "lift.a")
    ]
