"""The plan: the way down, the way up, the batteries, and the sums they are made of."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "from": "開始",
    "until": "終了",
    "who": "対象",
    "waits for": "待ち条件",
    "margin": "余裕",
    "limit": "上限",
    "needs": "必要",
    "has": "設定",
    "STOP, whole site (seconds after mains lost; limits, not typical values)": (
        "停止、サイト全体（停電からの秒数。標準値ではなく上限値で計算）"
    ),
    "START (seconds after mains restored; typical durations from model:, waits and limits from the site)": (
        "起動（復電からの秒数。所要時間は model: の標準値、待ち時間と上限はサイトの設定）"
    ),
    "START: everything stays off until the operator's button (start: auto is false)": (
        "起動: 運用者のボタン操作まで停止したまま（start: auto が false）"
    ),
    "BATTERIES (at full load)": "バッテリ（最大負荷時）",
    "worst case": "最悪の場合",
    "not stated": "未記入",
    "own confirm {sum} (whole site: {n})": "自身の確認時間から {sum}（サイト全体: {n}）",
    "SCHEDULE {name} {days}  {steps}": "運転スケジュール {name} {days}  {steps}",
    "nothing but the control side stops": "停止するのは制御側だけ",
    "needs {needs} s, has {has} s: {n} s short; see `teiden check`": (
        "必要 {needs} 秒、設定 {has} 秒: {n} 秒不足。`teiden check` を参照"
    ),
    "needs {needs} s, has {has} s: margin {n} s ({late} s when every look comes late)": (
        "必要 {needs} 秒、設定 {has} 秒: 余裕 {n} 秒（確認がすべて遅れた場合 {late} 秒）"
    ),
    # The way down
    "outage confirmed": "停電確定",
    "on battery {n} s": "バッテリ運転 {n} 秒",
    "shut down (limit {n} s)": "シャットダウン（上限 {n} 秒）",
    "OFF, output off after {n} s": "OFF 指令、{n} 秒後に出力停止",
    "OFF now": "即時 OFF",
    "its servers halted, or their limit": "サーバの停止完了、または上限",
    "flush (limit {n} s)": "フラッシュ（上限 {n} 秒）",
    "{ups} seen off": "{ups} の停止を確認",
    "{ups} seen off, {names} flushed": "{ups} の停止を確認、{names} フラッシュ済み",
    "flushed, or limit and alarm": "フラッシュ済み、または上限で警報",
    "stop (limit {n} s)": "停止（上限 {n} 秒）",
    "cluster stopped": "クラスタ停止",
    "{ups} confirmed {n} s": "{ups} 確定 {n} 秒",
    "{why}, {ups} off": "{why}、{ups} 停止",
    "{why}; held {n} s": "{why}、{n} 秒保留",
    # The way up
    "boot by AC-Link": "AC-LINK で起動",
    "{ups} return by themselves": "{ups} が自動復帰",
    "mains stable {n} s, a control node up": "復電安定 {n} 秒、制御端末が 1 台起動",
    "cluster running, all its UPSes have mains": "クラスタ動作中、全 UPS 復電",
    "cluster running, charge for a full stop": "クラスタ動作中、全停止できる充電量",
    "{names} ready {n} s, charge for a full stop": "{names} 使用可能 {n} 秒、全停止できる充電量",
    "{names} ready (rank {rank})": "{names} 使用可能（順位 {rank}）",
    "{ups} on, ready": "{ups} ON、使用可能まで",
    ", then ": "、続いて ",
    "{what}, held {n} s": "{what}、{n} 秒保持",
    "start": "起動",
    "restart, once": "再起動、1 回",
    "its nodes up": "制御端末の起動",
    "{ups} on": "{ups} ON",
    "{first} on, {other} on {n} s later": "{first} ON、{n} 秒後に {other} ON",
    "{first} on, {others} each {n} s later": "{first} ON、続けて {others} を {n} 秒おきに ON",
    # Sums
    ", line {n}": "、{n} 行目",
    "{ups} runtime": "{ups} バッテリ動作時間",
    "{ups} confirm": "{ups} 電源異常確認時間",
    "{ups} off": "{ups} 停止",
    "{ups} off, an old card waits its grace": "{ups} 停止（旧型カードは猶予時間を待つ）",
    "{name} limit": "{name} 上限",
    "control confirm": "制御側の電源異常確認時間",
    "cluster limit": "クラスタ停止の上限",
    "servers' UPSes off": "サーバの UPS 停止",
    "flush_limit": "flush_limit",
    "shutdown limit": "シャットダウンの上限",
    "battery floor": "バッテリ下限",
}
