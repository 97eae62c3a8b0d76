"""Python's search for garbage, put off where millions of objects are made of which hardly any is waste."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Python looks for garbage less often meanwhile.

    A hall, or a file of a million events, is millions of objects; looking through all of them again and
    again takes more than a quarter of the time. Around one whole run, with what judges it, it finds the room
    as waste; inside of that it would find it alive, and look through it in vain.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
