"""Chance that does not depend on the order of asking: draw number n is the same whoever asks, whenever.

A usual generator gives the next number to whoever comes next, so leaving out one poll that nobody
needed would change every later one. Here each draw is a 64-bit hash of what it is for: the run's seed,
the component, the purpose and a counter (a poll's number, an attempt's number). So polls can be skipped,
and a second run, another Python or another hash seed draws the same.

The key is BLAKE2b of the names; the draw is SplitMix64 (Steele, Lea and Flood, "Fast splittable
pseudorandom number generators", OOPSLA 2014) at position n of the sequence that starts at the key.
Good for simulations, useless for secrets.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15
_UNIT = 2.0**-53


def draw(seed: int, component: str, purpose: str, n: int) -> float:
    """Return the n-th number in [0, 1) of this component and purpose."""
    return _uniform(_key(seed, component, purpose), n)


class Stream:
    """All draws of one component for one purpose; `stream(n)` is the n-th."""

    __slots__ = ("key",)

    def __init__(self, seed: int, component: str, purpose: str) -> None:
        self.key = _key(seed, component, purpose)

    def __call__(self, n: int) -> float:
        return _uniform(self.key, n)

    def between(self, n: int, low: float, high: float) -> float:
        """Return the n-th draw stretched over [low, high)."""
        return low + (high - low) * _uniform(self.key, n)

    def happens(self, n: int, probability: float) -> bool:
        """Say whether the n-th chance of this probability comes true: never at 0, always at 1."""
        return _uniform(self.key, n) < probability


@lru_cache(maxsize=4096)
def _key(seed: int, component: str, purpose: str) -> int:
    # Lengths are part of the text: ("a", "bc") and ("ab", "c") must not meet.
    text = f"{seed}:{len(component)}:{component}:{purpose}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def _uniform(key: int, n: int) -> float:
    z = (key + n * _STEP) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) * _UNIT
