"""Rules of `teiden check` about the cluster, groups, the way up and schedules: what must hold, and why."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "the cluster linkage is on": "クラスタ連携が有効",
    "why R7-01": (
        "連携により電源管理はクラスタを一つとして停止します。無効なら各サーバは単独とみなされ、最初に停止"
        "したサーバは故障と判断されてグループが移動し、全台が停止すると自動では起動しません。"
    ),
    "an outage stops the cluster, not its servers one by one": "停電時はクラスタ全体を停止する",
    "why R7-02": (
        "「電源異常時のクラスタシャットダウン」が無しだと、各サーバが個別にシャットダウンされます。クラス"
        "タはこれを障害とみなし、停電中にグループを移動し、最後の一台が停止すると手動の復旧が必要になりま"
        "す (R9-01)。"
    ),
    "the cluster's manager tells of its shutdowns": "クラスタマネージャのシャットダウンが通知される",
    "why R7-08": (
        "全制御端末での `clpacmode enable` とクラスタの再起動により、マネージャからのシャットダウンとリブ"
        "ートが電源管理に伝わります (R2-08)。無効だと障害の連続に見え、UPS は切断されません。"
    ),
    "the cluster's broadcast address reaches every control node": (
        "ブロードキャストアドレスが全制御端末に届く"
    ),
    "why R7-04": (
        "制御端末は、システム全体で共通のブロードキャストアドレスで通信します。255.255.255.255 か、全制御"
        "端末が属するサブネットのもの、すなわち (IP AND マスク) OR NOT マスク です。172.16.134.12/24 なら"
        " 172.16.134.255 (R7-07)。範囲外の制御端末は他を認識できず、自分だけと判断します。"
    ),
    "the cluster's communication port is the usual one": "通信ポートが既定値",
    "why R7-05": (
        "制御端末も連動端末も同じポートを使います。既定値は 4000 です。変更する場合は全サーバに設定し、全"
        "サーバを再起動しなければ有効になりません (R7-06)。設定漏れのサーバとは通信できません。"
    ),
    "the cluster's floating address leads to whoever commands": (
        "フローティングアドレスは稼働中の制御端末を指す"
    ),
    "why R5-06": (
        "管理サービスはクラスタのグループとともに移動するため、フローティングアドレスで接続します。インス"
        "トール直後の localhost では、同じ制御端末で動作しているときしか接続できません。"
    ),
    "every control node is a node of the cluster, and there are two or more": (
        "全制御端末がクラスタに属し、2 台以上ある"
    ),
    "why R6-30": (
        "一台では引き継げません。再起動中は監視者がなく、停電中に故障すれば順序どおりに停止されません。ク"
        "ラスタに属さない制御端末はクラスタとともに停止されません。制御端末はアドレスで区別します。"
    ),
    "a control node's UPS is the power of its node's own group": "制御端末の UPS はそのグループの電源装置",
    "why R6-15": (
        "コンソールはグループの電源装置を、そのグループのサーバとともに操作します。UPS①は制御端末 1、UPS②"
        "は制御端末 2 のグループに属します。"
    ),
    "a servers' UPS is the power of its servers' group": "サーバの UPS はそのサーバのグループの電源装置",
    "why R6-18": (
        "連動端末は、給電する UPS のグループに登録します。さもないとコンソールの表示と操作の対象が食い違"
        "います。"
    ),
    "the control disk's UPS is a device of the group above the control nodes": (
        "制御端末の共有ディスクの UPS は上位グループの連動装置"
    ),
    "why R6-16": (
        "連動装置はその下位の全グループに作用します。制御端末の共有ディスクは全制御端末のものなので、その"
        " UPS は全制御端末を含むグループの連動装置にします。"
    ),
    "the linked disk's UPS is a device of the group above its servers": (
        "連動端末の共有ディスクの UPS は上位グループの連動装置"
    ),
    "why R6-17": (
        "連動装置はその下位の全グループに作用します。連動端末の共有ディスクの UPS は、連動端末の UPS のグ"
        "ループを含むグループの連動装置にします。"
    ),
    "an array that is not linked has all its UPSes in one group": (
        "連動しないディスクアレイの UPS は一つのグループに属する"
    ),
    "why R12-06": (
        "連携機能を使わない場合、ディスクアレイは一つのグループの連動装置として操作されます。給電する "
        "UPS が一台でも複数でも、同じグループに登録してください。二つのグループに分かれた構成は未サポート"
        "です。連携するディスクアレイの UPS は何台でもかまいません (R12-07)。"
    ),
    "who stands below a linked disk says that it uses it": (
        "連動ディスクの下位のサーバは、使用すると書かれている"
    ),
    "why H10": (
        "書かれずにディスクを使うサーバは待たれず、使用中にフラッシュ、切断されます。連動端末のグループは"
        "そのディスクのグループの下位にあります (R6-17)。そこにありながらディスクを挙げていない連動端末は、"
        "場所の誤りか記述漏れです。実際の経路は `teiden doctor` が調べます。"
    ),
    "names of cluster, group and servers are 1 to 15 ASCII letters and digits": (
        "クラスタ、フェイルオーバグループ、サーバの名前は半角英数字 1 から 15 文字"
    ),
    "why R12-09": (
        "電源管理とクラスタのインタフェースは CLUSTERPRO 8.0 のもので、これ以外の名前では電源管理のサービ"
        "スが起動せず、停電時に何も停止されません。サーバ名のハイフンは警告です（資料の例にもあります）。"
        "電源制御グループの名前は自由です。"
    ),
    "every server that has to come back can": "復帰すべき全サーバが復帰できる",
    "why R4-01": (
        "復帰の方法は二つです。AC-Link `boot` なら給電とともに起動します。停止処理中に復電すると UPS が切"
        "れないことがあり、停止したサーバは Wake-on-LAN (MAC アドレス) でしか起動しません。片方を欠けば警"
        "告、両方ならエラーです。制御端末を起動させる者はいないので、AC-Link `boot` が必要です。"
    ),
    "no pool server boots by itself": "プールサーバはひとりでに起動しない",
    "why H11": (
        "プールサーバは意図して停止しており、起動しません。AC-Link `boot` だと、共用する UPS が投入される"
        "たび、割り当てもないのに起動します。"
    ),
    "a site that starts by itself has UPSes that do": "自動起動のサイトは UPS も自動起動する",
    "why R6-19": (
        "`start: {auto: true}` はすべての復帰を約束します。`reboot_on_restore` のない UPS はボタンを押す"
        "まで停止したままで、それを待つすべてが停止したままになります (R9-28, R10-03)。"
    ),
    "a battery charged for a start carries another full stop": "起動時のバッテリはもう一度の停止に足りる",
    "why S17": (
        "全バッテリがもう一度の停止に足りるまで何も起動しませんが、90 % を超える充電は待ちません。それ以"
        "上が必要なバッテリは、続けて起こる二度目の停電には小さすぎます。"
    ),
    "a UPS comes back with charge that it can reach, and a node's with enough to go off again": (
        "UPS の復帰充電量は達しうる値で、制御端末の UPS は再び停止できる量を持つ"
    ),
    "why P4": (
        "復電まで停止するよう指示された UPS や放電し切った UPS は、バッテリが `min_return_charge` に達する"
        "とひとりでに復帰します。これは止められません。制御端末はそこで起動し、他の充電を待つのはその後で"
        "す (S17)。直後に再び停電すれば制御端末はもう一度停止する必要があり、UPS が停止する前に尽きるバッテ"
        "リは停止処理中の電源を奪います (R9-08)。一方、90 % を超える充電は非常に遅く、古いバッテリでは達し"
        "ないこともあり、その UPS につながるすべてが停止したままになります。"
    ),
    "nothing is switched on before the mains are stable": "電源が安定する前に投入しない",
    "why P3": (
        "雷雨の後の電源は、数秒から一分の間隔で何度も断続します。直ちに起動するサイトはそのたびに起動と停"
        "止を繰り返し、バッテリが減っていきます。`mains_stable` は復電の継続時間で、途切れるたびに数え直"
        "します。"
    ),
    "an array that is ready is looked at twice": "ready のディスクアレイを 2 回確認する",
    "why A7": (
        "起動直後のディスクアレイは、ready になった後で再構築に入り、ready でなくなることがあります。サー"
        "バは `ready_hold` の間 ready が続いてから起動するので、この時間は 2 回の確認に足りなければなりま"
        "せん。"
    ),
    "servers' UPSes are switched on one after the other": "サーバの UPS は順に投入する",
    "why P14": (
        "機器は起動時に最も電流を使います。同時に投入すると UPS やブレーカが落ちることがあります。`gap` "
        "は UPS の投入間隔で、次を投入する前に前の一台を確認できる長さが必要です (R10-26)。"
    ),
    "the flush waits long enough to see the servers' UPSes off": (
        "フラッシュはサーバの UPS の停止を確認できるまで待つ"
    ),
    "why R9-31": (
        "バッテリ運転で切れる UPS はカードとともに停止し、無応答を停止とみなすのは遅延の終わりから 30 秒"
        "後の次の状態取得です。`seen_off_limit` がそれより短いと、証拠の直前にあきらめ、毎回警報が出て、"
        "やがて誰も警報を信じなくなります。"
    ),
    "the gap between off and on is long enough to switch the disk off": (
        "切断から投入までの時間がディスクの停止に足りる"
    ),
    "why R10-46": (
        "スケジュール停止でディスクをフラッシュして停止するのは、時間が足りる場合だけです。サーバの UPS "
        "の停止、内部処理の 10 分、投入の先行時間（Warm-UP 時間 + 6 分 + フラッシュの上限）で、資料の例で"
        "は 420 + 600 + 1380 = 2400 秒。コントローラと DE の UPS が別なら順に停止する経路も計算し、長い方"
        "をとります。足りなければサーバだけ停止し、ディスクは停止しません。ちょうど 1 分はリブートで、デ"
        "ィスクには触れません。"
    ),
    "the gap between off and on is the recommended one": "切断から投入までの時間が推奨値以上",
    "why R10-50": (
        "資料の規則では例は 40 分になりますが、例の値は 48 分です。ディスク自身の UPS の停止（7 分）を加"
        "え、カードの 6 分単位に切り上げると 48 分になります。その間でもディスクは停止しますが、余裕がほ"
        "とんどありません。"
    ),
    "a scheduled disk has all its servers in the schedule": (
        "停止するディスクの全サーバがスケジュールにある"
    ),
    "why R10-44": (
        "ディスクがスケジュールで停止するのは、使用する全サーバがその間停止している場合だけです。一台でも"
        "残ればディスクは動作を続け、フラッシュされません。意図どおりかもしれません。"
    ),
    "a schedule of the control side names every control node": "制御側のスケジュールに全制御端末がある",
    "why R2-01": (
        "クラスタは一つとして停止、起動するので、一つのスケジュールと要因が全制御端末に適用されます。残さ"
        "れた制御端末はすべてを引き継いだ後、共有ディスクの UPS の停止とともにディスクを失います。"
    ),
    "control nodes and linked servers have schedules of their own": "制御端末と連動端末のスケジュールは別",
    "why R10-54": (
        "制御端末が停止する前に、連動側は停止し、ディスクがフラッシュ、切断されていなければなりません。起"
        "動は逆です。同じ時刻では、連動端末のシャットダウン中に制御端末が停止します。"
    ),
    "every time of a schedule has a cause that makes it happen": "スケジュールの各時刻に要因がある",
    "why R8-02": (
        "時刻は要因が選ばれている場合だけ有効です。`off` には `off_by` の、`on` には `on_by` の "
        "`schedule` が必要で、なければ実行されません。切断のない投入は、人が手で停止する場合にだけ役立ち"
        "ます。"
    ),
    "what a schedule switches off, a schedule switches on again": (
        "スケジュールで停止したものはスケジュールで起動する"
    ),
    "why R8-03": (
        "スケジュールや LAN 切断で停止したサーバは、スケジュールか人が投入するまで停止したままです。停電"
        "で停止したのではないので、復電では起動しません。"
    ),
    "an off by the LAN watches machines that can fall silent": "LAN 切断は応答しなくなり得る機器を監視する",
    "why R8-04": (
        "`off_by: [lan]` は、監視する全機器が応答しなくなったとき、つまり最後の利用者の機器が停止したとき"
        "に切断します。監視する機器がなければ実行されません。制御端末、UPS のカード、ディスクアレイなどサ"
        "イト自身の機器は常に応答します。"
    ),
    "no schedule switches on what another one keeps off": "別のスケジュールで停止中のものを投入しない",
    "why R2-03": (
        "一台のサーバに複数のスケジュールがあると、それぞれがそのまま実行されます。一方の停止中に他方が投"
        "入すると停止は終わり、停止中のはずのディスクが再び必要になるか、停止処理の途中になります。"
    ),
    "between off and on the servers' UPSes have time to go off": (
        "切断から投入までにサーバの UPS が停止できる"
    ),
    "why S21": (
        "ちょうど 1 分の間隔はリブートで、UPS にもディスクにも触れません (R10-41)。それ以外では UPS に "
        "OFF が送られ、電源切断猶予時間 + LowBattery検出後の動作可能時間 + 2 分かかり、取り消せません。そ"
        "れより早い投入は待たされ、サーバの起動が予定より遅れます。"
    ),
    "an off that was missed is not made up for after the next on": "逃した切断を次の投入後に実行しない",
    "why L6": (
        "指令する制御端末がなく逃した切断は、`catch_up` の間は遅れて実行されます。停止時間より長いと、日"
        "中に動作すべきサーバが昼に停止されます。"
    ),
    "no scheduled time falls into a change of the clocks": "時刻の切替に重なるスケジュールがない",
    "why R12-03": (
        "夏時間の開始では一時間が存在せず、その中の予定は終わりに実行されます。終了では同じ一時間が二回あ"
        "り、最初だけ実行されます。その夜は一時間短く、または長くなります。資料が注意する NTP の時刻補正"
        "もこの頃に起こりやすくなります。"
    ),
    "linked servers are off while the control side sleeps": "制御側の停止中は連動端末も停止している",
    "why R10-17": (
        "制御端末の停止中は誰も監視していません。そこで停電すると、連動端末は停止されず、ディスクはフラッ"
        "シュされません。制御端末が停止するとき、全連動端末が自分のスケジュールで停止していなければなりま"
        "せん。"
    ),
    "the control side sleeps only after the linked disk is flushed": (
        "制御側は連動側のフラッシュの後に停止する"
    ),
    "why R10-45": (
        "スケジュール停止では制御端末が連動ディスクをフラッシュして切断します。遅くとも、サーバの UPS の"
        "停止、内部処理の 10 分、全フラッシュの上限の後に終わります。資料の例では切断から 420 + 600 + "
        "300 = 1320 秒です。それより早く停止する制御端末はフラッシュ中のディスクを残し、切断する者がいま"
        "せん。"
    ),
    "no linked server is to start while the control side sleeps": "制御側の停止中に連動端末を投入しない",
    "why R10-14": (
        "連動側の起動はすべて制御端末が行います。ディスクを投入し、ready を確認してからサーバを起動します。"
        "制御端末が停止している時刻には何も起こりません。"
    ),
    "the control side is back in time to switch the linked disk on": "制御側は連動ディスクの投入に間に合う",
    "why R10-52": (
        "連動ディスクは、制御端末がサーバより Warm-UP 時間 + 6 分 + フラッシュの上限だけ前に投入します。"
        "それまでに、`server_limit` までかかり得る制御端末の起動が終わっていなければ、ディスクもサーバも"
        "遅れます。"
    ),
    "the night of the control side is long enough for its own disk": (
        "制御側の停止時間が自分のディスクに足りる"
    ),
    "why R10-51": (
        "クラスタが上限以内に停止し、制御側の UPS が停止（電源切断猶予時間 + LowBattery検出後の動作可能時"
        "間 + 2 分）し、共有ディスクは制御端末より Warm-UP 時間 + 6 分前に起動します。時間が足りないとデ"
        "ィスクの起動が遅れ、制御端末はディスクなしで起動します。スリープは 6 分単位です。"
    ),
    "the cluster is expected to stop within its limit": "クラスタは上限以内に停止する見込み",
    "why R9-06": (
        "上限を過ぎると OS が強制停止されます。資料は見込み時間が上限以下であることを求めています。指令か"
        "ら「電源切断条件が成立しました」のメッセージまでを測ってください (R9-10)。"
    ),
    "every server is expected to shut down within its limit": "全サーバは上限以内に停止する見込み",
    "why H1": (
        "標準の停止時間が上限より長いサーバは、停電のたびに強制停止されるか、停止不明とみなされます。"
    ),
    "every linked array is expected to flush within the limit": (
        "全連動ディスクアレイは上限以内にフラッシュする見込み"
    ),
    "why A1": (
        "上限を過ぎると、フラッシュの途中でもディスクは切断されます。標準でそれより長いキャッシュは毎回デ"
        "ータを失います。"
    ),
    "every array is expected to be ready within its limit": (
        "全ディスクアレイは上限以内に ready になる見込み"
    ),
    "why A8": (
        "`array_limit` を過ぎると警報が出て、サーバは待ち続けます。先にキャッシュ用バッテリを最長 2 時間"
        "充電する機種もあります。上限は仕様書の値より長くしてください。"
    ),
    "every server is expected to boot within its limit": "全サーバは上限以内に起動する見込み",
    "why H9": (
        "`server_limit` を過ぎたサーバは起動しないものとみなされます。標準でそれより遅いサーバは毎回警報"
        "を出し、本当の異常が埋もれます。"
    ),
    "the cluster is expected to run within its limit": "クラスタは上限以内に稼働する見込み",
    "why R3-02": (
        "再起動後、クラスタのサービスが応答するまで時間がかかりますが、異常ではありません。"
        "`cluster_limit` を過ぎると異常です。"
    ),
}
