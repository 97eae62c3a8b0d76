"""What varies in a story: distributions, axes, chances, and what is wrong with them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Parameters
    "{name} is neither a distribution nor an axis": "{name} が分布でも軸でもありません",
    "{name} is one thing, not {forms}": "{name} に書けるのは 1 種類だけです（{forms} があります）",
    "{name}: no distribution is called {key}": "{name}: {key} という分布はありません",
    ", or a distribution: {uniform: [5m, 3h]}": "、または分布 {uniform: [5m, 3h]}",
    "nothing uses {name}": "{name} がどこにも使われていません",
    "write {braces} where its value belongs, or give it `set`": (
        "値を入れる場所に {braces} と書くか、`set` を付けてください"
    ),
    "{name} has a value for each device, and none that could stand here": (
        "{name} は機器ごとに値が違うため、ここには書けません"
    ),
    "leave {braces} out, or set one setting only": "{braces} を消すか、`set` の対象を 1 つにしてください",
    # Distributions
    "{value} is not a number with a unit": "{value} は単位付きの数ではありません",
    "one number is wanted here": "ここには数を 1 つ書きます",
    "{n} numbers are wanted here, in brackets": "ここには数を {n} 個、角かっこで囲んで書きます",
    "{one} and {other} do not go together": "単位の種類が混ざっています（{one}、{other}）",
    "all numbers of one distribution have the same kind of unit": "1 つの分布の数は同じ種類の単位で書きます",
    "uniform takes the lowest first, then a higher": "uniform は最小値、最大値の順に書きます",
    "triangular takes the lowest, the most likely and the highest, in this order": (
        "triangular は最小値、最頻値、最大値の順に書きます"
    ),
    "a standard deviation is more than nothing": "標準偏差は 0 より大きくなければなりません",
    "lognormal takes the median and then the 95th percentile, which is higher": (
        "lognormal は中央値、95 パーセンタイル（中央値より大きい値）の順に書きます"
    ),
    "a mean of lengths is more than nothing": "長さの平均は 0 より大きくなければなりません",
    "exponential is never negative": "exponential は負になりません",
    "`within` does not go with choice": "choice に `within` は付けられません",
    "`within` does not go with {what}": "{what} に `within` は付けられません",
    "leave it out": "消してください",
    "it has its ends already": "両端はすでに決まっています",
    "within takes the lowest first, then a higher": "within は下限、上限の順に書きます",
    "hardly anything of this distribution lies within": "この範囲に入る値がほとんどありません",
    "wider bounds, or other numbers for {what}": "範囲を広げるか、{what} の数を見直してください",
    # Choices
    "choice takes values with weights, or a list of values": "choice は値と重みの組、または値の並びです",
    "a value of a choice is text or a number": "choice の値は文字列か数です",
    "{value} is not a weight": "{value} は重みではありません",
    "a number from 0, e.g. 1, or a percentage, e.g. 5%": "0 以上の数（例: 1）、または割合（例: 5%）",
    "all weights are zero": "重みがすべて 0 です",
    "give one of {names} more": "{names} のいずれかに重みを付けてください",
    # Axes written short
    "{key} is missing": "{key} がありません",
    "a step is more than nothing": "step は 0 より大きくなければなりません",
    "`to` lies before `from`": "`to` が `from` より前にあります",
    "at most {n}; a wider step": "{n} 個までです。step を大きくしてください",
    # Settings of the site
    "set takes one dotted key of the site file, not {key}": (
        "set にはサイトファイルのキーを 1 つ、点でつないで書きます（{key} は書けません）"
    ),
    "e.g. model.upses.*.health, model.servers.linked.boot or linkage.flush_limit": (
        "例: model.upses.*.health、model.servers.linked.boot、linkage.flush_limit"
    ),
    "no names stand there": "そこに機器の名前は来ません",
    "the site file": "サイトファイル",
    "{where} has no setting {key}": "{where} に設定 {key} はありません",
    "{where} is one value and has no settings": "{where} は 1 つの値で、その下に設定はありません",
    "end the path there": "そこまでを書いてください",
    "{path} is not one value": "{path} は 1 つの値ではありません",
    "go on with one of: {names}": "続けて次のいずれかを書きます: {names}",
    "go on with a name, or *": "続けて名前、または * を書きます",
    "the site has no {path}": "このサイトに {path} はありません",
    "{kind} has no {name}": "{kind} に {name} はありません",
    # Chances
    "`as` names an event that has a chance": "`as` は chance のある出来事の名前です",
    "this event always happens": "この出来事は必ず起こります",
    "give it a name of its own, e.g. as: second": "別の名前を付けてください（例: as: second）",
    "two things that vary are called {name}": "{name} という名前が 2 つあります",
    # What was tried
    "{name} can be {value}: {words}": "{name} が {value} になることがあります: {words}",
    "with {name} at {value} and {other} at {another}: {words}": (
        "{name} が {value}、{other} が {another} のとき: {words}"
    ),
    "when {name} happens: {words}": "{name} が起こったとき: {words}",
    "when {name} does not happen: {words}": "{name} が起こらなかったとき: {words}",
    "give it bounds, e.g. within: [lowest, highest]; {words}": (
        "within に下限と上限を付けてください。{words}"
    ),
    # Which story
    "seeds of the stories": "シードは各ストーリーのもの",
    "the file holds {n} stories; one is swept at a time": (
        "ファイルに {n} 件のストーリーがあります。一度に扱えるのは 1 件です"
    ),
    "choose one of: {names}": "次から選んでください: {names}",
    "no story here is called {item}": "{item} というストーリーはありません",
}
