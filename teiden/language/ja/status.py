"""How things are, as the service says it: teiden status."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Who commands
    "{node} commands: the node you are on": "{node} が制御中です (この端末)",
    "NOBODY COMMANDS, as far as {node} knows": "{node} の知る限り、どの端末も制御していません",
    "{commander} commands; you are on {node}": "{commander} が制御中です。この端末は {node} です",
    "EMERGENCY STOP: nothing is sent to any device until it is lifted.": (
        "緊急停止中: 解除されるまで、どの機器にも何も送りません。"
    ),
    "NOT ARMED: it only watches{why}": "制御は無効です: 監視だけを行います{why}",
    "Armed: it acts by itself.": "制御は有効です: 自動で動作します。",
    # The incident, and what it waits for
    "No incident is open.": "発生中の障害はありません。",
    "Incident {n}: going down since {time}": "障害 {n}: {time} から停止処理中",
    "Incident {n}, since {time}: everything is coming up again": "障害 {n} ({time} 発生): 復旧処理中",
    "WAITS FOR": "待機中",
    "{duration}, no limit": "{duration}、上限なし",
    "{duration} of {limit}": "{duration} / 上限 {limit}",
    # UPSes
    "UNREACHABLE": "応答なし",
    "LOST ITS UPS": "UPS と通信不能",
    "WRONG PASS PHRASE": "認証エラー",
    "NOT HEARD": "最新の応答なし",
    "LOW BATTERY": "バッテリ低下",
    "OFF COUNTS DOWN": "停止待ち",
    "ON BATTERY": "バッテリ運転",
    "on line": "商用電源",
    "{n:.0f} %": "{n:.0f} %",
    "load {n:.0f} %": "負荷 {n:.0f} %",
    "was: {words}": "最後の状態: {words}",
    "no mains": "商用電源なし",
    "has mains": "商用電源あり",
    "it does not tell: {words}": "取得できない値: {words}",
    "charge": "充電率",
    "runtime": "運転可能時間",
    # Readings
    "{duration} ago": "{duration}前",
    "never heard": "応答を受けたことがない",
    # The others
    "flushed": "フラッシュ済み",
    "flushing": "フラッシュ中",
    "CLUSTER": "クラスタ",
    "held by {node}": "{node} で動作",
    "held by nobody": "動作中の端末なし",
    "OTHER NODES": "他の制御端末",
    "SILENT": "応答なし",
    "commands": "制御中",
    "stands by": "待機",
    "ITS SITE FILE DIFFERS: it may not command": "サイトファイルが異なるため、制御できません",
    "ALARMS": "警報",
    "THIS SERVICE": "このサービス",
    "journal": "ジャーナル",
    "lateness": "動作の遅れ",
    "FAILED": "異常",
    "{n:.1f} s at most; times it was stopped or asleep: {gaps}": (
        "最大 {n:.1f} 秒。停止または休止していた回数: {gaps}"
    ),
    # Asking
    "no answer in {timeout_s:g} s": "{timeout_s:g} 秒以内に応答がありません",
    "the service says nothing any more": "サービスからの応答が途絶えました",
    "the service hung up": "サービスが接続を切りました",
    "what listens there is no service of ours": "待ち受けているのは Teiden のサービスではありません",
    "its answer is not understood: {reason}": "応答を解釈できません: {reason}",
}
