"""`teiden table`: what is written, and what does not go together."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{path}: the name of a table ends in {kinds}": "{path}: 表のファイル名の末尾は {kinds} です",
    "{file}: the last line is not finished and left out": "{file}: 最終行は書きかけのため除きました",
    "--kind {kind} is judged by the site: give --site": (
        "--kind {kind} はサイトの設定で判定します。--site を指定してください"
    ),
    "{option} goes with --kind {kind}": "{option} は --kind {kind} と共に使います",
    "{site} is not, or no longer, what this run was played with": (
        "{site} はこの記録の実行時の設定と異なります"
    ),
    "{time} is no distance in time": "{time} は間隔になりません",
    "{file}: {n} rows": "{file}: {n} 行",
}
