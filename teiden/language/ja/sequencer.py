"""What the sequencer and the devices tell in the stream: refusals, steps, states. Its alarms: `alarms.py`.

The English stands in `sequencer/` and `sim/`; a field called `words...` holds such a text of its own.
"""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # States
    "lost": "停電",
    "present": "給電あり",
    "on line": "商用電源",
    "on battery": "バッテリ運転",
    "low battery": "バッテリ低下",
    "exhausted": "バッテリ切れ",
    "on": "ON",
    "off": "停止",
    "empty": "バッテリ切れ",
    "silent": "応答なし",
    "answering": "応答あり",
    "shutting down": "シャットダウン中",
    "halted": "停止済み",
    "booting": "起動中",
    "up": "起動済み",
    "down": "停止",
    "forced": "強制停止",
    "crashed": "異常終了",
    "stopping": "停止処理中",
    "stopped": "停止済み",
    "starting": "起動中",
    "running": "動作中",
    "dirty": "書き込みデータあり",
    "flushing": "フラッシュ中",
    "flushed": "フラッシュ済み",
    "lost data": "データ消失",
    "ready": "使用可能",
    "waiting for its disk": "ディスク待ち",
    "going down": "停止へ移行中",
    "unknown": "不明",
    # Commands, wishes, rows of the journal
    "shutdown": "シャットダウン",
    "force": "強制停止",
    "flush": "フラッシュ",
    "stop": "停止",
    "start": "起動",
    "restart": "再起動",
    "wake": "Wake-on-LAN",
    "reboot": "再起動",
    "job {job}": "ジョブ {job}",
    "done": "完了",
    "power off": "電源切断",
    "power on": "電源投入",
    "hold": "保留",
    "release": "保留解除",
    "cluster shutdown": "クラスタシャットダウン",
    "cluster reboot": "クラスタ再起動",
    "server shutdown": "サーバシャットダウン",
    "server reboot": "サーバ再起動",
    "lease": "指揮権",
    "declared": "停電宣言",
    "ran": "動作中と判明",
    "confirmed": "停電確定",
    "off armed": "OFF 指令予定",
    "flush asked": "フラッシュ要求",
    "flush settled": "フラッシュ結果",
    "used again": "再使用",
    "seen off": "電源断の確認",
    "seen on": "再通電の確認",
    "seen down": "ノード停止の確認",
    "cluster stop asked": "クラスタ停止要求",
    "cluster restart asked": "クラスタ再起動要求",
    "planned": "計画停止",
    "wanted": "目標",
    "reached": "目標達成",
    "restarts": "再起動のみ",
    "shut down": "人手による停止",
    "held": "保留",
    "asked": "要求の取次ぎ",
    "refused": "要求の拒否",
    "start asked": "起動要求",
    "watched": "スケジュール確認時刻",
    "job": "ジョブ",
    "turned": "方向転換",
    "closed": "処理完了",
    # Conditions and steps
    "mains back": "復電",
    "mains away": "停電中",
    "mains back, or low battery": "復電またはバッテリ低下",
    "output off": "出力停止",
    "output on without mains": "停電中の出力",
    "output on": "出力開始",
    "output on, or mains away": "出力開始または停電",
    "output off, or mains away": "出力停止または停電",
    "telling its charge": "充電量の応答",
    "an OFF counting down": "出力停止の秒読み中",
    "off, or an OFF counting down": "出力停止、またはその秒読み中",
    "no OFF counting down": "出力停止の秒読みなし",
    "flush over": "フラッシュ終了",
    "running, or starting": "動作中または起動中",
    "standing still": "停止したまま",
    "no longer shutting down": "シャットダウン中でなくなること",
    "up, or halted": "稼働または停止",
    "up, or on its way down": "稼働またはシャットダウン中",
    "not halted": "停止していないこと",
    "not stopping": "停止処理の終了",
    "the peer answers": "相手ノードの応答",
    "the peer is silent": "相手ノードの応答なし",
    "the peer commands": "相手ノードが指揮",
    "the peer goes by the same site file": "相手ノードのサイトファイルが一致",
    "the peer does not command": "相手ノードが指揮していない",
    "the peer's journal keeps what it writes": "相手ノードのジャーナルが正常",
    "the peer's journal is broken": "相手ノードのジャーナルが故障",
    "the peer's journal is well, and its site file ours": (
        "相手ノードのジャーナルが正常で、サイトファイルも同じ"
    ),
    "the peer's journal is broken, and it does not command": (
        "相手ノードのジャーナルが故障し、指揮していない"
    ),
    "another node than {node} holds the cluster": "{node} 以外のノードがクラスタを保持",
    "runtime below {n} s, low battery, or mains back": "残り {n} 秒未満、バッテリ低下、または復電",
    "charge {n} %": "充電量 {n} %",
    "others than {names} take part in the cluster": "{names} 以外のノードがクラスタに参加",
    "{node} no longer holds the cluster": "{node} がクラスタを手放す",
    "a node holds the cluster": "クラスタの実行ノードが決まる",
    "safe to switch on": "安全に ON できること",
    "mains back: will they stay?": "復電が続くかどうか",
    "the operator's start": "運用者による起動",
    "{name} to be released": "{name} の保留解除",
    "{names} to be up": "{names} の起動完了",
    "the outage of {names} to be confirmed, or to be over": "{names} の停電の確定または終了",
    # Confirmation
    "on battery {n} s": "バッテリ運転 {n} 秒",
    "the battery lasts for its own stop only": "バッテリが自身の停止処理の分しか持たない",
    "then silent": "その後応答なし",
    "as all others on its feed": "同じ系統の他の UPS と同じ",
    # Refusals
    "no outage is confirmed": "停電は確定していない",
    "no outage is confirmed, no schedule and no request asks for it": (
        "停電の確定もスケジュールも要求もない"
    ),
    "the mains are back; waiting whether they stay": "復電したため、続くかどうかを待つ",
    "the mains are back; a flushed array that is fed is not cut": (
        "復電したため、給電中のフラッシュ済みディスクは切らない"
    ),
    "the power of {array} does not count down any more": "{array} の電源はもう停止の秒読み中ではない",
    "{ups} is counting down already": "{ups} はすでに停止まで秒読み中",
    "{names} has not accepted its shutdown": "{names} がシャットダウンを受け付けていない",
    "off after {n} s, but its loads may take {limit} s": "停止まで {n} 秒だが、負荷は {limit} 秒かかりうる",
    "not before {n} s from now": "あと {n} 秒は行わない",
    "{array} is a control array; those are never flushed": (
        "{array} は制御端末の共有ディスクなのでフラッシュしない"
    ),
    "{names} may still write to {array}": "{names} が {array} へまだ書き込む可能性がある",
    "{names} not seen off": "{names} の停止を確認できない",
    "{array} is not flushed and its limit is not over": "{array} はフラッシュ前で、上限も過ぎていない",
    "{names} may have written since the flush": "{names} がフラッシュ後に書き込んだ可能性がある",
    "the controllers of {array} are still on {upses}": "{array} のコントローラが {upses} でまだ動作中",
    "{name} is silent, and not proven to be down; {node} goes, and leaves nobody": (
        "{name} は応答せず、停止の証拠もない。{node} が停止すると指揮する制御端末がなくなる"
    ),
    "nobody wants it down any more": "停止はもう求められていない",
    "nobody wants {name} up": "{name} の起動は求められていない",
    "{name} is not seen going down": "{name} のシャットダウン中は確認できない",
    "{name} may take {n} s more": "{name} の停止はあと {n} 秒かかりうる",
    "the limit of {name} is not over": "{name} の制限時間はまだ終わっていない",
    "{name} is not seen up": "{name} の起動中は確認できない",
    "{name} hangs on its way down with the mains back; it is forced off, and woken": (
        "{name} は復電後もシャットダウンが終わらないため、強制停止して起動する"
    ),
    "{name} was booted in mid-outage, and goes down again": "{name} が停電中に起動されたため、再び停止する",
    "{name} was switched on in mid-outage, and goes off again": "{name} が停電中に投入された。再び切断する",
    "{name} is heard again, and is still on; it is told to go off once more": (
        "{name} が再び応答し、まだ投入されている。もう一度切断を指示する"
    ),
    "{name} has lost its mains again, and is still on; it is told to go off once more": (
        "{name} が再び停電し、まだ投入されている。もう一度切断を指示する"
    ),
    "the cluster may take {n} s more": "クラスタの停止はあと {n} 秒かかりうる",
    "{name} does not answer": "{name} が応答しない",
    "{names} is still to go off": "{names} はこれから停止する",
    "{name} is off": "{name} の出力が止まっている",
    "{name} needs {need} % of charge": "{name} の充電量が足りない（必要 {need} %）",
    "fit to start": "起動できる電源状態",
    "{name} is to go off first": "{name} の停止が先",
    "{name} is to stop first": "{name} のシャットダウンが先",
    "{name} is to be flushed first": "{name} のキャッシュフラッシュが先",
    "mains of {names} not stable yet": "{names} の復電がまだ安定していない",
    "charge for a full stop: {words}": "全停止できる充電量: {words}",
    "{word_has} of {need} %": "{word_has}（必要 {need} %）",
    "not permitted": "許可されていない",
    "{names} not ready": "{names} が使用可能でない",
    "the cluster is {words} already": "クラスタはすでに{words}",
    "the cluster is {words}": "クラスタは{words}",
    "{names} not ready long enough": "{names} が使用可能になって間もない",
    "{name} was not running, and nobody wants it up": "{name} は動作しておらず、起動の要求もない",
    "this node does not command": "このノードは指揮していない",
    "another node has taken the command since": "その後、別のノードが指揮を執った",
    "an old journal": "古いジャーナル",
    "another site file": "別のサイトファイル",
    "{writer} writes rows of version {writes}, {reader} reads up to {reads}": (
        "{writer} は版 {writes} の行を書き、{reader} が読めるのは {reads} まで"
    ),
    "not telling its charge": "充電率を示さない",
    "an OFF counting down while the mains are there": "商用電源があるのに OFF の秒読み",
    "an OFF of {ups} that nobody here has told": "当方が指令していない {ups} の OFF",
    "{others} may command, and says nothing to it; ask again": (
        "{others} が指揮している可能性があり、返答がない。再度要求のこと"
    ),
    "{node} has another site file than {peer}": "{node} のサイトファイルは {peer} と異なる",
    "{node} says that it commands": "{node} が指揮していると言っている",
    "{ups} counts down, and nobody known to {node} told it to": (
        "{ups} が秒読み中だが、{node} の知る誰も指示していない"
    ),
    "somebody has told {upses} to go off; {node} goes down before that": (
        "何者かが {upses} に停止を指示した。{node} はその前にシャットダウンする"
    ),
    "{array} is about to lose its power; its servers go down, and it is flushed while there is time": (
        "{array} の電源がまもなく切れる。サーバを停止し、間に合ううちにフラッシュする"
    ),
    "{array} not flushed when its power fell; what its cache held is unknown": (
        "{array} は電源が切れるまでにフラッシュできなかった。キャッシュの内容は不明"
    ),
    "{name} is held": "{name} は保留中",
    "nothing proves that {node} is down": "{node} の停止を証明できない",
    "{rule}: {words}": "{rule}: {words}",
    # What stands in the way
    "{name} is not off yet": "{name} がまだ停止していない",
    "none of its nodes is up": "どのノードも起動していない",
    "{name} stays on if its mains stay": "{name} は復電が続けば投入のまま残す",
    "{name} is not down yet": "{name} がまだシャットダウンしていない",
    "{name} is still flushing": "{name} がまだフラッシュ中",
    "{name} is not flushed and cut yet": "{name} がまだフラッシュ・電源切断前",
    "{name} is on its battery, and its outage is not confirmed yet": "{name} がバッテリー運転中で停電未確定",
    "mains of {name} are away": "{name} が停電中",
    "mains of {name} are back, not yet stable": "{name} は復電したがまだ安定していない",
    "{name} is shutting down": "{name} がシャットダウン中",
    "{name} is flushing": "{name} がフラッシュ中",
    "the cluster is stopping": "クラスタが停止処理中",
    "the control side is to stop anyway": "制御側はいずれにせよ停止する",
    # Requests
    "{wish}: of which device?": "{wish}: 対象の装置がない",
    "no device is called {names}": "{names} という装置はない",
    "no server that can be switched is called {names}": "{names} という操作できるサーバはない",
    "{ups} of {name} also feeds {other}, which may run; ask for both (R12-05)": (
        "{name} の {ups} は、動作中かもしれない {other} にも給電している。両方を要求すること（R12-05）"
    ),
    "the control side goes off, and nobody can call that back; the buttons of its UPSes start it again": (
        "制御側はすでに停止中で、取り消せない。再起動するには制御側 UPS のボタンを押すこと"
    ),
    "the control nodes go off together; one alone is for the cluster's manager (R1-09)": (
        "制御端末は一緒に停止する。1 台だけの停止はクラスタの管理機能で行う（R1-09）"
    ),
    # What devices answer
    "no answer": "応答なし",
    "no answer in {n} s": "{n} 秒間応答なし",
    "no answer in time": "時間内に応答なし",
    "not ready": "使用可能でない",
    "permission denied": "権限なし",
    "it is {words}": "{words}のため不可",
    "it is not up": "起動していないため不可",
    "its nodes went down one by one: it needs the operator": "ノードが 1 台ずつ停止、運用者の操作が必要",
    "its last node is down": "最後のノードが停止",
    "its system went down": "システムが停止",
    "{disk} is gone": "{disk} が失われた",
    "{code}: not on battery": "{code}: バッテリ運転中でない",
    "{code}: output is off": "{code}: 出力停止中",
    "{code}: no mains": "{code}: 停電中",
    "{code}: hardware failure": "{code}: 機器故障",
    "already counting down": "すでに秒読み中",
    # Nothing may be sent, or only some of it
    "the journal is broken: nothing is started": "ジャーナル故障: 何も起動しません",
    "the journal is broken, and {names} not seen down": "ジャーナル故障: {names} の停止を確認できません",
    "the journal of {node} is broken; {other} is to take the command": (
        "{node} のジャーナルが故障しました。指揮を {other} に譲ります"
    ),
    "{other} does not take the command; {node} goes on without a journal": (
        "{other} が指揮を引き継ぎません。{node} がジャーナルなしで続けます"
    ),
    "the journal of {node} is broken, and nobody else can command: nothing is started": (
        "{node} のジャーナルが故障し、他に指揮できるノードがありません。何も起動しません"
    ),
    "the journal of {node} is broken; only shutdowns and flushes are safe": (
        "{node} のジャーナルが故障しました。安全にできるのはシャットダウンとフラッシュだけです"
    ),
    "{peer} goes by another site file than {node}; copy one to the other": (
        "{peer} のサイトファイルが {node} と異なります。どちらかをもう一方にコピーしてください"
    ),
    # Who commands
    "{node} is going down, and starts nobody any more": "{node} は停止処理中のため、もう何も起動しません",
    "{holder} holds {cluster}, and is not heard to command; nobody else may": (
        "{holder} が {cluster} を持っていますが、指揮している様子がありません。ほかのノードは指揮できません"
    ),
    "{node} is silent, and nothing proves that it is down; {me} commands nobody until it is": (
        "{node} が応答せず、停止を確認できません。確認できるまで {me} は何も指示しません"
    ),
    "{ups} holds no longer, and nobody is heard who commands; {me} stops itself": (
        "{ups} はもう持ちません。指揮するノードの応答もないため、{me} は自分を停止します"
    ),
    "halted, or booting": "停止または起動中",
    "shutting down, or halted": "シャットダウン中または停止",
    "on battery, with no more than {left} s left": "バッテリ運転中、残り {left} 秒以下",
}
