"""Live mode: proving, arming, running on hardware and in an emulated room."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "the settings break {rules}: see `teiden check`": (
        "設定が {rules} に違反しています。`teiden check` を参照してください"
    ),
    "{stories} did not hold": "{stories} が成立しませんでした",
    "no story was played on the site as it stands in its file": (
        "ファイルのままのサイトで再生されたシナリオがありません"
    ),
    "nothing was proved of {site}; run `teiden prove {site} STORY...`": (
        "{site} は検証されていません。`teiden prove {site} STORY...` を実行してください"
    ),
    "{path} cannot be read ({error}); run `teiden prove` again": (
        "{path} を読めません ({error})。もう一度 `teiden prove` を実行してください"
    ),
    "{site} has changed since {at}; run `teiden prove` again": (
        "{site} は {at} 以降に変更されました。もう一度 `teiden prove` を実行してください"
    ),
    "it was proved with Teiden {version}; run `teiden prove` again": (
        "Teiden {version} で検証されています。もう一度 `teiden prove` を実行してください"
    ),
    "none of these stories is about {site}": "{site} についてのシナリオがありません",
    "not to be armed: {why}": "操作を許可できません: {why}",
    "it may be armed: {path}": "操作を許可できます: {path}",
}
