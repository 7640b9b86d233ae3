"""Work that the cores share."""

from __future__ import annotations

import threading

import pytest

from engine.columns import slices
from engine.columns.slices import each


def test_work_that_nobody_waits_for_is_told_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "workers", lambda: 2)
    begun, halted = threading.Event(), threading.Event()
    ended = []

    def work(item: int) -> None:
        if item == 0:
            begun.wait(10)
            raise KeyboardInterrupt
        begun.set()
        ended.append(halted.wait(10))

    with pytest.raises(KeyboardInterrupt):
        each(work, range(2), halt=halted.set)
    assert ended == [True]
