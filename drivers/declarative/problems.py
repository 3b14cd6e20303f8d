"""What can be wrong in a definition: code, place and words in Chinese and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KeyPath = tuple[str | int, ...]

WORDS: dict[str, tuple[str, str]] = {
    "file_too_large": ("文件超过 256 KiB", "the file is larger than 256 KiB"),
    "not_utf8": ("文件不是 UTF-8 文本", "the file is not UTF-8 text"),
    "bad_character": ("文件中有控制字符", "the file contains a control character"),
    "file_empty": ("文件是空的", "the file is empty"),
    "too_deep": ("嵌套太深", "nested too deep"),
    "yaml_syntax": ("YAML 语法错误：{problem}", "YAML syntax: {problem}"),
    "yaml_alias": ("不允许锚点与别名", "anchors and aliases are not allowed"),
    "yaml_tag": ("不允许标签 {tag}", "the tag {tag} is not allowed"),
    "yaml_key": ("键必须是文字", "a key must be text"),
    "duplicate_key": (
        "键“{key}”重复，已在第 {first} 行",
        "the key {key} is there twice; first in line {first}",
    ),
    "unknown_key": ("未知的键“{key}”", "unknown key {key}"),
    "unknown_key_near": (
        "未知的键“{key}”，是否想写“{suggestion}”？",
        "unknown key {key}; did you mean {suggestion}?",
    ),
    "missing_key": ("缺少键“{key}”", "the key {key} is missing"),
    "quote_it": ("十六进制值必须加引号", "hex values must be quoted: quote it"),
    "needs_unit": ("时间要带单位，如 300ms、5s", "a time needs its unit, as in 300ms or 5s"),
    "bad_value": ("值不合要求：{why}", "this value does not fit: {why}"),
    "bad_frame": ("帧写法错误：{why}", "the frame is wrong: {why}"),
    "frame_too_long": ("帧超过 1024 字节", "the frame is longer than 1024 bytes"),
    "unknown_name": ("未知的名字“{name}”", "unknown name {name}"),
    "unknown_check": ("未知的校验“{name}”", "unknown check {name}"),
    "no_form": (
        "命令必须且只能有 hex、text、publish、http 之一",
        "a command has exactly one of hex, text, publish, http",
    ),
    "no_stop": ("有 motion 就必须有 stop 命令", "a definition with motion needs the command stop"),
    "unknown_command": ("没有命令“{name}”", "there is no command {name}"),
    "no_receive": (
        "有 expect 就要写 receive",
        "where something is expected, receive must say how it is framed",
    ),
    "unknown_point": ("没有声明点“{name}”", "the point {name} is not declared in state"),
}
"""Code -> words in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Place:
    """One spot of a file; line and column from 1."""

    file: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at one place."""

    place: Place
    path: KeyPath
    code: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def words(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        return WORDS[self.code][0 if language == "zh" else 1].format(**self.params)

    def as_json(self) -> dict[str, Any]:
        """Return the outer form: file, line, column, path, code, params."""
        place = self.place
        return {
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "path": ".".join(str(p) for p in self.path),
            "code": self.code,
            "params": dict(self.params),
        }

    def __str__(self) -> str:
        path = ".".join(str(p) for p in self.path)
        where = f"{self.place}: {path}: " if path else f"{self.place}: "
        return f"{where}{self.words('zh')} {self.words('en')}"


class DefinitionError(ValueError):
    """A definition cannot be used; holds every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        ordered = sorted(problems, key=lambda p: (p.place.line, p.place.column, p.code))
        super().__init__("\n".join(str(p) for p in ordered))
        self.problems = tuple(ordered)
