"""Changes that depend on what the target holds, as a table."""

from __future__ import annotations

import pytest

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange
from action_patterns.content.edits import Condition, Edit, There, resolve
from action_patterns.errors import InputError

FILE, EXECUTABLE, LINK, FOLDER, SUBMODULE = "100644", "100755", "120000", "040000", "160000"


class Digits:
    """Takes digits for volatile."""

    def same(self, there: bytes, desired: bytes, path: str) -> bool:
        assert path == "a"
        return there.strip(b"0123456789") == desired.strip(b"0123456789")


def there(content: bytes, mode: str = FILE) -> There:
    return There(blob_oid(content), mode, content)


def append(old: bytes | None, ours: bytes) -> bytes:
    text = old or b""
    return text if text.endswith(ours) else text + ours


def edit(**fields: object) -> Edit:
    return Edit(**({"path": "a", "mode": FILE, "content": b"ours"} | fields))  # type: ignore[arg-type]


def change(content: bytes = b"ours", mode: str = FILE) -> FileChange:
    return FileChange(path="a", mode=mode, content=content)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "old", "expected"),
    [
        ("always", None, change()),
        ("always", there(b"x"), change()),
        ("missing", None, change()),
        ("missing", there(b"x"), None),
        ("missing", there(b"x", LINK), None),
        ("missing", There("0" * 40, FOLDER, None), None),
        ("present", None, None),
        ("present", there(b"x"), change()),
    ],
)
def test_a_condition_is_about_what_the_base_holds(
    condition: Condition, old: There | None, expected: FileChange | None
) -> None:
    # The pull request holds our own file: it never counts.
    assert resolve(edit(condition=condition), old, there(b"ours")).change == expected


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        (None, change(b"ours")),
        (there(b"x"), change(b"xours")),
        (there(b"xours"), change(b"xours")),
        (there(b"x", EXECUTABLE), change(b"xours", EXECUTABLE)),
    ],
)
def test_a_transformed_file_keeps_its_mode(old: There | None, expected: FileChange) -> None:
    assert resolve(edit(transform=append), old, None).change == expected


@pytest.mark.parametrize(
    ("mode", "word"), [(LINK, "a symbolic link"), (FOLDER, "a directory"), (SUBMODULE, "a submod")]
)
def test_nothing_is_merged_into_what_is_no_file(mode: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        resolve(edit(transform=append), There("0" * 40, mode, None), None)


@pytest.mark.parametrize(
    ("old", "proposed", "expected", "which"),
    [
        (None, None, b"ours1", ""),
        (there(b"ours1"), None, b"ours1", ""),
        (there(b"ours7"), None, b"ours7", "the base"),
        (there(b"other7"), there(b"ours8"), b"ours8", "the pull request"),
        (there(b"ours7"), there(b"ours8"), b"ours7", "the base"),
        (None, there(b"ours8"), b"ours8", "the pull request"),
        (there(b"ours7", EXECUTABLE), None, b"ours1", ""),
        (There("0" * 40, FOLDER, None), None, b"ours1", ""),
    ],
)
def test_a_volatile_difference_is_no_reason_to_write_and_is_named(
    old: There | None, proposed: There | None, expected: bytes, which: str
) -> None:
    found = resolve(edit(content=b"ours1", volatile=Digits()), old, proposed)
    assert found.change == change(expected)
    assert (which in found.note, bool(found.note)) == (True, bool(which))
