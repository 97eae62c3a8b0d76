"""日本語: the console for a browser, its frame and its command."""

TEXTS = {
    "Overview": "概要",
    "Pages": "ページ",
    "training: an emulated room": "訓練: 模擬機械室",
    "The service on this node is not reached: {why}": "このノードのサービスに接続できません: {why}",
    "watching: it commands nothing": "監視のみ: 何も指令しません",
    "UPS": "UPS",
    "this console only shows: it has no accounts": "このコンソールは表示専用です: アカウントがありません",
    "too many pages are open": "開いているページが多すぎます",
    "{listen} is not this machine alone": "{listen} はこのマシンだけのアドレスではありません",
    "give --certificate and --key, or listen on 127.0.0.1": (
        "--certificate と --key を指定するか、127.0.0.1 で待ち受けてください"
    ),
    "{listen} is no address and port": "{listen} はアドレスとポートではありません",
    "e.g. 127.0.0.1:7480, or [::1]:7480": "例: 127.0.0.1:7480、または [::1]:7480",
}
