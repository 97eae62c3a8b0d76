"""Certificates of the control nodes: teiden certificates."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{site} has no control nodes": "{site} に制御端末がありません",
    'certificates need one package more: pip install "teiden[live]"': (
        '証明書の作成には追加のパッケージが必要です: pip install "teiden[live]"'
    ),
    "{path} is not there; without --renew a new CA is made": (
        "{path} がありません。--renew を付けなければ、新しい認証局を作成します"
    ),
    "{folder}: the CA in it cannot be read": "{folder}: 認証局を読み込めません",
    "{folder}: its CA and the CA's key do not belong together": (
        "{folder}: 認証局とその秘密鍵が対応していません"
    ),
    "the CA has ended; make a new one in another folder, without --renew": (
        "認証局の有効期限が切れています。--renew を付けずに、別のフォルダに新しく作成してください"
    ),
    "{path}: no certificate": "{path}: 証明書ではありません",
    "a node called ca would get the files of the CA": (
        "ca という名前の端末は、認証局とファイル名が重複します"
    ),
    "already there: {paths}; nothing was written": "すでに存在します: {paths}。何も書き込んでいません",
    "to node": "端末",
    "copy these": "コピーするファイル",
    "valid until": "有効期限",
    "Copy them with scp or by hand, and let only the service's user read the key (chmod 600).": (
        "scp などでコピーし、鍵はサービスの実行ユーザだけが読めるようにしてください (chmod 600)。"
    ),
    "Keep {path} away from the nodes: who has it can be any of them.": (
        "{path} は端末に置かないでください。これを持つ者は、どの端末にもなりすませます。"
    ),
    "Renew them before they end: teiden certificates SITE --out {folder} --renew": (
        "有効期限の前に更新してください: teiden certificates SITE --out {folder} --renew"
    ),
}
