from __future__ import annotations

from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, Field, SecretStr, model_validator

from action_patterns import registry
from action_patterns.action.inputs import Inputs
from action_patterns.errors import InputError
from action_patterns.input_types import Flag, LineList, NameList
from action_patterns.pull_request.spec.reviewers import NOBODY
from action_patterns.redaction import Secrets
from action_patterns.runner.inputs import default_text, parse


def _short(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) > 8:
        raise ValueError("must have at most 8 characters")
    return value


class Example(Inputs):
    target: str = Field(description="Where to.")
    count: int = Field(default=3, ge=1, description="How often.")
    dry_run: Flag = Field(default=False, description="Whether to only look.")
    mode: Literal["fast", "slow"] = Field(default="fast", description="How.")
    names: NameList = Field(default=(), description="Who.")
    lines: LineList = Field(default=("a,b", "c"), description="What.")
    token: Annotated[SecretStr, AfterValidator(_short)] | None = Field(default=None, description="A secret.")

    @model_validator(mode="after")
    def _rule(self) -> Example:
        if self.mode == "slow" and self.count > 5:
            raise ValueError("`count` above 5 needs `mode: fast`")
        return self


class Named(Inputs):
    key: str = Field(description="Which.")
    run: str = Field(default="", description="Lines.")


def read(**variables: str) -> Example:
    return parse(Example, {f"INPUT_{name}": value for name, value in variables.items()}, Secrets()).inputs


def problems(**variables: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(**variables)
    return [f"{problem.what} {problem.fix}" for problem in caught.value.problems]


def test_values_are_typed_and_defaults_apply() -> None:
    found = read(TARGET=" o/r\n", DRY_RUN="true", NAMES="a, b\nc", LINES=" x,y \n\n z ")
    assert found == Example(target="o/r", dry_run=True, names=("a", "b", "c"), lines=("x,y", "z"))


def test_the_hyphenated_spelling_of_other_runners_is_read_too() -> None:
    assert read(TARGET="t", **{"DRY-RUN": "true"}).dry_run is True


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_input_counts_as_not_given(blank: str) -> None:
    assert read(TARGET="t", COUNT=blank).count == 3
    assert "`target` is required" in problems(TARGET=blank)[0]


def test_every_problem_is_told_at_once_with_value_allowed_values_default_and_fix() -> None:
    required, count, flag, mode = problems(COUNT="many", DRY_RUN="yes", MODE="fats")
    assert "Input `target` is required and was not given." in required
    assert "Add `target` under `with:`. Where to." in required
    assert "`count` is `many`" in count
    assert "Default: 3." in count
    assert "must be true or false" in flag
    assert "Allowed: true, false. Default: false." in flag
    assert "did you mean `fast`?" in mode
    assert "did you mean `fast`?" in problems(TARGET="t", MODE="FAST")[0]
    assert "`count` is `1e3`: must be a whole number; did you mean `1000`?" in problems(TARGET="t", COUNT="1e3")[0]
    assert "Allowed: fast, slow." in mode


def test_a_rule_over_several_inputs_is_told_in_its_own_words() -> None:
    assert problems(TARGET="t", MODE="slow", COUNT="6") == [
        "`count` above 5 needs `mode: fast`. Correct the inputs under `with:`."
    ]


def test_a_long_value_is_shortened_and_kept_on_one_line() -> None:
    (text,) = problems(TARGET="t", COUNT="9\n" * 500)
    assert "\n" not in text
    assert "(999 characters)" in text


def test_a_misspelt_input_is_a_hint_not_an_error() -> None:
    parsed = parse(Example, {"INPUT_TARGET": "t", "INPUT_DRYRUN": "true", "INPUT_ELSE": "x"}, Secrets())
    assert parsed.hints == ("There is no input `dryrun`; did you mean `dry-run`?",)


@pytest.mark.parametrize("name", ["deploy-", "-prod", "a/", "v1.", ":", "ü\n_"])
def test_a_name_with_a_separator_at_its_end_is_a_hint(name: str) -> None:
    (hint,) = parse(Named, {"INPUT_KEY": name}, Secrets()).hints
    assert hint.startswith("Input `key` is `")
    assert "it came to nothing" in hint


@pytest.mark.parametrize("name", ["deploy", ".github", "@scope/pkg", "/etc/hosts", "a--b", "v1.0", "_x", "🚀"])
def test_another_name_is_none(name: str) -> None:
    assert parse(Named, {"INPUT_KEY": name, "INPUT_RUN": "echo -"}, Secrets()).hints == ()


def test_a_secret_is_masked_before_anything_is_validated_and_is_never_in_a_message() -> None:
    announced: list[str] = []
    with pytest.raises(InputError) as caught:
        parse(Example, {"INPUT_TOKEN": "hush-hush-hush\n", "INPUT_COUNT": "x"}, Secrets(announced.append))
    assert announced == ["hush-hush-hush"]
    text = repr([(problem.what, problem.fix) for problem in caught.value.problems])
    assert "at most 8 characters" in text
    assert "hush-hush" not in text


@pytest.mark.parametrize("variables", [("INPUT_APP_KEY",), ("INPUT_APP-KEY",), ("INPUT_APP_KEY", "INPUT_APP-KEY")])
def test_a_secret_is_masked_under_every_name_that_a_runner_gives_it(variables: tuple[str, ...]) -> None:
    class WithKey(Example):
        app_key: SecretStr = Field(default=SecretStr(""), description="A key.")

    announced: list[str] = []
    values = {name: f"hush-hush-{at}" for at, name in enumerate(variables)}
    parse(WithKey, {"INPUT_TARGET": "t"} | values, Secrets(announced.append))
    assert announced == list(values.values())


@given(st.lists(st.text(st.characters(exclude_characters=",", exclude_categories=["Cs"]), min_size=1)))
def test_a_list_of_names_is_read_back_whatever_is_in_it(names: list[str]) -> None:
    expected = tuple(line.strip() for name in names for line in name.splitlines() if line.strip())
    assert read(TARGET="t", NAMES=",".join(names)).names == expected
    assert read(TARGET="t", LINES="\n".join(names)).lines == (expected or ("a,b", "c"))


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_every_default_is_read_back_as_itself(name: str) -> None:
    model = registry.load(name).inputs
    for field_name, field in model.model_fields.items():
        text = default_text(field)
        if text is None:
            assert field.is_required()
            continue
        alone: type[Inputs] = type(
            "Alone", (Inputs,), {"__annotations__": {field_name: field.rebuild_annotation()}, field_name: ...}
        )
        variables = {f"INPUT_{field_name.upper()}": text}
        if text:
            assert getattr(parse(alone, variables, Secrets()).inputs, field_name) == field.get_default(
                call_default_factory=True
            )
        else:
            assert field.get_default(call_default_factory=True) in (None, "", (), NOBODY)
