"""What pytest shows of stories, and what assertions of the Python interface say."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "expected {what}": "予定: {what}",
    "was {what}": "実際: {what}",
    "files": "ファイル",
    "stories {n} (files {files}), sites {sites}": ("シナリオ {n} 件（{files} ファイル）、サイト {sites} 件"),
    "failures leave files in {folder}": "失敗したシナリオのファイルは {folder} に残ります",
}
