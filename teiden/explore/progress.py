"""How far an exploration is that ends with its time, not with a number of runs."""

from __future__ import annotations

from teiden.language.say import t
from teiden.narration.words import duration
from teiden.sweep.progress import Count, a_second


class Timed(Count):
    def __init__(self, for_s: float, kept: int = 0) -> None:
        super().__init__(0, kept)
        self._for_s = for_s

    @property
    def whole(self) -> float:
        return self._for_s

    @property
    def part(self) -> float:
        return min(self.took_s, self._for_s)

    @property
    def over(self) -> bool:
        return self.took_s >= self._for_s

    def line(self) -> str:
        """`412 runs, 25 a second, 24 s left, 3 broken`."""
        parts = [t("{n} runs", n=f"{self.done:,}")]
        if self.rate > 0:
            parts.append(t("{n} a second", n=a_second(self.rate)))
        parts.append(t("{time} left", time=duration(self.whole - self.part)))
        parts.append(t("{n} broken", n=f"{self.broken:,}"))
        return t(", ").join(parts)
