"""Which source a run has, and which of two runs is newer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from action_patterns.pull_request.ownership.source import Order, Run, Source, hashed, order, run_of, source_of
from support.report_builders import context

RUN = Run(workflow="w", number=7, commit="c7")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (RUN, replace(RUN, number=6, commit="c6"), "newer"),
        (RUN, RUN, "newer"),
        (RUN, replace(RUN, number=8, commit="c8"), "older"),
        (RUN, Run(workflow="v", number=900, commit="c7"), "newer"),
        (RUN, Run(workflow="v", number=1, commit="after"), "older"),
        (RUN, Run(workflow="v", number=900, commit="before"), "newer"),
        (RUN, Run(workflow="v", number=1, commit="elsewhere"), "unknown"),
        (RUN, Run(workflow="v", number=1, commit="not read"), "unknown"),
        (None, RUN, "newer"),
        (RUN, None, "newer"),
    ],
)
def test_the_order_of_two_runs(ours: Run | None, theirs: Run | None, expected: Order) -> None:
    assert order(ours, theirs, {"after": True, "before": False, "elsewhere": None}) == expected


def test_a_run_is_read_back() -> None:
    assert run_of(RUN.as_fields()) == RUN


@pytest.mark.parametrize("fields", [None, 7, [], {}, {"number": "7"}, {"workflow": "w"}])
def test_another_shape_is_no_run(fields: object) -> None:
    assert run_of(fields) is None


def test_a_renamed_repository_is_the_same_source() -> None:
    before = source_of(context(repository="acme/old", repository_id="7"), file="sync.yml")
    after = source_of(context(repository="acme/new", repository_id="7"), file="sync.yml")
    assert not after.is_other_than(before.repository, before.file)


def test_without_an_id_the_name_tells_two_repositories_apart() -> None:
    one, two = (source_of(context(repository=name)) for name in ("acme/one", "acme/two"))
    assert one.is_other_than(two.repository, two.file)
    assert not one.is_other_than(source_of(context(repository="Acme/One")).repository, "")


@pytest.mark.parametrize(
    "path", ["sync.yml", "./sync.yml", "a/../sync.yml", "/workspace/sync.yml", "../../sync.yml", "a/b/../../sync.yml"]
)
def test_one_file_has_one_name(path: str) -> None:
    assert source_of(context(workspace="/workspace"), file=path).file == hashed("sync.yml")


def test_a_terminal_below_the_root_names_the_file_as_the_runner_does() -> None:
    assert source_of(context(prefix="campaigns/"), file="sync.yml").file == hashed("campaigns/sync.yml")


def test_nothing_in_the_clear() -> None:
    source = source_of(context(repository="acme/secret-project"), file="secret.yml", present=("secret.yml",))
    assert "secret" not in repr(replace(source, name=""))


def test_a_terminal_has_no_run() -> None:
    assert source_of(context(run_number=0)).run is None
    assert Source().run is None


def test_without_a_list_of_the_files_nothing_proves_a_move() -> None:
    here = context(repository_id="7")
    before = source_of(here, file="old.yml")
    assert not source_of(here, file="new.yml", present=("new.yml",)).is_other_than(before.repository, before.file)
    assert source_of(here, file="new.yml", present=None).is_other_than(before.repository, before.file)


def test_two_folders_without_a_repository_are_two_sources() -> None:
    one, two = (source_of(context(repository_id=f"path:{place}"), file="sync.yml") for place in ("a", "b"))
    assert one.is_other_than(two.repository, two.file)


@pytest.mark.parametrize("other", ["7", "name:a"])
def test_a_folder_and_a_repository_cannot_be_compared(other: str) -> None:
    folder = source_of(context(repository_id="path:a"), file="sync.yml")
    assert not folder.is_other_than(other, folder.file)
