"""Why a fault of power excuses a rule, and of whom; the English stands in `sim/faults/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
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
    "each time it comes back those on it boot and write, and their disks are to be flushed anew": (
        "復帰のたびにその負荷が起動して書き込み、ディスクをあらためてフラッシュしなければならない"
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
    "a node that was halted has kept its power as its own UPS fell; nobody is up to wake it": (
        "停止していたノードの電源が自身の UPS の停止後も保たれ、起動させる者が稼働していない"
    ),
    "by its last word it counted down, and it is not heard since": (
        "最後の応答では OFF をカウントダウン中で、その後応答がない"
    ),
    "seen off, it is back with its mains, and is not heard since": (
        "停止を確認した後、復電で出力が戻ったが、それ以来応答がない"
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
    "never heard it counts as off, and nothing hangs on it": "応答のない UPS は OFF とみなされる",
    "who answers may run on a silent one that counts down": (
        "応答するものは、カウントダウン中で応答しない UPS で動いているかもしれない"
    ),
    "the last control node has lost its power with it, and nobody forces who boots or hangs meanwhile": (
        "最後の制御端末も電源を失い、その間に起動またはハングしたものを誰も強制停止しない"
    ),
    "its OFF comes long after the nodes are back with their mains, and nobody can call it back": (
        "その OFF は、制御端末が復電で戻ってからずっと後に効き、誰も取り消せない"
    ),
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
    "the control nodes on the UPS or the next one of the site, and whoever cannot come up without them": (
        "その UPS またはサイトの次の UPS につながる制御端末と、それらなしでは起動できないもの"
    ),
    "everybody, if no other LAN switch is there": "他に LAN スイッチがなければすべて",
    "everybody": "すべて",
    # Why a rule is excused
    "on battery a low one counts at once (X-02); who can tell that it is not?": (
        "バッテリ運転中のローバッテリは直ちに有効 (X-02)。偽りかどうかは誰にも分からない"
    ),
    "it could not be told when they halted, and keeps them on; nobody is up to wake them": (
        "ノードの停止時に OFF を受け取れず、電源を入れたままにする。起こせるノードもない"
    ),
    "nobody else would come back either, and the nodes stay up": (
        "ほかに戻ってくるノードもないため、ノードは動作し続ける"
    ),
    "it keeps them on; nobody is up to wake them": "電源を入れたままにし、起こせるノードもない",
    "what a hand has switched off is for a hand to switch on (O1)": (
        "人が OFF にしたものは人が ON にする (O1)"
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
}
