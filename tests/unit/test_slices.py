"""Work that the cores share."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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


@pytest.fixture
def _four(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine of four cores."""
    monkeypatch.setattr(slices, "workers", lambda: 4)
    with ThreadPoolExecutor(4) as threads:
        monkeypatch.setattr(slices, "_threads", lambda: threads)
        yield


@pytest.mark.usefixtures("_four")
class TestEach:
    def test_results_stand_in_the_order_of_the_items(self) -> None:
        def work(item: int) -> int:
            time.sleep((20 - item) / 2000)  # The later begun, the earlier over.
            return item * item

        assert each(work, range(20)) == [item * item for item in range(20)]

    def test_several_threads_take_part_and_the_caller_is_one(self) -> None:
        together = threading.Barrier(4)

        def work(_: int) -> int:
            together.wait(10)
            return threading.get_ident()

        found = each(work, range(4))
        assert len(set(found)) == 4
        assert threading.get_ident() in found

    def test_the_first_fault_in_that_order_is_raised(self) -> None:
        both = threading.Barrier(2)

        def work(item: int) -> int:
            if item < 2:
                both.wait(10)
            if item == 0:
                time.sleep(0.05)
            if item < 2:
                raise ValueError(item)
            return item

        with pytest.raises(ValueError, match=r"^0$"):
            each(work, range(4))

    def test_after_a_fault_no_more_is_begun(self) -> None:
        begun = []

        def work(item: int) -> None:
            begun.append(item)
            if item == 0:
                raise ValueError("the first")
            time.sleep(0.02)

        with pytest.raises(ValueError, match="the first"):
            each(work, range(1000))
        assert len(begun) < 100
        count = len(begun)
        time.sleep(0.1)
        assert len(begun) == count

    def test_work_may_share_out_work(self) -> None:
        def sums(item: int) -> int:
            return sum(each(lambda other: item + other, range(50)))

        wanted = [sum(item + other for other in range(50)) for item in range(50)]
        assert each(sums, range(50)) == wanted

    def test_more_callers_than_threads(self) -> None:
        with ThreadPoolExecutor(40) as callers:
            found = list(callers.map(lambda n: sum(each(lambda m: n * m, range(30))), range(200)))
        assert found == [n * sum(range(30)) for n in range(200)]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="the system knows no fork")
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
    def test_a_child_of_the_process_has_threads_of_its_own(self) -> None:
        assert each(abs, range(-100, 0)) == list(range(100, 0, -1))
        child = os.fork()
        if not child:
            signal.alarm(20)  # Who waits for a thread that was left behind waits for ever.
            os._exit(0 if each(abs, range(-100, 0)) == list(range(100, 0, -1)) else 1)
        assert os.waitpid(child, 0)[1] == 0
