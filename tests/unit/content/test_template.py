"""Templates: what stands outside our delimiters is kept byte for byte, and what is unset is named with its line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.template import Template, has_expressions
from action_patterns.errors import InputError

WORKFLOW = """\
on: { push: { branches: ["main"] } }
jobs:
  test:
    runs-on: ${{ matrix.os }}
    if: ${{ github.event_name != 'push' && !cancelled() }}
    steps: [{ run: 'echo "${{ toJSON(needs) }}" {{ not ours }}' }]
"""
HELM = """\
{{- define "chart.labels" -}}
app: {{ .Values.name | quote }} {{/* a comment */}}
{{- range $key, $value := .Values.env }}{{ $key }}: {{ $value }}{{ end -}}
{{- end -}}
"""
BASH = """\
#!/usr/bin/env bash
if [[ "${#a[@]}" -gt 0 && ${a[0]} =~ ^x{1,3}$ ]]; then echo "${a[@]/#/--}" "${a[*]%%.*}"; fi
(( x <<= 2 )); cat <<EOF <<<"$y" <<-'END'
$(( 1 << 3 )) `id` {%x%} {#x#}
"""
TOML = '[[tool.mypy.overrides]]\nmodule = ["a.*"]\n[tool."x.y"]\nkey = { a = 1 }\nre = \'\\d{2}%\'\n'
DOCKERFILE = 'FROM x@sha256:00\nARG V=${V:-1}\nRUN <<EOT\necho "%{http_code}" {{.ID}}\nEOT\nCMD ["a", "{}"]\n'
MARKDOWN = "# Title #\n{% raw %}{{ site.x }}{% endraw %}\n{# no #}\n<!-- << >> «» -->\n<%= erb %> <% x %> @x@ $x$\n"


def problems(text: str, **values: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as caught:
        Template.parse(text, name="t.yml").render(values)
    return [(problem.what, problem.line) for problem in caught.value.problems]


def render(text: str, **values: Any) -> str:
    return Template.parse(text, name="t.yml").render(values)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [WORKFLOW, HELM, BASH, TOML, DOCKERFILE, MARKDOWN])
def test_other_languages_pass_untouched(text: str, end: str) -> None:
    text = text.replace("\n", end)
    assert not has_expressions(text)
    for each in (text, text.rstrip(), f"\ufeff{text}", f"{text}{end}{end}"):
        assert render(f"{each}<<{{ x }}>>{each}", x="-") == f"{each}-{each}"


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.text(alphabet="a\r\n \x1c\u2028<{%#}>", max_size=20)
)
def test_every_character_outside_a_delimiter_is_kept(before: str, after: str) -> None:
    kept = [each for each in (before, after) if not has_expressions(each + "<")]
    for each in kept:
        assert render(f"{each}|<<{{ x }}>>|{each}", x="1") == f"{each}|1|{each}"


def test_line_ends_may_be_mixed_and_are_trimmed_where_a_hyphen_asks_for_it() -> None:
    loop = "<<% for n in names -%>>\r\n- <<{ n }>>\r\n<<% endfor %>>end\n"
    assert render(loop, names=["a", "b"]) == "- a\r\n- b\r\nend\n"
    assert render("a\r\n<<# one\r\ntwo #>>b\n") == "a\r\nb\n"


def test_all_that_is_unset_is_named_at_once_with_its_line() -> None:
    text = "1\n<<{ one }>>\n<<{ repository.nme }>> <<{ two + 1 }>>\n<<% for x in three %>><<% endfor %>>\n"
    assert problems(text, repository={"name": "api"}) == [
        ("t.yml reads `one`, which is not set.", 2),
        ("t.yml reads an attribute `nme`, which is not set.", 3),
        ("t.yml reads `two`, which is not set.", 3),
        ("t.yml reads `three`, which is not set.", 4),
    ]


def test_an_unset_value_that_is_tested_first_is_no_problem() -> None:
    assert render("<<% if x is defined %>>a<<% else %>>b<<% endif %>>") == "b"
    assert render("<<{ x | default('c') }>>") == "c"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n<<{ x ", 2, "expected `}>>`"),
        ("a\n\n<<% if x %>>", 3, "endif"),
        ("<<% if %>>", 1, "expression"),
        ("a\n<<% include 'b' %>>", 2, "`include`"),
        ("<<% extends 'b' %>>", 1, "`extends`"),
        ("<<% from 'b' import c %>>", 1, "`from`"),
        ("<<{ x | random }>>", 1, "random"),
        ("a\r\n<<{ 1 / 0 }>>", 2, "division by zero"),
        ("<<{ ''.__class__.__mro__ }>>", 1, "unsafe"),
        ("<<{ 'a' * 10000000 }>>", 1, "too large"),
        ("<<{ 2 ** 100 }>>", 1, "too large"),
        ("<<{ [1, 2] }>>", 1, "many spellings"),
        ("\n<<{ none }>>", 2, "no value"),
        ("<<{ lipsum() }>>", 1, "`lipsum`"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, said: str) -> None:
    ((what, where),) = problems(text, x=[1])
    assert (where, said in what) == (line, True), what


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<{ flag }>>", "true"),
        ("<<{ names | tojson }>>", '["<&>\'", "ü"]'),
        ("<<{ names | join(', ') }>>", "<&>', ü"),
        ("<<{ '<<{' }>>", "<<{"),
        ("<<% raw %>><<{ x }>><<% endraw %>>", "<<{ x }>>"),
        ("<<{ '$(id) `x`' }>>", "$(id) `x`"),
    ],
)
def test_a_value_has_one_spelling(text: str, expected: str) -> None:
    assert render(text, flag=True, names=["<&>'", "ü"]) == expected


def test_the_values_that_a_template_reads_are_known() -> None:
    assert Template.parse("<<{ a }>><<% for b in c %>><<{ b }>><<% endfor %>>", name="t").names == {"a", "c"}
