"""What `teiden explore` says: histories that break a rule, made short, and rare states that were reached."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "--resume and --overwrite go with -o": "--resume と --overwrite は -o と一緒に使う",
    "no fault is called {name}; {hint}known: {known}": "{name} という障害はない。{hint}あるもの: {known}",
    "{n} runs": "試行 {n} 回",
    "shrinking {n} of {all}: {rule}, seed {seed}": "短縮中 {n}/{all}: {rule}、シード {seed}",
    "four to nine faults each": "障害は4件から9件ずつ",
    "{n} histories of {site}, seeds {first} to {last}, {faults} kinds of faults, {years} years": (
        "{site} の履歴 {n} 件、シード {first} 〜 {last}、障害 {faults} 種、{years} 年分"
    ),
    "first seed {n}": "最初はシード {n}",
    "reached": "到達",
    "{rule}, {role}: {sentence}": "{rule}（{role}）: {sentence}",
    "seed {seed}, shrunk to {n} events: teiden run {file}": (
        "シード {seed}、イベント {n} 個に短縮: teiden run {file}"
    ),
    "seed {seed}, shrunk to {n} events:": "シード {seed}、イベント {n} 個に短縮:",
    "BROKEN  {k} of {n} histories": "違反  履歴 {n} 件のうち {k} 件",
    "HOLDS  all {n} histories": "成立  履歴 {n} 件すべて",
    "checksum {checksum}": "チェックサム {checksum}",
}
