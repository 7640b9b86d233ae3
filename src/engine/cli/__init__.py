"""The command ``learner-engine``: parse, call, print."""

from engine.cli.main import main

__all__ = ["main"]
