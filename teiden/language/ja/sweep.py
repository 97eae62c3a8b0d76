"""What `teiden sweep` says: how far it is, what broke and how often, and who was left behind."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The command
    "longer than nothing": "0 より長くすること",
    "--workers and --scheduler exclude each other": "--workers と --scheduler は同時に指定できない",
    "--resume and --overwrite exclude each other": "--resume と --overwrite は同時に指定できない",
    "--tls-ca, --tls-cert and --tls-key go together": "--tls-ca、--tls-cert、--tls-key は 3 つ一緒に指定する",
    "--tls-ca, --tls-cert and --tls-key go with --scheduler": (
        "--tls-ca、--tls-cert、--tls-key は --scheduler と一緒に使う"
    ),
    "--every and --up-to go with --restore": "--every と --up-to は --restore と一緒に使う",
    "--restore takes neither --runs nor --charges": "--restore では --runs も --charges も使えない",
    "{n} of {runs} runs kept in {folder}; go on with --resume": (
        "{runs} 回のうち {n} 回の結果を {folder} に残した。--resume で続けられる"
    ),
    "warning: {address} is not encrypted, and whoever reaches it can run code there; use tls://": (
        "警告: {address} は暗号化されておらず、届く者は誰でもそこでコードを実行できる。tls:// を使うこと"
    ),
    # The cluster
    "{address} is no address; e.g. tcp://127.0.0.1:8786 or tls://scheduler:8786": (
        "{address} はアドレスではない。例: tcp://127.0.0.1:8786、tls://scheduler:8786"
    ),
    "{address} needs --tls-ca, --tls-cert and --tls-key": (
        "{address} には --tls-ca、--tls-cert、--tls-key が必要"
    ),
    "with TLS the address begins with tls://": "TLS ではアドレスが tls:// で始まる",
    "{address}: no scheduler answers within {n} s: {reason}": (
        "{address}: {n} 秒以内にスケジューラの応答がない: {reason}"
    ),
    "--scheduler needs the extra teiden[dask]: pip install 'teiden[dask]'": (
        "--scheduler には追加の teiden[dask] が必要: pip install 'teiden[dask]'"
    ),
    "{address}: the scheduler has no workers": "{address}: スケジューラにワーカーがいない",
    "{address}: no workers for {n} s": "{address}: {n} 秒間ワーカーがいない",
    "a worker died: killed, or out of memory; fewer --workers need less of it": (
        "ワーカーが死んだ（強制終了、またはメモリ不足）。--workers を減らせばメモリは少なくて済む"
    ),
    "the workers have Teiden {theirs}, this is {ours}": "ワーカーの Teiden は {theirs}、こちらは {ours}",
    "the workers cannot load Teiden ({error}); install the same one there": (
        "ワーカーが Teiden を読み込めない（{error}）。同じものをそこに入れること"
    ),
    "the cluster gave up: {error}": "クラスタが断念した: {error}",
    "--parquet needs the extra teiden[parquet]: pip install 'teiden[parquet]'": (
        "--parquet には追加の teiden[parquet] が必要: pip install 'teiden[parquet]'"
    ),
    # The folder
    "{key} is {here}, was {there}": "{key} は {here}（前は {there}）",
    "the same story, site, seed and version go on; --overwrite starts anew": (
        "続けられるのは同じストーリー、サイト、シード、版のときだけ。--overwrite は新しく始める"
    ),
    "is a file": "ファイルである",
    "a sweep writes a folder; -o names it": "結果はフォルダに書く。名前は -o で指定する",
    "is not empty, and no sweep wrote it": "空でなく、sweep の結果でもない",
    "-o names another folder": "-o で別のフォルダを指定する",
    "is not what a sweep of this version writes": "この版の sweep が書くものではない",
    "holds another sweep: {what}": "別の sweep の結果が入っている: {what}",
    "holds a sweep already": "すでに sweep の結果が入っている",
    "--resume goes on with it, --overwrite starts anew, -o names another folder": (
        "--resume で続き、--overwrite で新しく、-o で別のフォルダ"
    ),
    "cannot be read: {error}": "読めない: {error}",
    "this is not the line of run {run}": "{run} 回目の行ではない",
    "somebody else wrote here; --overwrite starts anew": "ほかの者が書き込んだ。--overwrite は新しく始める",
    # Progress
    "{done} of {runs} runs": "{runs} 回中 {done} 回",
    "{n} a second": "毎秒 {n} 回",
    "{n} broken": "不成立 {n} 回",
    "{n} could not be played": "実行できず {n} 回",
    # The report
    "{n} runs of {story}, seed {seed}": "{story} を {n} 回、シード {seed}",
    "{what}; varied: {names}": "{what}。変えるもの: {names}",
    "unmet": "未達",
    "errors": "エラー",
    "untested": "未検証",
    "worst": "最悪値",
    "telling": "効く値",
    "files": "ファイル",
    "{pct} %": "{pct} %",
    "at most {pct} %": "最大 {pct} %",
    "{pct} % ({low} .. {high} %)": "{pct} %（{low} .. {high} %）",
    "{k} of {n} runs": "{n} 回中 {k} 回",
    "run {n}": "{n} 回目",
    "run {run}: {error}": "{run} 回目: {error}",
    "{rules}: no run put them to the test": "{rules}: どの回でも試されなかった",
    "{ups} {pct} % in run {run}": "{ups} {pct} %（{run} 回目）",
    "mains back -> everything up": "復電 -> すべて稼働",
    "{name}: {most}, {least}": "{name}: {most}、{least}",
    "{k} of {n} broke at {values}": "{values} で {n} 回中 {k} 回不成立",
    "no parameter by itself": "単独で効くものはない",
    "{n} such files in {folder}": "同様のファイルが {folder} に {n} 個",
    "{text}: the first {most} that broke, and the worst": "{text}: 不成立の最初の {most} 回と最悪の回",
    "{table}, {runs} (sha256 {checksum})": "{table}、{runs}（sha256 {checksum}）",
    "BROKEN  {k} of {n} runs break: {chance}": "不成立  {n} 回中 {k} 回が不成立: {chance}",
    "BROKEN  {k} runs could not be played, the other {n} hold": (
        "不成立  {k} 回は実行できず、残り {n} 回は成立"
    ),
    "HOLDS  all {n} runs: {chance} break, 95 times of 100": (
        "成立  {n} 回すべて: 不成立は {chance}（信頼度 95 %）"
    ),
    "HOLDS  all {n} runs": "成立  {n} 回すべて",
    "{time}, {n} runs a second": "{time}、毎秒 {n} 回",
    # The restore sweep
    "nothing stopped": "何も停止せず",
    "turned round before an output fell": "出力断の前に引き返した",
    "turned round before an array was cut": "ディスクの電源断の前に引き返した",
    "turned round before the cluster stopped": "クラスタ停止の前に引き返した",
    "stopped and started again": "停止して再起動した",
    "still down at the end": "最後まで停止のまま",
    "cut unsafely": "危険な電源断",
    "stranded": "取り残し",
    "mains back after": "復電まで",
    "outcome": "結果",
    "all up again after": "全復旧まで",
    "not all": "全部ではない",
    "{low} to {high}": "{low} から {high}",
    "Of {n} returns none strands anybody, and none cuts anything unsafely.": (
        "{n} 通りの復電のどれでも、取り残しも危険な電源断もない。"
    ),
    "STRANDED in {k} of {n} returns: {names}, first when the mains were back after {when}": (
        "取り残し {n} 通りの復電のうち {k} 通り: {names}。最初は復電まで {when} のとき"
    ),
    "CUT UNSAFELY in {k} of {n} returns: {names}, first when the mains were back after {when}": (
        "危険な電源断 {n} 通りの復電のうち {k} 通り: {names}。最初は復電まで {when} のとき"
    ),
    "servers stop": "サーバ停止",
    "flush, cut": "フラッシュ、電源断",
    "control side stops": "制御側停止",
    "e.g. events: {example}": "例: events: {example}",
    "the mains are never lost in this story": "このストーリーでは停電が起きない",
    "the mains of {name} are lost again at {n} s": "{name} は {n} 秒に再び停電する",
    "--up-to less than {time}": "--up-to を {time} より短くする",
    "the mains return in one story at a time; here are {n}": (
        "一度に扱えるストーリーは 1 つ。ここには {n} 個ある"
    ),
    "--item one of: {names}": "--item で 1 つ選ぶ: {names}",
}
