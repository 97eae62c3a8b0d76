"""日本語: what an operator asks for at the console."""

TEXTS = {
    "Shut down and switch off: {scope}": "シャットダウンして電源を切る: {scope}",
    "Switch on: {scope}": "電源を入れる: {scope}",
    "Hold: {scope}": "保留: {scope}",
    "Release: {scope}": "保留解除: {scope}",
    "on": "入",
    "hold": "保留",
    "release": "解除",
    "nothing was asked: the audit log cannot be written ({why})": (
        "何も要求していません: 監査ログに書き込めません ({why})"
    ),
    "Refused": "拒否されました",
    "It is not known whether it is carried out": "実行されるかどうか分かりません",
    "there is no such wish": "そのような要求はありません",
    "there is no such group": "そのようなグループはありません",
    "there is no server in {group}": "{group} にはサーバがありません",
    "there is no such device": "そのような装置はありません",
    "type {scope} to go on": "続けるには {scope} と入力してください",
    "too many attempts; log in again later": "試行が多すぎます。後でもう一度ログインしてください",
    "this is not your password": "パスワードが違います",
    "Asked for by name: {names}": "対象: {names}",
    "What is held receives no command until it is released. In an outage it is not shut down either.": (
        "保留中の装置には解除するまで何も指令しません。停電時にもシャットダウンしません。"
    ),
    "The sequencer would refuse this: {why}": "この要求は拒否されます: {why}",
    "What would happen": "実行した場合",
    "Rehearsed on this site just now, as if everything ran; what is off already stays off.": (
        "すべて稼働中と仮定して、今このサイトで予行した結果です。既に切れている装置はそのままです。"
    ),
    "device": "装置",
    "then": "状態",
    "goes along": "連動",
    "Your password once more": "パスワードをもう一度",
    "Ask for it": "要求する",
    "Leave it": "やめる",
    "Only an operator may ask for this.": "この要求ができるのは操作者だけです。",
    "Back to the overview": "概要に戻る",
}
