"""The command line: one file for each group of verbs; each verb imports what it needs when it runs."""

from __future__ import annotations

from roomd.cli.main import app, main

__all__ = ["app", "main"]
