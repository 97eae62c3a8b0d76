"""What `teiden check` finds, and the words of its report. Titles and reasons: `rules_why.py`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The report
    "error": "エラー",
    "warning": "警告",
    "note": "参考",
    "safe": "安全",
    "unsafe": "危険",
    "{verdict}: {counts} in {n} rules.": "{verdict}: {counts}（規則 {n} 件）。",
    "`--all` lists every rule,": "`--all` で全規則を表示、",
    "`--explain {rule}` the reasoning.": "`--explain {rule}` で理由を表示。",
    "0 errors": "エラー 0 件",
    "1 error": "エラー 1 件",
    "{n} errors": "エラー {n} 件",
    "0 warnings": "警告 0 件",
    "1 warning": "警告 1 件",
    "{n} warnings": "警告 {n} 件",
    "0 notes": "参考 0 件",
    "1 note": "参考 1 件",
    "{n} notes": "参考 {n} 件",
    "1 UPS": "UPS 1 台",
    "{n} UPSes": "UPS {n} 台",
    "1 array": "ディスクアレイ 1 台",
    "{n} arrays": "ディスクアレイ {n} 台",
    "1 server": "サーバ 1 台",
    "{n} servers": "サーバ {n} 台",
    "1 pool server": "プールサーバ 1 台",
    "{n} pool servers": "プールサーバ {n} 台",
    "1 cluster": "クラスタ 1 組",
    "1 schedule": "運転スケジュール 1 件",
    "{n} schedules": "運転スケジュール {n} 件",
    "tightest rules": "余裕の小さい規則",
    "{title}: needs {needs}, has {has}, {left:+.0f} {unit} ({brief})": (
        "{title}: 必要 {needs}、設定 {has}、{left:+.0f} {unit}（{brief}）"
    ),
    "   {short} {unit} short": "   {short} {unit} 不足",
    "set": "対策",
    "  or": "または",
    " and ": "、および ",
    "or less": "以下",
    "or more": "以上",
    "or later": "以降",
    "Values to set are worked out for the first {count} findings; mend these first.": (
        "対策の値は先頭の {count} 件についてだけ計算しました。まずこれらを直してください。"
    ),
    "{rule}{also}: {title}. {broken}": "{rule}{also}: {title}。{broken}",
    " (also {ids})": "（別名 {ids}）",
    "Broken, it is an error.": "違反はエラーです。",
    "Broken, it is a warning.": "違反は警告です。",
    "Broken, it is a note.": "違反は参考情報です。",
    "no rule is called {rule}": "{rule} という規則はありません",
    "known: {ids}": "規則の一覧: {ids}",
    # Confirm times and the linked stop
    "control nodes": "制御端末",
    "control disk": "制御端末の共有ディスク",
    "linked servers": "連動端末",
    "linked disk": "連動端末の共有ディスク",
    "{ups} confirms after {confirm_s:g} s, {others} after {longest:g} s": (
        "{ups} の電源異常確認時間は {confirm_s:g} 秒、{others} は {longest:g} 秒"
    ),
    "{upper} ({above}) confirms after {upper_s:g} s, not later than {lower} ({below}) after {lower_s:g} s": (
        "{upper}（{above}）の電源異常確認時間 {upper_s:g} 秒が、{lower}（{below}）の {lower_s:g} 秒より"
        "長くない"
    ),
    "{ups} rides out a sag": "{ups} は瞬時電圧低下では動作しない",
    "a sag": "瞬時電圧低下",
    "{ups} counts as out after {confirm_s:g} s; a flicker stops what it feeds": (
        "{ups} は {confirm_s:g} 秒で電源異常と確定し、瞬断だけで接続機器が停止する"
    ),
    "control outlives the linked stop": "制御端末は連動停止が終わるまで動作する",
    "control outlives the linked stop {how}": "制御端末は連動停止が終わるまで動作する（{how}）",
    "control does not outlive the linked stop {how}": "制御端末が連動停止の終わりまで動作しない（{how}）",
    "control does not outlive the linked stop {how}; it is held that long (S5)": (
        "制御端末の確認時間は連動停止の終わりに届かない（{how}）が、その間は停止を保留する (S5)"
    ),
    "when every look comes late": "状態確認がすべて遅れた場合",
    "when a card dies with its UPS": "SNMP カードが UPS とともに停止する場合",
    "when a UPS is never seen off": "UPS の停止を確認できない場合",
    "every look comes late": "状態確認の遅れ",
    "a card that goes off with its UPS": "UPS とともに停止するカード",
    "a UPS never seen off, seen_off_limit": "停止を確認できない UPS、seen_off_limit",
    "the control site stops while {arrays} may still be flushing": (
        "{arrays} がまだフラッシュ中かもしれないうちに制御側が停止する"
    ),
    "the control site stops while the linked side is still stopping": (
        "連動側がまだ停止処理中に制御側が停止する"
    ),
    "   (each control battery then needs {needs_s} s)": (
        "   （このとき制御側の各バッテリは {needs_s} 秒必要）"
    ),
    ", if the arrays may be flushed at once": "（ディスクアレイを同時にフラッシュできる場合）",
    ", if the array's manual allows it": "（ディスクアレイの説明書が許す場合）",
    # Batteries and shutdown
    "batteries last for a full stop": "バッテリは停止の完了までもつ",
    "{ups}'s battery ends before the stop does": "{ups} のバッテリは停止が終わる前に尽きる",
    "no runtime is stated for {upses}: nothing proves the battery": (
        "{upses} のバッテリ動作時間 (runtime) が未記入のため、足りるか確認できない"
    ),
    "runtime: what it lasts at full load, measured or from the maker's table; {ups} needs {needs_s:g} s": (
        "runtime: 最大負荷での動作時間（実測値またはメーカの表）。{ups} は {needs_s:g} 秒必要"
    ),
    ", if the cluster really stops that fast": "（クラスタが本当にその時間で停止する場合）",
    "a battery of {value} or more behind {upses}": "{upses} に {value} 以上もつバッテリ",
    "linked servers halt before their UPS is off": "連動端末は自分の UPS が切れる前に停止する",
    "control nodes halt before the control disk is cut": "制御端末は共有ディスクの電源断より前に停止する",
    "control nodes halt before their UPS is off": "制御端末は自分の UPS が切れる前に停止する",
    "{ups} off = {made_of}": "{ups} 停止 = {made_of}",
    "grace {value}": "電源切断猶予時間 {value}",
    "off delay {value}": "停止遅延 {value}",
    "{ups} grace": "{ups} 電源切断猶予時間",
    "{ups} off delay": "{ups} 停止遅延",
    "{ups} shutdown_delay": "{ups} 電源切断猶予時間",
    "low_battery_runtime": "LowBattery検出後の動作可能時間",
    "force_before": "強制停止の先行時間",
    "fixed": "固定値",
    "sent after the halt": "停止確認後に送信",
    "{server} limit": "{server} の上限",
    "its stop jobs": "停止ジョブ",
    "no linked server is forced early": "連動端末は早まって強制停止されない",
    "{server} may take {limit_s:g} s but is forced off at once": (
        "{server} の停止は {limit_s:g} 秒までかかり得るが、直ちに強制停止される"
    ),
    "{server} may take {limit_s:g} s but is forced off after {forced_s:g} s": (
        "{server} の停止は {limit_s:g} 秒までかかり得るが、{forced_s:g} 秒後に強制停止される"
    ),
    "{servers} may still be shutting down when {ups} takes its disk away": (
        "{servers} がシャットダウン中に {ups} がディスクの電源を切るおそれがある"
    ),
    "{servers} may still be shutting down when {ups} takes its power away": (
        "{servers} がシャットダウン中に {ups} が電源を切るおそれがある"
    ),
    ", if that is enough for a clean shutdown": "（正常なシャットダウンに足りる場合）",
    # Who is fed by what
    "the control side": "制御側",
    "the servers": "サーバ",
    "a linked disk": "連動端末の共有ディスク",
    "{ups} feeds {said}; its OFF for one is a power cut for the other": (
        "{ups} は {said} に給電している。一方のための OFF が他方の電源断になる"
    ),
    "feed {moved} from UPSes of their own": "{moved} を専用の UPS につなぐ",
    "nothing draws from {ups}": "{ups} には何もつながっていない",
    "all supplies of {server} ({upses}) hang on feed {feed}": (
        "{server} の電源（{upses}）がすべて同じ系統 {feed} につながっている"
    ),
    "no LAN switch is stated: nothing shows that a card answers during an outage": (
        "LAN スイッチの記述がなく、停電中に SNMP カードが応答するか確認できない"
    ),
    "name the LAN switches and their UPSes under `switches:`": (
        "`switches:` に LAN スイッチとその UPS を書く"
    ),
    "{switch} ({kind}) is on no UPS": "{switch} ({kind}) が UPS につながっていない",
    "{switch} needs {minimum_supplies} supplies, {count} on a UPS": (
        "{switch} は {minimum_supplies} 系統必要だが、UPS につながるのは {count} 系統"
    ),
    "the LAN outlives the control side": "LAN は制御側より長く動作する",
    "{switch} goes dark before the control side has stopped": "{switch} は制御側の停止より先に電源が切れる",
    "control side, {ups}": "制御側 {ups}",
    "{name}, stops with the control side": "{name}（制御側とともに停止）",
    "{name} is switched off": "{name} は切断される",
    "{name}, no runtime stated": "{name}（動作時間が未記入）",
    "{name} runtime": "{name} の動作時間",
    "feed it from the control nodes' UPSes": "制御端末の UPS につなぐ",
    # Cards and addresses
    "no card is stated for {silent}: nobody can read or switch it": (
        "{silent} の SNMP カードが未記入で、監視も操作もできない"
    ),
    "card: the address of its network card": "card: SNMP カードのアドレス",
    "{who} have the same card, {card}": "{who} のカードが同じ: {card}",
    "{who} have the same number, {number}": "{who} の番号が同じ: {number}",
    "{who} have the same address, {address}": "{who} のアドレスが同じ: {address}",
    "{key} {value_s:g}s is the factory value; set one on purpose on the card of {who}": (
        "{key} {value_s:g}s は出荷時の値。{who} のカードに意図した値を設定する"
    ),
    "{key} {asked:g}{unit} is no value that the cards of {upses} know; they keep {got:g}{unit}": (
        "{key} {asked:g}{unit} は {upses} のカードにない値で、{got:g}{unit} に補正される"
    ),
    "{host} is a name; the name server may be off before it is asked": (
        "{host} は名前。問い合わせる前にネームサーバが停止しているかもしれない"
    ),
    "{key}: its address": "{key}: アドレスで書く",
    "a poll is over before the next": "状態取得は次の取得までに終わる",
    "polling timeout": "状態取得のタイムアウト",
    "between two polls": "状態取得の間隔",
    "a poll may take {timeout_s:g} s, the next one comes after {period_s:g} s": (
        "状態取得は {timeout_s:g} 秒かかり得るが、次の取得は {period_s:g} 秒後に始まる"
    ),
    # Arrays
    "control node {server} uses {name}, which is flushed and cut before it": (
        "制御端末 {server} が {name} を使っているが、{name} は先にフラッシュされ電源が切られる"
    ),
    "{server} uses {name}, a control array: those are never flushed": (
        "{server} が制御端末の共有ディスク {name} を使っているが、これはフラッシュされない"
    ),
    "linked arrays fit the product": "連動するディスクアレイの台数",
    "linked arrays": "連動ディスクアレイ",
    "{count} linked arrays, {product} links {most}": (
        "連動ディスクアレイ {count} 台、{product} は {most} 台まで"
    ),
    "{array} has no address; nobody can ask it to flush": (
        "{array} にアドレスがなく、フラッシュを要求できない"
    ),
    "control": "制御端末",
    "linked": "連動端末",
    "of the {side} disks' UPSes {on} restart when the mains return, {off} do not": (
        "{side}の共有ディスクの UPS のうち、復電時に {on} はリブートし、{off} はしない"
    ),
    "{ups} warm-up time {time_s:g} s is no multiple of 360 s": (
        "{ups} の Warm-UP 時間 {time_s:g} 秒は 360 秒の倍数でない"
    ),
    "{array}: the controllers' {early} (rank {rank}) are not switched on "
    "after the enclosures' {enclosures} (rank {last})": (
        "{array}: コントローラの {early}（Warm-UP 順位 {rank}）が DE の {enclosures}（順位 {last}）より"
        "後に起動しない"
    ),
    "flush_limit {limit_s:g} s is below the {default_s:g} s of {product}; "
    "only if the array's manual allows it": (
        "flush_limit {limit_s:g} 秒は {product} の {default_s:g} 秒より短い。ディスクアレイの説明書が許"
        "す場合だけ可"
    ),
    "control_stop: document does not wait for a flush that still runs": (
        "control_stop: document は実行中のフラッシュを待たない"
    ),
    "no linked server uses {array}": "{array} を使う連動端末がない",
    # The cluster and the groups
    "{cluster} is not linked to the power service": "{cluster} のクラスタ連携が無効",
    "an outage shuts the nodes of {cluster} down one by one": (
        "停電時に {cluster} のサーバが一台ずつシャットダウンされる"
    ),
    "{cluster} does not tell of shutdowns from its manager": (
        "{cluster} はクラスタマネージャからのシャットダウンを通知しない"
    ),
    ", after `clpacmode enable` on every node and a restart of the cluster": (
        "（全制御端末で `clpacmode enable` を実行し、クラスタを再起動したうえで）"
    ),
    "{address} is no broadcast address": "{address} はブロードキャストアドレスでない",
    "{node} ({address}) is not reached by {broadcast}": "{node} ({address}) には {broadcast} が届かない",
    ", the same on every server, which then needs a restart": (
        "（全サーバで同じ値にし、全サーバを再起動する）"
    ),
    "port {port} instead of {usual}: set it on every server and restart them all": (
        "ポートが {usual} でなく {port}: 全サーバに設定し、全サーバの再起動が必要"
    ),
    "the floating address {address} is each node itself": (
        "フローティングアドレス {address} は各制御端末自身を指す"
    ),
    "floating_ip: the address that moves with the cluster's group": (
        "floating_ip: クラスタのグループとともに移動するアドレス"
    ),
    "two control nodes or more": "制御端末は 2 台以上",
    "nodes": "台",
    "{cluster} has {count} node; two or more are needed": "{cluster} の制御端末が {count} 台。2 台以上必要",
    "{server} is a control node but no node of {cluster}": (
        "{server} は制御端末だが {cluster} に属していない"
    ),
    "{node} has no address; its peer cannot find it": (
        "{node} にアドレスがなく、相手の制御端末から見つからない"
    ),
    "address: its own, not the floating one": "address: フローティングでない固有のアドレス",
    "nodes: two control servers or more, each on a UPS": "nodes: 制御端末 2 台以上、それぞれ UPS につなぐ",
    "nodes: name {server} too": "nodes: {server} も加える",
    "{cluster}'s floating IP": "{cluster} のフローティング IP",
    "server": "サーバ",
    "{ups} feeds {what} {servers} but is a device of {group}": (
        "{ups} は{what} {servers} に給電するが、{group} の連動装置になっている"
    ),
    "{ups} feeds {what} {servers} but stands in no group": (
        "{ups} は{what} {servers} に給電するが、どのグループにも属していない"
    ),
    "power: [{ups}] in the group of those servers": "そのサーバのグループに power: [{ups}]",
    "{ups} is the power of {group}, but feeds {missing} outside it": (
        "{ups} は {group} の電源装置だが、グループ外の {missing} にも給電している"
    ),
    "{ups} feeds {arrays} but is no group's device": (
        "{ups} は {arrays} に給電するが、どのグループの連動装置でもない"
    ),
    "devices: [{ups}] in the group above its servers": "使用するサーバの上位グループに devices: [{ups}]",
    "{ups} is a device of {group}, but {missing} stand elsewhere": (
        "{ups} は {group} の連動装置だが、{missing} は別の場所に属している"
    ),
    "{array}'s UPSes stand in several groups: {groups}": (
        "{array} の UPS が複数のグループに分かれている: {groups}"
    ),
    "devices: [{upses}] in one group": "一つのグループに devices: [{upses}]",
    "{server} stands below {arrays} but does not say that it uses it": (
        "{server} は {arrays} の下位グループにあるが、使用すると書かれていない"
    ),
    "arrays: what it uses; or another group": "arrays: 使用するディスク。または別のグループへ",
    "cluster name": "クラスタ名",
    "server name": "サーバ名",
    "{what} {name} has {count} characters, {most} at most": (
        "{what} {name} は {count} 文字。{most} 文字まで"
    ),
    "{what} {name} may have ASCII letters and digits only": "{what} {name} に使えるのは半角英数字だけ",
    "{what} {name} has a hyphen; not every version accepts it": (
        "{what} {name} にハイフンがある。受け付けない版がある"
    ),
    "a name such as {plain}": "例えば {plain}",
    "a name without it, such as {plain}": "ハイフンのない名前、例えば {plain}",
    # The way up
    "control node {server} does not boot when its power returns, and nobody can wake it": (
        "制御端末 {server} は給電されても起動せず、起動させる者もいない"
    ),
    "{server} has no MAC address: halted with its power on, it cannot be woken": (
        "{server} に MAC アドレスがなく、給電されたまま停止すると起動できない"
    ),
    "mac: the address of its Wake-on-LAN interface": "mac: Wake-on-LAN に使うアドレス",
    "{server} stays off when its power returns (ac_link: {ac_link}); only Wake-on-LAN brings it back": (
        "{server} は給電されても起動しない (ac_link: {ac_link})。Wake-on-LAN だけが頼り"
    ),
    "{server} stays off when its power returns (ac_link: {ac_link}); it has no MAC address either": (
        "{server} は給電されても起動せず (ac_link: {ac_link})、MAC アドレスもない"
    ),
    ", in its BIOS and here": "（BIOS とこのファイルの両方）",
    "pool server {server} boots by itself when {upses} is switched on": (
        "プールサーバ {server} は {upses} の投入でひとりでに起動する"
    ),
    "the site starts by itself, {off} stay off until somebody presses the button": (
        "サイトは自動起動だが、{off} はボタンを押すまで停止したまま"
    ),
    "{ups} stays off until it holds {has_pct:g} %, which a battery may never say": (
        "{ups} は充電が {has_pct:g} % になるまで停止したままだが、そこまで達しないことがある"
    ),
    "{ups} can go off again right after its return": "{ups} は復帰直後に再び停止できる",
    "charge until it is off": "停止するまでに必要な充電率",
    "{ups} charge to return": "{ups} の復帰充電量",
    "{ups} comes back with {has_pct:g} %; until it is off again it needs {need_pct:g} %": (
        "{ups} は {has_pct:g} % で復帰するが、再び停止するまでに {need_pct:g} % が必要"
    ),
    "{ups} carries a stop right after a start": "{ups} は起動直後の停電にも耐える",
    "charge for a full stop": "停止完了に必要な充電率",
    "charge waited for": "起動前に待つ充電率",
    "{ups} needs {need_pct:.0f} % of its battery for a full stop; "
    "after an outage it is used again from {charged_pct:.0f} %": (
        "{ups} は停止完了にバッテリの {need_pct:.0f} % を要するが、停電後は {charged_pct:.0f} % から再"
        "び使われる"
    ),
    "mains stable before anything starts": "起動前に電源が安定している",
    "mains that come and go": "断続する電源",
    "mains back for {stable_s:g} s may be flapping still": (
        "復電から {stable_s:g} 秒ではまだ断続中かもしれない"
    ),
    "ready is seen twice": "ready を 2 回確認する",
    "a poll": "状態取得の間隔",
    "ready for {hold_s:g} s may have been seen only once": (
        "{hold_s:g} 秒では ready を 1 回しか確認できないことがある"
    ),
    "a gap between servers' UPSes": "サーバの UPS を投入する間隔",
    "{count} servers' UPSes are switched on without a look between": (
        "サーバの UPS {count} 台を、間に確認を挟まずに投入する"
    ),
    "servers' UPSes can be seen off": "サーバの UPS の停止を確認できる",
    "silence counts as off": "無応答を停止とみなすまで",
    "a poll on battery": "バッテリ運転中の状態取得間隔",
    "after {limit_s:g} s a UPS that took its card along is not proved off yet": (
        "{limit_s:g} 秒では、カードとともに停止した UPS の停止をまだ確認できない"
    ),
    # Typical values
    "{what} within its limit": "{what}（上限以内）",
    "typical, from model:": "標準値 (model:)",
    "{what} in {typical_s:g} s, its limit is {limit_s:g} s; {otherwise}": (
        "{what}: 標準 {typical_s:g} 秒、上限 {limit_s:g} 秒。{otherwise}"
    ),
    "{cluster} typically stops": "{cluster} の標準の停止時間",
    "{cluster} typically starts": "{cluster} の標準の起動時間",
    "{server} typically shuts down": "{server} の標準の停止時間",
    "{server} typically boots": "{server} の標準の起動時間",
    "{array} typically flushes": "{array} の標準のフラッシュ時間",
    "{array} is typically ready": "{array} の標準の起動時間",
    "every stop would be forced": "停止のたびに強制停止になる",
    "every start would raise an alarm": "起動のたびに警報が出る",
    "it would be forced off every time": "毎回強制停止される",
    "it would be cut with data in its cache": "キャッシュにデータを残したまま電源が切られる",
}
