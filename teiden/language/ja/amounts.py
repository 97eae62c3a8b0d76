"""Amounts of faults in a story; the English stands in `teiden/files/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{value} is not a number": "{value} は数値ではありません",
    "e.g. 1.5": "例: 1.5",
    "{fault} has no amount": "{fault} に amount はありません",
    "{least} to {most}": "{least} から {most} まで",
    "{fault}: it cannot be so much, or so little": "{fault}: 値が大きすぎるか小さすぎます",
}
