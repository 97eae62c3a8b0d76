"""Schedules: the lines of `plan`, the sums of a night, and what is wrong with them in a site file."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Sums of a night
    "{upses} off": "{upses} 出力停止",
    "internal": "内部処理",
    "no servers": "サーバなし",
    "rounding to 6 min": "6 分単位の丸め",
    "to whole steps of 6 min": "6 分単位への切り上げ",
    "warm-up": "Warm-UP 時間",
    "warm-up + 6 min + flush": "Warm-UP 時間 + 6 分 + フラッシュ",
    # The lines of `plan`
    "by {clock}": "{clock} まで",
    "flush, then {upses} off": "フラッシュ後、{upses} 出力停止",
    "flush, then {upses} off if the start is {needs} s away or more": (
        "次の投入まで {needs} 秒以上あれば、フラッシュ後 {upses} 出力停止"
    ),
    "from {clock} on": "{clock} 以降",
    "once {hosts} are silent for {silent}: {what}": "{hosts} の無応答が {silent} 続いたら、{what}",
    "servers": "全連動端末",
    "the end of an outage does not start them": "停電から復旧しても投入しない",
    "{array} stays on, {servers} use it": "{array} は切断しない ({servers} が使用中)",
    "{array} stays on: needs {needs} s, has {has} s": (
        "{array} は切断しない (必要 {needs} 秒、間隔 {has} 秒)"
    ),
    "{cluster} stops, then {nodes}": "{cluster} 停止、続いて {nodes} 停止",
    "{early} to {late}": "{early}～{late}",
    "{servers} restart, no disk is touched": "{servers} 再起動、ディスクは操作しない",
    "{servers} start": "{servers} 投入",
    "{servers} stay off until they are asked for": "{servers} は指示があるまで停止のまま",
    "{servers} stop": "{servers} 停止",
    "{upses} off after {seconds} s": "{seconds} 秒後に {upses} 出力停止",
    "{upses} on": "{upses} 出力開始",
    "{what}, or before that once {hosts} are silent for {silent}": (
        "{what}、または {hosts} の無応答が {silent} 続いた時点"
    ),
    # What is wrong in a site file
    "a country": "国",
    "a date": "日付",
    "a schedule names linked servers, or all control nodes": (
        "スケジュールには連動端末、またはすべての制御端末を指定してください"
    ),
    "a set of days": "曜日や日付の指定",
    "e.g. 2026-12-29, or 2026-12-29..2027-01-03": "例: 2026-12-29、または 2026-12-29..2027-01-03",
    "e.g. daily, mon-fri, mon,wed, 2026-12-24 or holidays": (
        "例: daily、mon-fri、mon,wed、2026-12-24、holidays"
    ),
    "each host once": "ホストの指定は 1 回だけです",
    "each job of a list has its own name": "一覧の中でジョブの名前を変えてください",
    "each server once": "サーバの指定は 1 回だけです",
    "give `calendar` a country, e.g. JP, or closed days, e.g. [2026-12-29..2027-01-03]": (
        "`calendar` に country (例: JP) または closed (例: [2026-12-29..2027-01-03]) を指定してください"
    ),
    "give off: 22:00, on: 6:00, or off_by: [lan]": (
        "off: 22:00、on: 6:00、off_by: [lan] のいずれかを指定してください"
    ),
    "give off: 22:00, or write off_by: [lan]": ("off: 22:00 を指定するか、off_by: [lan] としてください"),
    "give on: 6:00, or leave on_days out": "on: 6:00 を指定するか、on_days を削除してください",
    "its ISO code, e.g. JP": "ISO コード (例: JP)",
    "known: {parts}": "指定可能: {parts}",
    "make two schedules, one of them for {control}; the control side goes off last": (
        "{control} は別のスケジュールにしてください。制御側は最後に停止します"
    ),
    "name the hosts to listen for under `lan_watch` (R8-04)": (
        "監視するホストを `lan_watch` に指定してください (LAN切断情報、R8-04)"
    ),
    "nobody is named whose silence `lan` waits for": "切断要因 `lan` の監視対象が指定されていません",
    "the ISO code of a country, e.g. JP, or of a part of one, e.g. DE-BY": (
        "国の ISO コード (例: JP)、または地域のコード (例: DE-BY)"
    ),
    "the public holidays of {country} are not known": "{country} の祝日は登録されていません",
    "they go off together: servers: [{nodes}]": "まとめて停止します。servers: [{nodes}]",
    "two jobs are named {job}": "{job} という名前のジョブが 2 つあります",
    "which days are holidays here is not said": "holidays がどの日を指すか指定されていません",
    "{country} has no part {part}": "{country} に {part} という地域はありません",
    "{host} is listed twice": "{host} が 2 回指定されています",
    "{schedule} has days of an on, but no `on`": (
        "スケジュール {schedule} に on_days がありますが、`on` がありません"
    ),
    "{schedule} mixes control nodes and linked servers": (
        "スケジュール {schedule} に制御端末と連動端末が混在しています"
    ),
    "{schedule} names a part of the control nodes: {missing} would stay alone": (
        "スケジュール {schedule} の制御端末が一部だけです。{missing} だけが残ります"
    ),
    "{schedule} switches nothing": "スケジュール {schedule} は何も切断・投入しません",
    "{schedule} waits for all causes, but has no `off`": (
        "スケジュール {schedule} はすべての切断要因を待ちますが、`off` がありません"
    ),
    "{server} is a pool server, which no schedule switches": (
        "{server} はプールサーバです。スケジュールの対象になりません"
    ),
    "{server} is listed twice": "{server} が 2 回指定されています",
}
