"""What `teiden check` finds in operating schedules."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "night gap long enough to switch {array} off": "{array} を停止できるだけの停止時間",
    "recommended gap for {array}": "{array} の推奨停止時間",
    "{schedule}: off at {off}, on at {on}: {array} stays on": (
        "{schedule}: {off} 切断、{on} 投入では {array} は停止しない"
    ),
    "{schedule}: {array} goes off and comes back with little to spare": (
        "{schedule}: {array} は停止して再起動するが、余裕がほとんどない"
    ),
    "{schedule}: {array} stays on because of {awake}": "{schedule}: {awake} のため {array} は停止しない",
    "{off} to {on}": "{off} から {on}",
    "{schedule} leaves {nodes} on": "{schedule} に {nodes} が含まれず、動作したままになる",
    "{schedule} has control nodes and {servers}": "{schedule} に制御端末と {servers} が混在している",
    "a schedule of its own for {servers}": "{servers} には別のスケジュールを設ける",
    "{schedule}: {key} {time} never happens, {key}_by does not name schedule": (
        "{schedule}: {key}_by に schedule がなく、{key} {time} は実行されない"
    ),
    "{schedule} switches {servers} on, but no schedule switches them off": (
        "{schedule} は {servers} を投入するが、切断するスケジュールがない"
    ),
    "{schedule} switches {servers} off, and no schedule switches them on": (
        "{schedule} は {servers} を切断するが、投入するスケジュールがない"
    ),
    "on: a time of day, here or in another schedule of theirs": (
        "on: 投入時刻をここか別のスケジュールに書く"
    ),
    "{schedule} goes off by the LAN, but no machine is watched": (
        "{schedule} は LAN 切断だが、監視する機器がない"
    ),
    "lan_watch hosts: the machines that people work at": "lan_watch hosts: 利用者が使う機器",
    "{host} is {device}, which always answers": "{host} は {device} であり、常に応答する",
    "{schedule} switches {servers} on at {time}, {sleeper} keeps them off": (
        "{schedule} が {time} に {servers} を投入するが、{sleeper} では停止中"
    ),
    "{schedule} is a restart: no disk is touched": "{schedule} はリブートであり、ディスクには触れない",
    "UPSes go off between off and on": "切断から投入までに UPS が停止する",
    "{schedule}: on comes before {ups} is off": "{schedule}: {ups} が停止する前に投入時刻になる",
    "a missed off ends with its night": "切断の遅延実行はその停止時間内に限る",
    "{schedule}: an off may be made up for after its on": (
        "{schedule}: 投入時刻を過ぎてから切断が遅れて実行されるおそれがある"
    ),
    "{schedule}: the {goal} of {date} is in the missing hour; it happens at {at}": (
        "{schedule}: {date} の {goal} は夏時間への切替で存在しない時刻。{at} に実行される"
    ),
    "{schedule}: the {goal} of {date} comes twice; it happens at {at}": (
        "{schedule}: {date} の {goal} は夏時間の終了で 2 回ある時刻。{at} に実行される"
    ),
    "{schedule} sends the control nodes to sleep at {time}, {servers} may still run": (
        "{schedule} は {time} に制御端末を停止するが、{servers} はまだ動作しているかもしれない"
    ),
    "{schedule} sends the control nodes to sleep at {time}, {arrays} may still be flushing": (
        "{schedule} は {time} に制御端末を停止するが、{arrays} はまだフラッシュ中かもしれない"
    ),
    "control side sleeps after the linked disk is flushed": "制御側は連動側のフラッシュ後に停止する",
    "{schedule} switches on at {time}, while {control} keeps the control nodes off": (
        "{schedule} は {time} に投入するが、制御端末は {control} により停止中"
    ),
    "control side back before the linked disk is switched on": (
        "制御側は連動側のディスク投入前に起動している"
    ),
    "{control} wakes the control nodes too late to have {schedule} on in time": (
        "{control} の投入が遅く、{schedule} の投入に間に合わない"
    ),
    "night of the control side long enough for its disk": "制御側の停止時間は共有ディスクに足りる",
    "{schedule}: the control disk wakes after its nodes": (
        "{schedule}: 共有ディスクが制御端末より後に起動する"
    ),
    "warm-up + 6 min": "Warm-UP 時間 + 6 分",
    "{what}, by {seconds:.0f} s or more": "{what}（{seconds:.0f} 秒以上）",
    "a later off of {schedule}": "{schedule} の切断時刻を遅くする",
    "a later on of {schedule}": "{schedule} の投入時刻を遅くする",
    "an earlier on of {schedule}": "{schedule} の投入時刻を早くする",
}
