"""What `teiden import` says, and what it writes into a draft."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The command
    "nothing was written; name another file, or move this one": (
        "何も書き込んでいません。別のファイル名を指定するか、このファイルを移動してください"
    ),
    "found: {counts}; to do: {left}; not understood: {n}": (
        "見つかったもの: {counts}、要確認: {left} 件、読み取れなかったもの: {n} 件"
    ),
    "{path} written. What it lacks says: teiden check {path}": (
        "{path} を書きました。足りない設定は次で分かります: teiden check {path}"
    ),
    # The draft
    "A draft, made by `teiden import` from {files}.": "`teiden import` が {files} から作った下書きです。",
    "TO DO marks what these files cannot tell: find it out, write it down, delete the mark.": (
        "TO DO は元のファイルからは分からないことです。調べて書き込み、印を消してください。"
    ),
    "After every change ask: teiden check, with the name of this file. No secret stands here.": (
        "変更のたびに、このファイルに teiden check を実行してください。パスワードは書かれていません。"
    ),
    "feeds: where mains come from; one name for each independent supply": (
        "feeds: 商用電源の系統。独立した系統ごとに名前を 1 つ"
    ),
    "its name": "名前",
    "what this site is called": "このサイトの名前",
    "ver1.0, ver1.02 or ver2.1: the generation of the power-control product": (
        "ver1.0、ver1.02、ver2.1 のいずれか。電源制御製品の世代"
    ),
    "ver1.0 or ver1.02: which one has this config.apc": "この config.apc がある製品は ver1.0 か ver1.02 か",
    "e.g. Asia/Tokyo; without it schedules and logs use UTC": (
        "例 Asia/Tokyo。指定がないとスケジュールとログは UTC になります"
    ),
    "キャッシュフラッシュのタイムアウト of the product's console; without it the product's own": (
        "製品のコンソールの「キャッシュフラッシュのタイムアウト」。指定がないと製品の既定値"
    ),
    "every UPS: its number, the address of its card, its feed, confirm and runtime": (
        "すべての UPS: 番号、カードのアドレス、給電系統、電源異常確認時間、バッテリ運転時間"
    ),
    "every server: its role, its UPSes, its arrays, how it is shut down": (
        "すべてのサーバー: 役割、UPS、使用するアレイ、シャットダウンの方法"
    ),
    "every disk array: its role, its address, what feeds its controllers and enclosures": (
        "すべてのディスクアレイ: 役割、アドレス、コントローラーとエンクロージャーに給電する UPS"
    ),
    "every LAN and FC switch with the UPSes that feed it: without it no card answers": (
        "すべての LAN・FC スイッチと給電する UPS。スイッチが止まるとカードは応答しません"
    ),
    "the address of its SNMP card": "SNMP カードのアドレス",
    "how its card is reached: mib, version, user, secret": "カードへの接続: mib、version、user、secret",
    "the mains supply that it hangs on, one name for each independent one": (
        "つながっている商用電源の系統。独立した系統ごとに名前を 1 つ"
    ),
    "how long mains must be away before it counts as an outage; the product's 電源異常確認時間": (
        "停電とみなすまでの時間。製品の「電源異常確認時間」"
    ),
    "what its battery lasts at full load; its data sheet, or better a measured discharge": (
        "全負荷でのバッテリ運転時間。仕様書の値、できれば実測した放電時間"
    ),
    "its 電源切断猶予時間, as its card or the product's console shows it; without it 180s counts": (
        "「電源切断猶予時間」。カードまたは製品のコンソールで確認。指定がないと 180s"
    ),
    "its LowBattery検出後の動作可能時間, from the same place; without it 120s counts": (
        "「LowBattery検出後の動作可能時間」。同じ画面で確認。指定がないと 120s"
    ),
    "its number in your drawings; it was counted in the order of the file": (
        "図面での番号。ファイルに現れた順に付けてあります"
    ),
    "control: the cluster's own, never flushed; linked: flushed, then cut": (
        "control: クラスター自身のディスク（フラッシュしない）、linked: フラッシュしてから切断"
    ),
    "the UPSes that feed its controllers, below upses": "コントローラーの UPS。upses の下に書きます",
    "the UPSes that feed its disk enclosures, below upses": "エンクロージャーの UPS。upses の下に書きます",
    "where it is asked to flush": "フラッシュを要求する先のアドレス",
    "control: a node of the cluster; linked: stopped and started by it; pool: never started": (
        "control: クラスターのノード、linked: 連動して停止・起動、pool: 起動しない"
    ),
    "the UPSes of its power supplies": "電源ユニットに給電する UPS",
    "the arrays that it uses; [] for none": "使用するアレイ。なければ []",
    "cluster for a node; ssh, redfish or command: how its system is shut down": (
        "ノードなら cluster、ほかは ssh、redfish、command のいずれか。OS のシャットダウン方法"
    ),
    "how long its shutdown takes at most; measured, with a margin": (
        "シャットダウンにかかる時間の上限。実測値に余裕を加える"
    ),
    "its MAC address, if it is woken over the LAN": "MAC アドレス（LAN 経由で起動する場合）",
    "the control servers; the first commands while no cluster runs": (
        "制御サーバー。クラスターが動いていない間は先頭が指揮します"
    ),
    "the cluster's name, up to 15 letters and digits": "クラスターの名前。英数字 15 文字まで",
    "the cluster's タイムアウト時間: after it the nodes' systems are forced": (
        "クラスターの「タイムアウト時間」。過ぎるとノードの OS を強制停止します"
    ),
    "the address that moves with the commander": "指揮するノードとともに移るアドレス",
    "where the nodes call each other; without it 255.255.255.255": (
        "ノードどうしの呼び出し先。指定がないと 255.255.255.255"
    ),
    "{key} is said twice, and differently": "{key} が 2 か所で異なっています",
    "{place} says {value}": "{place} では {value} です",
    "nothing is called {name} here": "{name} という名前のものはここにありません",
    # NUT
    "how long mains must be away; {place} starts a timer of {seconds} s": (
        "停電とみなすまでの時間。{place} は {seconds} 秒のタイマーを始めます"
    ),
    "{place} calls it {name}": "{place} での名前は {name}",
    "{place}: it only watches {ups}, which feeds it nothing": (
        "{place}: {ups} は監視しているだけで、給電されていません"
    ),
    "upsmon waits before it shuts down: {waits} seconds": "upsmon がシャットダウン前に待つ時間: {waits} 秒",
    "no UPS is called {name}": "{name} という UPS はありません",
    "apc or rfc1628: which tables its card answers, `teiden probe {ups}` shows it; {was}": (
        "apc か rfc1628 か。カードが応答する表で、`teiden probe {ups}` で分かります。{was}"
    ),
    "put the community of {place} into {file}, mode 0600, owner teiden": (
        "{place} のコミュニティ名を {file} に書きます（モード 0600、所有者 teiden）"
    ),
    "this version sends commands in plain text and is only read; set the card to version 3, or allow it": (
        "命令が平文になるため読み取り専用です。カードをバージョン 3 にするか、許可してください"
    ),
    "{place}: {driver}, a cable to the machine where upsd runs": (
        "{place}: {driver}。upsd が動くマシンにケーブルでつながっています"
    ),
    "snmp-ups finds it by trying": "snmp-ups は試して見つけます",
    "the name that stands as secName at {place}": "{place} の secName にある名前",
    "put the {what} of {place} into {file}, mode 0600, owner teiden": (
        "{place} の {what} を {file} に書きます（モード 0600、所有者 teiden）"
    ),
    "no upsd.users was read": "upsd.users は読み込まれていません",
    "who may give commands (instcmds) to upsd: {users}": (
        "upsd に命令できる（instcmds のある）ユーザー: {users}"
    ),
    "{ups} names no driver": "{ups} に driver がありません",
    "snmp-ups takes the address of its card as port": "snmp-ups の port にはカードのアドレスを書きます",
    "{value} is no port": "{value} はポート番号ではありません",
    "{value} is no version of SNMP": "{value} は SNMP のバージョンではありません",
    "{allowed}; {was}": "{allowed}。{was}",
    "{value} is no name of a host": "{value} はホスト名ではありません",
    "the address of the machine whose upsd knows it, as control nodes reach it": (
        "この UPS を管理する upsd があるマシンの、制御ノードから届くアドレス"
    ),
    "{key} takes seconds": "{key} には秒数を書きます",
    "no file says it": "どのファイルにも書かれていません",
    "a section has no name in brackets": "セクションに角かっこで囲んだ名前がありません",
    "the setting {key} is not understood": "設定 {key} は読み取れません",
    "MONITOR takes the name of a UPS and of its host": "MONITOR には UPS 名とホスト名を書きます",
    "MONITOR takes a power value, a whole number": "MONITOR には電源数を整数で書きます",
    "{key} needs a value": "{key} に値がありません",
    "START-TIMER takes a name and seconds": "START-TIMER には名前と秒数を書きます",
    "{place} wants {least} supplies, and its UPSes feed unlike numbers of them": (
        "{place} は電源 {least} 個を求めていますが、UPS ごとに給電する数が異なります"
    ),
    "which machine {file} is of: give it a name, NAME={file}": (
        "{file} がどのマシンのものか。NAME={file} と名前を付けて指定します"
    ),
    "MINSUPPLIES takes a whole number from 1 to {most}, the sum of its power values": (
        "MINSUPPLIES は 1 から {most}（電源数の合計）までの整数です"
    ),
    "ssh, redfish or command; until now it runs what stands at {place}": (
        "ssh、redfish、command のいずれか。今は {place} にある命令を実行しています"
    ),
    "{place}: here the UPS is cut by a script of this machine; end that when Teiden cuts it": (
        "{place}: 今はこのマシンのスクリプトが UPS を切断します。Teiden に任せるときはやめてください"
    ),
    "close it on the same line": "同じ行で閉じてください",
    # An inventory
    "this quotation mark is never closed": "引用符が閉じられていません",
    "close it, or write a quotation mark in a cell twice": "閉じるか、セルの中の引用符は 2 つ重ねてください",
    "{value} is no whole number": "{value} は整数ではありません",
    "`teiden import csv --template` shows the columns": "列は `teiden import csv --template` で分かります",
    "{value} is no kind of device": "{value} という種類はありません",
    "{place} is the first": "最初は {place} です",
    "a {kind} has no {column}": "{kind} に {column} はありません",
    "the file has no rows": "ファイルに行がありません",
    "there is no column {name}": "列 {name} がありません",
    "the column {name} is not understood": "列 {name} は読み取れません",
    "the column {name} stands twice": "列 {name} が 2 回あります",
    "the cell was left out": "このセルは使いませんでした",
    "this cell has no heading": "このセルには見出しがありません",
    "the row has no {name}": "この行に {name} がありません",
    "a second {kind}: {name} stands already": "{kind} が 2 つあります。{name} がすでにあります",
    "{value} is neither yes nor no": "{value} は yes でも no でもありません",
    "ups, array, server, switch, cluster or site": (
        "ups、array、server、switch、cluster、site のいずれか（UPS は ups または 電源装置）"
    ),
    "letters, digits, _ and -": "英数字、_、-",
    "what people call it, in any script": "呼び名。日本語可",
    "a UPS's number in drawings": "UPS の図面での番号",
    "of a UPS its card; of a cluster the floating address": "UPS はカード、クラスターはフローティング IP",
    "which mains supply a UPS hangs on": "UPS がつながる商用電源の系統",
    "the UPSes that feed it, with spaces between": "給電する UPS。空白で区切る",
    "of an array whose controllers hang on others than its enclosures": (
        "アレイのコントローラーがエンクロージャーと別の UPS につながるとき"
    ),
    "the UPSes of its disk enclosures": "エンクロージャーに給電する UPS",
    "the arrays that a server uses": "サーバーが使用するアレイ",
    "server: control, linked or pool; array: control or linked": (
        "サーバー: control、linked、pool。アレイ: control、linked"
    ),
    "a server is woken by it": "サーバーの起動に使う",
    "e.g. 930s": "例 930s",
    "at full load, e.g. 25m": "全負荷で。例 25m",
    "e.g. 180s": "例 180s",
    "e.g. 120s": "例 120s",
    "yes or no": "yes または no",
    "e.g. 60s": "例 60s",
    "e.g. 15%": "例 15%",
    "low numbers first": "小さい番号が先",
    "e.g. 720s": "例 720s",
    "1, 2c or 3": "1、2c、3 のいずれか",
    "apc or rfc1628": "apc または rfc1628",
    "of version 3": "バージョン 3 のユーザー",
    "where it stands, never itself: env:NAME, file:PATH or cred:NAME": (
        "パスワードそのものではなく場所: env:NAME、file:PATH、cred:NAME"
    ),
    "it runs while this many of its UPSes give power": "動作に必要な、給電中の UPS の数",
    "boot, stay_off or last_state (BIOS)": "boot、stay_off、last_state のいずれか（BIOS）",
    "ssh, redfish, command or cluster": "ssh、redfish、command、cluster のいずれか",
    "if it is not its address": "アドレスと異なるとき",
    "a server's, or the cluster's, e.g. 180s": "サーバーまたはクラスターの上限。例 180s",
    "of the cluster": "クラスターのもの",
    "of the cluster's calls": "クラスターの呼び出し用",
    "ver1.0, ver1.02 or ver2.1": "ver1.0、ver1.02、ver2.1 のいずれか",
    "e.g. Asia/Tokyo": "例 Asia/Tokyo",
    "e.g. 300s": "例 300s",
    # Files
    "say what it is: `teiden import nut`, `config-apc` or `csv`, then the file": (
        "種類を指定してください: `teiden import nut`、`config-apc`、`csv` のあとにファイル"
    ),
    "give it its own name: {names}": "本来の名前を付けてください: {names}",
    "what this file is cannot be told from its content": "内容からは何のファイルか分かりません",
    "the file is in none of the encodings that are read": "読める文字コードではありません",
    "save it as UTF-8, or as Shift_JIS": "UTF-8 または Shift_JIS で保存してください",
    "at most {most} MiB are read": "{most} MiB まで読めます",
    "give a text file": "テキストファイルを指定してください",
    "the file has {size} MiB": "ファイルが {size} MiB あります",
}
