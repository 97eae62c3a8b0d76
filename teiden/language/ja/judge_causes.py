"""The judge's rules on causes, schedules, requests, hands and jobs, and what broke them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The rules
    "nothing is stopped without a cause": "理由なく何も停止しない",
    "no UPS is told to go off that feeds a running machine nobody stops": (
        "停止対象でない動作中の装置へ給電する UPS に OFF を指令しない"
    ),
    "an outage stops those it concerns and nobody else": "停電で停止するのは、その停電が及ぶものだけ",
    "nothing goes down more often than it has a cause": "理由の回数を超えて停止しない",
    "an incident is closed only when the cluster runs with its disks": (
        "停電処理は、クラスタが共有ディスクとともに動作してから完了する"
    ),
    "no OFF is sent to a UPS that counts down already": "停止まで秒読み中の UPS に OFF を重ねて指令しない",
    "a held device receives no command": "保留中の装置には指令しない",
    "only what ran before or is asked for is started": "起動するのは、動作していたものと要求されたものだけ",
    "stop jobs of a control node run after the cluster has stopped": (
        "制御端末の停止時ジョブは、クラスタの停止後に実行する"
    ),
    "every instant of a schedule fires at most once": "運転スケジュールの各時刻の実行は 1 回だけ",
    "every instant of a schedule fires in time, or its loss is reported": (
        "運転スケジュールは時刻どおりに実行し、できなければ報告する"
    ),
    "off and on one minute apart restart the servers and switch nothing": (
        "切断と投入が 1 分差なら、サーバの再起動だけを行い電源は切らない"
    ),
    "an array goes off by schedule only when the gap is long enough": (
        "共有ディスクをスケジュールで停止するのは、投入までの間隔が足りるときだけ"
    ),
    "an array goes off by schedule only when all its servers are to be off": (
        "共有ディスクをスケジュールで停止するのは、利用サーバがすべて停止対象のときだけ"
    ),
    # What broke them
    "{command} of {name} at {time}: {why}": "{time}に {name} へ{command}を指令した: {why}",
    "{command} of {name} at {time}: the outage of {upses} does not concern it": (
        "{time}に {name} へ{command}を指令した: {upses} の停電は及ばない"
    ),
    "{name} was restarted at {time} and again at {again}, with its disks there all the while": (
        "{name} を {time}に再起動し、ディスクが使用可能なまま {again}に再び再起動した"
    ),
    "{ups} was confirmed to be out at {time} and had mains": (
        "{ups} の停電を {time}に確定したが、給電されていた"
    ),
    "{ups} was told to go off at {time}, but {missing}": "{ups} へ {time}に OFF を指令したが、{missing}",
    "no outage was confirmed, no schedule and no request wanted it": (
        "停電の確定もスケジュールも要求もなかった"
    ),
    "the mains had been back for {time}": "復電から {time}たっていた",
    "the incident was opened because it stood still, and it ran": (
        "それが停止したままだとして処理を開始したが、動作中だった"
    ),
    "no incident was open, no schedule and no request wanted it": (
        "停電処理中でなく、スケジュールも要求もなかった"
    ),
    "{names} ran and was not to stop": "{names} は動作中で、停止対象でなかった",
    "{names} ran and were not to stop": "{names} は動作中で、停止対象でなかった",
    "{name} went down for the {n}. time at {time}; there were causes for {allowed}": (
        "{name} が {time}に {n} 回目の停止。理由は {allowed} 回分しかない"
    ),
    "closed at {time}, but {missing}": "{time}に完了したが、{missing}",
    "{ups} was told to go off at {time}, armed already since {armed}": (
        "{ups} へ {time}に OFF を指令したが、{armed}からすでに秒読み中だった"
    ),
    "{command} of {name} at {time}, held since {held}": (
        "{time}に {name} へ{command}を指令したが、{held}から保留中だった"
    ),
    "{name} was woken at {time}; it had not run, and nobody asked for it": (
        "{name} を {time}に起動させたが、動作しておらず要求もなかった"
    ),
    "{ups} was switched on at {time} for {names}; nobody there had run or was asked for": (
        "{ups} を {time}に {names} のため ON にしたが、動作していたものも要求されたものもなかった"
    ),
    "job {job} on {node} began at {time} while {cluster} was {state}": (
        "{node} のジョブ {job} が {time}に始まったとき、{cluster} は{state}だった"
    ),
    "{instant} fired at {time}, {late} late": "{instant} を {time}に実行した。{late}の遅れ",
    "{instant} fired at {time} and again at {again}": "{instant} を {time}に実行し、{again}に再び実行した",
    "this site has no schedules": "このサイトに運転スケジュールがない",
    "the stream does not tell at what time it began": "開始時刻の記録がない",
    "{instant} was due at {time}, did not fire, and nobody said so": (
        "{instant} は {time}の予定だったが、実行も報告もされなかった"
    ),
    "{command} of {name} at {time}, though {cause} is only a restart": (
        "{cause} は再起動だけのはずが、{time}に {name} へ{command}を指令した"
    ),
    "{schedule} switched off at {time}, though its on is one minute later": (
        "{schedule} は 1 分後に投入するのに、{time}に電源を切った"
    ),
    "{array} was stopped at {time} for {gap}; {need} are needed": (
        "{array} を {time}に {gap}の間停止した。必要な間隔は {need}"
    ),
    "{array} was stopped at {time}, but {missing}": "{array} を {time}に停止したが、{missing}",
    "{names} was not to be off": "{names} は停止対象でなかった",
    "{names} were not to be off": "{names} は停止対象でなかった",
}
