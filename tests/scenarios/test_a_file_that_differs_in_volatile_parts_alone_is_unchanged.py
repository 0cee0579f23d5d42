"""Version lines, dates and build ids do not count: the engine is that of campaigns."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.editions import without_github
from support.memory_ports import MemoryCheckout
from support.skip_stage import Job, alone, skip

pytestmark = without_github(why="A digest asks GitHub nothing.")
RULES = "package.json: $.version\n**/*.txt: /Built on .*/\n**/*.txt: BEGIN IDS…END IDS"


def digest_of(files: dict[str, str], volatile: str = RULES) -> str:
    with alone() as scene:
        job = Job(checkout=MemoryCheckout(files=files))
        return skip(scene, "digest", job, files="**", volatile=volatile).outputs.digest


BEFORE = {
    "package.json": '{"name": "app", "version": "1.0.0"}\n',
    "notes.txt": "one\nBuilt on Monday\nBEGIN IDS\n1\n2\nEND IDS\n",
}


@pytest.mark.parametrize(
    ("path", "content", "is_same"),
    [
        ("package.json", '{"name": "app", "version": "2.0.0"}\n', True),
        ("package.json", '{"name": "app2", "version": "1.0.0"}\n', False),
        ("package.json", '{"name": "app", "version": "1.0.0", "private": true}\n', False),
        ("package.json", '{"name": "app", "version": \n', False),
        ("notes.txt", "one\nBuilt on Friday\nBEGIN IDS\n3\nEND IDS\n", True),
        ("notes.txt", "one\r\nBuilt on Friday\nBEGIN IDS\n3\nEND IDS\n", False),
        ("notes.txt", "two\nBuilt on Monday\nBEGIN IDS\n1\n2\nEND IDS\n", False),
        ("notes.txt", "one\nBuilt on Monday\nBEGIN IDS\n1\n2\n", False),
        ("notes.txt", "one\nBuilt on Monday\nBEGIN IDS\n1\n2\nEND IDS", False),
    ],
)
def test_what_is_volatile_does_not_count_and_all_else_does(path: str, content: str, is_same: bool) -> None:
    assert (digest_of(BEFORE) == digest_of(BEFORE | {path: content})) is is_same


def test_a_file_that_cannot_be_parsed_counts_with_every_byte() -> None:
    broken = BEFORE | {"package.json": '{"version": "1.0.0",,}'}
    assert digest_of(broken) != digest_of(broken | {"package.json": '{"version": "2.0.0",,}'})


def test_of_two_files_one_volatile_and_one_changed_the_change_counts() -> None:
    after = {"package.json": BEFORE["package.json"].replace("1.0.0", "2.0.0"), "notes.txt": "other\n"}
    assert digest_of(BEFORE) != digest_of(after)


@pytest.mark.parametrize(
    ("volatile", "said"),
    [
        ("package.json", "has no pattern and expression"),
        ("package.json: version", "it is no expression"),
        ("**/*.txt: /(/", "cannot be found"),
        ("**/*.txt: $.version", "neither .json"),
        ("!a: /x/", "leaves nothing out here"),
    ],
)
def test_a_rule_without_a_meaning_is_refused(volatile: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        digest_of(BEFORE, volatile)


def test_a_rule_that_matches_no_file_is_a_warning() -> None:
    with alone() as scene:
        finish = skip(scene, "digest", volatile="package.json: $.version")
    assert [each.message for each in finish.annotations] == [
        "'package.json' of `volatile` matches no file that counts."
    ]
