"""Asking the service of a node: teiden off, on, hold, release."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{path}: {reason}": "{path}: {reason}",
    "{path}: this system has no Unix-domain sockets": (
        "{path}: このシステムに Unix ドメインソケットがありません"
    ),
    "no service runs on this machine: {path} does not exist": (
        "この端末でサービスが動作していません: {path} がありません"
    ),
    "no service listens at {path} any more": "{path} で待ち受けるサービスはもう動作していません",
    "{path} is open to the service's own user and to root only": (
        "{path} を使えるのは、サービスの実行ユーザと root だけです"
    ),
    "the service at {path} does not answer": "{path} のサービスが応答しません",
    "no answer in {timeout_s:g} s; it may still be carried out": (
        "{timeout_s:g} 秒以内に応答がありません。要求が実行される可能性はあります"
    ),
    "the service hung up without an answer; it may still be carried out": (
        "サービスが応答せずに接続を切りました。要求が実行される可能性はあります"
    ),
    "the service does not read": "サービスが要求を受け取りません",
    "not known: {reason} (request {id})": "不明: {reason} (要求 {id})",
    "This powers off the whole site: every linked server, every array, the control nodes.": (
        "サイト全体の電源を切ります: すべての連動端末、ディスクアレイ、制御端末。"
    ),
    "this powers off the whole site; name servers, or say --yes": (
        "サイト全体の電源を切る指定です。サーバ名を指定するか、--yes を付けてください"
    ),
    "Type {word} to go on": "続けるには {word} と入力してください",
    "not confirmed; nothing was asked": "確認されなかったため、何も要求していません",
    "accepted (request {id})": "受け付けました (要求 {id})",
    "refused: {reason}": "拒否: {reason}",
}
