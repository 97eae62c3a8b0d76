"""Why a fault excuses a rule, and of whom; the English stands in `sim/faults/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What it excuses, and why
    "it says that it is ready for longer than is waited to see, and nothing tells otherwise": (
        "確かめる時間より長く準備完了と知らせ続け、そうでないことを示すものがない"
    ),
    "the last control node has lost its power with it, and nobody is left to tell them to go off": (
        "最後の制御端末がこれとともに電源を失い、OFF を指示する者が残っていない"
    ),
    "its system hung": "OS がハングした",
    "its battery lasts for less than was planned with": "バッテリが計画より短くしかもたない",
    "the nodes go when a battery of theirs ends, and nobody is left to command": (
        "ノードは自分たちのバッテリが尽きるときに停止し、指令する者が残らない"
    ),
    "the last node dies, and nobody is left to tell them to go off": (
        "最後のノードが落ち、オフを指示する者が残らない"
    ),
    "each time it comes back those on it boot and write, and their disks are to be flushed anew": (
        "復帰のたびにその負荷が起動して書き込み、ディスクをあらためてフラッシュしなければならない"
    ),
    "its UPS counts down already, and nobody may force it": (
        "その電源はすでに切断までの時間を数えており、強制停止することも許されない"
    ),
    "it is booted as its power falls; nobody has seen it, or can call the OFF back": (
        "電源が落ちる間際に起動され、誰もそれを見ておらず、オフを取り消すこともできない"
    ),
    "no warning comes before its output is gone": "出力が失われる前に警告がない",
    "its loads boot when its output is back, whatever their arrays do": (
        "出力が戻ると、アレイの状態にかかわらず負荷が起動する"
    ),
    "nothing switches it on": "ON にする方法がない",
    "repaired it is off until somebody switches it on, and no control node is up": (
        "修理後も誰かが ON にするまで停止したままで、動作中の制御ノードがない"
    ),
    "it says that its battery cannot wait, and nothing tells otherwise": (
        "バッテリが待てないと知らせ、それを否定するものがない"
    ),
    "a test longer than the confirm time cannot be told from an outage": (
        "確認時間より長い自己診断は停電と区別できない"
    ),
    "nor can one of a battery that is too short to wait": (
        "確認時間を待てないほど短いバッテリーのテストも見分けられない"
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
    "who answers hangs on another, so a silent one counts as on": (
        "応答する機器は別の UPS につながっており、応答しない UPS が給電中と見なされる"
    ),
    "another UPS took the last control node with it, and nobody is left to tell them anything": (
        "最後の制御ノードが別の UPS と共に電源を失い、指示を出す者が残っていない"
    ),
    "it took a node whose own UPS is on, so nothing proves that it is down, and nobody may follow it": (
        "自身の UPS は ON のまま電源を失ったノードがあり、停止を証明できないため、誰も指揮を引き継げない"
    ),
    "by its last word it counted down, and it is not heard since": (
        "最後の応答では OFF をカウントダウン中で、その後応答がない"
    ),
    "seen off, it is back with its mains, and is not heard since": (
        "停止を確認した後、復電で出力が戻ったが、それ以来応答がない"
    ),
    "a UPS could not be told when its node halted, and keeps it on; nobody is up to wake it": (
        "ノードの停止時に UPS が OFF を受け取れず、電源を入れたままにする。起こせるノードもない"
    ),
    "nobody confirms anything until another has followed it": (
        "ほかのノードが指揮を引き継ぐまで、停電を確認する者がいない"
    ),
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
    "nobody hears a card, and sees an outage of it": "どのカードの応答も届かず、停電に誰も気づけない",
    "nobody hears whether who commanded is down, or may follow him": (
        "指揮していたノードが停止したかは誰にも届かず、誰も後を継げない"
    ),
    "who let nobody in can only be forced by his controller, and nobody can call the OFF back": (
        "ログインを受け付けない機器は管理コントローラからしか強制停止できず、OFF は取り消せない"
    ),
    "nothing tells that it cannot wait": "待てないことを知らせるものがない",
    "what it holds is reckoned, and with the least": "残量は計算によるほかなく、最も少なく見積もられる",
    "no battery lasts for a flush that takes far too long": "長すぎるフラッシュに足りるバッテリはない",
    "no battery lasts for a flush that never ends": "終わらないフラッシュに足りるバッテリはない",
    "nobody can empty its cache before its power ends": (
        "電源が切れる前にそのキャッシュを空にできる者はいない"
    ),
    "after its last flush, too, whenever that is": (
        "最後のフラッシュの後にも書き込まれる。それがいつであっても"
    ),
    "the last node dies with its power on, and nobody wakes it": (
        "最後のノードが通電したまま停止し、起こす者がいない"
    ),
    "it cannot follow whom the cluster's service on it still tells of": (
        "自ノードのクラスタサービスがまだ名を挙げる相手の後は継げない"
    ),
    "who hangs takes no command, and no other node is up": (
        "ハングしたノードは指揮を執れず、ほかに稼働中のノードもない"
    ),
    "nobody learns that it is halted, or may follow it (S13)": (
        "停止したことを誰も知ることができず、後を継げない (S13)"
    ),
    "nobody can make it boot": "誰も起動させられない",
    "unknown is not ready, and who needs it waits (S11)": (
        "不明は準備完了ではなく、必要とするものは待つ (S11)"
    ),
    "what is written when the OFF has been sent cannot be flushed any more": (
        "OFF を送った後に書かれたものはもうフラッシュできない"
    ),
    "it takes longer than the site file says": "構成ファイルの値より長くかかる",
    "it takes longer than the site file says, and they wait for it": (
        "構成ファイルの値より長くかかり、それを待つ"
    ),
    "a UPS that nobody could tell to stay off comes back with the mains, and its servers with it": (
        "切ったままにと指示できなかった UPS は復電で戻り、サーバも起動する"
    ),
    "the neighbours that told of its outage have fallen silent too": "隣の UPS も無応答になった",
    "never heard it counts as off, and nothing hangs on it": "応答のない UPS は OFF とみなされる",
    "who has begun since hears no card, and what he knows is an outage": (
        "それ以後に始まったノードにはどのカードの応答も届かず、知っているのは停電だけである"
    ),
    "until then nobody comes up who waits for it (S8)": "それまで、それを待つ機器は起動しない（S8）",
    "the only node that comes up goes again with it, and nobody wakes who is halted with power": (
        "起動した唯一のノードがそれとともに停止し、電源が入ったまま停止しているものを誰も起動しない"
    ),
    "nobody can tell a UPS to go off before its battery ends": (
        "バッテリが尽きる前に UPS の OFF を誰も指示できない"
    ),
    "its battery drained while nobody heard it": "誰も読めない間にバッテリが減った",
    "who answers may run on a silent one that counts down": (
        "応答するものは、カウントダウン中で応答しない UPS で動いているかもしれない"
    ),
    "nobody learns what a battery holds whose card is hardly ever heard, or waits for ever": (
        "カードの応答がほとんど届かないバッテリの残量は分からず、いつまでも待つわけにもいかない"
    ),
    "whom nobody reaches is forced or falls, which is the same to him": (
        "誰の指示も届かないものは、強制停止でも電源断でも変わらない"
    ),
    "nobody knows that it writes to it again, and flushes that": (
        "それが再び書き込んだことを誰も知らず、フラッシュし直せない"
    ),
    "nobody can tell a UPS or a server to go on": "UPS やサーバの ON を誰も指示できない",
    "it boots when no node is up any more, and nobody can call the OFF back": (
        "起動した時にはもう稼働中の制御端末がなく、OFF を取り消せない"
    ),
    "nobody hears who was booted by hand, and writes to it again": (
        "手で起動され再び書き込むサーバの応答が、誰にも届かない"
    ),
    "who hangs past his limit is hardly heard, nor hears that he is forced": (
        "制限時間を過ぎてもハングしたままのものは、応答も強制停止の指示もほとんど届かない"
    ),
    "nobody may follow it, to force who boots or hangs on power that counted down already": (
        "誰も指揮を引き継げず、すでに OFF 待ちの電源で起動またはハングしているものを強制停止できない"
    ),
    "the last node dies, and nobody forces who boots or hangs on power that counts down": (
        "最後のノードが落ち、OFF 待ちの電源で起動またはハングしているものを誰も強制停止しない"
    ),
    "the last control node has lost its power with it, and nobody forces who boots or hangs meanwhile": (
        "最後の制御端末も電源を失い、その間に起動またはハングしたものを誰も強制停止しない"
    ),
    "its OFF comes long after the nodes are back with their mains, and nobody can call it back": (
        "その OFF は、制御端末が復電で戻ってからずっと後に効き、誰も取り消せない"
    ),
    "what is halted with its power on can only be woken": (
        "電源があるまま停止したものは起動パケットでしか起動できない"
    ),
    # Whom an excuse covers
    "the device itself": "その機器",
    "the device and all that draws its power or uses its disks": "その機器と、それに給電やディスクを頼るもの",
    (
        "the UPS, the nodes and control disks on it, and what else feeds its loads; "
        "the control side, if all nodes are on it"
    ): (
        "その UPS と、それが給電する制御端末および制御端末の共有ディスクと、同じ負荷に給電する他の UPS。"
        "すべての制御端末に給電していれば制御側全体"
    ),
    "the device and its arrays; of the control side, all of that": (
        "その機器と、それが使うアレイ。制御側なら制御側全体"
    ),
    "the linked arrays that the site file does not give it": "サイトファイルにない、それが使う連動側のアレイ",
    "every server and control node": "すべてのサーバと制御端末",
    "the cluster": "クラスタ",
    "the control side, if it feeds a control disk": "制御端末の共有ディスクに給電している場合は、制御側全体",
    "whoever an outage of it stops": "その停電で停止するもの",
    "the device and whoever waits for it on the way down": "その機器と、停止の際にそれを待つもの",
    "the device and whoever cannot come up without it": "その機器と、それなしでは起動できないもの",
    "the device, the arrays on it (R10-19), and whoever cannot come up without one of these": (
        "その機器と、それが給電するアレイ (R10-19) と、それらなしでは起動できないもの"
    ),
    "the control nodes that draw its power, and whoever cannot come up without them": (
        "給電されている制御端末と、それなしでは起動できないもの"
    ),
    "the UPS and the next one of the site, and all that draws their power or uses their disks": (
        "その UPS とサイトの次の UPS と、それらに給電やディスクを頼るもの"
    ),
    "the UPS and the next one of the site, and whoever cannot come up without them": (
        "その UPS とサイトの次の UPS と、それらなしでは起動できないもの"
    ),
    "everybody, if no other LAN switch is there": "他に LAN スイッチがなければすべて",
    "everybody": "すべて",
    # Why a rule is excused
    "of the cluster a node knows only what the cluster's service on it says": (
        "ノードはクラスタについて自分のクラスタサービスが言うことしか知らない"
    ),
    "it heard that the cluster ran as it began the way up, and cannot tell who has stopped it since": (
        "復旧を始めたときクラスタは動いていると聞いており、その後に誰が止めたのか分からない"
    ),
    "it keeps the limits of the file that it has": "手元のファイルの制限値を守っている",
    "before a start it waits for the charge that its own times need": (
        "起動前に、手元の時間設定が必要とする充電量を待つ"
    ),
    "its journal is broken, and no other node can command: nothing is started (S30)": (
        "ジャーナルが故障し、他に指揮できるノードがないため、何も起動しない (S30)"
    ),
    "without a journal nothing is started until somebody has seen to its disk (S30)": (
        "ジャーナルがなければ、ディスクが直されるまで何も起動しない (S30)"
    ),
    "what was said to another node only, it does not hear of": (
        "ほかのノードだけに伝えられたことは、このノードには届かない"
    ),
    "it hung when that was said, and nobody is up who heard": (
        "伝えられたときこのノードはハングしており、聞いたノードは今どれも動いていない"
    ),
    "what no journal has kept nobody knows any more": "どのジャーナルにも残らなかったことは誰も知らない",
    "nobody knows any more whom that incident has stopped": "その障害対応が何を停止したかをもう誰も知らない",
    "who ran by that row when it began is started again": "その行で動いていたとされるものは再び起動される",
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
    "no card tells of its mains or its charge, and nobody waits for ever for that": (
        "どのカードも商用電源や充電率を示さず、いつまでも待つ者はいない"
    ),
    "whoever has told it to stay off has to switch it on again, and start whom it stopped": (
        "OFF のままにした者が再び ON にし、止めたものを起動しなければならない"
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
    "it hangs on its way down, and whoever was to force it has gone for his own battery, and says so": (
        "停止の途中でハングし、強制停止するはずのノードは自身のバッテリのために先に停止した (その旨を通知)"
    ),
    "each may be at work beyond, and neither commands until one is down": (
        "互いに相手が動作中かもしれず、一方が停止するまでどちらも指揮しない"
    ),
    "who commands takes no rows of who stopped them": (
        "指揮するノードは、停止させたノードの記録を受け取れず、何が停止させられたかを知らない"
    ),
    "who commands takes no rows of who was asked for them": (
        "指揮するノードは、起動を求められたノードの記録を受け取れず、その要求を知らない"
    ),
    "it could not be told when they halted, and keeps them on; nobody is up to wake them": (
        "ノードの停止時に OFF を受け取れず、電源を入れたままにする。起こせるノードもない"
    ),
    "nobody else would come back either, and the nodes stay up": (
        "ほかに戻ってくるノードもないため、ノードは動作し続ける"
    ),
    "it keeps them on; nobody is up to wake them": "電源を入れたままにし、起こせるノードもない",
    "its power came, and somebody has to wake it; no control node is up that knows that it ran": (
        "電源は戻り、誰かが起こす必要があるが、それが動作していたことを知る制御ノードは動作していない"
    ),
    "whoever shuts the last node down leaves nobody to tell them to go off": (
        "最後のノードを停止すると、OFF を命じるものが残らない"
    ),
    "whoever shuts the last node down leaves nobody who wakes another": (
        "最後のノードを停止すると、ほかのノードを起こすものが残らない"
    ),
    "its peers learn nothing of what it begins and ends": (
        "ほかのノードは、そのノードが始めて終えた手順を知らされない"
    ),
    "what a hand has switched off is for a hand to switch on (O1)": (
        "人が OFF にしたものは人が ON にする (O1)"
    ),
    "whoever boots it asks nobody whether the disks are there": (
        "起動する者はディスクの準備ができているか誰にも確認しない"
    ),
    "whatever boots it asks nobody whether the disks are there": (
        "起動させるものは、ディスクの有無を誰にも尋ねない"
    ),
    "a cluster whose disk a hand took is for a hand to restart": (
        "人がディスクを止めたクラスタは人が再起動する"
    ),
    "plugged right again they may hang on one that is off": (
        "正しく差し直しても、OFF の UPS につながることがある"
    ),
    "repaired it is off until somebody switches it on, and no journal tells of it: he is told so": (
        "修理後は誰かが ON にするまで OFF のままで、どのジャーナルにも記録がない。担当者には通知される"
    ),
    "it has waited its limit, and does not hear that the cluster has stopped and runs anew": (
        "上限まで待ったが、クラスタが停止して再び稼働していることを知らない"
    ),
}
