"""One function of many things on several threads, with the results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T, R = TypeVar("T"), TypeVar("R")
AHEAD = 2  # things for each thread that are taken before the first result is asked for


def in_order(
    function: Callable[[T], R], things: Iterable[T | None], workers: int = 1
) -> Iterator[R]:
    """Yield ``function(thing)`` for each thing, in order; None says to finish what was begun.

    Threads, and not processes: a network computes outside Python's lock, so both were as quick on
    two cores, and processes needed six seconds to begin. Whoever stops asking, or an error, stops
    the threads after what each is at.

    Parameters
    ----------
    function : callable
        May be called by several threads at once.
    things : iterable
        At most `AHEAD` times `workers` of them are taken before they are needed.
    workers : int
        Threads; with 1 there is none, and the caller computes.
    """
    if workers == 1:
        yield from (function(thing) for thing in things if thing is not None)
        return
    begun: deque = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="answers")
    try:
        for thing in things:
            if thing is not None:
                begun.append(pool.submit(function, thing))
            while begun and (thing is None or len(begun) > AHEAD * workers):
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
