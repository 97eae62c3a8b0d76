"""What `teiden measure` says: how long things took, and the limits that this asks for."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{text!r} is no margin; write it like 50%": "{text!r} は余裕として読めない。50% のように書く",
    "one site file, not {n}": "サイトファイルは 1 個（{n} 個指定された）",
    "--now goes with cluster-stop, --live and a site file": (
        "--now は cluster-stop、--live、サイトファイルと合わせて使う"
    ),
    "--live follows one folder": "--live で追うフォルダーは 1 個",
    "say --events FILE..., or --live": "--events FILE... か --live を指定する",
    "--live needs a site file, or --events FOLDER": "--live にはサイトファイルか --events FOLDER が必要",
    "--patch, --apply and --lower need a site file": "--patch、--apply、--lower にはサイトファイルが必要",
    "until the cluster is seen stopped": "クラスタの停止が見えるまで",
    "until Ctrl-C": "Ctrl-C まで",
    "follows {folder} {until}": "{folder} を追う: {until}",
    "nothing of this kind has happened there": "そこではこの種類のことは起きていない",
    "{path} is changed; prove it again (`teiden prove`) before it is armed": (
        "{path} を書き換えた。制御を有効にする前にもう一度確かめる (`teiden prove`)"
    ),
    "{path} is left as it is: the change would break a rule; --patch writes it": (
        "{path} は書き換えない: 変更すると規則に反する。--patch なら差分を書き出す"
    ),
    "nothing to change": "変更するものはない",
    "no event files in this folder": "このフォルダーにイベントファイルがない",
    "events-DATE.jsonl": "events-日付.jsonl",
    "cluster stop": "クラスタ停止",
    "server stop": "サーバ停止",
    "boot": "起動",
    "not over at its limit": "制限時間内に終わらなかった",
    "ended by force": "強制的に終わらせた",
    "lost its power": "電源が切れた",
    "its end was not seen": "終わりが見えなかった",
    "the service was away meanwhile": "その間サービスが止まっていた",
    "TOO SMALL": "不足",
    "less than the margin": "余裕が足りない",
    "fits": "適切",
    "needlessly large": "必要以上に長い",
    "not measured": "測定なし",
    "{what}  {device}  {s}": "{what}  {device}  {s}",
    "{what}  {device}  longer than {s}: {why}": "{what}  {device}  {s} より長い: {why}",
    "longer than {s}: {why}": "{s} より長い: {why}",
    "not counted, the service was away meanwhile: {n}": "数えない（その間サービスが止まっていた）: {n}",
    "from when it was seen, not from the command: {n}": "指令からではなく、見えた時から: {n}",
    "proposed: the longest and {margin} more, in tens of seconds": (
        "提案: 最長に {margin} を加え、10 秒単位に切り上げ"
    ),
    "{ups} {key}: {now} -> {value}: the next that its card keeps and that holds them": (
        "{ups} {key}: {now} -> {value}: カードが設定でき、これらを収める次の値"
    ),
    "{ups} {key}: {now} -> {value}, and its card has nothing longer: NOT ENOUGH": (
        "{ups} {key}: {now} -> {value}、カードにこれより長い値はない: 不足"
    ),
    "the rules say of the site as it would be:": "変更後のサイトについての規則の判定:",
    "the rules break nowhere where they did not before": "変更によって新たに反する規則はない",
    "smallest": "最短",
    "largest": "最長",
    "longest": "最長",
    "last": "最後",
    "proposed": "提案",
    "{value} or more": "{value} 以上",
}
