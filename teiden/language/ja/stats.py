"""日本語: teiden stats, its tables."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "one of --csv, --json and --parquet": "--csv、--json、--parquet のうち一つだけ指定してください",
    "{folder}: no readings of these days": "{folder}: この期間の測定値がありません",
    "heard": "応答",
    "output on": "出力あり",
    "outages": "停電",
    "transfers": "バッテリ切替",
    "load": "負荷",
    "load, most": "最大負荷",
    "charge, least": "最低充電量",
    "now": "現在",
    "lasts, least": "最短持続時間",
    "in a month": "月あたり変化",
    "battery": "バッテリ",
}
