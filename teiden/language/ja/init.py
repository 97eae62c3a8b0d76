"""What `teiden init` says."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "this is a file, not a folder": "フォルダーではなくファイルです",
    "is there already": "既にあります",
    "nothing was written; name an empty folder, or move what is there": (
        "何も書き込んでいません。空のフォルダーを指定するか、あるものを移動してください"
    ),
    "{given} is not an address, e.g. git+https://git.example.net/teiden.git": (
        "{given} はアドレスではありません。例 git+https://git.example.net/teiden.git"
    ),
    "Written, and it holds as it is:": "次のファイルを書きました。このままで条件を満たします:",
    "Next: edit site.yaml, and ask after every change": "次は site.yaml を編集し、変更のたびに確かめます",
    "which settings would hurt, and what to set instead": "危険な設定と、代わりに設定すべき値",
    "who stops when, and with which margin": "何がいつ、どれだけの余裕で止まるか",
    "play a power cut": "停電を再現する",
    "once; then": "一度だけ。その後",
    "the site and every story, as CI does": "サイトとすべてのシナリオ。CI と同じ",
    "Your package index has to offer {wanted}; --from names another source": (
        "{wanted} がパッケージインデックスに必要です。別の入手先は --from で指定します"
    ),
}
