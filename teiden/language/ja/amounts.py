"""Amounts of faults in a story; the English stands in `teiden/files/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{value} is not a number": "{value} は数値ではありません",
    "e.g. 1.5": "例: 1.5",
    "{value} is not a whole number": "{value} は整数ではありません",
    "e.g. 3": "例: 3",
    "{fault} strikes what only a pretend room has": "{fault} は仮想の部屋にしかないものに起こる",
    "{fault} has no amount": "{fault} に amount はありません",
    "{least} to {most}": "{least} から {most} まで",
    "{fault}: it cannot be so much, or so little": "{fault}: 値が大きすぎるか小さすぎます",
}
