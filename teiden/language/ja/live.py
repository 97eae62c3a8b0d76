"""Live mode: proving, arming, running on hardware and in an emulated room."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "the settings break {rules}": "設定が {rules} に違反しています",
    "{names} was stopped or asleep": "{names} は停止または休止していました",
    "{story} over sockets": "{story} ソケット経由",
    "the settings break {rules}, first at {place}: see `teiden check --live`": (
        "設定が {rules} に違反しています（最初は {place}）。`teiden check --live` を参照してください"
    ),
    "{stories} did not hold": "{stories} が成立しませんでした",
    "no story was played on the site as it stands in its file": (
        "ファイルのままのサイトで再生されたシナリオがありません"
    ),
    "nothing was proved of {site}; run `teiden prove {site} STORY...`": (
        "{site} は検証されていません。`teiden prove {site} STORY...` を実行してください"
    ),
    "{path} cannot be read ({error}); run `teiden prove` again": (
        "{path} を読めません ({error})。もう一度 `teiden prove` を実行してください"
    ),
    "{site} has changed since {at}; run `teiden prove` again": (
        "{site} は {at} 以降に変更されました。もう一度 `teiden prove` を実行してください"
    ),
    "it was proved with Teiden {version}; run `teiden prove` again": (
        "Teiden {version} で検証されています。もう一度 `teiden prove` を実行してください"
    ),
    "none of these stories is about {site}": "{site} についてのシナリオがありません",
    "not to be armed: {why}": "操作を許可できません: {why}",
    "it may be armed: {path}": "操作を許可できます: {path}",
    "all processes of this machine share one clock, which nobody sets": (
        "このコンピュータの全プロセスは一つの時計を共有し、誰も変更しません"
    ),
    "a loopback loses no packets": "ループバックではパケットが失われません",
    "its watched hosts stand on no loopback": "監視対象のホストはループバック上にありません",
    "--rate is for --room snmp; virtual time takes no time": (
        "--rate は --room snmp 用です。仮想時間の再生に時間はかかりません"
    ),
    "{node} is no control node of this site": "{node} はこのサイトの制御端末ではありません",
    "its control nodes: {nodes}": "制御端末: {nodes}",
    "this machine is called {host}, which is no control node of {file}": (
        "このコンピュータの名前 {host} は {file} の制御端末にありません"
    ),
    "say which one it is: --node {node}": "--node {node} のように指定してください",
    "not armed: {why}": "操作は許可されていません: {why}",
    "armed by force, although {why}": "強制的に操作を許可します: {why}",
    "{verb}? one of: {known}": "{verb}? 次のいずれか: {known}",
    "{words} is no number of seconds": "{words} は秒数ではありません",
    "SNMP cards:": "SNMP カード:",
    "version 2c: community {community}, reads only": "バージョン 2c: コミュニティ {community}、読み取り専用",
    "version 3 (SHA, AES): {user} commands, {reader} reads; pass phrase in {path}": (
        "バージョン 3 (SHA, AES): {user} は操作、{reader} は読み取り。パスフレーズは {path}"
    ),
    "the book: {path}": "接続先の一覧: {path}",
    "`help` says what can happen to it; `quit`, or Ctrl-C, ends it": (
        "`help` でできることの一覧、`quit` または Ctrl-C で終了"
    ),
    "one SCENARIO at most": "シナリオは一つまでです",
    "{scenario} is about {other}": "{scenario} は {other} についてのシナリオです",
    "no emulated room runs in {folder}: {why}": "{folder} では模擬ルームが動いていません: {why}",
}
