"""act runs the shipped files: only the spelling of `uses: $/` differs."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from github_sandbox import act_sources

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_nothing_but_the_prefix_differs(tmp_path: Path) -> None:
    act_sources.copy_product(CHECKOUT, tmp_path / "copy", tmp_path / "sources")
    changed = []
    for name in act_sources.SHIPPED:
        sources = [CHECKOUT / name] if (CHECKOUT / name).is_file() else (CHECKOUT / name).rglob("*")
        for source in sources:
            if not source.is_file() or "__pycache__" in source.parts:
                continue
            copy = tmp_path / "copy" / source.relative_to(CHECKOUT)
            assert copy.stat().st_mode == source.stat().st_mode
            if copy.read_bytes() != source.read_bytes():
                changed.append((source, copy))
    assert [source.name for source, _ in changed] == ["distribute.yml"]
    for source, copy in changed:
        before, after = source.read_text().splitlines(), copy.read_text().splitlines()
        assert len(before) == len(after)
        differing = [(b, a) for b, a in zip(before, after, strict=True) if b != a]
        assert len(differing) == 3
        for b, a in differing:
            assert a == b.replace("$/", f"{act_sources.PRODUCT}/") + f"@{act_sources.REF_OF_THE_COPY}", difflib.ndiff(
                b, a
            )


@pytest.mark.slow
def test_the_sources_are_compiled_once_for_all_steps(tmp_path: Path) -> None:
    act_sources.copy_product(CHECKOUT, tmp_path / "copy", tmp_path / "sources")
    place = tmp_path / "copy/src/action_patterns"
    compiled = {path.name.partition(".")[0] for path in place.rglob("*.pyc")}
    assert compiled == {path.stem for path in place.rglob("*.py")}
    assert (tmp_path / "copy/src").is_symlink(), "act copies the link and not what it leads to"


def test_only_a_reference_is_rewritten() -> None:
    text = "      - run: echo uses $/actions/x\n      # uses: $/actions/y\n      - uses: $/actions/z\n"
    assert act_sources.readable_for_act(text).splitlines()[:2] == text.splitlines()[:2]
    assert act_sources.readable_for_act(text).endswith(
        f"      - uses: {act_sources.PRODUCT}/actions/z@{act_sources.REF_OF_THE_COPY}\n"
    )


def test_every_reference_finds_its_directory(tmp_path: Path) -> None:
    workflows = tmp_path / "consumer/.github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "a.yml").write_text(
        "jobs:\n  a:\n    uses: action-patterns/action-patterns/.github/workflows/distribute.yml@v0.1.0\n"
        "  b:\n    steps:\n      - uses: action-patterns/action-patterns@main # the root\n"
        "      - uses: 'actions/upload-artifact@v4'\n      - uses: actions/setup-node@v4\n"
    )
    product, upload = tmp_path / "product", tmp_path / "upload"
    found = act_sources.local_repositories(tmp_path / "consumer", product, {"actions/upload-artifact": upload})
    assert found == {
        f"{act_sources.PRODUCT}@{act_sources.REF_OF_THE_COPY}": product,
        f"{act_sources.PRODUCT}@v0.1.0": product,
        f"{act_sources.PRODUCT}@main": product,
        "actions/upload-artifact@v4": upload,
    }
