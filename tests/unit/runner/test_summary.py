from __future__ import annotations

from pathlib import Path

from action_patterns.redaction import Secrets
from action_patterns.runner import summary


def test_text_is_appended_redacted_and_ends_in_one_newline(tmp_path: Path) -> None:
    secrets = Secrets()
    secrets.add("hush")
    file = tmp_path / "summary"
    assert summary.append("# one hush\n\n", str(file), secrets) is None
    assert summary.append("two \udcff", str(file), secrets) is None
    assert file.read_text() == "# one ***\ntwo \\udcff\n"


def test_no_text_makes_no_file(tmp_path: Path) -> None:
    assert summary.append("", str(tmp_path / "s"), Secrets()) is None
    assert not (tmp_path / "s").exists()


def test_the_last_byte_that_fits_is_written(tmp_path: Path) -> None:
    file = tmp_path / "s"
    assert summary.append("x" * (summary.MAX_BYTES - 1), str(file), Secrets()) is None
    assert file.stat().st_size == summary.MAX_BYTES


def test_what_does_not_fit_is_replaced_by_words_that_say_so(tmp_path: Path) -> None:
    file = tmp_path / "s"
    file.write_text("before\n")
    notice = summary.append("x" * (summary.MAX_BYTES - 7), str(file), Secrets())
    assert notice is not None
    assert f"{summary.MAX_BYTES - 6} bytes" in notice
    assert file.read_text() == f"before\n{notice}\n"


def test_a_full_summary_is_not_overfilled_by_the_notice(tmp_path: Path) -> None:
    file = tmp_path / "s"
    file.write_bytes(b"x" * summary.MAX_BYTES)
    assert summary.append("more", str(file), Secrets()) is not None
    assert file.stat().st_size == summary.MAX_BYTES
