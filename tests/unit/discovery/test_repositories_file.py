"""Names of repositories from a file: lines or a JSON list; every wrong line is named at once."""

from __future__ import annotations

import pytest

from action_patterns.discovery.repositories_file import with_files
from action_patterns.discovery.selection import Place, Selection
from action_patterns.errors import InputError
from support.memory_ports import MemoryFiles


def read(text: str, *named: str) -> tuple[str, ...]:
    selection = Selection(repositories=named, repositories_file="names.txt")
    return with_files(selection, MemoryFiles({"names.txt": text.encode()})).repositories


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("acme/api\nacme/web\n", ("acme/api", "acme/web")),
        ("\ufeffacme/api\r\n\r\n  acme/web  \r\n", ("acme/api", "acme/web")),
        ("# all of ours\nacme/api # the first\n\t# none\nacme/web#x\n".replace("#x", ""), ("acme/api", "acme/web")),
        ("acme/api\nACME/Api\nacme/api", ("acme/api",)),
        ('["acme/api",\n "acme/web"]', ("acme/api", "acme/web")),
        ('  [ "acme\\u002fapi" ]', ("acme/api",)),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert read(text) == names


def test_they_come_after_those_that_are_named() -> None:
    assert read("acme/api\nacme/web", "acme/web", "acme/z") == ("acme/web", "acme/z", "acme/api")


def test_every_wrong_line_is_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        read("acme/api\n\nhttps://github.com/acme/web\n# c\nacme/a, acme/b\nacme/*\nacme/x#y\n")
    problems = refused.value.problems
    assert [(each.file, each.line) for each in problems] == [("names.txt", line) for line in (3, 5, 6, 7)]
    assert problems[0].what == "names.txt: 'https://github.com/acme/web' is not of the form owner/name."
    assert problems[0].fix == "Write 'acme/web'."


def test_every_wrong_item_of_a_list_is_named_with_its_line() -> None:
    with pytest.raises(InputError) as refused:
        read('["acme/api",\n\n"acme", "x y",\n"acme/\\"q\\""]')
    assert [each.line for each in refused.value.problems] == [3, 3, 4]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "names.txt names no repository."),
        ("# nothing yet\n", "names.txt names no repository."),
        ("[]", "names.txt names no repository."),
        ('["acme/api",]', "names.txt begins like a JSON list and is none"),
        ('{"repositories": ["acme/api"]}', "names.txt is JSON, but no list of names."),
        ('["acme/api", 1]', "names.txt is JSON, but no list of names."),
        ('[["acme/api"]]', "names.txt is JSON, but no list of names."),
    ],
)
def test_a_file_that_is_no_list_of_names(text: str, what: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert problem.what.startswith(what)
    assert problem.fix


def test_files_of_all_selections_inside_are_read_and_all_problems_named() -> None:
    files = MemoryFiles({"a.txt": b"acme/a\n", "b.txt": b"acme/b\n", "bad.txt": b"x\n"})
    selection = Selection(
        owners=("acme",),
        any_of=(Selection(repositories_file="a.txt"),),
        none_of=(Selection(all_of=(Selection(repositories_file="b.txt"),)),),
    )
    found = with_files(selection, files)
    assert found.any_of[0].repositories == ("acme/a",)
    assert found.none_of[0].all_of[0].repositories == ("acme/b",)
    bad = Selection(repositories_file="bad.txt", any_of=(Selection(repositories_file="absent.txt"),))
    with pytest.raises(InputError) as refused:
        with_files(bad, files)
    assert len(refused.value.problems) == 2


def test_a_name_has_its_line_for_later_messages() -> None:
    selection = Selection(repositories_file="names.txt")
    found = with_files(selection, MemoryFiles({"names.txt": b"\nacme/api\n"}))
    assert found.place("repositories", "acme/api") == Place("names.txt", 2)


def test_without_a_file_nothing_is_read() -> None:
    selection = Selection(owners=("acme",))
    assert with_files(selection, MemoryFiles({})) is selection
