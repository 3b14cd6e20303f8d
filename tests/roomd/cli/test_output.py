"""Tables for people, one line of JSON for programs, errors in both languages on standard error."""

from __future__ import annotations

import json

import pytest
import typer

from roomd.cli.output import USAGE, fail, print_json, print_table


def test_json_is_one_line_and_keeps_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "会议室", "none": None})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "会议室" in out
    assert json.loads(out) == {"name": "会议室", "none": None}


def test_a_table_in_a_pipe_is_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    long = "serial:by_id:usb-FTDI_FT232R_USB_UART_A10K2X01-if00-port0" * 3
    print_table(("device", "where", "ms"), [("灯", long, 1.5), ("[b]", None, 0)])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["device", "where", "ms"]
    assert first.split() == ["灯", long, "1.5"]
    assert second.split() == ["[b]", "0"]


def test_a_refusal_speaks_both_languages_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail("unknown_device", {"device": "x"}, USAGE)
    told = capsys.readouterr()
    assert (ended.value.exit_code, told.out) == (2, "")
    assert told.err == "没有设备 x no device x\n"
