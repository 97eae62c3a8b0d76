"""What commands say around their tables: the verdict, files, the tree, the live view."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The verdict
    "HOLDS": "合格",
    "BROKEN": "不合格",
    "HOLDS  all {n} stories": "合格  全 {n} シナリオ",
    "BROKEN  {held} of {n} stories hold": "不合格  {n} シナリオ中 {held} 件合格",
    "seed {n}": "シード {n}",
    "{time} in {ms} ms": "{time}を {ms} ミリ秒で実行",
    "margins": "余裕",
    "lowest": "最低残量",
    "the other {n} higher": "ほか {n} 台はこれより高い",
    "nothing happened": "何も起きなかった",
    # What broke
    "broken": "違反",
    "was": "実際",
    "also": "ほかに",
    "cause": "原因",
    "replay": "再現",
    "line {n}: {text}": "{n} 行目: {text}",
    "and {n} more errors: teiden check {site}": "ほか {n} 件のエラー: teiden check {site}",
    "{place}, as this story changes it": "{place}（このシナリオが変更）",
    "{text}; needs {needs} {unit} ({sum}), has {has} {unit}": (
        "{text}、必要 {needs} {unit}（{sum}）、設定 {has} {unit}"
    ),
    # Words that stand out on a terminal
    "CRASHED": "異常終了",
    "LOST DATA": "データ消失",
    "battery empty": "バッテリ切れ",
    "alarm": "警報",
    "refused": "拒否",
    "failed": "失敗",
    "BROKEN {rule}": "違反 {rule}",
    "forced {how}": "強制{how}",
    # Files
    "{place}: error: {message}": "{place}: エラー: {message}",
    "... and {n} more": "... ほか {n} 件",
    "events": "イベント",
    "picture": "図",
    "pictures": "図",
    "{n} files": "{n} ファイル",
    "{path}: the name of a picture ends in {kinds}": "{path}: 図のファイル名の末尾は {kinds} のいずれかです",
    "{path}: cannot be written: {reason}": "{path}: 書き込めません: {reason}",
    "{file}: {n} events": "{file}: イベント {n} 件",
    "{file}: {n} events, whose last line is not finished": "{file}: イベント {n} 件（最終行は書きかけ）",
    "--json and --events - both want standard output; give --events a file": (
        "--json と --events - は両方とも標準出力を使います。--events にファイル名を指定してください"
    ),
    "no story here is called {item}; {hint}known: {known}": (
        "{item} という名前のシナリオはありません。{hint}あるもの: {known}"
    ),
    "interrupted": "中断しました",
    # The tree (R6-05)
    "network ({site})": "ネットワーク（{site}）",
    "{root}, the site file names no groups: as wired": (
        "{root}、サイトファイルに groups がないため配線のとおり"
    ),
    "UPS {n}": "UPS {n}",
    "confirm {n} s": "電源異常確認時間 {n} 秒",
    "in no group": "グループなし",
    "power unit": "電源装置",
    "peripheral": "連動装置",
    "control node": "制御端末",
    "linked server": "連動端末",
    "pool server": "プールサーバ",
    # The live view
    "{now} of {end}": "{end}中 {now}",
    "{feeds} LOST": "{feeds} 停電",
    "incident open": "停電処理中",
    "mains on": "商用電源あり",
    "off in {n} s": "停止まで {n} 秒",
}
