"""`teiden doctor`: its table, and what it finds of the site, of UPSes and of the outlets."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Titles of checks
    "answers": "応答",
    "makes sense": "値の妥当性",
    "power": "電源",
    "battery": "バッテリ",
    "looks": "応答時間",
    "settings": "設定値",
    "plan as set": "実設定での計画",
    "no twins": "重複なし",
    "lets us write": "書き込み権限",
    "state": "状態",
    "seen to halt": "停止の確認",
    "woken by": "起動方法",
    "certificate": "証明書",
    "power returns": "復電時の動作",
    "MAC address": "MAC アドレス",
    "told over SSH": "SSH での指示",
    "nothing else": "ほかの操作",
    "AC mode": "AC モード",
    "version": "バージョン",
    "floating IP": "フローティング IP",
    "SSC": "SSC",
    "journal's disk": "ジャーナルのディスク",
    "free space": "空き容量",
    "its folders": "フォルダ",
    "secrets": "秘密情報",
    "SSH keys": "SSH 鍵",
    "certificates": "証明書",
    "stop file": "停止ファイル",
    "time": "時刻",
    "service": "サービス",
    "alone": "競合なし",
    "its version": "製品バージョン",
    "asks SSC at": "SSC の接続先",
    "ports out": "送信ポート",
    "ports in": "受信ポート",
    "kept apart": "網の分離",
    "its rules": "ルール",
    "its stories": "シナリオ",
    "outlets": "コンセント",
    # The table
    "{done} of {all} checks": "{all} 項目中 {done} 項目",
    "{name} is no device of this site; known: {known}": (
        "{name} はこのサイトの装置ではありません。あるもの: {known}"
    ),
    "{path}: fill it in, then: teiden doctor SITE --wiring {path}": (
        "{path}: 記入後に実行: teiden doctor SITE --wiring {path}"
    ),
    "{node}, this node": "{node}（このノード）",
    "{site}, the site": "{site}（サイト）",
    "{fail} failed, {warn} to look at, {ok} well": "異常 {fail} 件、要確認 {warn} 件、正常 {ok} 件",
    "{names} and {n} more": "{names} ほか {n} 件",
    "and {n} more": "ほか {n} 件",
    "every step is done": "全手順が完了しています",
    "next: step {n}, {title}": "次の手順: {n}. {title}",
    "hardware: UPSes, cards, outlets, AC-Link": "ハードウェア: UPS、カード、コンセント、AC-Link",
    "the cluster, and SigmaSystemCenter if there is one": "クラスタと、あれば SigmaSystemCenter",
    "the reference product beside it, if there is one": "並べて使う既存製品（あれば）",
    "this service on every control node": "全制御端末のこのサービス",
    "its users, keys and secrets": "ユーザ、鍵、秘密情報",
    "servers and arrays": "サーバとディスクアレイ",
    "the network": "ネットワーク",
    "settings of the UPSes, AC mode of the cluster": "UPS の設定と、クラスタの AC モード",
    "the same file on both nodes": "両ノードで同じサイトファイル",
    "`teiden check`, `teiden prove`, then `teiden live --arm`": (
        "`teiden check`、`teiden prove`、最後に `teiden live --arm`"
    ),
    "not finished within {limit:g} s": "{limit:g} 秒以内に終わりませんでした",
    "look at this one alone: --only {name}": "これだけを調べる: --only {name}",
    "{n:.0f} days": "{n:.0f} 日",
    "{n:.0f} h": "{n:.0f} 時間",
    "{n:.0f} min": "{n:.0f} 分",
    "{n:.3g} s": "{n:.3g} 秒",
    "{n:.0f} s": "{n:.0f} 秒",
    "mend what it says, then look again": "表示された原因を直し、もう一度調べる",
    # UPS: reached
    "set user, protocols and pass phrases alike at the card and in the site file": (
        "ユーザー名、方式、パスフレーズをカードとサイトファイルでそろえる"
    ),
    "check the cable from the card to its UPS, or seat the card anew": (
        "カードと UPS の接続を確かめる。またはカードを挿し直す"
    ),
    "{words}; it answers the MIB {mib}": "{words}（応答する MIB: {mib}）",
    "set mib: {mib} at this UPS in the site file": "サイトファイルのこの UPS を mib: {mib} にする",
    "look at it with `teiden probe`; is this the address of its UPS?": (
        "`teiden probe` で調べる。この UPS のアドレスですか"
    ),
    "write into the site file how it is reached (docs/howto/connections.md)": (
        "接続方法をサイトファイルに書く (docs/howto/connections.md)"
    ),
    "is upsd running at {host}, does it know {ups}?": (
        "{host} で upsd は動いていますか。{ups} を知っていますか"
    ),
    "is it on, is {host} its address, may this node ask it (udp {port})?"
    " A wrong community is answered by silence too": (
        "電源は入っていますか。アドレスは {host} で、このノードから udp {port} が通りますか。"
        "コミュニティ名が違う場合も応答はありません"
    ),
    "is it on, is {host} its address, is SNMPv3 enabled, may this node ask it (udp {port})?": (
        "電源は入っていますか。アドレスは {host} で、SNMPv3 は有効で、このノードから udp {port} が通りますか"
    ),
    "by its NUT server": "NUT サーバー経由",
    "; card up for {time}": "、カードの稼働 {time}",
    "{model}, firmware {firmware}, MIB {mib}{uptime}": (
        "{model}、ファームウェア {firmware}、MIB {mib}{uptime}"
    ),
    "model unknown": "型番不明",
    "taken as unknown; newer firmware of the card may tell it": (
        "不明として扱います。カードの新しいファームウェアなら正しい値が出ることがあります"
    ),
    "no mains: it is on battery now": "商用電源なし: 現在バッテリ運転",
    "wait until the mains are back, then look again": "復電を待ってもう一度調べる",
    "an OFF counts down": "OFF 待機中",
    "somebody is switching it off: find out who before going on": (
        "誰かが停止させています。先に進む前に確かめてください"
    ),
    "its output is off: nothing behind it has power": "出力 OFF: 接続機器に電源がありません",
    "switch it on, then look again": "ON にしてもう一度調べる",
    "mains, output on": "商用電源あり、出力 ON",
    ", load {load:g} %": "、負荷 {load:g} %",
    "the card says that its battery needs replacing": "バッテリ交換が必要とカードが通知",
    "replace the battery": "バッテリを交換する",
    "the battery is low": "バッテリ低下",
    "let it charge; if it does not, replace it": "充電を待つ。充電されなければ交換する",
    "it does not tell its charge, or how long it lasts": "充電量または残り運転時間が得られません",
    "test the battery by hand; a restart waits for a charge that nobody tells": (
        "バッテリを手動で試験する。充電量が不明だと再起動は待ち続けます"
    ),
    "charge {charge:g} %, lasts {time} now": "充電量 {charge:g} %、現在の残り運転時間 {time}",
    "; the site file counts on {time} at full load": "（サイトファイルは全負荷で {time} を前提）",
    "look again when it is charged": "充電後にもう一度調べる",
    "replace the battery, lessen the load, or set runtime lower and check the site again": (
        "バッテリを交換する、負荷を減らす、または runtime を下げてサイトを再検査する"
    ),
    "p95 of {n} looks {ms:.0f} ms, limit {limit}": "{n} 回の p95 {ms:.0f} ミリ秒（上限 {limit}）",
    "raise polling.timeout, or find what slows the card or the network down": (
        "polling.timeout を上げる。またはカードやネットワークが遅い原因を調べる"
    ),
    "{lost} of {n} looks without an answer": "{n} 回中 {lost} 回応答なし",
    "look for loss on the way: a bad cable, a busy switch, two with one address": (
        "経路の損失を調べる: ケーブル不良、スイッチの過負荷、アドレスの重複"
    ),
    # UPS: settings, firmware, rights
    "every card that tells its settings has those of the site file": (
        "設定を応答する全カードがサイトファイルと一致"
    ),
    "with what the cards are set to, the site breaks {rules}": (
        "カードの実際の設定ではルール {rules} に違反します"
    ),
    "set the cards as the site file says; `teiden check --explain {rule}` says why": (
        "カードをサイトファイルどおりに設定する。理由は `teiden check --explain {rule}`"
    ),
    "every rule that holds for the site file holds with what the cards are set to": (
        "カードの実際の設定でも、サイトファイルで満たすルールをすべて満たします"
    ),
    "{upses} are one and the same UPS ({what})": "{upses} は同じ UPS です（{what}）",
    "one of the addresses of {upses} is wrong; compare the serial numbers on the units": (
        "{upses} のどちらかのアドレスが違います。本体の製造番号と照合する"
    ),
    "{n} different cards": "別々のカード {n} 枚",
    "serial number {mark}": "製造番号 {mark}",
    "SNMP engine {mark}": "SNMP エンジン {mark}",
    "as in the site file: {settings}": "サイトファイルどおり: {settings}",
    "{setting}: {asked:g} {unit} in the site file; the card does not tell it": (
        "{setting}: サイトファイル {asked:g} {unit}、カードは応答しません"
    ),
    "look at the card's own pages whether it is so": "カードの設定画面で確かめる",
    "{setting}: {asked:g} {unit} in the site file, {got:g} {unit} at the card": (
        "{setting}: サイトファイル {asked:g} {unit}、カード {got:g} {unit}"
    ),
    "; cards of this kind make {rounded:g} {unit} of it": (
        "（この種のカードでは {rounded:g} {unit} に丸められます）"
    ),
    "set it at the card, or write {got:g} {unit} into the site file and check it again": (
        "カードを設定し直す。または {got:g} {unit} をサイトファイルに書いて再検査する"
    ),
    "TLStorm: anybody on its network can replace its firmware": (
        "TLStorm: 同じネットワークからファームウェアを書き換えられます"
    ),
    "a static factory password opens its Telnet": "出荷時の固定パスワードで Telnet に入れます",
    "{trouble} ({source})": "{trouble}（{source}）",
    "install newer firmware; until then let nobody but the control nodes reach it": (
        "新しいファームウェアを入れる。それまでは制御ノード以外から届かないようにする"
    ),
    "none of those known to be open to attack; the list is short": (
        "既知の脆弱なものではありません（一覧は少数です）"
    ),
    "SNMP version {version} is only read: every command would be refused": (
        "SNMP バージョン {version} は読み取りのみ: 指示はすべて拒否されます"
    ),
    "not tried: it takes a write": "未確認: 書き込みが必要です",
    "`--try-write` writes one setting back as it is": "`--try-write` で設定 1 つを今の値のまま書き戻します",
    "a setting was written back as it was, and taken": "設定 1 つを今の値のまま書き戻せました",
    "set the access type of our user to Write+ at the card, and log out of its pages": (
        "カードでこのユーザーのアクセス種別を Write+ にし、設定画面からログアウトする"
    ),
    "look at the setting with `teiden probe`, and try again": "`teiden probe` で設定を見て、もう一度試す",
    # What was shown before
    "`teiden check SITE --live` says why, and what to set instead": (
        "理由と直し方は `teiden check SITE --live`"
    ),
    "no error; warnings: {rules}": "エラーなし、警告: {rules}",
    "every rule of live mode holds": "ライブモードのルールをすべて満たします",
    "until then `teiden live --arm` is refused": "それまで `teiden live --arm` は拒否されます",
    "proved: it may be armed": "証明済み: 有効化できます",
    # Outlets
    "{where}: unknown key {key}": "{where}: 不明なキー {key}",
    "{where}: at: {told} is no day such as 2026-11-20": (
        "{where}: at: {told} は 2026-11-20 のような日付ではありません"
    ),
    "{where}: keys with values are expected": "{where}: キーと値の組が必要です",
    "`teiden doctor SITE --write-wiring FILE` makes a form": (
        "`teiden doctor SITE --write-wiring FILE` で書式を作れます"
    ),
    "this is no record of outlet wiring": "コンセント配線の記録ではありません",
    "pull the plug of one supply at a time, watch, and write it into {file}": (
        "電源プラグを 1 本ずつ抜いて確かめ、{file} に記入する"
    ),
    "confirmed for other UPSes ({then}); the site file says {now}": (
        "別の UPS で確認済み（{then}）。サイトファイルは {now}"
    ),
    "not confirmed: {upses}": "未確認: {upses}",
    "nobody has recorded what hangs on which UPS": "どの機器がどの UPS につながるか、記録がありません",
    "`teiden doctor SITE --write-wiring FILE` makes a form; fill it in, then --wiring FILE": (
        "`teiden doctor SITE --write-wiring FILE` で書式を作り、記入して --wiring FILE で渡す"
    ),
    "{file} names what is not in the site: {devices}": "{file} にサイトにないものがあります: {devices}",
    "make the form anew with --write-wiring: what still fits is kept": (
        "--write-wiring で作り直す。合う記録は残ります"
    ),
}
