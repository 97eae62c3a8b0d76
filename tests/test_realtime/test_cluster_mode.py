"""What `clpacmode` says, in every form it may come (R7-08, R12-08)."""

from __future__ import annotations

import pytest

from realtime.cluster_mode import AcMode, ac_mode

ENABLED = "Command succeeded.\ncurrent acmode: enabled\n"
DISABLED = "Command succeeded.\ncurrent acmode: disabled\n"


def test_r7_08_r12_08_the_documents_own_two_answers_are_understood() -> None:
    assert ac_mode(ENABLED) is AcMode.ENABLED
    assert ac_mode(DISABLED) is AcMode.DISABLED


@pytest.mark.parametrize(
    "output",
    [
        ENABLED.replace("\n", "\r\n").encode("ascii"),
        ENABLED.strip(),
        "  current acmode : enabled  ",
        "CURRENT ACMODE: ENABLED",
        "current acmode：enabled",
        b"\xef\xbb\xbf" + ENABLED.encode(),
        ENABLED.encode("utf-16"),
        "コマンドが成功しました。\r\ncurrent acmode: enabled\r\n".encode("cp932"),
        "コマンドが成功しました。\ncurrent acmode: enabled\n".encode(),
        "コマンドが成功しました。\ncurrent acmode: enabled\n".encode("euc_jp"),
        b"\xff\xfe\xff broken \x80\ncurrent acmode: enabled\n"[2:],
    ],
    ids=str,
)
def test_r7_08_newlines_case_and_encoding_do_not_matter(output: bytes | str) -> None:
    assert ac_mode(output) is AcMode.ENABLED


@pytest.mark.parametrize(
    "output",
    [
        "",
        "Command succeeded.\n",
        "Command failed.\ncurrent acmode: enabled\n",
        "Command failed. Could not connect to the cluster.\n",
        "'clpacmode' は、内部コマンドまたは外部コマンドとして認識されていません。\r\n".encode("cp932"),
        "コマンドが成功しました。\n現在の acmode: 有効\n",
        "current acmode: enable\n",
        "current acmode: enabled?\n",
        "not current acmode: enabled\n",
        "current acmode:\n",
        ENABLED + DISABLED,
        b"\x00\x01\x02\xff",
    ],
    ids=repr,
)
def test_r7_08_anything_else_is_unknown_and_never_enabled(output: bytes | str) -> None:
    assert ac_mode(output) is AcMode.UNKNOWN
