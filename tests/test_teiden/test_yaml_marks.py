"""YAML becomes plain values that know their line and column; what is not plain YAML is refused in words."""

from pathlib import Path

import pytest
import yaml

from teiden.files import yaml_marks
from teiden.files.document import Document
from teiden.files.source import InputError, Place, Problem
from teiden.files.text import read_text


def read(text: str) -> Document:
    (document,) = yaml_marks.parse(text, "a.yaml")
    return document


def refusal(text: str) -> Problem:
    with pytest.raises(InputError) as refused:
        yaml_marks.parse(text, "a.yaml")
    (problem,) = refused.value.problems
    return problem


def refusal_of_file(path: Path) -> Problem:
    with pytest.raises(InputError) as refused:
        read_text(path)
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize(
    "word",
    ["off", "on", "yes", "No", "14:10", "22:00", "0755", "1_000", "0x1F", "2027-01-01", ".inf", "1e999"],
)
def test_words_that_yaml_1_1_bends_stay_text(word: str) -> None:
    assert read(f"a: {word}").value == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-3", -3),
        ("1.5", 1.5),
        ('"3"', "3"),
    ],
)
def test_truth_values_numbers_and_null_are_understood(word: str, value: object) -> None:
    found = read(f"a: {word}").value["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_even_when_they_look_like_numbers() -> None:
    assert read("{1: a, true: b, 2027-01-01: c}").value == {"1": "a", "true": "b", "2027-01-01": "c"}


def test_every_value_knows_its_place() -> None:
    document = read("top:\n  list: [a, {b: 'c d'}]\n")
    place = document.place(("top", "list", 1, "b"))
    assert (str(place), place.width) == ("a.yaml:2:17", 5)
    assert str(document.key_place(("top", "list", 1, "b"))) == "a.yaml:2:14"
    assert str(document.place(("top", "list"))) == "a.yaml:2:3", "of a list or mapping, its key"


def test_what_is_missing_is_placed_at_its_nearest_parent() -> None:
    document = read("top:\n  inner: {}\n")
    assert str(document.place(("top", "inner", "deep", 3))) == "a.yaml:2:3"
    assert str(document.place(("nothing",))) == "a.yaml:1:1"


def test_the_caret_stands_under_the_value_behind_wide_characters() -> None:
    place = read("{制御端末: 停電, b: x}").place(("b",))
    line, caret = place.caret_lines()
    assert line.endswith("{制御端末: 停電, b: x}")
    columns_before_x = 1 + 8 + 2 + 4 + 2 + 3
    assert caret == "      | " + " " * columns_before_x + "^"


def test_the_caret_is_as_wide_as_what_it_marks() -> None:
    assert read("a: 停電").place(("a",)).caret_lines()[1].count("^") == 4


def test_a_very_long_line_is_shown_as_a_window_around_the_caret() -> None:
    text = "a: [" + "x, " * 500 + "here, " + "y, " * 500 + "]"
    line, caret = read(text).place(("a", 500)).caret_lines()
    assert len(line) < 200
    assert line[caret.index("^") :].startswith("here")


def test_several_documents_may_stand_in_one_file() -> None:
    first, second = yaml_marks.parse("a: 1\n---\na: 2\n---\n", "a.yaml")
    assert (first.value, second.value) == ({"a": 1}, {"a": 2})
    assert str(second.start) == "a.yaml:3:1"


def test_an_alias_repeats_a_value_where_that_stands() -> None:
    document = read("a: &same {b: 1}\nc: *same\n")
    assert document.value["c"] == {"b": 1}
    assert str(document.place(("c", "b"))) == "a.yaml:1:14"


def test_a_key_given_twice_is_a_problem_beside_all_others() -> None:
    document = read("a: 1\nb: 2\na: 3\nc: !!int 4\n<<: {}\n")
    assert [(str(p.place), p.message) for p in document.problems] == [
        ("a.yaml:3:1", "key `a` stands twice"),
        ("a.yaml:4:4", "tag `!!int`"),
        ("a.yaml:5:1", "merge keys (<<) are not used here"),
    ]
    assert "line 1" in document.problems[0].allowed


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("a:\n\tb: 1\n", "a.yaml:2:1", "a tab in the indentation", "spaces only"),
        ("a:\n  \tb: 1\n", "a.yaml:2:3", "a tab in the indentation", "spaces only"),
        ("a: 1\n\tb: 2\n", "a.yaml:2:1", "a tab in the indentation", "spaces only"),
        (
            "a: {b: 1\nc: 2\n",
            "a.yaml:2:2",
            "a { not closed, or a comma missing in it (opened on line 1)",
            "{number",
        ),
        (
            "a: [1, 2\nb: 3\n",
            "a.yaml:2:2",
            "a [ not closed, or a comma missing in it (opened on line 1)",
            "[ups1",
        ),
        ("a: b: c\n", "a.yaml:1:5", "a second `: ` in one value, or a wrong indentation", "quotes"),
        ("a:\n  b: 1\n c: 2\n", "a.yaml:3:2", "the indentation does not fit the lines above", "one column"),
        ('a: "b\n', "a.yaml:2:1", "a quote that is not closed (opened on line 1)", "same quote"),
        ("a: @b\n", "a.yaml:1:4", "a value cannot begin with this character", "quotes"),
        ("a: *b\n", "a.yaml:1:4", "no value is named &b above", "quotes"),
        ("a: &a [*a]\n", "a.yaml:1:8", "alias *a stands inside the value it names", "write the value out"),
        ("a: 停\x07\n", "a.yaml:1:5", "control character U+0007", "remove it"),
        ("[" * 3000, "a.yaml:1:42", "nested more than 40 deep", "about ten"),
        ("", "a.yaml", "the file is empty", "examples"),
        ("# only a remark\n---\n", "a.yaml", "the file is empty", "examples"),
    ],
)
def test_what_is_not_yaml_is_told_in_the_writers_words(
    text: str, place: str, message: str, hint: str
) -> None:
    problem = refusal(text)
    assert (str(problem.place), problem.message) == (place, message)
    assert hint in problem.allowed


@pytest.mark.parametrize("tabbed", ["a:\n\tb: 1\n", "a: 1\n\tb: 2\n"])
def test_tabs_are_told_without_the_fast_parser_too(tabbed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_marks, "_PARSER", yaml.Loader)
    assert refusal(tabbed).message == "a tab in the indentation"


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    problem = refusal("\n".join(lines))
    assert problem.place.line == 5
    assert problem.message == "aliases repeat more than 10000 values"
    assert "alias bomb" in problem.allowed


@pytest.mark.parametrize(
    ("content", "place", "message", "hint"),
    [
        (b"", "", "", ""),
        (b"\x7fELF\x00\x01", "{}", "the file is binary, not text", "YAML file (UTF-8)"),
        ("a: 1".encode("utf-16"), "{}", "the file is UTF-16, not UTF-8", "save it again as UTF-8"),
        ("a: 1\nb: 停電\n".encode("shift_jis"), "{}:2:4", "byte 0x92 is not UTF-8", "Shift_JIS"),
        (b"a: 1\n" * 900_000, "{}", "the file has 4.3 MiB", "at most 4 MiB"),
    ],
    ids=["empty", "binary", "utf-16", "shift-jis", "huge"],
)
def test_a_file_that_is_no_text_is_refused(
    tmp_path: Path, content: bytes, place: str, message: str, hint: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    if not message:
        assert read_text(path).text == ""
        return
    problem = refusal_of_file(path)
    assert (str(problem.place), problem.message) == (place.format(path), message)
    assert hint in problem.allowed


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    problem = refusal_of_file(tmp_path)
    assert (str(problem.place), problem.message) == (str(tmp_path), "this is a directory")


def test_of_a_missing_file_the_likely_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "reference.yaml").write_text("a: 1")
    problem = refusal_of_file(tmp_path / "referense.yaml")
    assert problem.message == "no such file"
    assert problem.allowed.startswith("did you mean `reference.yaml`?")


def test_an_unreadable_file_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    monkeypatch.setattr("builtins.open", refuse)
    assert refusal_of_file(path).message == "cannot be read: Permission denied"


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = read(read_text(path).text)
    assert document.value == {"a": 1, "b": 2}
    assert str(document.place(("b",))) == "a.yaml:2:4"


def test_problems_are_told_once_and_in_file_order() -> None:
    places = [Place("b", 3, 1), Place("b", 1, 9), Place("b", 1, 2), Place("a", 1, 1), Place("b", 3, 1)]
    error = InputError(Problem(place, "wrong") for place in places)
    assert [str(p.place) for p in error.problems] == ["b:1:2", "b:1:9", "b:3:1", "a:1:1"]


def test_a_flood_of_problems_is_counted() -> None:
    text = str(InputError(Problem(Place("a", n, 1), "wrong") for n in range(1, 101)))
    assert text.endswith("... and 50 more")
