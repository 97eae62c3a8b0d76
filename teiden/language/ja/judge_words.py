"""The judge's rules on what nodes knew, wrote down and left open, and what broke them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The rules
    "an outage counts only after the whole confirm time on battery": (
        "停電は、確認時間のあいだバッテリ運転が続いてからだけ数える"
    ),
    "nothing is started on a reading that is not fresh": "新しい観測なしには何も起動しない",
    "silence alone is no outage": "応答がないだけでは停電としない",
    "nobody commands with a lease that is over, or for an incident that is": (
        "終わった指揮権や終わった停電処理で指令しない"
    ),
    "an OFF is planned with the delay that the card really has": ("OFF は、カードの実際の遅延時間で計画する"),
    "nothing is written to a device that the journal does not know of": (
        "ジャーナルに記録していない指令を装置に送らない"
    ),
    "no card is written to faster than it is polled": "カードへの書き込みは、監視周期より速くしない",
    "no secret stands in the stream": "イベント記録に秘密情報を残さない",
    "who only watches writes nothing, and all run the same sequencer": (
        "監視だけの端末は何も書き込まず、全員が同じシーケンサで動く"
    ),
    "every step ends within its limit": "どの手順も上限内に終わる",
    "when the commander is gone, another node takes the command in time": (
        "指揮する端末がなくなれば、別の制御端末が時間内に引き継ぐ"
    ),
    "the next outage is confirmed like the first": "次の停電も最初と同じように確定する",
    "every alarm gets into the outbox": "警報はすべて送信待ちに入る",
    # What broke them
    "{node} confirmed the outage of {ups} at {time}, and saw it on mains": (
        "{node} は商用運転と見ていた {ups} の停電を {time}に確定した"
    ),
    "{node} confirmed the outage of {ups} at {time}, after {lasted} of its {confirm}": (
        "{node} は {ups} の停電を {time}に確定した。確認時間 {confirm}のうち {lasted}しか経っていない"
    ),
    "{node} confirmed the outage of {ups} at {time}; it had been silent since {silent}, "
    "and nobody on its feed was on battery": (
        "{node} は {ups} の停電を {time}に確定した。{silent}から応答がなく、"
        "同じ系統にバッテリ運転の UPS もなかった"
    ),
    "which it had never heard": "一度も応答を得ていない",
    "by a reading {age} old; it is stale after {limit}": "{age}前の観測による（{limit}で古い）",
    "whose card was silent": "カードの応答がない",
    "{node} sent {command} to {name} at {time}, {why}": (
        "{node} が {time}に {name} へ{command}を指令した: {why}"
    ),
    "without the lease": "指揮権がない",
    "for incident {epoch}, and knew of incident {latest}": (
        "停電処理 {epoch} のため（{latest} を知っていた）"
    ),
    "nobody commanded from {since} to {time}, though {node} was up; it may take {limit}": (
        "{node} は動作していたのに、{since}から {time}まで指揮する端末がなかった。許容は {limit}"
    ),
    "{node} told {ups} at {time} to go off after {planned}, and {why}": (
        "{node} が {time}に {ups} へ {planned}後の停止を指令した: {why}"
    ),
    "wrote down {noted}": "記録は {noted}",
    "said nowhere that the site file has {site}": "サイトファイルの {site}と違うことを知らせていない",
    "{names} may take {limit} to stop": "{names} の停止には最大 {limit}かかる",
    "it took {took}, which nobody noticed": "実際は {took}で、誰も気づかなかった",
    "with its journal broken since {time}": "{time}からジャーナルが壊れている",
    "and nothing of it was written down": "その記録がない",
    "nothing was written to a device, or the stream tells of no journal": (
        "装置への指令がないか、ジャーナルの記録がない"
    ),
    "{node} wrote to {ups} twice at {time}, {apart} apart; {least} is the least": (
        "{node} が {time}に {ups} へ {apart}の間隔で 2 回書き込んだ。最小は {least}"
    ),
    "{event} of {name} at {time} holds a secret in {detail}": (
        "{time}の {name} の {event} は、{detail} に秘密情報を含む"
    ),
    "{one} runs {build}, {other} runs {other_build}": "{one} は {build}、{other} は {other_build} で動く",
    "{node} only watches, and sent {command} to {name} at {time}": (
        "監視だけの {node} が {time}に {name} へ{command}を指令した"
    ),
    "the stream does not tell by which build it was made": "記録にビルドの情報がない",
    "{node} began at {time} to wait for {name}: {step}, at most {limit}; {late} later it had not ended": (
        "{node} が {time}に始めた {name} の手順「{step}」（上限 {limit}）は、{late}後も終わっていない"
    ),
    "{ups} was seen on battery from {since} to {time}, and its outage was not confirmed; "
    "that takes {confirm}": (
        "{ups} は {since}から {time}までバッテリ運転と見えたのに、停電が確定しなかった。確認時間は {confirm}"
    ),
    "the alarm about {name} at {time} did not get into the outbox of {node}": (
        "{time}の {name} の警報が {node} の送信待ちに入らなかった"
    ),
    "no node of this run has an outbox": "この実行に警報の送信待ちはない",
}
