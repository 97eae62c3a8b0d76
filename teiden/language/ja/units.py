"""Times, rows of names and the marks between them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{n} s": "{n} 秒",
    "{n} min": "{n} 分",
    "{n} h": "{n} 時間",
    "{n} d": "{n} 日",
    "; ": "、",
    ", ": "、",
    "{a} and {b}": "{a}、{b}",
    "{names} and {n} more": "{names} ほか {n} 件",
    "and {n} more": "ほか {n} 件",
    "once": "1 回",
    "twice": "2 回",
    "{n} times": "{n} 回",
    "never": "なし",
    "at once": "即時",
    "unknown": "不明",
}
