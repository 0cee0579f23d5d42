from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.action.inputs import Outputs
from action_patterns.errors import DefectError
from action_patterns.redaction import Secrets
from action_patterns.runner import outputs


class Example(Outputs):
    text: str = ""
    flag: bool = False
    number: int | None = None
    matrix: dict[str, list[dict[str, object]]] = {}  # noqa: RUF012 - a pydantic default


def parsed(content: bytes) -> dict[str, str]:
    """As the runner reads it (actions/runner, FileCommandManager on Linux): lines end at LF and nowhere else."""
    lines = content.decode().split("\n")
    assert lines.pop() == ""
    found: dict[str, str] = {}
    while lines:
        name, _, delimiter = lines.pop(0).partition("<<")
        end = lines.index(delimiter)
        found[name] = "\n".join(lines[:end])
        del lines[: end + 1]
    return found


@given(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.lists(st.sampled_from(["ghadelimiter_", "<<", "EOF", "\n", "\r\n", "\r", "text=x", " "])).map("".join)
)
def test_any_text_is_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("out") / "output"
    outputs.write(Example(text=text), str(file), Secrets())
    assert parsed(file.read_bytes())["text"] == text


def test_each_type_has_one_spelling(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_bytes(b"earlier=1\n")
    outputs.write(Example(flag=True, number=7, matrix={"include": [{"a": "x\ny", "b": 1}]}), str(file), Secrets())
    found = parsed(file.read_bytes().removeprefix(b"earlier=1\n"))
    assert found["flag"] == "true"
    assert found["number"] == "7"
    assert found["matrix"] == '{"include":[{"a":"x\\ny","b":1}]}'
    assert [outputs.encode(value) for value in (False, None, 0, 1.5, (), ["ü"])] == [
        "false", "", "0", "1.5", "[]", '["\\u00fc"]',
    ]  # fmt: skip
    assert json.loads(outputs.encode(["ü"])) == ["ü"]


def test_names_are_the_public_ones(tmp_path: Path) -> None:
    class Named(Outputs):
        artifact_name: str

    outputs.write(Named(artifact_name="x"), str(tmp_path / "o"), Secrets())
    assert set(parsed((tmp_path / "o").read_bytes())) == {"artifact-name"}


def test_text_that_is_no_utf8_is_written_readable(tmp_path: Path) -> None:
    outputs.write(Example(text="\udcff"), str(tmp_path / "o"), Secrets())
    assert parsed((tmp_path / "o").read_bytes())["text"] == "\\udcff"


def refusal(given: Outputs, file: Path, *secret: str) -> str:
    secrets = Secrets()
    for value in secret:
        secrets.add(value)
    with pytest.raises(DefectError) as caught:
        outputs.write(given, str(file), secrets)
    assert not file.exists()
    return caught.value.message


def test_the_size_is_counted_as_github_counts_it(tmp_path: Path) -> None:
    # An ASCII character takes two bytes of UTF-16; "false" and the empty matrix take 14 of the megabyte.
    room = (outputs.MAX_BYTES - 14) // 2
    outputs.write(Example(text="x" * room), str(tmp_path / "fits"), Secrets())
    assert "`text` is the largest" in refusal(Example(text="x" * (room + 1)), tmp_path / "over")
    assert "`text` is the largest" in refusal(Example(text="😀" * (room // 2 + 1)), tmp_path / "wide")


def test_a_value_with_a_secret_is_refused_in_any_spelling(tmp_path: Path) -> None:
    assert "`text` contains a secret" in refusal(Example(text="a hush-hush b"), tmp_path / "o", "hush-hush")
    assert "`matrix` contains a secret" in refusal(
        Example(matrix={"include": [{"key": "h\u00fcsh-h\u00fcsh"}]}), tmp_path / "o", "h\u00fcsh-h\u00fcsh"
    )


def test_a_name_that_could_inject_another_output_is_refused(tmp_path: Path) -> None:
    class Named(Outputs):
        model_config = {"alias_generator": lambda name: f"{name}\nother=1"}  # noqa: RUF012 - pydantic's own spelling
        text: str

    assert "not one GitHub takes" in refusal(Named.model_validate({"text\nother=1": "x"}), tmp_path / "o")
