"""`teiden doctor`: what it finds of servers, arrays, the cluster, this node and its ports."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Arrays
    "by a program": "プログラム経由",
    "array protocol {n}, as {name}": "アレイプロトコル {n}、名前 {name}",
    "{words} ({by})": "{words}（{by}）",
    "look at the array's own console; nothing is started behind it as it is": (
        "アレイの管理画面で確かめる。このままでは配下を起動しません"
    ),
    "look again when it is ready": "準備完了後にもう一度調べる",
    "somebody has asked it to flush: is an outage under way?": (
        "フラッシュが指示されています。停電処理中ですか"
    ),
    "run its `state` command by hand, as the service's user": (
        "サービスのユーザーで `state` コマンドを手動実行する"
    ),
    "correct the address of {name} in the site file": "サイトファイルの {name} のアドレスを直す",
    "install the service of this version in front of the array (docs/array-protocol.md)": (
        "アレイの前にこのバージョンのサービスを入れる (docs/array-protocol.md)"
    ),
    "set one shared word at the service and in the site file (secret)": (
        "サービスとサイトファイルに同じ合言葉を設定する (secret)"
    ),
    "is its service running at {host}, does the firewall let tcp {port} through?": (
        "{host} でサービスは動いていますか。ファイアウォールは tcp {port} を通しますか"
    ),
    # The cluster
    "CLUSTERPRO {version}": "CLUSTERPRO {version}",
    "install its update 9.02 (CPRO-XW010-01)": "アップデート 9.02 (CPRO-XW010-01) を適用する",
    "{ip} is here": "{ip} はこのノードにあります",
    "{ip} is not here, and {holder} holds it": "{ip} はここになく、{holder} が保持",
    "{ip} is here, and {holder} holds the cluster": "{ip} はここにありますが、クラスタは {holder} が保持",
    "{ip} is not here, and this node holds the cluster": (
        "クラスタはこのノードが保持していますが {ip} がありません"
    ),
    "look at the floating IP resource in the cluster's manager": (
        "クラスタの管理画面でフローティング IP リソースを確かめる"
    ),
    "{where}: {why}": "{where}: {why}",
    "is SigmaSystemCenter's service running; does the firewall let tcp {port} through?": (
        "SigmaSystemCenter のサービスは動いていますか。ファイアウォールは tcp {port} を通しますか"
    ),
    "answers at {where}": "{where} で応答",
    "it is {state}": "状態: {state}",
    "look again when it runs": "稼働中にもう一度調べる",
    "running; no single node holds its groups": "稼働中。グループが 1 つのノードにそろっていません",
    "move all groups to one node, or name the one that counts (cluster.manager.group)": (
        "全グループを 1 つのノードに移す。または基準にするものを指定する (cluster.manager.group)"
    ),
    "running, held by {holder}; nodes {nodes}": "稼働中、{holder} が保持、ノード {nodes}",
    "call the nodes in the site file as the cluster does (cluster.nodes)": (
        "サイトファイルのノード名をクラスタに合わせる (cluster.nodes)"
    ),
    "name a group that there is (cluster.manager.group)": (
        "存在するグループを指定する (cluster.manager.group)"
    ),
    "is its REST service on at {url}, with this user?": (
        "{url} で REST サービスは有効ですか。ユーザーは正しいですか"
    ),
    "run its `state` command by hand, as the service's user (CLUSTERPRO: clpstat)": (
        "サービスのユーザーで `state` コマンドを手動実行する (CLUSTERPRO: clpstat)"
    ),
    "{program} does not tell: {words}": "{program} では分かりません: {words}",
    "run it by hand on every node": "全ノードで手動実行する",
    "{told}; the site file says ac_mode: {asked}": "{told}。サイトファイルは ac_mode: {asked}",
    "`clpacmode enable` on every node, then stop and start the cluster": (
        "全ノードで `clpacmode enable` を実行し、クラスタを停止して起動する"
    ),
    # This node
    "in a rehearsal it may lie anywhere; on the real node it may not": (
        "リハーサルではどこでもよいですが、実ノードではいけません"
    ),
    "name another path in the site file (live.journal)": "サイトファイルで別のパスを指定する (live.journal)",
    "{mb:,.0f} MB free at {folder}": "{folder} に空き {mb:,.0f} MB",
    "{path}; nobody says what of {arrays} is mounted here": (
        "{path}。{arrays} の何がここにマウントされるか書かれていません"
    ),
    "name it in the site file, [] for nothing: arrays.{array}.mounts": (
        "サイトファイルに書く。なければ []: arrays.{array}.mounts"
    ),
    "runs with": "動作中の設定",
    "run it as the service's user; is the service itself well?": (
        "サービスのユーザで実行する。サービスは動いているか"
    ),
    "another site file than this one, since {since} ({armed})": (
        "別のサイトファイルで {since} から動作中（{armed}）"
    ),
    "prove this one, then start the service anew: until then it does not count": (
        "このファイルを検証し、サービスを再起動する。それまでは反映されない"
    ),
    "this very site file, since {since} ({armed})": "このサイトファイルで {since} から動作中（{armed}）",
    "make room, or put the journal elsewhere (live.journal)": (
        "空きを作る。またはジャーナルを移す (live.journal)"
    ),
    "make room: it should have {mb:,.0f} MB": "空きを作る: {mb:,.0f} MB 必要です",
    "{folder} is not there": "{folder} がありません",
    "the service's unit makes it at its start": "サービスのユニットが起動時に作ります",
    "everybody may write into {folder}": "{folder} には誰でも書き込めます",
    "chmod o-w {folder}": "chmod o-w {folder}",
    "others may write {path}": "{path} にほかのユーザーが書き込めます",
    "chmod go-w {path}": "chmod go-w {path}",
    "nobody else may write into them": "ほかのユーザーは書き込めません",
    "copy this one to it and start its service anew": "このファイルをコピーし、そのサービスを再起動する",
    "{node} runs Teiden {theirs}, this node {ours}": "{node} は Teiden {theirs}、このノードは {ours}",
    "install the same version on both": "両方に同じバージョンを入れる",
    "the clock of {node} differs by {skew:+.1f} s, limit {limit}": (
        "{node} の時計のずれ {skew:+.1f} 秒（上限 {limit}）"
    ),
    "let both follow the same time server": "両方を同じ時刻サーバーに合わせる",
    "armed": "有効",
    "watching": "監視のみ",
    "{node}: same site file, same version, {armed}": "{node}: 同じサイトファイル、同じバージョン、{armed}",
    "{path} is there: nothing is commanded": "{path} があります: 何も指示しません",
    "remove it when it has served": "用が済んだら削除する",
    "{path} is not there": "{path} はありません",
    "{path}: this user may not look": "{path}: このユーザーでは確かめられません",
    "run it as the service's user": "サービスのユーザーで実行する",
    "`teiden certificates SITE --out DIR` makes them; copy this node's here": (
        "`teiden certificates SITE --out DIR` で作り、このノードの分をコピーする"
    ),
    "valid until {day}": "{day} まで有効",
    "`teiden certificates SITE --out DIR --renew`, then copy each node's": (
        "`teiden certificates SITE --out DIR --renew` の後、各ノードの分をコピーする"
    ),
    "{node}: the site file does not say where it listens": "{node}: 待ち受け先がサイトファイルにありません",
    "name its address there (live.peers)": "サイトファイルにアドレスを書く (live.peers)",
    "{node}: {why}": "{node}: {why}",
    "does its service run, does the firewall let the port through, is its certificate from the same CA?": (
        "サービスは動いていますか。ファイアウォールはポートを通しますか。証明書は同じ CA のものですか"
    ),
    "{node} has another site file": "{node} のサイトファイルが違います",
    "{folder} is there, and no Version.txt or .reginfo in it": (
        "{folder} はありますが、Version.txt も .reginfo もありません"
    ),
    "install the product anew with its updates, or remove what is left of it": (
        "製品をアップデートも含めて入れ直す。または残りを削除する"
    ),
    "{path}: {model} {version}": "{path}: {model} {version}",
    "no version": "バージョンなし",
    "install {model} {version} with its updates on every control node": (
        "全制御ノードに {model} {version} をアップデートも含めて入れる"
    ),
    "{path} says localhost": "{path} に localhost とあります",
    "write the floating IP in its place, on every control node: {ip}": (
        "全制御ノードでフローティング IP に書き換える: {ip}"
    ),
    "{path} does not name {ip}": "{path} に {ip} がありません",
    "look where it asks SigmaSystemCenter": "SigmaSystemCenter の接続先を確かめる",
    "others may read {path}": "{path} をほかのユーザーが読めます",
    "chmod 600 {path}": "chmod 600 {path}",
    "{n} of {n}, each readable for us alone": "{n} 件中 {n} 件、読めるのはこのサービスだけ",
    "{n} of {n}, each readable for us alone, none that everybody knows": (
        "{n} 件中 {n} 件、読めるのはこのサービスだけで、既知の値でもありません"
    ),
    "alarms": "警報",
    "{who}: {why}": "{who}: {why}",
    "{where} of {who}: {weak}": "{who} の {where}: {weak}",
    "choose one of your own, 12 characters or more, at the device and here": (
        "12 文字以上の独自のものを、装置とここの両方に設定する"
    ),
    "run this with the service's credentials: systemd-run --pty"
    " -p LoadCredential={name}:PATH ... (docs/howto/doctor.md)": (
        "サービスの資格情報つきで実行する: systemd-run --pty"
        " -p LoadCredential={name}:PATH ... (docs/howto/doctor.md)"
    ),
    "set {name} for the service, or better use cred: or file:": (
        "サービスに {name} を設定する。cred: か file: がより安全です"
    ),
    "write it into that file, chmod 600, owned by the service's user": (
        "そのファイルに書き、chmod 600 とし、サービスのユーザーの所有にする"
    ),
    "no key named": "鍵の指定なし",
    "ssh-keygen -t ed25519 -N '' -f {path}": "ssh-keygen -t ed25519 -N '' -f {path}",
    "stop and remove it: this site is switched by one program": (
        "停止して削除する: このサイトの電源操作は 1 つのプログラムで行います"
    ),
    "no other program here that switches UPSes": "UPS を操作するほかのプログラムはありません",
    "synchronised": "同期済み",
    "its clock is not synchronised": "時計が同期していません",
    "set a time server (chrony, systemd-timesyncd)": "時刻サーバーを設定する (chrony, systemd-timesyncd)",
    "timedatectl does not tell: {words}": "timedatectl では分かりません: {words}",
    "see by hand that its clock is kept": "時計が合っているか手動で確かめる",
    "systemctl does not tell: {words}": "systemctl では分かりません: {words}",
    "see that something starts `teiden live` at boot": "起動時に `teiden live` が始まるようにする",
    "{unit} is not installed": "{unit} が入っていません",
    "install packaging/teiden.service (docs/howto/service.md)": (
        "packaging/teiden.service を入れる (docs/howto/service.md)"
    ),
    "{unit} does not start at boot": "{unit} が起動時に始まりません",
    "systemctl enable {unit}": "systemctl enable {unit}",
    "{unit} is enabled, and does not run now": "{unit} は有効ですが、今は動いていません",
    "systemctl start {unit}": "systemctl start {unit}",
    "{unit} is enabled and runs": "{unit} は有効で稼働中",
    "{program} runs here": "{program} がここで動いています",
    # Ports
    "{protocol} to {what}": "{protocol} {what}宛て",
    "{protocol} {port} to {what}": "{protocol} {port} {what}宛て",
    "{what} ({n})": "{what}（{n}）",
    "{words}: open": "{words}: 通ります",
    "{words}: no answer from {devices}": "{words}: 応答なし {devices}",
    "let it through, if the device is on; its own row says more": (
        "装置の電源が入っているなら通す。詳しくはその装置の行"
    ),
    "tcp {port} from the other nodes": "tcp {port} ほかのノードから",
    "{words}: {why}": "{words}: {why}",
    "the service does not run here now; the firewall could not be tried": (
        "今ここでサービスは動いておらず、ファイアウォールは確かめられません"
    ),
    "{words}: the service listens": "{words}: サービスが待ち受け中",
    "udp {port} from the UPS cards, for traps; not tried": "udp {port} UPS カードから（トラップ用、未確認）",
    "cards and servers are reached over one network ({address})": (
        "カードとサーバーへの経路が同じネットワークです（{address}）"
    ),
    "put the cards on a management network of their own, or close it to the servers": (
        "カードを専用の管理ネットワークに置く。またはサーバーから届かないようにする"
    ),
    "cards and servers are reached over different networks": "カードとサーバーは別のネットワーク",
    "UPS cards": "UPS カード",
    "controllers": "管理コントローラ",
    "servers, SSH": "サーバーの SSH",
    "arrays": "アレイ",
    "other nodes": "ほかのノード",
    "NUT servers": "NUT サーバー",
    # Servers
    "{told}, as in the site file": "{told}（サイトファイルどおり）",
    "{mac} in the site file; its controller names none": "サイトファイルは {mac}、コントローラは応答しません",
    "compare it with the label, or with `ip link` on the server": (
        "ラベル、またはサーバーの `ip link` と照合する"
    ),
    "{mac} in the site file; it has {told}": "サイトファイルは {mac}、実際は {told}",
    "write the address of the interface that stays awake into the site file": (
        "待機中も動くインターフェースのアドレスをサイトファイルに書く"
    ),
    "{mac}, as in the site file": "{mac}（サイトファイルどおり）",
    "it boots": "起動する",
    "it stays off": "停止のまま",
    "as it was before": "直前の状態に戻る",
    "compare it at the controller's own console, and pin it anew: {ca}": (
        "コントローラの画面で照合し、登録し直す: {ca}"
    ),
    "is {url} its controller's address, may this node ask it?": (
        "{url} はこのコントローラのアドレスですか。このノードから届きますか"
    ),
    "the pinned one; valid until {day}": "登録済みのもの、{day} まで有効",
    "renew it, and pin the new one": "更新し、新しいものを登録する",
    "the other node could not see this one halt; mend it": (
        "ほかのノードからこのノードの停止が見えません。直してください"
    ),
    "its controller does not tell; the site file says: {asked}": (
        "コントローラは応答せず、サイトファイルは「{asked}」"
    ),
    "look into its BIOS (AC-Link, Restore on AC Power Loss)": (
        "BIOS を確かめる (AC-Link, Restore on AC Power Loss)"
    ),
    "{told}; the site file says: {asked}": "「{told}」。サイトファイルは「{asked}」",
    "set it in its BIOS, or ac_link in the site file and check it again": (
        "BIOS を直す。またはサイトファイルの ac_link を直して再検査する"
    ),
    "{skew:+.1f} s against ours, limit {limit}": "このノードとの差 {skew:+.1f} 秒（上限 {limit}）",
    "{mac} by a packet to {where}": "{where} 宛てパケットで {mac}",
    "it leaves by one interface only; name the network's own: {known}": (
        "1 つのインターフェースからしか出ません。そのネットワークのものを指定する: {known}"
    ),
    "{words}, which is no broadcast of this node's networks": (
        "{words}。このノードのネットワークのブロードキャストではありません"
    ),
    "see that the routers let it through, or name one of {known}": (
        "ルーターが通すか確かめる。または {known} から指定する"
    ),
    "up": "稼働中",
    "halted": "停止",
    "booting": "起動中",
    "its service": "サービス",
    "a program": "プログラム",
    "its controller": "コントローラ",
    "its SSH port": "SSH ポート",
    "nothing": "なし",
    "this node": "このノード",
    "is it on? else check address, network and rights of: {ways}": (
        "電源は入っていますか。次のアドレス、経路、権限を確かめる: {ways}"
    ),
    "{state}, by {ways}": "{state}（{ways}）",
    "look again when it is up: what only a running system tells was not looked at": (
        "稼働中にもう一度調べる: 動いていないと分からない項目は未確認です"
    ),
    "nobody would see that it has halted": "停止したことを確認できるものがありません",
    "give it a bmc, or a command: state, in the site file": "サイトファイルに bmc か command: state を書く",
    "`{command}` is neither run nor refused in our words: {said}": (
        "`{command}` は実行も所定の拒否もされません: {said}"
    ),
    "Windows: the pinned host key, our key, and a command that runs": (
        "Windows: 登録済みのホスト鍵とこちらの鍵で、コマンドが実行されました"
    ),
    "the pinned host key, our key, and `state` answers {said}": (
        "登録済みのホスト鍵とこちらの鍵で、`state` の応答は {said}"
    ),
    "to `state` it says: {said}": "`state` への応答: {said}",
    "force the key to packaging/teiden-answer (docs/howto/drivers.md)": (
        "鍵を packaging/teiden-answer に限定する (docs/howto/drivers.md)"
    ),
    "compare it with what the server's own console shows; only then pin it in the site file": (
        "サーバーのコンソールの表示と照合してから、サイトファイルに登録する"
    ),
    "put the public half of {key} into authorized_keys of {user}": (
        "{key} の公開鍵を {user} の authorized_keys に入れる"
    ),
    "log in by hand: ssh -i {key} {user}@{host} state": (
        "手動でログインする: ssh -i {key} {user}@{host} state"
    ),
    "a command that is none of ours is refused": "所定外のコマンドは拒否されます",
    "the key runs any command: `{command}` was answered {said}": (
        "この鍵で任意のコマンドを実行できます: `{command}` の応答 {said}"
    ),
    'write restrict,command="..." before the key in authorized_keys (docs/howto/drivers.md)': (
        'authorized_keys の鍵の前に restrict,command="..." を書く (docs/howto/drivers.md)'
    ),
}
