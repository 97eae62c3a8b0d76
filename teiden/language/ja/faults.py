"""What is wrong with a device that has a fault, what that excuses; the English stands in `sim/faults/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What is wrong
    "its battery has hardly any charge left, at once": "バッテリの残量が突然ほとんどなくなる",
    "its SNMP card answers nobody": "SNMP カードが誰にも応答しない",
    "it acknowledges an OFF and does not carry it out": "OFF を受け付けるが実行しない",
    "it carries nothing, whatever its power does": "電源があっても何も中継しない",
    "its shutdown never ends": "シャットダウンが終わらない",
    "whoever asks it to shut down is not let in": "シャットダウンを求めても拒まれる",
    "it never gets through its boot": "起動が完了しない",
    "a flush never ends": "フラッシュが終わらない",
    "it answers nobody on the network, and works": "動作しているがネットワークに応答しない",
    "it was not set up to let us flush it": "フラッシュが許可されていない",
    "a stop of it never ends": "停止が終わらない",
    "its system dies, and its power stays": "電源は残ったまま OS が落ちる",
    "its system is there and does nothing": "OS はあるが何もしない",
    "its mains are away once, for less than anybody's confirm time": "確認時間より短い停電が一度起こる",
    "its mains go, and are back in the middle of the shutdown": "停電し、シャットダウンの途中で復電する",
    "its mains go and come back again and again, until it ends": "終わるまで停電と復電を繰り返す",
    "its mains are away twice, the second time while batteries are still charging": (
        "停電が二度起こり、二度目はバッテリの充電中である"
    ),
    "its battery holds only a part of what it held when it was new": "バッテリの容量が新品時の一部しかない",
    "it feeds more than it was planned for": "計画より大きな負荷に給電している",
    "it never says that its battery is low": "バッテリ低下を知らせない",
    "it says that its battery is low and lasts for 0 s, whatever that holds": (
        "残量にかかわらずバッテリ低下、残り 0 秒と知らせる"
    ),
    "it is in bypass: its loads hang on the mains themselves, without a battery": (
        "バイパス運転で、負荷はバッテリなしに商用電源へ直結している"
    ),
    "its mains sag, and it makes up for that without its battery": (
        "電圧が下がり、バッテリを使わずに補っている"
    ),
    "it alone has no mains; the other of its pair has them": "これだけが停電し、対の相手は給電されている",
    "it tests its battery, and tells that as if its mains were away": (
        "バッテリの自己診断を停電のように知らせる"
    ),
    "its output is off at once, and nothing switches it on": "出力が突然止まり、何をしても ON にならない",
    "it trips when more of its loads than it bears start within 10 s": (
        "10 秒以内に起動する負荷が多すぎると出力が落ちる"
    ),
    "its card reboots: for a while it answers nobody, and its uptime begins anew": (
        "カードが再起動し、しばらく応答せず、稼働時間が最初から数え直される"
    ),
    "its traps are lost; the pretend room only polls, so that nothing changes in it": (
        "トラップが失われる。仮想の機械室はポーリングだけなので何も変わらない"
    ),
    "it sends old traps again, each of which only wakes an early poll": (
        "古いトラップを再送する。どれもポーリングを早めるだけである"
    ),
    "it does what it is told, and its answer to that is lost": "命令を実行するが、その応答が失われる",
    "it acknowledges an OFF and forgets it if it has mains then, or when its delay is over": (
        "OFF を受け付けるが、その時または猶予の終わりに商用電源があれば忘れる"
    ),
    "its card makes the same of every delay that it is set to": "どの猶予時間を設定しても同じ値になる",
    "its card has the settings again that it was made with": "カードの設定が工場出荷時に戻る",
    "its card tells the runtime in another unit": "残り時間を別の単位で知らせる",
    "its counter of seconds on battery is not set back; no sequencer reads that": (
        "バッテリ運転の秒数が戻らない。シーケンサは読まない"
    ),
    "an OFF that counts down cannot be called back": "猶予中の OFF を取り消せない",
    "an OFF sent again changes nothing, where others begin to count anew": (
        "OFF を再送しても何も変わらない（他の機種では数え直す）"
    ),
    "an ON without mains starts it from its battery, where others refuse": (
        "商用電源なしの ON でバッテリから起動する（他の機種では拒む）"
    ),
    "it comes back with its mains although it was told to stay off": "停止のままと命じても復電で ON になる",
    "its card is silent exactly while it runs from its battery": "バッテリ運転の間だけカードが応答しない",
    "its card takes every message for an old one, until both sides agree on the time again": (
        "双方の時刻が再び合うまで、カードがすべての要求を古いものとして拒む"
    ),
    "its card no longer knows charge and runtime": "カードが充電量と残り時間を知らせなくなる",
    "its loads hang on the next UPS of the site, and that one's on it": (
        "負荷がサイトの次の UPS につながり、その UPS の負荷がこれにつながっている"
    ),
    "every answer of its card takes longer": "カードの応答がすべて遅くなる",
    # How long, how much
    "how long it is silent": "応答しない時間",
    "over how long they come": "再送が続く時間",
    "what it makes of it": "設定される値",
    "by how much it is too long": "長すぎる倍率",
    "how long that takes": "かかる時間",
    "how much longer": "遅れる時間",
    "how long they are away": "停電の長さ",
    "the longest that they are away, or there": "停電または復電の最長の長さ",
    "how long they are away, there between, and away again": "停電、その間の復電、再停電のそれぞれの長さ",
    "what it still holds": "残っている容量",
    "its load, by what was planned": "計画に対する負荷の倍率",
    "how long the test takes": "診断にかかる時間",
    "how many may start together": "同時に起動できる数",
    # What it excuses, and why
    "it says that it is ready for longer than is waited to see, and nothing tells otherwise": (
        "確かめる時間より長く準備完了と知らせ続け、そうでないことを示すものがない"
    ),
    "the last control node has lost its power with it, and nobody is left to tell them to go off": (
        "最後の制御端末がこれとともに電源を失い、OFF を指示する者が残っていない"
    ),
    "its system hung": "OS がハングした",
    "its battery lasts for less than was planned with": "バッテリが計画より短くしかもたない",
    "no warning comes before its output is gone": "出力が失われる前に警告がない",
    "its loads boot when its output is back, whatever their arrays do": (
        "出力が戻ると、アレイの状態にかかわらず負荷が起動する"
    ),
    "nothing switches it on": "ON にする方法がない",
    "it says that its battery cannot wait, and nothing tells otherwise": (
        "バッテリが待てないと知らせ、それを否定するものがない"
    ),
    "a test longer than the confirm time cannot be told from an outage": (
        "確認時間より長い自己診断は停電と区別できない"
    ),
    "what it tells of its mains is wrong": "商用電源について知らせる内容が誤っている",
    "nobody can switch it off, and whoever goes after it waits for that": (
        "OFF にする方法がなく、その後に停止するものはそれを待つ"
    ),
    "nobody can switch it off, and nodes stay up that would not come back": (
        "OFF にする方法がなく、停止すると復帰できない制御端末は動作を続ける"
    ),
    "nobody can switch it on again, or see its mains, which its array waits for": (
        "再び ON にする方法も、アレイが待つその復電を確かめる方法もない"
    ),
    "it keeps on the nodes that are halted when it shows": (
        "OFF にならないと分かった時には、給電が続く制御端末はすでに停止している"
    ),
    "all that hung on two of them hangs on the other alone": (
        "2 台で給電していた負荷がすべて残る 1 台にかかる"
    ),
    "its OFF would come while its loads still run, and is not sent": (
        "OFF が負荷の動作中に来るため送られない"
    ),
    "what it is told hits the loads of another": "命令が別の UPS の負荷に及ぶ",
    "an emptied UPS comes back by itself with all its loads": (
        "使い切った UPS は電源復旧でひとりでに戻り、負荷も一緒に起動する"
    ),
    "nobody learns what its battery holds, or waits for ever": (
        "バッテリーの残量は誰にも分からず、いつまでも待つわけにもいかない"
    ),
    "its loads boot when it comes back, whatever their arrays do": (
        "ON に戻ると、アレイの状態にかかわらず負荷が起動する"
    ),
    "it tells far too little, and nothing tells otherwise": "短すぎる値を知らせ、それを否定するものがない",
    "it tells far too much, and nothing tells otherwise": "長すぎる値を知らせ、それを否定するものがない",
    "it and the other control nodes hear nothing of each other": "他の制御ノードと互いに何も通じない",
    "much of what is asked gets no answer": "要求の多くに応答がない",
    "everything takes longer, and what takes too long comes too late": (
        "すべてが遅くなり、遅すぎる応答は間に合わない"
    ),
    "no name is resolved any more; nothing in this room is reached by a name": (
        "名前解決ができなくなる。この室では名前を使うものはない"
    ),
    "cards, arrays and management controllers are cut off, systems are not": (
        "カード、アレイ、管理コントローラが切り離され、OS は切り離されない"
    ),
    "systems and the other control nodes are cut off, cards and controllers are not": (
        "OS と他の制御ノードが切り離され、カードと管理コントローラは切り離されない"
    ),
    "the SNMP cards go dark one by one, and come back one by one in another order": (
        "SNMP カードが一つずつ応答しなくなり、別の順序で一つずつ戻る"
    ),
    "no magic packet arrives anywhere": "マジックパケットがどこにも届かない",
    "it says that it is halted while its system is still on its way down": (
        "OS がまだ停止処理中なのに停止済みと答える"
    ),
    "its management controller answers only while its system is on": (
        "OS の動作中にしか管理コントローラが応答しない"
    ),
    "whatever keeps its work running boots it again whenever it has halted": (
        "停止するたびに、業務を継続させる仕組みが再び起動する"
    ),
    "somebody boots it if it is halted": "停止していれば誰かが起動する",
    "it stays halted when its power comes back": "電源が戻っても停止したままになる",
    "it boots with its power only if it lost it running": "動作中に電源を失った場合だけ、復電で起動する",
    "it uses every linked array that the site file does not give it": (
        "構成ファイルで割り当てられていない連動アレイをすべて使う"
    ),
    "it is booted, and runs until somebody stops it": "起動され、誰かが止めるまで動く",
    "a flush takes longer": "フラッシュに時間がかかる",
    "somebody writes to it once more after every flush": "フラッシュのたびに、その後もう一度誰かが書き込む",
    "one of its two controllers is dead; the other writes both caches to disk": (
        "二つのコントローラの一方が故障し、他方が両方のキャッシュを書き出す"
    ),
    "a hand switches off the UPSes of its enclosures, controllers or not": (
        "コントローラに構わず、エンクロージャの UPS が手で切られる"
    ),
    "it says that it is ready as soon as it starts, and takes it back": (
        "起動し始めるとすぐ準備完了と答え、後で取り消す"
    ),
    "its cache batteries charge before it is ready": "準備完了の前にキャッシュ用バッテリを充電する",
    "the last of its UPSes has no mains of its own": "最後の UPS だけに入力電源がない",
    # How much of it
    "of all requests": "全要求のうち",
    "to a device and back, typically": "機器との往復、通常の値",
    "between two cards": "カードとカードの間隔",
    "after the shutdown began": "シャットダウン開始から",
    "after it has halted": "停止してから",
    "as long as usual": "通常に対する倍率",
    "after the flush was answered": "フラッシュの完了から",
    "until it takes that back": "取り消すまで",
    "from power to ready": "電源投入から準備完了まで",
    # Why nobody could keep a rule
    "whoever may be asked says that it is halted": "誰に尋ねても停止済みと答える",
    "each boot by another hand is a cycle that is not ours": (
        "他の手による起動はこちらの停止・起動の回数ではない"
    ),
    "no node is left to stop it but itself, and its power counts down already": (
        "止めるノードは自分しか残っておらず、電源の秒読みは始まっている"
    ),
    "no node is left to stop it, and its disk's OFF counts down already": (
        "止めるノードが残っておらず、ディスクの OFF の秒読みは始まっている"
    ),
    "nobody can make it boot": "誰も起動させられない",
    "unknown is not ready, and who needs it waits (S11)": (
        "不明は準備完了ではなく、必要とするものは待つ (S11)"
    ),
    "what is written when the OFF has been sent cannot be flushed any more": (
        "OFF を送った後に書かれたものはもうフラッシュできない"
    ),
    "it takes longer than the site file says": "構成ファイルの値より長くかかる",
    "a UPS that nobody could tell to stay off comes back with the mains, and its servers with it": (
        "切ったままにと指示できなかった UPS は復電で戻り、サーバも起動する"
    ),
    "the neighbours that told of its outage have fallen silent too": "隣の UPS も無応答になった",
    "nobody can tell a UPS to go off before its battery ends": (
        "バッテリが尽きる前に UPS の OFF を誰も指示できない"
    ),
    "nobody can tell a UPS or a server to go on": "UPS やサーバの ON を誰も指示できない",
    "what is halted with its power on can only be woken": (
        "電源があるまま停止したものは起動パケットでしか起動できない"
    ),
    # Whom an excuse covers
    "the device itself": "その機器",
    "the device and all that draws its power or uses its disks": "その機器と、それに給電やディスクを頼るもの",
    "the UPS and the others that feed what it feeds; the control side, if every node draws from it": (
        "その UPS と、同じ負荷に給電する他の UPS。すべての制御端末に給電していれば制御側全体"
    ),
    "every server and control node": "すべてのサーバと制御端末",
    "whoever an outage of it stops": "その停電で停止するもの",
    "the device and whoever waits for it on the way down": "その機器と、停止の際にそれを待つもの",
    "the device and whoever cannot come up without it": "その機器と、それなしでは起動できないもの",
    "the device, the arrays on it (R10-19), and whoever cannot come up without one of these": (
        "その機器と、それが給電するアレイ (R10-19) と、それらなしでは起動できないもの"
    ),
    "the control nodes that draw its power, and whoever cannot come up without them": (
        "給電されている制御端末と、それなしでは起動できないもの"
    ),
    "everybody, if no other LAN switch is there": "他に LAN スイッチがなければすべて",
    "everybody": "すべて",
    # What has it
    "feed or UPS": "給電系統または UPS",
    "LAN switch": "LAN スイッチ",
    "network": "ネットワーク",
    "linked server": "連動サーバ",
    "pool server": "プールサーバ",
    "server": "サーバ",
    "control node": "制御ノード",
    "array": "アレイ",
    "cluster": "クラスタ",
    "its service is killed, and its system begins it anew a while later": (
        "サービスが強制終了し、しばらくして OS が再開する"
    ),
    "its service and those of the other nodes do not hear each other": "サービス同士が互いに通信できない",
    "the cluster's service on it goes on saying what it said last": (
        "そのノードのクラスタサービスが古い状態を伝え続ける"
    ),
    "its service does nothing for a while, and goes on where it was": (
        "サービスがしばらく止まり、続きから動き出す"
    ),
    "its service begins anew with a later version than its peers'; they exchange no rows": (
        "サービスが相手より新しい版で再開し、記録を交換しない"
    ),
    "its service begins anew with another site file, whose confirm times are others": (
        "確認時間の異なる別のサイトファイルでサービスが再開する"
    ),
    "the journals of all control nodes lie on it, and are not kept while it has no power": (
        "全制御ノードの記録がこの上にあり、電源がない間は残らない"
    ),
    "the disk of its journal is full: what is written then is not kept": (
        "ジャーナルのディスクが満杯で、以後の書き込みは残らない"
    ),
    "the disk of its journal fails: nothing is kept, and at a boot nothing can be read": (
        "ジャーナルのディスクが故障し、何も残らず、起動時に何も読めない"
    ),
    "at its next beginning the last rows of its journal are not there": (
        "次の開始時にジャーナルの最後の行が失われている"
    ),
    "its journal has an outage of long ago that nobody has closed; its service begins anew with it": (
        "昔の停電が閉じられないままジャーナルに残り、サービスがそれを読んで再開する"
    ),
    "its group moves to another node, though nothing is wrong with the one that holds it": (
        "保持ノードに異常がないのにグループが別のノードへ移る"
    ),
    "another manager, which knows nothing of us, tells it to go off": "別の管理ソフトが勝手に OFF を指示する",
    "another manager, which knows nothing of us, shuts it down": "別の管理ソフトが勝手にシャットダウンする",
    "somebody sets its clock forward": "時計が進められる",
    "somebody sets its clock back": "時計が戻される",
    "its servers are to go off at a time of day that is not there: the clocks are put forward": (
        "夏時間の開始で存在しない時刻にサーバの OFF が予定されている"
    ),
    "its servers are to go off at a time of day that is there twice: the clocks are put back": (
        "夏時間の終了で二度ある時刻にサーバの OFF が予定されている"
    ),
    "its clock has been ahead of the true time from the start": "最初から時計が進んでいる",
    "at its next boot its clock shows 1970, until a time service has set it": (
        "次の起動時に時計が 1970 年を示し、時刻サービスが直すまで続く"
    ),
    "a schedule has its servers off then, and on a minute later": (
        "その時刻にサーバを OFF、1 分後に ON とする予定がある"
    ),
    "a schedule has its servers off then, and on just before it could have been switched off": (
        "OFF から ON までがアレイを切るにはわずかに短い予定がある"
    ),
    "a schedule has its servers off then, just long enough for it to be switched off": (
        "OFF から ON までがアレイを切るのにちょうど足りる予定がある"
    ),
    "a schedule has its servers off then, whatever the mains do": (
        "商用電源にかかわらず、その時刻にサーバを OFF とする予定がある"
    ),
    "the operator presses its button: it goes on, if it is off and has mains": (
        "オペレータがボタンを押す。電源があり OFF なら ON になる"
    ),
    "the operator presses its button: it goes down if it is up, and boots if it is halted": (
        "オペレータがボタンを押す。稼働中なら停止し、停止中なら起動する"
    ),
    "somebody works on it, and has asked that it is left alone": "作業中で、操作しないよう依頼されている",
    "something that nobody manages draws power from it, too": "管理されていない機器もそこから給電されている",
    # How much, how long
    "until it is begun anew": "再開までの時間",
    "how long": "時間",
    "its confirm times, as a part of the true ones": "正しい値に対する確認時間の割合",
    "which write is the first that fails": "最初に失敗する書き込みの番号",
    "how many rows": "行数",
    "by how much": "ずれの大きさ",
    "until they are to be on again": "再び ON になるまでの時間",
    "until it is set": "直されるまでの時間",
    "what lacks to a night that is long enough": "必要な長さに対する不足",
    "how much longer than needed": "必要な長さに対する余裕",
    "watts": "ワット数",
    # Why a rule is excused
    "while no cluster runs each of two that do not hear each other may switch on without proof": (
        "クラスタが動いていない間、通信できない二つのノードはどちらも証拠なしに ON にしてよい"
    ),
    "of the cluster a node knows only what the cluster's service on it says": (
        "ノードはクラスタについて自分のクラスタサービスが言うことしか知らない"
    ),
    "it keeps the limits of the file that it has": "手元のファイルの制限値を守っている",
    "its journal is broken, and no other node can command: nothing is started (S30)": (
        "ジャーナルが故障し、他に指揮できるノードがないため、何も起動しない (S30)"
    ),
    "without a journal nothing is started until somebody has seen to its disk (S30)": (
        "ジャーナルがなければ、ディスクが直されるまで何も起動しない (S30)"
    ),
    "an outage that is written down counts, and no row says how long ago that was": (
        "記録された停電は有効で、いつのものかはどの行にも書かれていない"
    ),
    "a cluster whose nodes were cut amid its restart is restarted again": (
        "再起動の途中でノードの電源が切れたクラスタは、もう一度再起動される"
    ),
    "who is stopped confirms and ends nothing": "止まっているものは停電の確認も手順の完了もできない",
    "it is another's command, and a countdown cannot be stopped": (
        "他者の指示であり、カウントダウンは止められない"
    ),
    "whoever has told it to stay off has to switch it on again": (
        "OFF のままにした者が再び ON にしなければならない"
    ),
    "whoever has shut it down has to start it again": "シャットダウンした者が再び起動しなければならない",
    "it is the operator's own hand, and is not fought (O1)": "オペレータ自身の操作であり、逆らわない (O1)",
    "what somebody holds is waited for, as long as the batteries last (O2)": (
        "保留中の機器は、バッテリが続く限り待つ (O2)"
    ),
    "who boots it onto power that counts down takes that risk": (
        "切れる直前の電源で起動する者がその危険を負う"
    ),
    "on battery a low one counts at once (X-02); who can tell that it is not?": (
        "バッテリ運転中のローバッテリは直ちに有効 (X-02)。偽りかどうかは誰にも分からない"
    ),
    "it holds the cluster, or nothing proves that it is down, and so nobody may follow it": (
        "クラスタを持っているか、停止を確認できないため、誰も指揮を引き継げない"
    ),
    "its machine holds the group meanwhile, and no other may command (S13)": (
        "その間もそのノードがグループを持っており、ほかのノードは指揮できない (S13)"
    ),
    "it learns nothing of what its peers began, and closes nothing of it": (
        "ほかのノードが始めた手順を知らされず、それを終わらせることもできない"
    ),
    "what a hand has switched off is for a hand to switch on (O1)": (
        "人が OFF にしたものは人が ON にする (O1)"
    ),
    "a cluster whose disk a hand took is for a hand to restart": (
        "人がディスクを止めたクラスタは人が再起動する"
    ),
}
