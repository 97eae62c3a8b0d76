"""How devices are reached in live mode: what is wrong in the file, and the rules about it."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What does not fit together
    "{array} is a control array: it is never flushed": (
        "{array} は制御端末の共有ディスクです。フラッシュは行いません"
    ),
    "delete flush; its state may be asked for (S32)": "flush を削除してください。state は指定できます (S32)",
    "a CA is given, and neither a webhook nor a mail server that it would verify": (
        "ca がありますが、それで検証する webhook も mail もありません"
    ),
    "give webhook: https://... or mail: {to: ..., from: ..., server: ...}, or delete ca": (
        "webhook: https://... か mail: {to: ..., from: ..., server: ...} を書くか、ca を削除してください"
    ),
    "the mail server is told a user and no password": "メールサーバのユーザにパスワードがありません",
    "give secret: env:NAME, file:/path or cred:NAME beside it, or leave user out": (
        "並べて secret: env:NAME、file:/path、cred:NAME のいずれかを書くか、user を省いてください"
    ),
    "{ups} has snmp and nut": "{ups} に snmp と nut の両方があります",
    "one of them: it is reached by its card, or through the NUT server that knows it": (
        "どちらか一方にしてください。カードに直接つなぐか、NUT サーバを経由するかです"
    ),
    "{server} is shut down by redfish and has no bmc": "{server} は by: redfish ですが bmc がありません",
    "give bmc: {url: https://192.0.2.151, user: ..., secret: ..., ca: ...}, or delete by": (
        "bmc: {url: https://192.0.2.151, user: ..., secret: ..., ca: ...} を書くか、by を削除してください"
    ),
    "the bmc of {server} has no url": "{server} の bmc に url がありません",
    "give url: https://192.0.2.151, here or in server_defaults": (
        "ここか server_defaults に url: https://192.0.2.151 を書いてください"
    ),
    "{server} is to be woken and has no mac": "{server} に wake がありますが mac がありません",
    'give mac: "02:00:5e:00:05:01", the address of its network card': (
        'ネットワークカードのアドレスを mac: "02:00:5e:00:05:01" のように書いてください'
    ),
    "{name} is not a node of the cluster": "{name} はクラスタのノードではありません",
    "SNMP version {version} has no {key}": "SNMP バージョン {version} に {key} はありません",
    "version: 3 has it; versions 1 and 2c know a community only, in secret": (
        "version: 3 で使えます。バージョン 1 と 2c はコミュニティ名だけで、secret に書きます"
    ),
    "{server} is shut down by command and has no such command": (
        "{server} は by: command ですが shutdown のコマンドがありません"
    ),
    "give command: {shutdown: [program, argument]}, here or in server_defaults": (
        "ここか server_defaults に command: {shutdown: [program, argument]} を書いてください"
    ),
    # Values
    "a URL": "URL",
    "e.g. https://192.0.2.151": "例: https://192.0.2.151",
    "a user or a pass phrase does not stand in an address": "URL にユーザやパスワードは書けません",
    "write them as user and secret, beside it: secret: env:NAME, file:/path or cred:NAME": (
        "user と secret に分けて書いてください。secret は env:NAME、file:/path、cred:NAME のいずれかです"
    ),
    "a host with or without a port": "ホスト名（とポート番号）",
    "e.g. 192.0.2.21 or 192.0.2.21:7401": "例: 192.0.2.21、192.0.2.21:7401",
    "{value} has no such port": "{value} のポート番号が正しくありません",
    "a port is a number from 1 to 65535": "ポート番号は 1 から 65535 までです",
    "a whole path": "絶対パス",
    "from the root, e.g. /etc/teiden/keys/id: a service has no folder of its own": (
        "ルートから書きます。例: /etc/teiden/keys/id。サービスに作業フォルダはありません"
    ),
    "a host name or an IP address": "ホスト名か IP アドレス",
    "e.g. {name}.example.net": "例: {name}.example.net",
    "the id of a system": "システムの ID",
    'as below /redfish/v1/Systems: "1"': '/redfish/v1/Systems の下にある名前。例: "1"',
    "a host key": "ホスト鍵",
    "one line of ssh-keyscan, without the host in front: ssh-ed25519 AAAA...": (
        "ssh-keyscan の 1 行から先頭のホスト名を除いたもの: ssh-ed25519 AAAA..."
    ),
    "a mail address": "メールアドレス",
    "e.g. operators@example.net": "例: operators@example.net",
    # Secrets
    "commands to cards are encrypted and signed": "カードへの命令は暗号化と認証を行う",
    "why SEC-1": (
        "SNMP 1 と 2c ではコミュニティ名が平文で流れ、管理 LAN を一度傍受した者は全 UPS を切断できます。"
        "そのため命令はバージョン 3 とユーザ、パスフレーズで送り、他のバージョンのカードは読むだけです。"
        "その場合、停電時に配下の機器は切断されません。`allow_insecure: true` を指定すると平文でも命令を"
        "送ります。バージョン 3 のないカードを、他から届かないネットワークで使う場合に限ります。"
    ),
    "no name or pass phrase is one that everybody knows": "周知のユーザ名やパスフレーズを使わない",
    "why SEC-3": (
        "UPS や管理コントローラへの攻撃は、出荷時の `public`、`private`、`apc` やマニュアルに載ったパスフ"
        "レーズから始まります。環境変数やファイルにある値は `teiden doctor` が調べ、ここではサイトファイル"
        "に書かれたものを調べます。SSC 1.3 の固定パスワード `ac_passwd` は避けられないため警告です。管理"
        "コンソールを他のネットワークから切り離してください。"
    ),
    "secrets stand where only the service reads them": "秘密情報はサービスだけが読める場所に置く",
    "why SEC-14": (
        "プログラムの引数はプロセス一覧に現れ、その端末の全ユーザが読めます。環境変数はサービスが起動する"
        "全プログラムに渡り、エラー報告に出力するものも少なくありません。サービスだけが読めるファイル"
        "（`file:`、モード 0600）か systemd のクレデンシャル（`cred:`）ならどちらも起きません。"
    ),
    "the cluster's manager": "クラスタマネージャ",
    "the user {user} of {who} is one that devices are shipped with": (
        "{who} のユーザ {user} は出荷時から存在する名前です"
    ),
    "the community of {ups} is one that everybody knows, or short enough to be guessed": (
        "{ups} のコミュニティ名は周知のものか、推測できる長さです"
    ),
    "the community that commands {ups} stands in this file": (
        "{ups} を操作できるコミュニティ名がこのファイルに書かれています"
    ),
    "{secrets}: the environment is handed to every program that the service starts": (
        "{secrets}: 環境変数はサービスが起動する全プログラムに渡ります"
    ),
    "commands to {upses} go out in plain text: who hears that LAN can switch them off": (
        "{upses} への命令は平文です。LAN を傍受した者は UPS を切断できます"
    ),
    "{upses}: SNMP version {version} is only read; every command to it would be refused": (
        "{upses}: SNMP バージョン {version} は読み取り専用です。命令はすべて拒否されます"
    ),
    "{upses}: version 3 without a user or a pass phrase commands nothing": (
        "{upses}: バージョン 3 でもユーザとパスフレーズがなければ操作できません"
    ),
    "a pass phrase that everybody knows is given to a program": (
        "プログラムに周知のパスフレーズを渡しています"
    ),
    "a program is given a pass phrase as an argument: every user of the node can read it": (
        "パスフレーズを引数で渡しています。ノードの全ユーザが読めます"
    ),
    "a user of its own, with the rights it needs and no more": "必要な権限だけを持つ専用のユーザ",
    "secret: file:/path, cred:NAME or env:NAME with one of your own": (
        "secret: file:/path、cred:NAME、env:NAME のいずれかに独自のもの"
    ),
    "secret: file:/path, cred:NAME or env:NAME instead of user": (
        "user の代わりに secret: file:/path、cred:NAME、env:NAME のいずれか"
    ),
    "cred:NAME, a credential of systemd, or file:/path, mode 0600": (
        "cred:NAME（systemd のクレデンシャル）か file:/path（モード 0600）"
    ),
    "let the program read it from a file that only the service reads": (
        "サービスだけが読めるファイルからプログラムに読ませる"
    ),
    "version: 3 with user and secret, on the card too": "version: 3 と user、secret（カード側も設定）",
    "allow_insecure: true, if the cards know no version 3": (
        "allow_insecure: true（カードがバージョン 3 に対応していない場合）"
    ),
    "user, and secret: file:/path, cred:NAME or env:NAME": (
        "user と、secret: file:/path、cred:NAME、env:NAME のいずれか"
    ),
    "SSC 1.3 demands it: keep that console off every other network": (
        "SSC 1.3 では必須。管理コンソールを他のネットワークから切り離す"
    ),
    "one of its own, in a file that only the program reads": (
        "独自のものを、プログラムだけが読めるファイルに置く"
    ),
    # Ways
    "servers are logged in to with a key of their own, and their host keys are pinned": (
        "サーバごとの鍵でログインし、ホスト鍵を固定する"
    ),
    "why SEC-7": (
        "サービスは、サーバ側で 1 つのプログラムに限定した鍵でログインします。鍵がなければログインできま"
        "せん。`host_key` がなければ、そのアドレスで応答した誰もが「停止済み」と答えられ、稼働中に電源が"
        "切られます。最初に示された鍵を信用することはありません。1 つの鍵を複数のサーバで使うと、漏れたと"
        "きに全サーバが開きます。"
    ),
    "controllers, manager and alarms are reached over TLS that is checked": (
        "管理コントローラ、マネージャ、通報先との通信は検証した TLS で行う"
    ),
    "why SEC-8": (
        "管理コントローラにはパスワードを送り、サーバの強制停止を命じます。http なら経路上の誰もが、証明書"
        "を検証しなければ成り代わった相手が、それを知ります。`ca:` には CA かコントローラ自身の証明書を"
        "指定し、それ以外は信用しません。指定がなければコントローラに接続しません。ループバックアドレスの"
        "ようにノードの外に出ない通信に TLS は不要です。"
    ),
    "the control nodes reach each other and prove who they are": "制御端末が互いに通信し、相手を確認できる",
    "why LIVE-3": (
        "指揮するのは常に 1 台です。クラスタが停止し共有ディスクも切れている間は、専用の CA による証明書で"
        "守られた通信で、どちらが指揮するかを決めます。相手の声が聞こえないノードには沈黙と停止の区別がつか"
        "ず、自分を停止するだけで、相手が始めた処理は引き継がれません。"
    ),
    "no key is stated for {servers}: nobody can tell them to shut down": (
        "{servers} の鍵がありません。シャットダウンを要求できません"
    ),
    "the host key of {servers} is not pinned: they are never logged in to": (
        "{servers} のホスト鍵が固定されていません。ログインしません"
    ),
    "{servers} are opened by the same key, {key}": "{servers} の鍵が同じです（{key}）",
    "the controller of {servers} is told its password in plain text": (
        "{servers} の管理コントローラにパスワードを平文で送ります"
    ),
    "no certificate is pinned for the controller of {servers}": (
        "{servers} の管理コントローラの証明書が固定されていません"
    ),
    "what is said to {where} crosses the network in plain text": "{where} との通信が平文です",
    "nobody knows where {nodes} can be reached by the other control nodes": (
        "他の制御端末から {nodes} に接続する宛先がありません"
    ),
    "{nodes} are said to listen at the same place": "{nodes} の待ち受け先が同じです",
    "{nodes} have no certificates for each other: their link stays closed": (
        "{nodes} の相互の証明書がありません。互いに接続できません"
    ),
    "shutdown key: /path/of/the/key, e.g. /etc/teiden/keys/{name}": (
        "shutdown key: 鍵のパス。例: /etc/teiden/keys/{name}"
    ),
    "shutdown host_key: what ssh-keyscan -t ed25519 prints after the host's name": (
        "shutdown host_key: ssh-keyscan -t ed25519 の出力のホスト名より後"
    ),
    "url: https://..., and ca: the certificate to trust": "url: https://... と、ca: 信用する証明書",
    "bmc ca: /path/of/the/certificate that is trusted, and no other": "bmc ca: 信用する唯一の証明書のパス",
    "live peers: {control1: HOST, control2: HOST}, or each node's address": (
        "live peers: {control1: HOST, control2: HOST}、または各ノードの address"
    ),
    "live identity: ca, certificate and key, with {node} in the paths": (
        "live identity: ca、certificate、key（パスには {node} を使える）"
    ),
    "TLS, or an address on the node itself": "TLS、またはノード自身のアドレス",
    # Places
    "nothing that the service needs lies on an array of the site": (
        "サービスに必要なファイルは、どのディスクアレイにも置かない"
    ),
    "why LIVE-2": (
        "停電時には全ディスクアレイの電源を、このサービス自身が切ります。そこに置いたジャーナルは最も必要な"
        "ときに失われ、鍵やパスフレーズがそこにあれば、誰もディスクアレイの電源を入れられません。`mounts:` "
        "には、制御端末でのマウントポイントを書きます。ここではパスを書かれたとおりに比べます。リンクやボリュ"
        "ームグループ、ブロックデバイスまで見るのはサービスで、そこにあれば起動しません。`teiden doctor` は"
        "それを事前に知らせます。"
    ),
    "{path} lies on {array}, which is switched off ({place})": (
        "{path} は電源を切られる {array} の上にあります（{place}）"
    ),
    "{path} and {n} more lie on {array}, which is switched off ({place})": (
        "{path} ほか {n} 件が、電源を切られる {array} の上にあります（{place}）"
    ),
    "a path on the node's own disk": "ノード自身のディスクのパス",
    "name of the failover group": "フェイルオーバグループ名",
    # Sight
    "every server can be seen to have halted": "全サーバの停止を確認できる",
    "why LIVE-1": (
        "応答しなくなったサーバは、停止したのか、書き込みながらハングしたのか分かりません。知っているのは"
        "管理コントローラか、外から調べるプログラムだけです。どちらもない連動端末は停止を確認できず、共有"
        "ディスクのフラッシュは UPS の停止を確認してからか、上限の時間になってからです。制御端末にない場合、"
        "相手のノードは停止したことを知り得ず、それを前提とする命令を出しません。"
    ),
    "every linked server can be told to shut down": "全連動端末にシャットダウンを要求できる",
    "why LIVE-4": (
        "UPS は、要求が届いたかどうかにかかわらず上限の時間で切断されます。アドレスも管理コントローラも"
        "プログラムもないサーバは、停電のたびに稼働中に電源を失います。"
    ),
    "{servers} are never proven halted: their array waits for its limit": (
        "{servers} の停止を確認できません。共有ディスクは上限の時間まで待ちます"
    ),
    "{nodes} are never proven dead: the other node does not command in their place": (
        "{nodes} の停止を確認できません。相手のノードは代わりに指揮しません"
    ),
    "bmc: {url: https://..., ...}, or command: {state: [program, ...]}": (
        "bmc: {url: https://..., ...}、または command: {state: [program, ...]}"
    ),
    "nobody can tell {servers} to shut down": "{servers} にシャットダウンを要求する手段がありません",
    "shutdown host, by: redfish with a bmc, or by: command": (
        "shutdown host、または by: redfish と bmc、または by: command"
    ),
}
