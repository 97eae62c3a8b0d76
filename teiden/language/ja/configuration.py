"""日本語: 設定ファイルの変更、送信、再読み込み (teiden send, reload, /configuration)."""

TEXTS = {
    # What a change needs
    "a reload of the service on each control node: teiden reload": (
        "各制御端末でサービスの再読み込み: teiden reload"
    ),
    "a restart of the service on each control node: systemctl restart teiden": (
        "各制御端末でサービスの再起動: systemctl restart teiden"
    ),
    "a restart of the cluster, and of the service on each control node": (
        "クラスタの再起動と、各制御端末でのサービスの再起動"
    ),
    "a reboot of all servers, and a restart of the service on each control node": (
        "全サーバの再起動と、各制御端末でのサービスの再起動"
    ),
    # teiden status
    "SITE FILE": "設定ファイル",
    "active: {hash} ({path})": "使用中: {hash} ({path})",
    "pending: {hash} ({path})": "未反映: {hash} ({path})",
    "{path}, sent by {node}": "{path}、{node} から送信",
    "it cannot be gone by: {why}": "このファイルは使えません: {why}",
    "it could not be armed: {why}": "このファイルでは制御を有効にできません: {why}",
    "it needs {need}": "反映に必要: {need}",
    "no key has changed: comments, or their order": "キーの変更なし: コメントまたは順序のみ",
    " ({theirs}, here {ours})": " (相手 {theirs}、この端末 {ours})",
    # teiden send, teiden reload
    "taken up: another life of the service begins by it": (
        "反映しました: サービスはこのファイルで新たに始まります"
    ),
    "this site has no other control node": "このサイトに他の制御端末はありません",
    "{name} is no other control node; there are: {known}": (
        "{name} は他の制御端末ではありません。指定できるもの: {known}"
    ),
    "{node}: has this file already": "{node}: すでに同じファイルです",
    "{node}: CONFLICT: somebody has changed the file there ({hash})": (
        "{node}: 競合: 相手側でファイルが変更されています ({hash})"
    ),
    "not sent there; `--overwrite` takes this one all the same": (
        "送信していません。それでも置き換えるには `--overwrite` を付けてください"
    ),
    "this sends a site file to {names}; say --yes": (
        "設定ファイルを {names} へ送信する指定です。--yes を付けてください"
    ),
    "Send it to {names}?": "{names} へ送信しますか?",
    "not confirmed; nothing was sent": "確認されなかったため、何も送信していません",
    "nothing was sent: {why}": "何も送信していません: {why}",
    "{node}: refused: {reason}": "{node}: 拒否: {reason}",
    "{node}: taken; it counts there after what its status says": (
        "{node}: 受け取りました。反映に必要な操作は相手側の状態表示を見てください"
    ),
    "mind: the service on this node goes by another file": (
        "注意: この端末のサービスは別のファイルで動作しています"
    ),
    "{path}, which {node} has sent, counts here instead of {site}: send that, or change {site} first": (
        "この端末では {site} の代わりに {node} から届いた {path} が有効です: "
        "それを送信するか、先に {site} を変更してください"
    ),
    "incident {n} is open; nothing is sent meanwhile": "障害 {n} の処理中は、何も送信しません",
    "it runs Teiden {theirs}, this node {ours}": "相手は Teiden {theirs}、この端末は {ours} です",
    "it is not reached: {reason}": "接続できません: {reason}",
    "it is not known whether it was taken: {reason}": "受け取られたかどうか不明です: {reason}",
    # The console's page
    "Configuration": "設定",
    "ANOTHER FILE": "別のファイル",
    "not heard": "応答なし",
    "the same file": "同じファイル",
    "Refused: {why}": "拒否: {why}",
    "active": "使用中",
    "pending": "未反映",
    "nothing to send: look at the difference again": (
        "送信するものがありません: 差分をもう一度確認してください"
    ),
    "Take it up here": "この端末に反映",
    (
        "A reload ends this life of the service and begins another by the file on the disk. "
        "It is refused while an incident is open, and where a key needs more."
    ): (
        "再読み込みは、いまのサービスを終え、ディスク上のファイルで新たに始めます。"
        "障害の処理中や、他の操作が必要なキーがあるときは拒否されます。"
    ),
    "Reload": "再読み込み",
    "Send it to the other control nodes": "他の制御端末へ送信",
    "The difference is shown first. Only a proved file is sent, and each node checks it once more.": (
        "先に差分を表示します。検証済みのファイルだけを送信し、受け取る端末でも検査します。"
    ),
    "Show the difference": "差分を表示",
    "Only an operator may reload or send it.": "再読み込みと送信ができるのはオペレータだけです。",
    "The service does not tell.": "サービスが応答しません。",
    "The service goes by": "サービスが使用中のファイル:",
    "Nobody keeps an eye on the file: the room's book says more than it does.": (
        "ファイルは監視していません: 模擬室の台帳の内容が優先されます。"
    ),
    "The file on the disk is the same.": "ディスク上のファイルと同じです。",
    "What has changed": "変更されたキー",
    "key": "キー",
    "of": "対象",
    "The difference": "差分",
    "The other control nodes": "他の制御端末",
    "This node's file is {hash}.": "この端末のファイルは {hash} です。",
    "Back to the configuration": "設定へ戻る",
    "It has this file already.": "すでに同じファイルです。",
    "Conflict: somebody has changed the file there.": "競合: 相手側でファイルが変更されています。",
    "Overwrite what was changed there": "相手側の変更を上書きする",
    "Send it": "送信",
}

TOLD = {
    # What the service refuses with, over its socket or the link, part by part
    "look at the difference again": "差分をもう一度確認してください",
    "not now": "今はできません",
    "incident {n} is open": "障害 {n} の処理中です",
    "the mains of {names} are away": "{names} の商用電源がありません",
    "its service has only just started": "サービスが起動した直後です",
    "its system is going down": "システムが停止処理中です",
    "the file on the disk is the one that is gone by": "ディスク上のファイルは使用中のものと同じです",
    "an armed service goes by a proved file only": "制御が有効なサービスは検証済みのファイルしか使いません",
    "{keys} needs more than a reload ({what}): see `teiden status`": (
        "{keys} は再読み込みだけでは反映できません ({what}): `teiden status` を見てください"
    ),
    "it could not be taken up": "反映できませんでした",
    "its check fails here": "相手側の検査に通りません",
    "the file there has changed since it was shown": ("表示した後に相手側のファイルが変わりました"),
    "another site file is just being taken": "別の設定ファイルを受け取っている最中です",
    "it could not be written": "書き込めませんでした",
    "the site file cannot be read": "設定ファイルを読めません",
    "this service keeps no eye on its site file": "このサービスは設定ファイルを監視していません",
    "nothing was proved of it": "検証されていません",
    "it is the file of another site: {theirs}, not {ours}": (
        "別のサイトのファイルです: {ours} ではなく {theirs}"
    ),
    "{me} is no control node in it": "{me} はこのファイルの制御端末ではありません",
}
