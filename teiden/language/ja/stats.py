"""A week of readings: teiden stats."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "--csv or --json, not both": "--csv と --json は同時に指定できません",
    "{folder}: no readings of these days": "{folder}: この期間の測定値がありません",
    "heard": "応答",
    "charge, least": "最低充電量",
    "now": "現在",
    "lasts, least": "最短持続時間",
    "on battery": "バッテリ運転",
    "{n} of {all}": "{all} 回中 {n} 回",
}
