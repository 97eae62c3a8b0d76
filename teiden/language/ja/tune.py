"""What `teiden plan --tune` says: values to set and why, or what stands in the way."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{site}: safe as it is, with a margin of {margin} s or more": (
        "{site}: このままで安全（余裕はすべて {margin} 秒以上）"
    ),
    "{site}: safe with a margin of {margin} s once set (values: {values}, batteries: {batteries})": (
        "{site}: 次の設定で余裕 {margin} 秒の安全な構成になる（変更 {values} 件、バッテリ {batteries} 件）"
    ),
    "{site}: no values make it safe with a margin of {margin} s": (
        "{site}: どの値でも余裕 {margin} 秒では安全にならない"
    ),
    "{site}: no values found in reasonable time; mend these first": (
        "{site}: 妥当な時間内に値が見つからない。先に次を直すこと"
    ),
    "at the values nearest to it:": "最も近い値:",
    "value": "項目",
    "now": "現在",
    "set to": "設定値",
    "because": "理由",
    "with the others": "他の値に合わせる",
    "{rule} needs {figures} = {needs} {unit}, has {has} {unit}": (
        "{rule} 必要 {figures} = {needs} {unit}、設定 {has} {unit}"
    ),
    "cannot hold: {rule}: {what}": "成り立たない: {rule}: {what}",
    " + {margin} (margin)": " + {margin}（余裕）",
    "   needs {needs} {unit} = {sum}": "   必要 {needs} {unit} = {sum}",
    "   has   {has} {unit} = {sum}   {short} {unit} short": (
        "   設定 {has} {unit} = {sum}   {short} {unit} 不足"
    ),
    "   would help, but is kept: {keys}": "   変えれば足りるが固定されている: {keys}",
    "   by hand: {what}": "   手作業: {what}",
    "tightest margins": "余裕の小さい規則",
    "tightest margins then": "変更後に余裕の小さい規則",
    "needs": "必要",
    "has": "設定",
    "margin": "余裕",
    "no runtime is stated for {upses}: their batteries must last up to {needs} s with the margin": (
        "{upses} のバッテリ動作時間 (runtime) が未記入: 余裕を含めて最大 {needs} 秒必要"
    ),
    "left as it is: {what}": "そのまま: {what}",
    "still a warning: {rule}: {what}": "残る警告: {rule}: {what}",
    "{path}: other values refer to it (&{anchor}); write them out first": (
        "{path}: ほかの値がこれを参照している (&{anchor})。先にそれぞれ書き下すこと"
    ),
    "{path}: it stands under an alias (*)": "{path}: 別名 (*) の下にある",
    "the changed file does not say what was computed; please report this": (
        "変更後のファイルが計算結果と一致しない。この不具合を報告すること"
    ),
    "{key} is no value that could be changed": "{key} は変更できる値ではない",
    "e.g. {keys}": "例: {keys}",
}
