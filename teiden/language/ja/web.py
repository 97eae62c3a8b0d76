"""日本語: the console for a browser, its frame and its command."""

TEXTS = {
    "Overview": "概要",
    "Pages": "ページ",
    "training: an emulated room": "訓練: 模擬機械室",
    "The service on this node is not reached: {why}": "このノードのサービスに接続できません: {why}",
    "The sequence does not need this console; look with `teiden status` on the other node.": (
        "シーケンスはこのコンソールがなくても動きます。もう一方のノードで `teiden status` を見てください。"
    ),
    "Waits for": "待機中",
    "Power-control groups": "電源制御グループ",
    "Control nodes": "制御ノード",
    "Last alarms": "最近の警報",
    "Log in": "ログイン",
    "log out": "ログアウト",
    "Name": "名前",
    "Password": "パスワード",
    "The same once more": "もう一度同じパスワード",
    "viewer": "閲覧者",
    "operator": "操作者",
    "log in first": "先にログインしてください",
    "this did not come from a page of ours": "この要求は当コンソールのページから送られたものではありません",
    "{name} may look, and ask for nothing": "{name} は閲覧のみ可能で、操作はできません",
    "too many attempts; try again in {minutes} min": "試行が多すぎます。{minutes} 分後に再試行してください",
    "no account has this name and this password": "名前またはパスワードが違います",
    "the audit log cannot be written; nobody who may ask for something is let in": (
        "監査ログに書き込めません。操作できる人はログインできません"
    ),
    "a name has small letters, digits and . _ @ -, up to 64 characters": (
        "名前には英小文字、数字、. _ @ - を 64 文字まで使えます"
    ),
    "there is an account {name} already": "アカウント {name} は既にあります",
    "there is no account {name}": "アカウント {name} はありません",
    "this password is too weak: {why}": "このパスワードは弱すぎます: {why}",
    "{name}: {role}": "{name}: {role}",
    "the password of {name} is another now": "{name} のパスワードを変更しました",
    "{name} is no account any more": "アカウント {name} を削除しました",
    "there are no accounts: the console only shows": "アカウントがありません: コンソールは表示専用です",
    "{path}: whole, {lines} lines, the last is {last}": "{path}: 完全です。{lines} 行、最後の行は {last}",
    "this console only shows: it has no accounts": "このコンソールは表示専用です: アカウントがありません",
    "too many pages are open": "開いているページが多すぎます",
    "{listen} is not this machine alone": "{listen} はこのマシンだけのアドレスではありません",
    "give --certificate and --key, or listen on 127.0.0.1": (
        "--certificate と --key を指定するか、127.0.0.1 で待ち受けてください"
    ),
    "{listen} is no address and port": "{listen} はアドレスとポートではありません",
    "e.g. 127.0.0.1:7480, or [::1]:7480": "例: 127.0.0.1:7480、または [::1]:7480",
}
