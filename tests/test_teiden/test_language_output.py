"""What commands print in Japanese: no English sentence is left, and what machines read does not change."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import house_rules
from sequencer.events import Event, Source
from teiden import events_file
from teiden.cli import main
from teiden.commands.console import coloured
from teiden.language.say import speaking
from teiden.narrate import narrate
from teiden.narration.table import table
from teiden.plan.columns import folded, width
from teiden.plots import fonts, timeline

ROOT = house_rules.ROOT
SITE = ROOT / "scenarios" / "sites" / "reference.yaml"
OUTAGE = ROOT / "scenarios" / "site-outage.yaml"
STAYS = re.compile(
    r"""\S*/\S*|\b[RSLXHPCAUND]\d[\w-]*|--\w[\w-]*|`[^`]*`|https?:\S+
    |\b\w+\d+\b|\b\w+\.\w+\b|\b\w+=\w+\b|\bver[\d.]+\b|\b(?:OFF|ON|UPS|SNMP|OS|LAN|SSC|AC-LINK|Warm-UP|Wake-on-LAN)\b""",
    re.VERBOSE,
)
"""Paths, ids, options, code, names with a number, events, product versions, and terms that stay."""
NAMES = frozenset(
    ("linkeddisk", "controldisk", "ssccluster", "utility", "reference", "nightly", "mon", "fri")
)
"""Of the reference site."""


def teiden(*args: object, env: dict[str, str] | None = None) -> Result:
    result = CliRunner(env=env).invoke(main, list(map(str, args)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def english_in(text: str, own: str = "") -> list[str]:
    """Two English words side by side make a phrase; `own`: the words of the story itself."""
    bare = STAYS.sub(" 5 ", text.replace(own, "") if own else text)
    phrases: Iterator[str] = (m[0] for m in re.finditer(r"[A-Za-z][a-z]+(?: [a-z]+)+", bare))
    return [phrase for phrase in phrases if not NAMES.issuperset(phrase.split())]


@pytest.fixture
def ver1_story(tmp_path: Path) -> Path:
    """What ver1.02 does when it waits 1200 s for a flush; nothing of it is declared, so it is broken."""
    path = tmp_path / "ver1.yaml"
    path.write_text(
        f"""schema: teiden/story/1
story: Die Batterie ist zu klein.
site: {SITE}
with: {{product: ver1.02, control_stop: document, linkage.flush_limit: 1200s, upses.ups4.runtime: 25m}}
until: 9h
events:
  - {{at: 10m, mains: utility, lost_for: 2h}}
  - {{at: 0s, fault: flush_never_ends, subject: linkeddisk}}
expect:
  tolerance: 10s
  at: [ups.output_off ups4: 450s]
  before: [array.flushed linkeddisk < ups.output_off ups4 < 100s < cluster.stopping ssccluster]
  within: [ups.output_off ups5: 10s after server.halted rack1]
  never: [array.lost_data, server.crashed]
  count: {{command.sent ssccluster command=restart: 3}}
  finally: [server.halted every linked]
""",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("command", ["plan", "tree"])
def test_a_site_is_shown_without_an_english_sentence(command: str) -> None:
    result = teiden(command, SITE, "--lang", "ja")
    assert result.exit_code == 0
    assert english_in(result.stdout) == []
    assert re.search(r"[ぁ-ん]", result.stdout)


@pytest.mark.parametrize("details", [[], ["--details"]])
def test_a_run_is_told_without_an_english_sentence(details: list[str]) -> None:
    sentence = "The mains of the whole site fail for two hours; everything stops in order and comes back."
    result = teiden("run", OUTAGE, "--lang", "ja", *details)
    assert result.exit_code == 0
    assert english_in(result.stdout, own=sentence) == []
    verdict = result.stdout.splitlines()[-1]
    assert re.match(r"合格  期待 (\d+) 件中 \1 件、不変条件 (\d+) 件中 \2 件 ", verdict)


def test_a_failure_is_explained_without_an_english_sentence(ver1_story: Path) -> None:
    """R6-14, A1: the expectations, the invariants and the row of the alarm; the cause is the rules' text."""
    result = teiden("run", ver1_story, "--lang", "ja")
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if not line.startswith(("原因", "再現"))]
    assert english_in("\n".join(lines), own="Die Batterie ist zu klein.") == []
    for key in ("違反", "実際", "ほかに", "原因", "再現"):
        assert any(line.startswith(key) for line in result.stdout.splitlines()), key


def test_the_columns_of_a_japanese_table_stand_below_each_other() -> None:
    lines = teiden("plan", SITE, "--lang", "ja").stdout.splitlines()
    table_of_stop = lines[1:10]
    starts = {
        width(line[: line.index("シャットダウン")]) for line in table_of_stop if "シャットダウン（" in line
    }
    assert len(starts) == 1


# What machines read


def test_json_and_events_are_the_same_in_every_language(ver1_story: Path, tmp_path: Path) -> None:
    english, japanese = tmp_path / "en.jsonl", tmp_path / "ja.jsonl"
    one = teiden("run", ver1_story, "--json", "--events", english)
    other = teiden("run", ver1_story, "--json", "--events", japanese, "--lang", "ja")
    assert json.loads(one.stdout) == json.loads(other.stdout)
    assert english.read_bytes() == japanese.read_bytes()
    assert teiden("plan", SITE, "--json").stdout == teiden("plan", SITE, "--json", "--lang", "ja").stdout


# Which language


def test_only_the_option_and_its_variable_choose_the_language() -> None:
    """CI prints the same wherever it runs: the locale does not count."""
    english = teiden("tree", SITE).stdout
    assert teiden("tree", SITE, env={"LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8"}).stdout == english
    japanese = teiden("tree", SITE, env={"TEIDEN_LANG": "ja"}).stdout
    assert japanese == teiden("tree", SITE, "--lang", "ja").stdout != english
    assert teiden("tree", SITE, "--lang", "en", env={"TEIDEN_LANG": "ja"}).stdout == english
    assert teiden("tree", SITE).stdout == english


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    result = teiden("tree", SITE, "--lang", "fr")
    assert result.exit_code == 2
    assert "'en', 'ja'" in result.stderr


def test_what_cannot_be_written_is_said_in_japanese_after_the_command_has_ended(tmp_path: Path) -> None:
    result = teiden(
        "plot",
        ROOT / "tests/fixtures/reference-outage.jsonl",
        "-o",
        tmp_path / "no" / "x.svg",
        "--lang",
        "ja",
    )
    assert result.exit_code == 3
    assert "書き込めません" in result.stderr


# Rows


def test_a_long_japanese_reason_is_folded_between_characters_and_not_before_a_full_stop() -> None:
    text = "ups5、ups6 の停止を確認、上限は 755 秒まで。"
    lines = folded(text, 20)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= 21 for line in lines)
    assert not any(line.startswith(("、", "。")) for line in lines)


def test_a_row_of_a_foreign_stream_is_told_as_far_as_it_is_known() -> None:
    """L5: an alarm of a newer sequencer stays as it was told; the frame around it is Japanese."""
    events = [
        Event(0.0, "mains.lost", "utility", "room", Source.FACT),
        Event(
            9.0, "alarm.raised", "ups1", "control1", Source.SEEN, {"text": "the fan is loud", "rule": "U9"}
        ),
    ]
    with speaking("ja"):
        lines = table(narrate(events), 0.0)
    assert any("警報: ups1" in line and "U9  the fan is loud" in line for line in lines)


def test_what_matters_has_its_colour_in_japanese_too() -> None:
    with speaking("ja"):
        assert "\x1b[32m" in coloured("合格  期待 22 件中 22 件")
        assert "\x1b[31m" in coloured("不合格  17 シナリオ中 3 件合格")
        assert "\x1b[31m" in coloured("   1 秒  rack1 異常終了")
        assert "\x1b[33m" in coloured("   1 秒  警報: ups4  理由")


# The picture


def test_a_picture_is_in_japanese_where_there_is_a_font() -> None:
    if fonts.japanese_font() is None:
        pytest.skip("no Japanese font is installed here")
    with speaking("ja"):
        assert "商用電源 停電  0:00" in texts_of(None)


def test_without_a_japanese_font_the_picture_is_in_english_and_says_what_to_install() -> None:
    bare = [fonts.LATIN, "Some Latin Font"]
    with speaking("ja"):
        shown = texts_of(bare)
        advice = fonts.advice(stream(), bare)
    assert "Mains lost  0:00" in shown
    assert all(text.isascii() or not re.search(r"[ぁ-んァ-ヶ一-龠]", text) for text in shown)
    assert "fonts-noto-cjk" in advice
    assert "フォント" in advice


def test_an_english_picture_with_japanese_labels_says_what_to_install_too() -> None:
    assert "fonts-ipaexfont" in fonts.advice(stream(), [fonts.LATIN])
    assert fonts.advice(stream(), [fonts.LATIN, "TakaoGothic"]) == ""


def test_the_best_japanese_font_is_chosen() -> None:
    with fonts.only(["MS Gothic", "IPAexGothic", fonts.LATIN]):
        assert fonts.families() == (fonts.LATIN, "IPAexGothic")
    with fonts.only([fonts.LATIN]):
        assert fonts.families() == (fonts.LATIN,)


def stream() -> tuple[Event, ...]:
    return tuple(events_file.read(str(ROOT / "tests/fixtures/reference-outage.jsonl")).events)


def texts_of(installed: list[str] | None) -> list[str]:
    from matplotlib.text import Text

    figure = timeline.draw(stream(), fonts=installed)
    return [found.get_text() for found in figure.findobj(Text) if isinstance(found, Text)]
