"""The judge: the rules of every run, what broke them, and what a story expected."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Safety and liveness, in one sentence each
    "no commanded cut takes the last needed feed of a running system": (
        "指令による出力停止で、動作中のシステムへの最後の給電を断たない"
    ),
    "an array is cut only after a flush that began after its last user stopped": (
        "ディスクアレイの電源は、最後の利用者の停止後に始めたフラッシュの完了後にだけ切る"
    ),
    "a flush starts only when the array's servers are down and their UPSes off": (
        "フラッシュは、利用サーバとその UPS がすべて停止してから始める"
    ),
    "controllers are cut before enclosures": "コントローラの電源を増設筐体より先に切る",
    "the control side stops last, while its battery allows it": (
        "制御側は、バッテリが許すかぎり最後に停止する"
    ),
    "the way up goes control nodes, control arrays, cluster, linked arrays, servers": (
        "起動は制御端末、制御端末の共有ディスク、クラスタ、連動端末の共有ディスク、連動端末の順"
    ),
    "a linked array starts only when all its UPSes have stable mains, by rank": (
        "連動端末の共有ディスクは、全 UPS の復電が安定してから Warm-UP 順位に従って起動する"
    ),
    "no linked server starts before its arrays have been ready for the hold time": (
        "連動端末は、共有ディスクが保持時間のあいだ使用可能であり続けるまで起動しない"
    ),
    "one node commands at a time": "指揮する制御端末は同時に 1 台だけ",
    "nothing is started on a UPS whose OFF is counting down": (
        "出力停止を秒読み中の UPS の配下では何も起動しない"
    ),
    "a start needs stable mains and charge for a full stop": (
        "起動には、安定した復電と全停止できる充電量が必要"
    ),
    "every battery lasts until its UPS has been switched off": "どのバッテリも UPS を切るまで持つ",
    "an array that is not flushed is cut only past its limit, with an alarm": (
        "フラッシュできないディスクアレイの電源は、上限の経過後に警報を出してからだけ切る"
    ),
    "the cluster's systems are forced only after its limit": (
        "クラスタのシステムの強制停止は、上限の経過後に限る"
    ),
    "control arrays are never flushed": "制御端末の共有ディスクはフラッシュしない",
    "all that ran is up again, and the incident closed": (
        "動作していたものがすべて復旧し、停電処理が完了する"
    ),
    "everything in scope is down before its battery ends": ("停止対象は、バッテリが切れる前にすべて停止する"),
    "nobody stays down while power, mains and all before it are there": (
        "電源と前提がそろっているのに停止したままのものを残さない"
    ),
    # What broke them
    "this site is started by hand": "このサイトは手動起動",
    "the mains or the charge were not back when the run ended": ("実行終了時に復電または充電が済んでいない"),
    "the run ended {time} after mains and charge were back; the way up may take {limit}": (
        "復電と充電の {time}後に実行が終了した。起動には最大 {limit}かかる"
    ),
    "{names} not up {time} after mains and charge were back": (
        "復電と充電から {time}たっても {names} が起動していない"
    ),
    "the incident was still open {time} after mains and charge were back": (
        "復電と充電から {time}たっても停電処理が完了していない"
    ),
    "{ups} was empty at {time}; {why}": "{ups} が {time}にバッテリ切れ。{why}",
    "its OFF would have come at {time}": "OFF の予定は {time}だった",
    "it had been told to go off at {time} and had not": "{time}に OFF を指令したが停止していない",
    "it had not been told to go off": "OFF を指令していない",
    "{name} {did} at {time}: {why}": "{name} が {time}に{did}: {why}",
    "lost power while running": "動作中に給電断",
    "lost the data in its cache": "キャッシュのデータを消失",
    "the battery of {ups} was empty": "{ups} のバッテリ切れ",
    "{ups} failed": "{ups} の故障",
    "{node} commanded {command} of {name} at {time}, but {lease}": (
        "{node} が {time}に {name} へ{command}を指令したが、{lease}"
    ),
    "{node} held the lease": "指揮権は {node} にあった",
    "nobody held the lease": "指揮権はどの端末にもなかった",
    "{name} {did} at {time} while {others}": "{name} {did}（{time}）。そのとき {others}",
    "was told to stop": "へ停止を要求",
    "was told to go off": "へ OFF を指令",
    "{name} was {state}": "{name} は{state}",
    "{name} was still flushing": "{name} はまだフラッシュ中",
    "{name} was still on": "{name} はまだ給電中",
    "{name} was forced at {time}, {waited}; its limit is {limit}": (
        "{name} を {time}に強制停止した（{waited}）。上限は {limit}"
    ),
    "{time} after its stop": "停止要求から {time}",
    "with no stop before": "停止要求なし",
    "{ups} fell at {time} while {name} was still {state}": (
        "{ups} が {time}に停止したとき、{name} はまだ{state}だった"
    ),
    "{array} was cut at {time}, {why}": "{array} の電源を {time}に切った。{why}",
    "{array} was cut at {time} while {user} still used it": (
        "{array} の電源を {time}に切ったとき、{user} がまだ使用中だった"
    ),
    "and was never flushed": "一度もフラッシュしていない",
    "though {user} had run since its flush began": "フラッシュ開始後に {user} が動作していた",
    "with data in its cache again since its flush": "フラッシュ後に再びキャッシュへ書き込みがあった",
    "{array} was cut unflushed at {time}, {missing}": (
        "{array} の電源をフラッシュせずに {time}に切った: {missing}"
    ),
    "{time} before its limit of {limit}": "上限 {limit}の {time}前",
    "with no word that the flush timed out": "フラッシュ時間切れの記録なし",
    "without an alarm": "警報なし",
    "the enclosures of {array} were cut at {time}, its controllers on {upses} still ran": (
        "{array} の増設筐体の電源を {time}に切ったとき、{upses} のコントローラはまだ動作中だった"
    ),
    "{array} began to flush at {time}, but {still}": "{array} が {time}にフラッシュを始めたが、{still}",
    "{array} was told to flush at {time}, but {still}": (
        "{array} へ {time}にフラッシュを要求したが、{still}"
    ),
    "{names} was not down": "{names} が停止していなかった",
    "{names} were not down": "{names} が停止していなかった",
    "{names} still gave power": "{names} がまだ給電していた",
    "{array} is a control array and was flushed at {time}": (
        "{array} は制御端末の共有ディスクなのに {time}にフラッシュした"
    ),
    "{command} of {name} at {time}, armed to go off since {armed}": (
        "{time}に {name} へ{command}を指令した。{armed}から出力停止を秒読み中"
    ),
    "{name} on {ups}": "{ups} の {name}",
    "{ups} held {has} and needs {need}": "{ups} の残量は {has}、必要量は {need}",
    "{ups} had no mains": "{ups} は停電中だった",
    "{ups} had mains for {time} only, not {need}": "{ups} の復電から {time}だけで、{need}に満たない",
    "{name} was switched on at {time}, but {missing}": "{name} を {time}に ON にしたが、{missing}",
    "{name} was woken at {time}, but {missing}": "{name} を {time}に起動させたが、{missing}",
    "{name} was started at {time}, but {missing}": "{name} を {time}に起動したが、{missing}",
    "{name} booted at {time}, but {missing}": "{name} が {time}に起動したが、{missing}",
    "{name} was not ready": "{name} が使用可能でなかった",
    "no control node was up": "動作中の制御端末がなかった",
    "{names} of a lower warm-up rank was off": "Warm-UP 順位が先の {names} が停止していた",
    "{names} of a lower warm-up rank were off": "Warm-UP 順位が先の {names} が停止していた",
    "the enclosures of {array} on {upses} were off": "{upses} の {array} 増設筐体が停止していた",
    "{name} had been ready for {time} only, not {need}": (
        "{name} は使用可能になって {time}だけで、{need}に満たない"
    ),
    "{name} was {state} {until}, though nothing stood in its way since {since}: {time}, "
    "allowed are {limit}": (
        "{name} は {until}{state}のままだった。妨げるものは {since}からなかった: {time}、許容は {limit}"
    ),
    "until {time}": "{time}まで",
    "until the mains were lost at {time}": "{time}の停電まで",
    "until {ups} was armed to go off at {time}": "{time}に {ups} が出力停止の秒読みに入るまで",
    "at the end of the run": "実行終了時に",
    "{state} with power": "給電中で{state}",
    "{state} without power": "給電なしで{state}",
    "without power": "給電なし",
    # Expectations
    "{what} never happened": "{what} は起きなかった",
    "{what} never happened after {since} at {time}": "{time}の {since} のあと {what} は起きなかった",
    "was {times}": "実際は {times}",
    "{first}, then {second}: {time} apart": "{first}、次に {second}: 間隔 {time}",
    "{first}, then {second}: {time} later": "{first}、次に {second}: {time}後",
    "{happened}, {time} too close": "{happened}、{time}不足",
    "{happened}, {time} too late": "{happened}、{time}遅い",
    "{happened}, and {n} more": "{happened}、ほか {n} 件",
    "{time} too late": "{time}遅い",
    "in the same instant, but after it": "同時刻だが順序が逆",
    "{early} came first: {early_s}, {late} only at {late_s}: {how}": (
        "{early} が先に {early_s}で、{late} は {late_s}: {how}"
    ),
    "{what} at {time}": "{time}に {what}",
    "{n} instead of {wanted}": "{wanted} 回のはずが {n} 回",
    "{n} of {name}": "{name} が {n} 回",
    "{counts} instead of {wanted} of each": "各 {wanted} 回のはずが {counts}",
    "{name} is {state}": "{name} は{state}",
    "{name} is {state} since {time}": "{name} は {time}から{state}",
    "{name} is never told of": "{name} の記録がない",
    "nobody has this role here": "このサイトに該当する装置がない",
    "{what} expected at {time}": "{what} の予定は {time}",
    "{what} expected at {time} ({about} either way)": "{what} の予定は {time}（前後 {about}）",
    "{expected}, {happened}": "{expected}、{happened}",
    # The verdict
    "held": "成立",
    "the story declares that this breaks, and it held": "シナリオは違反すると宣言したが、違反しなかった",
    "{text} (and {n} more)": "{text}（ほか {n} 件）",
    "{n} of {all} invariants": "不変条件 {all} 件中 {n} 件",
    "{n} of {all} expectation": "期待 {all} 件中 {n} 件",
    "{n} of {all} expectations": "期待 {all} 件中 {n} 件",
    "{words_summary} ({rules} broken, as declared)": "{words_summary}（宣言どおりの違反: {rules}）",
    "no invariant is called {name}; known: {known}": "{name} という不変条件はありません。あるもの: {known}",
    # Margins
    "{text} (plan {n})": "{text}（計画 {n}）",
    "{text} (limit {n})": "{text}（上限 {n}）",
    "linked disk cut -> control stop": "連動ディスク停止 → 制御側停止開始",
    "servers halted -> output off": "サーバ停止 → 出力停止",
    "{name} flush": "{name} フラッシュ",
    "mains back -> incident closed": "復電 → 停電処理完了",
}
