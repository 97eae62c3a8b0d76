"""What `teiden report` and its page say: whether a week of watching speaks against arming."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{paths}: no events of these days": "{paths}: この期間のイベントがない",
    "there are no events of these days": "この期間のイベントがありません",
    "{done} of {of} files": "{of} ファイル中 {done}",
    "would have been sent": "送るはずだった",
    "sent": "送った",
    "over before its confirm time": "確認時間内に復電",
    "confirmed": "停電と確定",
    "how it ended is not told": "どう終わったかは不明",
    "outage: {because}": "停電: {because}",
    "schedule: {because}": "スケジュール: {because}",
    "asked for: {because}": "要求: {because}",
    "One thing speaks against arming.": "制御を有効にすべきでない理由が 1 つある。",
    "{n} things speak against arming.": "制御を有効にすべきでない理由が {n} つある。",
    "Nothing that was seen speaks against arming.": ("見えた限りでは、制御を有効にすべきでない理由はない。"),
    "Nothing that was seen speaks against leaving it armed.": (
        "見えた限りでは、制御を有効のままにすべきでない理由はない。"
    ),
    "in {days} days: would have acted: {would}; acted: {sent}; blips: {blips}; confirmed: {confirmed};"
    " silent: {silent}; alarms: {alarms}; model against real battery within {within}": (
        "{days} 日間: 動くはずだった {would} 回、動いた {sent} 回、瞬停 {blips} 回、停電確定 {confirmed} 回、"
        "無応答 {silent} 回、警報 {alarms} 件、モデルと実バッテリの差 {within} 以内"
    ),
    "SPEAKS AGAINST IT": "有効にすべきでない理由",
    "SOMEBODY HAS TO LOOK AT IT": "人が確かめること",
    "NOT KNOWN": "分からないこと",
    "DAYS COVERED": "監視していた期間",
    "{from_} to {to}: watched for {n} days, with this very site file for {file}; {mode}; {nodes}": (
        "{from_} から {to} まで: 監視 {n} 日、うちこのサイトファイルで {file} 日。{mode}。{nodes}"
    ),
    "watching only": "監視のみ",
    "partly armed": "一部の期間は有効",
    "armed or not is not told": "有効かどうかは不明",
    "by nobody that is named": "ノード名は不明",
    "nobody watched from": "監視なし 開始",
    "up to": "終わり",
    "lasted": "継続時間",
    "WHAT IT WOULD HAVE DONE": "するはずだったこと",
    "WHAT IT DID": "したこと",
    "WHAT IT DID, OR WOULD HAVE DONE": "したこと、するはずだったこと",
    "times it would have acted: {would}, times it acted: {sent}": (
        "動くはずだった回数: {would}、動いた回数: {sent}"
    ),
    "; nobody obeyed it, so what follows the first commands is later than it would have been": (
        "。誰も従わなかったので、最初の指令より後は実際より遅い"
    ),
    "when": "日時",
    "whom": "対象",
    "not over": "終わっていない",
    "nothing that is told": "理由は記録されていない",
    "LOSSES OF MAINS": "電源の喪失",
    "UPSes on battery: {n}; over before the confirm time: {cleared}; confirmed: {confirmed}": (
        "バッテリ運転 {n} 回、うち確認時間内に復電 {cleared} 回、停電と確定 {confirmed} 回"
    ),
    "confirm": "確認時間",
    "CARDS AND HOSTS THAT WERE SILENT": "応答しなかったカードとホスト",
    "devices that were silent: {n}": "応答しなかった装置: {n}",
    "how often": "回数",
    "in all": "合計",
    "still silent": "今も無応答",
    "THE SERVICE ITSELF": "サービス自身",
    "starts: {lives}; stopped or asleep: {n} x, {s} in all; late by {late} at most": (
        "起動 {lives} 回、停止または休眠 {n} 回（合計 {s}）、遅れは最大 {late}"
    ),
    "the machine was asleep": "機械が休眠していた",
    "it was stopped, or blocked": "停止または滞留していた",
    "ALARMS BY RULE": "規則ごとの警報",
    "alarms: {n}": "警報: {n} 件",
    "times": "件数",
    "with no incident": "停電時以外",
    "no rule": "規則なし",
    "and {n} more; --json has all of them": "ほか {n} 件（--json にはすべてある）",
    "MODEL AGAINST BATTERY": "モデルと実際のバッテリ",
    "model and discharges agree within {off}": "モデルと実際の放電の差は {off} 以内",
    "no discharge was seen that says anything": "判断に足る放電は見られなかった",
    "by the model": "モデル",
    "its card, full": "カード（満充電時）",
    "discharge seen": "実際の放電",
    "rounding": "丸め誤差",
    "it watched {n} of {days} days": "{days} 日のうち {n} 日しか監視していない",
    "with this very site file it watched {n} of {days} days": (
        "このサイトファイルでは {days} 日のうち {n} 日しか監視していない"
    ),
    "an event file cannot be read: {why}": "イベントファイルを読めない: {why}",
    "{at}: {n} commands, and nothing tells why": "{at}: 指令 {n} 件、理由の記録がない",
    "{at}: it would have sent {n} commands, and nothing tells why": (
        "{at}: 指令 {n} 件を送るはずだったが、理由の記録がない"
    ),
    "{at}: {rule} was broken: {text}": "{at}: {rule} に反した: {text}",
    "alarms of {rule} with no incident open: {n}, the last: {text}": (
        "停電時以外の {rule} の警報: {n} 件、最後は: {text}"
    ),
    "alarms of {rule} in incidents: {n}, the last: {text}": "停電時の {rule} の警報: {n} 件、最後は: {text}",
    "{device} is silent, since {s}": "{device} は {s} 前から応答していない",
    "{device} was silent: {n} x, {total} in all, {longest} at the longest": (
        "{device} が応答しなかった: {n} 回、合計 {total}、最長 {longest}"
    ),
    "the service was stopped for longer than a reading is good: {n} x, the longest {s} until {at}": (
        "サービス自身が測定値の有効時間より長く止まった: {n} 回、最長 {s}（{at} まで）"
    ),
    "the service was late by up to {s} s": "サービスは最大 {s} 秒遅れた",
    "{ups} lasts {off} less than the model says": "{ups} の持続時間はモデルより {off} 短い",
    "{at}: was it right to act, because of {because}?": "{at}: {because} のために動くのは正しかったか",
    "{at}: {ups} was on battery for {s} of its {confirm}: nearly an outage": (
        "{at}: {ups} は確認時間 {confirm} のうち {s} バッテリで動いた: 停電の寸前"
    ),
    "{at}: nobody watched for {s}": "{at}: {s} のあいだ監視がなかった",
    "the service was started {n} times": "サービスが {n} 回起動した",
    "it ran with other site files too: {n}": "別のサイトファイルでも動いていた: {n} 個",
    "lines of event files that are no events: {n}": "イベントとして読めない行: {n}",
    "no outage came: what it does in one was not shown; make a small one": (
        "停電がなかった: 停電で何をするかは示されていない。小さな停電を起こして確かめる"
    ),
    "no readings are kept: whether it watched while nothing happened, and the batteries": (
        "測定値が保存されていない: 何も起きない間に監視していたか、またバッテリの状態"
    ),
    "no discharge of {upses} was seen": "{upses} の放電は見られなかった",
    "the site file states no runtime of {upses}": "サイトファイルに {upses} の持続時間がない",
    "what {upses} tell when they are full": "{upses} が満充電時に示す値",
    "how late the service was: only a running one tells it": (
        "サービスの遅れ: 動いているサービスだけが知っている"
    ),
    "whose events these are": "どのノードのイベントか",
    "Trust": "信頼性",
    "Trust before arming": "制御を有効にする前に",
    "The events of these days are being read ...": "この期間のイベントを読んでいます…",
    "Show": "表示",
    "the last day": "直近 1 日",
    "the last {n} days": "直近 {n} 日",
}
