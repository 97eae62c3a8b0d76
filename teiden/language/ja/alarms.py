"""What the sequencer alarms a person of: the English stands in `sequencer/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{array} not flushed after {n} s; what its cache held is unknown": (
        "{array} が {n} 秒たってもフラッシュされず、キャッシュの内容は不明"
    ),
    "{words} holds no longer; not waiting for {names}": "{words} がもう持たないため {names} を待たない",
    "somebody else shuts the control nodes down; not waiting for {names}": (
        "制御ノードが外部からシャットダウンされるため {names} を待たない"
    ),
    "{name} has not taken its shutdown, and its power lasts no longer": (
        "{name} がシャットダウンを受け付けず、電源ももう持たない"
    ),
    "{name} is not halted after {n} s": "{name} が {n} 秒たっても停止しない",
    "{name} has booted onto power that is about to fall, and goes down again": (
        "{name} は間もなく切れる電源で起動したため、再び停止する"
    ),
    "somebody shuts all nodes down, and {name} is wanted up; it boots again with its power": (
        "全ノードが他者により停止されているが、{name} は起動が求められている。電源を入れ直して再び起動する"
    ),
    "{name} is up on power that is about to fall, and goes down": (
        "{name} は間もなく切れる電源で動いているため、停止する"
    ),
    "{name} has booted while {names} is about to lose its power; it goes down until that has fallen": (
        "{name} は {names} の電源が間もなく切れるときに起動したため、それが切れるまで停止する"
    ),
    "the stop {id} is over by the boot of {node}; ask anew while it is meant": (
        "停止 {id} は {node} の起動により終了した。まだ必要なら改めて要求すること"
    ),
    "the stop {id} of {who} is over by the boot of {node}; ask anew while it is meant": (
        "{who} が要求した停止 {id} は {node} の起動により終了した。まだ必要なら改めて要求すること"
    ),
    "the cluster did not stop in {n} s": "クラスタが {n} 秒で停止しない",
    "a battery lasts for its OFF only; not waiting for {cluster} to stop": (
        "バッテリの残りが UPS 停止の分しかないため、{cluster} の停止完了を待たない"
    ),
    "{ups} goes off after {n} s; its settings said {planned} s": (
        "{ups} は {n} 秒後に停止する。設定では {planned} 秒"
    ),
    "{ups} goes off after {n} s; the site file says {planned} s": (
        "{ups} の停止は {n} 秒後。サイトファイルでは {planned} 秒"
    ),
    "{ups} did not take its OFF": "{ups} が OFF を受け付けない",
    "{ups} was not told to go off: {words}": "{ups} に停止を指示していない: {words}",
    "{ups} is silent; whether it took its OFF is not known": "{ups} は応答なし。OFF を受け付けたかは不明",
    "{ups} is off, and silent; its charge is unknown and not waited for": (
        "{ups} は出力オフで応答なし。充電量が不明のため待機しない"
    ),
    "the card of {ups} is silent; its charge is unknown and not waited for": (
        "{ups} のカードが応答せず充電量不明のため待たない"
    ),
    "{ups} not seen off {n} s after it should be": "{ups} の停止を予定から {n} 秒過ぎても確認できない",
    "{name} is not ready after {n} s": "{name} が {n} 秒たっても使用可能にならない",
    "{name} stands still, and was not stopped by us; hold it while that is meant, or start it": (
        "{name} が停止したままで、こちらが停止したものではない。意図的なら保留に、そうでなければ起動する"
    ),
    "{name} stands still, and nobody wants it to; it is brought back": (
        "{name} が停止したままで、停止の要求はない。再び起動する"
    ),
    "{names} have mains and are off, and no journal that is heard says why; boot {others}": (
        "{names} は商用電源があるのに出力オフで、読めるジャーナルに理由がない。{others} を起動すること"
    ),
    "{names} have mains and are off, and no journal says why; ask for their start, or hold them": (
        "{names} は商用電源があるのに出力オフで、どのジャーナルにも理由がない。起動を要求するか保留にすること"
    ),
    "{node} is down, or not heard, and nobody wants it so; boot it, or hold it while that is meant": (
        "{node} が停止中または応答なしで、その要求はない。起動するか、意図的なら保留にすること"
    ),
    "{name} is not running after {n} s": "{name} が {n} 秒たっても動作しない",
    "{node} is not up; the cluster starts without it": "{node} が起動しないためクラスタはそれなしで起動",
    "the card of {ups} does not tell its charge, which is not waited for": (
        "{ups} のカードが充電量を知らせないため待たない"
    ),
    "{ups} did not go on": "{ups} が ON にならない",
    "{ups} went off again after it was switched on": "{ups} が ON にした後に再び停止した",
    "{name} is not up after {n} s": "{name} が {n} 秒たっても起動しない",
    "{name} was restarted, and is not up after {n} s": "{name} は再起動後 {n} 秒たっても起動しない",
    "{cluster} stops, and nobody watches over the power of {names} until it is back": (
        "{cluster} が停止し、復帰まで {names} の電源を見守るものがない"
    ),
    "{ups} was switched on by hand, but {arrays} is not ready; check {servers}": (
        "{ups} が手動で ON にされたが {arrays} が使用可能でない。{servers} を確認すること"
    ),
    "{words_when} job {job} on {server}: {words_result}": (
        "{server} の{words_when}ジョブ {job}: {words_result}"
    ),
    "failed": "失敗",
    "timed out": "時間切れ",
    "{id} was missed by {n} s and is not made up for": "{id} は {n} 秒遅れのため実行しない",
    "{ups} fell silent without mains; what it feeds is not started before it answers": (
        "{ups} は停電中にカードが応答しなくなったため、応答するまで接続機器を起動しない"
    ),
    "the clock of {node} is far behind; no schedule until it is right": (
        "{node} の時計が大幅に遅れているため、正しくなるまでスケジュールを実行しない"
    ),
    "the clock of {node} is {n} s {words} that of {other}": "{node} の時計は {other} より {n} 秒{words}",
    "ahead of": "進んでいる",
    "behind": "遅れている",
    "{ups} is held and stays on; {array} is flushed though": (
        "{ups} は保留中でオンのままですが、{array} をフラッシュします"
    ),
    "the battery under {array} is short; flushing before its servers' UPSes are off": (
        "{array} の UPS のバッテリが不足するため、サーバの UPS の停止前にフラッシュする"
    ),
    "the battery under {array} would not last for its stop; flushing it while nobody uses it": (
        "{array} のバッテリーは停止処理に足りません。使用するサーバーがない間にフラッシュします"
    ),
    "we go; flushing {array} before its servers' UPSes are off": (
        "制御側が停止するため、サーバの UPS の停止前に {array} をフラッシュする"
    ),
    "we go; flushing {array} beside the others, out of turn": (
        "制御側が停止するため、順番を待たず {array} をほかと並行してフラッシュする"
    ),
    "somebody nobody knows of has written to {array} since its flush": (
        "フラッシュ後に、把握されていない利用者が {array} に書き込んだ"
    ),
    "the battery under {array} is short; flushing beside the others, out of turn": (
        "{array} の UPS のバッテリが不足するため、順番を待たずほかと並行してフラッシュする"
    ),
    "{names}: the nodes on them would not come back when halted, so they stay up": (
        "{names}：給電されている制御端末は停止すると復帰できないため動作を続ける"
    ),
    "{names} lose their power soon, and their disks; halt them and switch {upses} off by hand": (
        "{names} とそのディスクの給電が間もなく切れる。手動で停止し、{upses} を手動で OFF にすること"
    ),
    "{names} can only run empty; the nodes stay up": "{names} は電池切れを待つのみ。制御端末は停止しない",
    "{ups} does not answer, though its feed has mains; {array} waits for it": (
        "給電系統は復電したのに {ups} が応答しない。{array} はその復帰を待つ"
    ),
    "{ups} does not answer; all on it have power, and it is not waited for": (
        "{ups} が応答しない。接続機器はすべて給電されているため待たない"
    ),
    "a delay of {n} s": "遅延 {n} 秒",
    "{ups} is left on: {reason}": "{ups} を入れたままにする: {reason}",
}
