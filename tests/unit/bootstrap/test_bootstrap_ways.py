"""pip and uv themselves, each from an index over TLS, through a proxy, and from a directory of wheels."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bootstrap import bootstrap, installers
from bootstrap.failures import CannotStartError

if TYPE_CHECKING:
    from conftest import Index

pytestmark = pytest.mark.slow

Build = Callable[[dict[str, str]], Path]


@pytest.fixture(params=["pip", "uv"])
def build(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    uv_directory: Path,
    secure_index: Index,
) -> Build:
    """Make an environment of the one locked package with pip alone, or with uv alone."""
    (tmp_path / "workspace").mkdir()
    (tmp_path / "requirements.lock").write_text(
        f"locked-thing==1.0 --hash=sha256:{hashlib.sha256(secure_index.wheel).hexdigest()}\n"
    )
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", tmp_path / "requirements.lock")
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    monkeypatch.setattr(installers, "sleep", lambda _: None)
    monkeypatch.setattr("bootstrap.trust.SYSTEM", ())
    tools = "/usr/bin:/bin" if request.param == "pip" else f"{uv_directory}:/usr/bin:/bin"
    if request.param == "uv":
        monkeypatch.setattr(bootstrap, "has_pip", lambda _: False)

    def made(settings: dict[str, str]) -> Path:
        outer = {"PATH": tools, "HOME": str(tmp_path), "XDG_CONFIG_DIRS": "/nonexistent", **settings}
        if "PIP_CONFIG_FILE" not in outer:
            outer["PIP_CONFIG_FILE"] = os.devnull
        monkeypatch.setattr(os, "environ", outer)
        bootstrap.build(tmp_path / "workspace", compile_bytecode=False)
        (found,) = (tmp_path / "workspace/venv").glob("lib/python3*/site-packages/locked_thing.py")
        return found

    return made


def test_an_index_with_a_certificate_of_the_company(build: Build, secure_index: Index, authority: Path) -> None:
    assert build({"PIP_INDEX_URL": secure_index.url, "NODE_EXTRA_CA_CERTS": str(authority)}).exists()


def test_an_index_whose_certificate_is_not_checked(build: Build, secure_index: Index, tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nindex-url = {secure_index.url}\ntrusted-host = 127.0.0.1\nuser = true\n")
    assert build({"PIP_CONFIG_FILE": str(config)}).exists()


def test_a_certificate_that_is_not_trusted_is_named_once(
    build: Build, secure_index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CannotStartError) as stopped:
        build({"UV_DEFAULT_INDEX": f"corp={secure_index.url}", "PIP_CERT": "/absent.pem"})
    said = str(stopped.value)
    assert re.search(rf"the certificate of {secure_index.url}\S* is not trusted", said)
    assert "the setting `cert` of pip (/absent.pem)" in said
    assert "Do not switch the check off" in said
    assert "trying again" not in capfd.readouterr().err


def test_a_proxy_that_only_pip_is_set_up_for(build: Build, index: Index) -> None:
    proxy = index.url.removesuffix("/simple").removeprefix("http://")
    assert build({"PIP_INDEX_URL": "http://other.invalid/simple", "PIP_PROXY": proxy}).exists()
    assert "http://other.invalid/simple/locked-thing/" in index.requests


def test_a_directory_of_wheels_and_no_network(build: Build, index: Index, tmp_path: Path) -> None:
    wheels = tmp_path / "my wheels, all"
    wheels.mkdir()
    (wheels / index.name).write_bytes(index.wheel)
    assert build({"PIP_NO_INDEX": "1", "UV_FIND_LINKS": wheels.as_uri(), "HTTPS_PROXY": "http://127.0.0.1:9"}).exists()


def test_a_wheel_that_a_directory_lacks_is_named_once(
    build: Build, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotStartError, match=f"locked-thing\\S* is not at file://{tmp_path}/empty") as stopped:
        build({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "empty")})
    assert "Do not edit the lock" in str(stopped.value)
    assert "trying again" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"PIP_NO_INDEX": "1"}, "no directory of wheels is named. Set PIP_FIND_LINKS"),
        ({"PIP_NO_INDEX": "1", "UV_FIND_LINKS": "/absent"}, r"file:///absent \(which is not there\)"),
        ({"PIP_INDEX_URL": "ann/hidden@pass@mirror"}, "'mirror' is no address of an index"),
        ({"UV_DEFAULT_INDEX": "mirror"}, "'mirror' is no address of an index"),
    ],
)
def test_sources_that_can_hold_nothing_are_named_before_a_tool_runs(
    settings: dict[str, str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "usable_uv", lambda _: pytest.fail("a tool was run"))
    monkeypatch.setattr(os, "environ", {"PIP_CONFIG_FILE": os.devnull, **settings})
    with pytest.raises(CannotStartError, match=says):
        bootstrap.build(tmp_path, compile_bytecode=False)


def test_another_file_than_the_locked_one_is_refused_by_both(build: Build, index: Index, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / index.name).write_bytes(index.make(43))
    with pytest.raises(CannotStartError, match="does not have the hash the lock records"):
        build({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")})
    assert not (tmp_path / "workspace/venv/.complete").exists()
