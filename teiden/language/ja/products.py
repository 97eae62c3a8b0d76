"""Products, config.apc and the broadcast address: rules, tables and refusals."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Rules
    "product and SigmaSystemCenter belong together": "製品の版と SigmaSystemCenter の版が対応している",
    "why R1-05": (
        "管理サーバのクラスタ化に対応するのは、SSC 2.1 以降と Ver.2.1、SSC 1.3 と Ver.1.02 以降の組だけです。"
        "ほかの組では互いに連携できず、停電時に連動端末を停止するものがありません。"
        "SSC 1.3 と Ver.2.1 は「Ver.1.02 以降」の文言に含まれますが、手順の記載がないため警告です。"
        "サイトファイルに `ssc:` がなければ比較しません。"
    ),
    "product {product} does not support a cluster with SSC {ssc}": (
        "製品 {product} は SSC {ssc} のクラスタに対応していません"
    ),
    "product: {product}, installed on every control node": (
        "product: {product} を、すべての制御端末にインストールする"
    ),
    "SSC {ssc} with {product} is allowed and nowhere described; {fitting} is the stated pair": (
        "SSC {ssc} と {product} の組は許されますが手順の記載がありません。明記されているのは {fitting} です"
    ),
    "no product is stated to support a cluster with SSC {ssc}": (
        "SSC {ssc} のクラスタに対応する製品の記載がありません"
    ),
    "SSC 2.1 or later with ver2.1, or SSC 1.3 with ver1.02": (
        "SSC 2.1 以降と ver2.1、または SSC 1.3 と ver1.02"
    ),
    "the newer ac_pvm.exe is in place with SSC 3.0 and later": "SSC 3.0 以降には新しい ac_pvm.exe が要る",
    "why R5-03": (
        "SSC 3.0 以降では、電源管理サービスが SSC と通信するためのプログラムが異なります。"
        "製品のアップデートを適用するたびに、サービス ESMPRO/ARC Service を停止し、"
        "SSC の PVM、opt、esmproac フォルダにある ac_pvm_u3.exe を製品のフォルダへコピーして、"
        "ac_pvm.exe に上書きします。すべての制御端末で行います。"
        "その後 `ac_pvm.exe -p ユーザ パスワード` がどの制御端末でも「Return Value : 0」と答えることを"
        "確認します (R5-07)。"
    ),
    "SSC {ssc}: on every control node ac_pvm_u3.exe must replace ac_pvm.exe": (
        "SSC {ssc}: すべての制御端末で ac_pvm.exe を ac_pvm_u3.exe に置き換える必要があります"
    ),
    # One array's own settings
    "one array cannot have a {key} of its own": "{key} をディスクアレイごとに設定することはできません",
    "all linked arrays share linkage.{key} (R6-43)": (
        "連動する全ディスクアレイに共通の linkage.{key} を使います (R6-43)"
    ),
    # teiden products
    "flush limit, default": "キャッシュフラッシュのタイムアウト (既定値)",
    "flush port, default": "TCP/IP ポート番号 (既定値)",
    "linkage is set in": "iStorage 連携の設定場所",
    "SigmaSystemCenter, in a cluster": "対応する SigmaSystemCenter (クラスタ)",
    "installed in": "インストール先 (既定値)",
    "2.1 or later": "2.1 以降",
    "none": "なし",
    "{site}: product {product}": "{site}: 製品 {product}",
    " with SSC {ssc}: {words}": "、SSC {ssc}: {words}",
    "a stated pair": "明記された組",
    "allowed, nowhere described": "許されるが手順の記載なし",
    "nothing is stated about it": "記載なし",
    "no pair that supports a cluster": "クラスタに対応しない組",
    "{count} of {most} linked arrays, flush limit {limit_s:g} s (default {default_s:g}), port {port}": (
        "連動するディスクアレイ {count} 台 (最大 {most} 台)、"
        "キャッシュフラッシュのタイムアウト {limit_s:g} 秒 (既定値 {default_s:g})、ポート {port}"
    ),
    "the product itself: {count}, one for each control node": "製品本体: {count} (制御端末ごとに 1)",
    "no linked server, no licence for one": "連動端末がないため、追加ライセンスは不要",
    "licences for linked servers: {count} ({linked} linked, {pool} pool), as packs {packs}": (
        "連動端末のライセンス: {count} (連動端末 {linked}、プールサーバ {pool})、追加ライセンス {packs}"
    ),
    "{packs} or {other}": "{packs} または {other}",
    # teiden broadcast
    "{address}: the subnet mask is missing, e.g. {example}": (
        "{address}: サブネットマスクがありません。例: {example}"
    ),
    "{address}: neither address/24 nor address/255.255.255.0, e.g. {example}": (
        "{address}: アドレス/24 でもアドレス/255.255.255.0 でもありません。例: {example}"
    ),
    "{address}: IPv6 has no broadcast; give the node's IPv4 address": (
        "{address}: IPv6 にブロードキャストはありません。制御端末の IPv4 アドレスを指定してください"
    ),
    "{address}: a /31 joins two machines and has no broadcast address": (
        "{address}: /31 は 2 台を結ぶもので、ブロードキャストアドレスがありません"
    ),
    "{address}: a /32 is one machine; who should hear it?": (
        "{address}: /32 は 1 台だけを指します。届く相手がいません"
    ),
    # config.apc and a site
    "{array} has no IPv4 address, and config.apc takes no other": (
        "{array} に IPv4 アドレスがありません。config.apc に書けるのは IPv4 だけです"
    ),
    "product {product} does not read config.apc": "製品 {product} は config.apc を使いません",
    "its linkage is set in AC Management Console; config.apc belongs to ver1.0 and ver1.02": (
        "iStorage 連携は AC Management Console で設定します。config.apc は ver1.0 と ver1.02 のものです"
    ),
    "config.apc holds one array, the site links {count} (R1-07)": (
        "config.apc に書けるディスクアレイは 1 台ですが、サイトは {count} 台を連動しています (R1-07)"
    ),
    "every further one would lose its power unflushed; ver2.1 links up to 10": (
        "2 台目以降はフラッシュされずに電源を失います。ver2.1 は 10 台まで連動できます"
    ),
    "CacheFlashWait takes whole seconds, a day at most, not {limit_s:g} s": (
        "CacheFlashWait は 1 日以内の整数の秒です。{limit_s:g} 秒は書けません"
    ),
    "the site has no linked array": "サイトに連動するディスクアレイがありません",
    "there is nothing to set in config.apc": "config.apc に設定するものがありません",
    "e.g. 192.0.2.32": "例: 192.0.2.32",
    "the linkage is switched off: no array is flushed before it is cut": (
        "iStorage 連携は無効です。電源切断の前にフラッシュされるディスクアレイはありません"
    ),
    "or ver1.0": "または ver1.0",
    "your name for it": "任意の名前",
    "the UPSes that feed them": "給電する UPS",
    # config.apc on disk
    "the file is UTF-16": "ファイルが UTF-16 です",
    "save it again as Shift_JIS (ANSI) or UTF-8": "Shift_JIS (ANSI) か UTF-8 で保存し直してください",
    "the file is binary, not text": "テキストではなくバイナリのファイルです",
    "give the path of config.apc": "config.apc のパスを指定してください",
    "the product keeps it in the folder DATA below its own": "製品のフォルダの下の DATA フォルダにあります",
    "check the path and its permissions": "パスとアクセス権を確認してください",
    "this is not a regular file": "通常のファイルではありません",
    "the file has {size} MiB; config.apc has a few lines": (
        "ファイルが {size} MiB あります。config.apc は数行のファイルです"
    ),
    "no such file": "ファイルがありません",
    "cannot be read: {reason}": "読めません: {reason}",
    "somebody else has changed it meanwhile; look at it again": (
        "その間にほかのプログラムが変更しました。内容を確認し直してください"
    ),
    # [AcStorage]
    "it is `{value}`": "現在の値は `{value}` です",
    "{what} stands twice": "{what} が 2 回あります",
    "the first stands on line {line}; which of them counts is not known, keep one": (
        "最初のものは {line} 行目です。どちらが有効か不明なため、1 つだけにしてください"
    ),
    "the file does not end with a newline (R6-47)": "ファイルが改行で終わっていません (R6-47)",
    "a byte order mark stands before the section": "セクションの前に BOM があります",
    "a comment takes a line of its own": "コメントは独立した行に書きます",
    "Ver.1.0x links one array (R1-07); only ver2.1 links more": (
        "Ver.1.0x が連動できるのは 1 台です (R1-07)。2 台以上は ver2.1 だけです"
    ),
    "the linkage is on, and no array is counted": "iStorage 連携が有効なのに、ディスクアレイの台数が 0 です",
    "there is no section [{section}]": "セクション [{section}] がありません",
    "is this config.apc, and has the linkage been set up (ISOTRAGE.exe)?": (
        "config.apc ですか。iStorage 連携 (ISOTRAGE.exe) は設定済みですか"
    ),
    "{key} takes a whole number from {least} to {most}": "{key} は {least} から {most} までの整数です",
    "[{section}] needs the key {key}": "[{section}] にキー {key} が必要です",
    "{key} takes an IPv4 address": "{key} は IPv4 アドレスです",
    "this address is not counted by {count}": "このアドレスは {count} に含まれません",
    "the product may not read its last line; end it with a newline": (
        "製品が最後の行を読まないことがあります。最後に改行を入れてください"
    ),
    "the product may not find it; let a comment line come first": (
        "製品がセクションを見つけられないことがあります。先頭にコメント行を置いてください"
    ),
    "e.g. {example}": "例: {example}",
    "its array would not be flushed": "そのディスクアレイはフラッシュされません",
    # teiden config-apc
    "{file} written. Set the same on every control node (R6-44);": (
        "{file} を書き込みました。すべての制御端末で同じ設定にしてください (R6-44)。"
    ),
    "it counts after a restart of the cluster, or of ESMPRO/ARC Service on all of them (R6-45).": (
        "クラスタの再起動、または全制御端末での ESMPRO/ARC Service の再起動後に有効になります (R6-45)。"
    ),
    "{place}: warning: {message}": "{place}: 警告: {message}",
    "{file} says what {site} says": "{file} の設定は {site} と一致しています",
    "{file} differs from {site}; nothing was written": (
        "{file} の設定は {site} と異なります。書き込みはしていません"
    ),
    "{file}: cannot be written: {reason}; it is as it was": (
        "{file}: 書き込めません: {reason}。ファイルは元のままです"
    ),
    "and a newline at the end of the file (R6-47)": "ファイルの最後に改行を追加 (R6-47)",
}
