"""Why a fault of nodes, servers, people or the network excuses a rule, and of whom (see `sim/faults/`)."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "the last node dies, and nobody is left to tell them to go off": (
        "最後のノードが落ち、オフを指示する者が残らない"
    ),
    "its UPS counts down already, and nobody may force it": (
        "その電源はすでに切断までの時間を数えており、強制停止することも許されない"
    ),
    "it is booted as its power falls; nobody has seen it, or can call the OFF back": (
        "電源が落ちる間際に起動され、誰もそれを見ておらず、オフを取り消すこともできない"
    ),
    "a UPS could not be told when its node halted, and keeps it on; nobody is up to wake it": (
        "ノードの停止時に UPS が OFF を受け取れず、電源を入れたままにする。起こせるノードもない"
    ),
    "nobody confirms anything until another has followed it": (
        "ほかのノードが指揮を引き継ぐまで、停電を確認する者がいない"
    ),
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
    "the last node dies with its power on, and nobody wakes it": (
        "最後のノードが通電したまま停止し、起こす者がいない"
    ),
    "it cannot follow whom the cluster's service on it still tells of": (
        "自ノードのクラスタサービスがまだ名を挙げる相手の後は継げない"
    ),
    "who hangs takes no command, and no other node is up": (
        "ハングしたノードは指揮を執れず、ほかに稼働中のノードもない"
    ),
    "nobody learns that it is halted with its power on (S11)": "通電したまま停止中と誰も知り得ない (S11)",
    "nobody learns that it is halted, or may follow it (S13)": (
        "停止したことを誰も知ることができず、後を継げない (S13)"
    ),
    "nobody can make it boot": "誰も起動させられない",
    "a UPS that nobody could tell to stay off comes back with the mains, and its servers with it": (
        "切ったままにと指示できなかった UPS は復電で戻り、サーバも起動する"
    ),
    "the neighbours that told of its outage have fallen silent too": "隣の UPS も無応答になった",
    "who has begun since hears no card, and what he knows is an outage": (
        "それ以後に始まったノードにはどのカードの応答も届かず、知っているのは停電だけである"
    ),
    "until then nobody comes up who waits for it (S8)": "それまで、それを待つ機器は起動しない（S8）",
    "the only node that would come up goes again with it, or stays off; nobody wakes the others": (
        "起動するはずの唯一のノードがそれとともに停止するか、電源が切れたままで、ほかを誰も起動しない"
    ),
    "nobody can tell a UPS to go off before its battery ends": (
        "バッテリが尽きる前に UPS の OFF を誰も指示できない"
    ),
    "its battery drained while nobody heard it": "誰も読めない間にバッテリが減った",
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
    "who goes while nobody hears him ran as far as anybody knows": (
        "応答が届かない間に停止したサーバは、誰にとっても稼働中のままである"
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
    "what is halted with its power on can only be woken": (
        "電源があるまま停止したものは起動パケットでしか起動できない"
    ),
    # Whom an excuse covers
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
    "whoever boots it asks nobody whether the disks are there": (
        "起動する者はディスクの準備ができているか誰にも確認しない"
    ),
    "whatever boots it asks nobody whether the disks are there": (
        "起動させるものは、ディスクの有無を誰にも尋ねない"
    ),
    "it has waited its limit, and does not hear that the cluster has stopped and runs anew": (
        "上限まで待ったが、クラスタが停止して再び稼働していることを知らない"
    ),
    "its mains went when the last node was on its way down, and nobody is left to force it": (
        "最後のノードの停止中に停電し、強制停止する者が残っていない"
    ),
}
