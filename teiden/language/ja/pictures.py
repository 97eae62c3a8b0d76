"""The words in the pictures beyond the timeline, and what is said of their input."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The command
    "EVENTS": "イベントファイル",
    "SITE.yaml [EVENTS]": "サイト.yaml [イベントファイル]",
    "EVENTS EVENTS": "イベントファイル 2 つ",
    "SWEEP_FOLDER": "スイープのフォルダ",
    "SWEEP_FOLDER [SITE.yaml]": "スイープのフォルダ [サイト.yaml]",
    "--as {kind} takes {takes}; files given: {n}": "--as {kind} に必要なもの: {takes}（指定は {n} 個）",
    "; it goes with --as {kinds}": "（使えるのは --as {kinds}）",
    "{path} is a folder: of a sweep --as {kinds} can be drawn": (
        "{path} はフォルダです。スイープから描けるのは --as {kinds} です"
    ),
    "{path} is no {takes}: --as waterfall draws a site": (
        "{path} は{takes}ではありません。サイトは --as waterfall で描きます"
    ),
    "--names takes two names, e.g. --names before,after": (
        "--names には名前を 2 つ指定します。例: --names 変更前,変更後"
    ),
    "--as heat needs --x and --y; varied: {names}": (
        "--as heat には --x と --y が必要です。変化させたもの: {names}"
    ),
    "--as {kind} has no {options}": "--as {kind} では {options} は使えません",
    # Waterfall
    "The linked side needs {needs} s of the {has} s: {n} s to spare": (
        "連動側の停止に必要なのは {has} 秒のうち {needs} 秒: 余裕 {n} 秒"
    ),
    "The linked side needs {needs} s, the control side waits {has} s: {n} s short": (
        "連動側の停止に {needs} 秒必要だが、制御側が待つのは {has} 秒: {n} 秒不足"
    ),
    "Nothing but the control side stops: it begins {n} s after mains lost": (
        "停止するのは制御側だけ: 停電から {n} 秒で停止開始"
    ),
    "linked disks' UPSes go off": "連動端末の共有ディスクの UPS 停止",
    "flush": "フラッシュ",
    "servers' UPSes go off": "サーバの UPS 停止",
    "servers halt first": "サーバの停止を待つ",
    "shutdown delay": "電源切断猶予時間",
    "power-off delay": "電源切断遅延時間",
    "low-battery runtime": "LowBattery検出後の動作可能時間",
    "the card's 2 min": "カードの 2 分",
    "control side waits": "制御側の待機",
    "cluster stops": "クラスタ停止",
    "control disks' UPSes go off": "制御端末の共有ディスクの UPS 停止",
    "control UPSes go off": "制御端末の UPS 停止",
    "servers shut down": "サーバのシャットダウン",
    "held for the linked side": "連動側を待って保留",
    "control nodes shut down": "制御端末のシャットダウン",
    "{n} s to spare": "余裕 {n} 秒",
    "limit {n} s": "上限 {n} 秒",
    "this run: linked side off after {done} s, control stop {n} s later": (
        "今回: 連動側は {done} 秒で停止、制御側の停止開始はその {n} 秒後"
    ),
    "seconds after mains lost": "停電からの秒数",
    "the run is of site {run}, this is {site}": "この記録はサイト {run} のもので、指定は {site} です",
    "give the site file that was played": "再生したサイトのファイルを指定してください",
    "LINKED SIDE": "連動側",
    "CONTROL SIDE": "制御側",
    "{n} s of it for late looks": "うち {n} 秒は確認の遅れ",
    "too late by": "遅れ",
    "{n} s short": "{n} 秒不足",
    "limit s": "上限 秒",
    "until s": "終了 秒",
    "took s": "実績 秒",
    "flush of {disk} timed out": "{disk} のフラッシュ時間切れ",
    "control side begins to stop": "制御側 停止開始",
    "linked side done": "連動側 停止完了",
    "{n} s to spare when every look comes late": "確認がすべて遅れた場合の余裕 {n} 秒",
    "{n} s short when every look comes late": "確認がすべて遅れた場合 {n} 秒不足",
    "the run was played with other settings than these": "この記録は別の設定で再生されたもの",
    "late looks": "確認の遅れ",
    "too late": "間に合わない",
    "what the run took": "今回の実績",
    "Batteries: how long each must last at full load": "バッテリ: 最大負荷で必要な時間",
    "needs s": "必要 秒",
    "has s": "設定 秒",
    "to spare s": "余裕 秒",
    "seconds on battery": "バッテリ運転の秒数",
    "and {n} more with more to spare": "ほか {n} 台は余裕がより大きい",
    # Comparison
    "planned": "計画",
    "actual": "実績",
    "{a} and {b} agree in all {m} devices, within {s} s": "{a}と{b}は全 {m} 台で一致（{s} 秒以内）",
    "{b} against {a}: {most}; {n} of {m} devices differ": "{a}に対する{b}: {most}、{m} 台中 {n} 台が相違",
    "{b} against {a}: {n} of {m} devices differ": "{a}に対する{b}: {m} 台中 {n} 台が相違",
    "alike within {s} s: {names}": "{s} 秒以内で一致: {names}",
    "{n} more devices differ and are not shown": "ほか {n} 台の相違は省略",
    "only in {run}: {names}": "{run}だけにあるもの: {names}",
    "the two runs have no device in common": "2 つの記録に共通の装置がありません",
    "give two runs of the same site": "同じサイトの記録を 2 つ指定してください",
    "change": "差",
    "Mains lost": "停電",
    "Mains back": "復電",
    "Mains back ({run})": "復電（{run}）",
    "linked disks off → control stop": "連動端末の共有ディスク停止 → 制御側停止開始",
    "servers halted → their UPS off": "サーバ停止 → その UPS 停止",
    "control nodes halted → their UPS off": "制御端末停止 → その UPS 停止",
    "lowest battery": "最低バッテリ残量",
    "control stop after mains lost": "停電から制御側停止開始まで",
    "everything off after mains lost": "停電から全停止まで",
    "all up after mains return": "復電から全復旧まで",
    "lowest %": "最低 %",
    # Band
    "lowest of a run: median {median} %, in 95 % {low} % or more": (
        "各試行の最低: 中央値 {median} %、95 % の試行で {low} % 以上"
    ),
    "at the lowest: median {median} %, 95 % of the runs above {low} %": (
        "最低の時点: 中央値 {median} %、95 % の試行が {low} % 以上"
    ),
    "At any time {ups} holds {low} % or more in 95 % {played}": (
        "{ups} はどの時点でも {played}の 95 % で {low} % 以上"
    ),
    "the lowest, {ups}, keeps {low} % or more in 95 % {played}": (
        "最低の {ups} も {played}の 95 % で {low} % 以上"
    ),
    "No battery runs empty; {stays}": "バッテリ切れなし、{stays}",
    "{ups} runs empty in {share} {played}": "{ups} は {played}の {share} でバッテリ切れ",
    "of {n} runs": "{n} 回の試行",
    "of the runs": "試行",
    "lowest median: {ups} {pct} %": "中央値の最低: {ups} {pct} %",
    "ran empty: {share}": "バッテリ切れ: {share}",
    "and {n} UPSes that fall less low": "ほか UPS {n} 台の低下はより小さい",
    "median": "中央値",
    "half of the runs": "試行の半数",
    "90 % of the runs": "試行の 90 %",
    "must stay": "残すべき量",
    "the table of charges has no column {names}": "残量の表に列 {names} がありません",
    "the table of charges is empty: no run tells what its batteries held": (
        "残量の表が空です。どの試行もバッテリ残量を記録していません"
    ),
    "it has {names}": "必要な列: {names}",
    # Heat map
    "the table of runs has no column {names}": "試行の表に列 {names} がありません",
    "give the runs of a sweep": "スイープの試行を指定してください",
    "there is no run in this sweep": "このスイープには試行がありません",
    "no parameter {name} was varied": "{name} というパラメータは変化させていません",
    "{name} cannot be on both axes": "{name} を両方の軸に使うことはできません",
    "varied: {names}": "変化させたもの: {names}",
    "no value {name} can be drawn": "{name} という値は描けません",
    "one of {names}": "次のいずれか: {names}",
    "{name} has {n} different values, which are no quantities": "{name} には量でない値が {n} 種類あります",
    "at most {n} fit on an axis; quantities of one kind are put into bins": (
        "軸に並べられるのは {n} 種類までです。同じ種類の量は区間にまとめます"
    ),
    "Holds in all {n} cells of {x} by {y}": "{x} × {y} の全 {n} 区画で成立",
    "Breaks in all {n} cells of {x} by {y}": "{x} × {y} の全 {n} 区画で違反",
    "Breaks in {bad} of {n} cells of {x} by {y}": "{x} × {y} の {n} 区画中 {bad} 区画で違反",
    "Breaks where {name} is {value} or more, and nowhere else": "{name} が {value} 以上のときだけ違反",
    "Breaks where {name} is less than {value}, and nowhere else": "{name} が {value} 未満のときだけ違反",
    "{bad} of {n} runs broke something": "{n} 回中 {bad} 回で違反",
    "{bad} of {n} runs broke {rule}": "{n} 回中 {bad} 回で {rule} に違反",
    "in the cells: share of runs that broke something": "区画の値: 違反した試行の割合",
    "in the cells: share of runs that broke {rule}": "区画の値: {rule} に違反した試行の割合",
    "in the cells: the lowest charge of any battery": "区画の値: 全バッテリの最低残量",
    "in the cells: the smallest {name}": "区画の値: {name} の最小",
    "{n} runs a cell": "1 区画 {n} 回",
    "breaks in at least one run": "1 回以上違反",
    "edge between holds and breaks": "成立と違反の境",
    "not played": "試行なし",
    # Strip
    "the table of return times has no column {names}": "復電時刻の表に列 {names} がありません",
    "it is what a restore sweep writes: {names}": "復電スイープが書くもの: {names}",
    "back_s: {value} is no number of seconds": "back_s: {value} は秒数ではありません",
    "back_s: {value} stands there more than once": "back_s: {value} が 2 回以上あります",
    "one run for each return time": "復電時刻ごとに試行は 1 回です",
    "{bad} of {n} return times break something": "復電時刻 {n} 通り中 {bad} 通りで違反",
    "Nothing breaks, but for {bad} of {n} return times not everybody is up again": (
        "違反はないが、復電時刻 {n} 通り中 {bad} 通りで全復旧しない"
    ),
    "Whenever the mains return, nothing breaks: {n} return times from {a} to {b}": (
        "いつ復電しても違反なし: {a} から {b} まで {n} 通り"
    ),
    "at {times}": "復電 {times}",
    "broken: {ids}": "違反: {ids}",
    "everybody up again at most {time} after the mains": "復電から遅くとも {time} で全復旧",
    "breaks something": "違反あり",
    "not everybody up again": "全復旧せず",
    "breaks": "違反",
    "what became of it": "結果",
    "without return": "復電しない場合",
    "mains return after": "停電から復電まで",
    "everybody up again after": "復電から全復旧まで",
    "longest: {time}": "最長: {time}",
    # A sweep's folder
    "is no folder": "フォルダではありません",
    "there is no such folder": "フォルダがありません",
    "give the folder that `teiden sweep` wrote": "`teiden sweep` が書いたフォルダを指定してください",
    "holds neither {runs} nor {table}": "{runs} も {table} もありません",
    "this sweep kept no charges": "このスイープには残量の記録がありません",
    "sweep again with --charges": "--charges を付けてスイープし直してください",
    "is no line of charges": "残量の行ではありません",
    "is no run: a JSON object is expected": "試行ではありません。JSON オブジェクトが必要です",
    "is not JSON: {reason}": "JSON ではありません: {reason}",
    "a run without {key}": "{key} のない試行です",
    "has no column {names}": "列 {names} がありません",
    "holds: {value} is neither true nor false": "holds: {value} は true でも false でもありません",
    "{name}: {value} is no number": "{name}: {value} は数ではありません",
    "{n} runs": "試行 {n} 回",
    "runs not played: {n}": "再生できなかった試行 {n} 回",
}
