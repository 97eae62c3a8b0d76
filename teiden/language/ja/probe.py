"""`teiden probe`: what a UPS card says."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{where}: neither HOST nor HOST:PORT": "{where}: ホスト でもホスト:ポート でもありません",
    "a secret stands in env:NAME, file:PATH or cred:NAME, not on the command line": (
        "パスフレーズはコマンドラインに書かず、env:名前、file:パス、cred:名前 で指定します"
    ),
    "version 3 needs --user and --secret": "バージョン 3 には --user と --secret が必要です",
    "outlet groups belong to --mib apc": "アウトレットグループは --mib apc でだけ指定できます",
    "SNMP is not installed: {command}": "SNMP が入っていません: {command}",
    "table": "MIB",
    "card": "カード",
    "model": "型番",
    "firmware": "ファームウェア",
    "hears its UPS": "UPS との通信",
    "mains": "商用電源",
    "output is on": "出力 ON",
    "on battery": "バッテリ運転",
    "low battery": "バッテリ低下",
    "OFF counts down": "OFF 待機中",
    "charge": "充電率",
    "runtime": "運転可能時間",
    "load": "負荷",
    "card up for": "カードの稼働時間",
    "shutdown delay": "電源切断猶予時間",
    "power-off delay": "電源切断遅延時間",
    "low-battery runtime": "LowBattery検出後の動作可能時間",
    "return delay": "復帰遅延時間",
    "least charge to return": "復帰に必要な充電量",
    "odd": "不自然な値",
    "unknown": "不明",
    "yes": "はい",
    "no": "いいえ",
    "{where}: {words}": "{where}: {words}",
    "{where}: authentication: {words}": "{where}: 認証に失敗しました: {words}",
    "{where}: {words}. Is it on, is this its address, is SNMPv3 enabled, may this machine ask it?": (
        "{where}: {words}。電源、アドレス、このマシンからのアクセス許可、SNMPv3 の有効化を確認してください"
    ),
    "{where}: {words}. A wrong community is answered by silence too;"
    " or it is off, elsewhere, or SNMPv{version} is disabled": (
        "{where}: {words}。コミュニティ名が違う場合も応答はありません。"
        "電源、アドレス、SNMPv{version} の有効化も確認してください"
    ),
}
