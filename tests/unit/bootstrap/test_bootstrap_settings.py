"""The rows of the table in docs/self-hosted.md: what the owner of a runner sets serves pip and uv alike."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from bootstrap.installers import tool_environment
from bootstrap.sources import is_set_up_for_uv, without_pypi

PAGE = Path(__file__).parents[3] / "docs/self-hosted.md"
MIRROR, OTHER = "https://mirror.example/simple", "https://other.example/simple"
WHEELS = "file:///srv/wheels"


class Case(NamedTuple):
    """A runner, and the variables that both tools then have. A value of None: the variable is absent."""

    sets: dict[str, str]
    expected: dict[str, str | None]
    pip_conf: str = ""
    uv_toml: str = ""


def both(pip: str, uv: str, value: str | None) -> dict[str, str | None]:
    """Return what both tools have: one value under two names."""
    return {f"PIP_{pip}": value, f"UV_{uv}": value}


INDEX = both("INDEX_URL", "DEFAULT_INDEX", MIRROR)
EXTRA = both("EXTRA_INDEX_URL", "INDEX", f"{MIRROR} {OTHER}")
LINKS = both("FIND_LINKS", "FIND_LINKS", WHEELS)
NO_INDEX = both("NO_INDEX", "NO_INDEX", "1")
TRUSTED = both("TRUSTED_HOST", "INSECURE_HOST", "mirror.example:8443")
PROXY = {"HTTPS_PROXY": "http://proxy.example:3128", "HTTP_PROXY": "http://proxy.example:3128"}
NOTHING = {
    **both("INDEX_URL", "DEFAULT_INDEX", None),
    **both("FIND_LINKS", "FIND_LINKS", None),
    **both("EXTRA_INDEX_URL", "INDEX", None),
}

ROWS: dict[str, list[Case]] = {
    "`PIP_INDEX_URL`, `index-url`": [
        Case({"PIP_INDEX_URL": MIRROR}, INDEX),
        Case({}, INDEX, pip_conf=f"[global]\nindex-url = {MIRROR}\n"),
        Case({}, INDEX, pip_conf=f"[global]\nindex_url = {OTHER}\n[install]\nindex-url = {MIRROR}\n"),
        Case({}, INDEX, pip_conf=f"[download]\nindex-url = {MIRROR}\n"),
        Case({}, INDEX, pip_conf=f"[global]\nindex-url = {MIRROR}\n[download]\nindex-url = {OTHER}\n"),
        Case({"PIP_INDEX_URL": MIRROR}, INDEX, pip_conf=f"[install]\nindex-url = {OTHER}\n"),
        Case({"PIP_INDEX_URL": "https://pypi.org/simple/"}, NOTHING),
        Case(
            {"PIP_INDEX_URL": MIRROR, "UV_DEFAULT_INDEX": OTHER},
            {"PIP_INDEX_URL": MIRROR, "UV_DEFAULT_INDEX": OTHER},
        ),
        # What pip refuses without TLS has its hash.
        Case({"PIP_INDEX_URL": "http://u:p@mirror.example:81/simple"}, {"PIP_TRUSTED_HOST": "mirror.example:81"}),
    ],
    "`PIP_EXTRA_INDEX_URL`, `extra-index-url`": [
        Case({"PIP_EXTRA_INDEX_URL": f"{MIRROR} {OTHER}"}, EXTRA),
        Case({}, EXTRA, pip_conf=f"[global]\nextra-index-url =\n    {MIRROR}\n    {OTHER}\n"),
    ],
    "`PIP_FIND_LINKS`, `find-links`": [
        Case({"PIP_FIND_LINKS": "/srv/wheels"}, LINKS),
        Case({"PIP_FIND_LINKS": "~/wheels"}, both("FIND_LINKS", "FIND_LINKS", "file://{home}/wheels")),
        Case({"PIP_FIND_LINKS": "wheels"}, both("FIND_LINKS", "FIND_LINKS", "file://{here}/wheels")),
        Case({"PIP_FIND_LINKS": "/absent"}, {"PIP_FIND_LINKS": "file:///absent", "UV_FIND_LINKS": None}),
        Case({}, LINKS, pip_conf="[global]\nfind-links = /srv/wheels\n"),
    ],
    "`PIP_NO_INDEX`, `no-index`": [
        Case({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels"}, NO_INDEX | LINKS),
        Case({"PIP_NO_INDEX": "true", "UV_FIND_LINKS": "/srv/wheels"}, NO_INDEX | LINKS),
        Case({"PIP_NO_INDEX": "0"}, both("NO_INDEX", "NO_INDEX", None)),
        Case({"PIP_NO_INDEX": "1", "PIP_INDEX_URL": MIRROR}, NO_INDEX | both("INDEX_URL", "DEFAULT_INDEX", None)),
        Case({}, NO_INDEX | LINKS, pip_conf="[global]\nno-index = yes\nfind-links = /srv/wheels\n"),
    ],
    "`PIP_TRUSTED_HOST`, `trusted-host`": [
        Case({"PIP_TRUSTED_HOST": "mirror.example:8443"}, TRUSTED),
        Case({}, TRUSTED, pip_conf="[global]\ntrusted-host = mirror.example:8443\n"),
    ],
    "`PIP_PROXY`, `proxy`": [
        Case({"PIP_PROXY": "http://proxy.example:3128"}, PROXY),
        Case({"PIP_PROXY": "proxy.example:3128"}, PROXY),
        Case({}, PROXY, pip_conf="[global]\nproxy = http://proxy.example:3128\n"),
        Case({"PIP_PROXY": "http://x", "https_proxy": "http://y"}, {"HTTPS_PROXY": None, "https_proxy": "http://y"}),
    ],
    "`PIP_CERT`, `cert`": [
        Case({"PIP_CERT": "{home}/ca.pem"}, {"authorities": "home"}),
        Case({"PIP_CERT": "~/ca.pem"}, {"authorities": "home"}),
        Case({}, {"authorities": "home"}, pip_conf="[global]\ncert = ~/ca.pem\n"),
    ],
    "`PIP_CLIENT_CERT`, `client-cert`, `SSL_CLIENT_CERT`": [
        Case({"PIP_CLIENT_CERT": "/me.pem"}, {"PIP_CLIENT_CERT": "/me.pem", "SSL_CLIENT_CERT": "/me.pem"}),
        Case({"SSL_CLIENT_CERT": "/me.pem"}, {"PIP_CLIENT_CERT": "/me.pem", "SSL_CLIENT_CERT": "/me.pem"}),
        Case({}, {"SSL_CLIENT_CERT": "/me.pem"}, pip_conf="[global]\nclient-cert = /me.pem\n"),
    ],
    "`PIP_DEFAULT_TIMEOUT`, `timeout`, `UV_HTTP_TIMEOUT`": [
        Case({"PIP_DEFAULT_TIMEOUT": "90"}, both("DEFAULT_TIMEOUT", "HTTP_TIMEOUT", "90")),
        Case({"UV_HTTP_TIMEOUT": "90"}, both("DEFAULT_TIMEOUT", "HTTP_TIMEOUT", "90")),
        Case({}, {"PIP_DEFAULT_TIMEOUT": "9.5", "UV_HTTP_TIMEOUT": "9"}, pip_conf="[global]\ntimeout = 9.5\n"),
    ],
    "`PIP_KEYRING_PROVIDER`, `UV_KEYRING_PROVIDER`": [
        Case({"PIP_KEYRING_PROVIDER": "subprocess"}, both("KEYRING_PROVIDER", "KEYRING_PROVIDER", "subprocess")),
        Case({"UV_KEYRING_PROVIDER": "subprocess"}, both("KEYRING_PROVIDER", "KEYRING_PROVIDER", "subprocess")),
        Case({"PIP_KEYRING_PROVIDER": "import"}, {"PIP_KEYRING_PROVIDER": "import", "UV_KEYRING_PROVIDER": None}),
    ],
    "`PIP_CONFIG_FILE`, `pip.conf`": [
        Case({"PIP_CONFIG_FILE": os.devnull}, NOTHING, pip_conf=f"[global]\nindex-url = {MIRROR}\n"),
        # pip reads no file of the user where another one is named.
        Case({"PIP_CONFIG_FILE": "{home}/ca.pem"}, NOTHING, pip_conf=f"[global]\nindex-url = {MIRROR}\n"),
        Case({}, {"PIP_CONFIG_FILE": os.devnull}, pip_conf="not a setting\n"),
    ],
    "`PIP_USER`, `user`, `target`, `constraint`, `require-virtualenv`, `no-binary`": [
        Case(
            {"PIP_USER": "1", "PIP_TARGET": "/stray"},
            {"PIP_USER": None, "PIP_TARGET": None, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_CONFIG_FILE": os.devnull},
            pip_conf="[global]\nuser = true\ntarget = /stray\nconstraint = /stray\nno-binary = :all:\n",
        ),
    ],
    "`UV_DEFAULT_INDEX`, `UV_INDEX_URL`": [
        Case({"UV_DEFAULT_INDEX": MIRROR}, INDEX),
        Case({"UV_INDEX_URL": MIRROR}, INDEX),
        Case({"UV_DEFAULT_INDEX": f"corp={MIRROR}"}, INDEX | {"UV_DEFAULT_INDEX": f"corp={MIRROR}"}),
        Case({"UV_DEFAULT_INDEX": f"{MIRROR}?a=b"}, both("INDEX_URL", "DEFAULT_INDEX", f"{MIRROR}?a=b")),
    ],
    "`UV_INDEX`, `UV_EXTRA_INDEX_URL`": [
        Case({"UV_INDEX": f"{MIRROR} {OTHER}"}, EXTRA),
        Case({"UV_INDEX": MIRROR, "UV_EXTRA_INDEX_URL": OTHER}, EXTRA),
        Case({"UV_INDEX": f"corp={MIRROR}"}, both("EXTRA_INDEX_URL", "INDEX", MIRROR) | {"UV_INDEX": f"corp={MIRROR}"}),
    ],
    "`UV_INDEX_<NAME>_USERNAME`, `UV_INDEX_<NAME>_PASSWORD`": [
        Case(
            {
                "UV_DEFAULT_INDEX": f"my-corp={MIRROR}",
                "UV_INDEX_MY_CORP_USERNAME": "me",
                "UV_INDEX_MY_CORP_PASSWORD": "a/b",
            },
            {"PIP_INDEX_URL": "https://me:a%2Fb@mirror.example/simple", "UV_INDEX_MY_CORP_PASSWORD": "a/b"},
        ),
    ],
    "`UV_FIND_LINKS`": [
        Case({"UV_FIND_LINKS": "/srv/wheels"}, LINKS),
        Case({"UV_FIND_LINKS": f"/srv/wheels,{MIRROR}"}, {"PIP_FIND_LINKS": f"{WHEELS} {MIRROR}"}),
    ],
    "`UV_OFFLINE`": [
        Case({"UV_OFFLINE": "1", "UV_FIND_LINKS": "/srv/wheels"}, NO_INDEX | LINKS),
        Case({"UV_OFFLINE": "1", "PIP_FIND_LINKS": "/srv/wheels"}, NO_INDEX | LINKS),
        Case({"UV_OFFLINE": "1"}, both("NO_INDEX", "NO_INDEX", None) | {"UV_OFFLINE": None}),
    ],
    "`UV_INSECURE_HOST`": [Case({"UV_INSECURE_HOST": "mirror.example:8443"}, TRUSTED)],
    "`UV_CONFIG_FILE`, `uv.toml`": [
        Case({}, INDEX, uv_toml=f'[[index]]\nurl = "{MIRROR}"\ndefault = true\n'),
        Case({}, INDEX, uv_toml=f'index-url = "{MIRROR}"\n'),
        Case({}, INDEX, uv_toml=f'[pip]\nindex-url = "{MIRROR}"\n'),
        Case({"UV_DEFAULT_INDEX": MIRROR}, INDEX, uv_toml=f'index-url = "{OTHER}"\n'),
        Case({}, EXTRA, uv_toml=f'[[index]]\nurl = "{MIRROR}"\n[[index]]\nurl = "{OTHER}"\n'),
        Case({}, EXTRA, uv_toml=f'extra-index-url = ["{MIRROR}", "{OTHER}"]\n'),
        Case({}, NOTHING, uv_toml=f'[[index]]\nname = "t"\nurl = "{MIRROR}"\nexplicit = true\n'),
        Case({}, LINKS, uv_toml='[[index]]\nname = "w"\nurl = "file:///srv/wheels"\nformat = "flat"\n'),
        Case({}, NO_INDEX | LINKS, uv_toml='no-index = true\nfind-links = ["/srv/wheels"]\n'),
        Case({}, NO_INDEX | LINKS, uv_toml='offline = true\nfind-links = ["/srv/wheels"]\n'),
        Case({}, TRUSTED, uv_toml='allow-insecure-host = ["mirror.example:8443"]\n'),
        Case({}, PROXY, uv_toml="".join(f'{each}-proxy = "http://proxy.example:3128"\n' for each in ("http", "https"))),
        Case({"UV_NO_CONFIG": "1"}, NOTHING, uv_toml=f'index-url = "{MIRROR}"\n'),
        Case({"UV_CONFIG_FILE": "{home}/absent.toml"}, NOTHING, uv_toml=f'index-url = "{MIRROR}"\n'),
        Case({}, NOTHING, uv_toml="this is not toml"),
    ],
    "`UV_PYTHON`, `UV_CACHE_DIR`, `UV_NO_BINARY`, `exclude-newer`": [
        Case(
            {"UV_PYTHON": "2.7", "UV_NO_BINARY": "1", "UV_CACHE_DIR": "/machine"},
            {"UV_PYTHON": None, "UV_NO_BINARY": None, "UV_EXCLUDE_NEWER": None, "UV_CACHE_DIR": "{workspace}/cache"},
            uv_toml='exclude-newer = "2020-01-01"\n',
        ),
    ],
    "`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`": [
        Case(each, dict(each))
        for each in ({"HTTPS_PROXY": "x"}, {"http_proxy": "x"}, {"ALL_PROXY": "x"}, {"no_proxy": "x"})
    ],
    "`SSL_CERT_FILE`, `SSL_CERT_DIR`, `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`": [
        *[
            Case({name: "{home}/ca.pem"}, {"authorities": "home"})
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        ],
        Case({"SSL_CERT_DIR": "{home}/certificates"}, {"authorities": "directory"}),
        Case({"SSL_CERT_FILE": "{home}/absent.pem", "PIP_CERT": "{home}/ca.pem"}, {"authorities": "home"}),
        Case({}, {"authorities": "system"}),
    ],
    "`NETRC`, `~/.netrc`": [Case({"NETRC": "/me/netrc"}, {"NETRC": "/me/netrc", "HOME": "{home}"})],
}
# Rows that a whole start shows, in the file of that name.
ELSEWHERE = {
    "`ACTION_PATTERNS_PYTHON`": ("launch", "test_an_explicit_python_is_never_overruled"),
    "`ACTION_PATTERNS_VENV_DIR`": ("launch", "test_a_tilde_is_the_home_directory"),
    "`RUNNER_TEMP`": ("launch", "test_directories_that_another_user_left_in_runner_temp_are_passed_by"),
    "`noexec`, a full disk, a read-only file system": (
        "environment",
        "test_a_file_system_that_cannot_hold_programs_is_named",
    ),
}


def certificate(text: str) -> str:
    """Return what looks like a certificate: nothing here reads it."""
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(("row", "number"), [(row, at) for row, cases in ROWS.items() for at in range(len(cases))])
def test_a_setting_serves_both_tools(row: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, home, workspace = ROWS[row][number], tmp_path / "home", tmp_path / "workspace"
    for place in (home / ".config/pip", home / ".config/uv", home / "certificates", home / "wheels", workspace):
        place.mkdir(parents=True)
    (tmp_path / "wheels").mkdir()
    (home / ".config/pip/pip.conf").write_text(case.pip_conf)
    (home / ".config/uv/uv.toml").write_text(case.uv_toml)
    (home / "ca.pem").write_text(certificate("home"))
    (home / "certificates/one.pem").write_text(certificate("directory"))
    (tmp_path / "system.pem").write_text(certificate("system"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bootstrap.trust.SYSTEM", (str(tmp_path / "absent"), str(tmp_path / "system.pem")))
    monkeypatch.setattr("bootstrap.pip_settings.MACHINE", Path("/nonexistent"))
    monkeypatch.setattr("bootstrap.uv_settings.MACHINE", Path("/nonexistent"))
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == "/srv/wheels" or real(path))
    names = {"home": str(home), "here": str(tmp_path), "workspace": str(workspace)}

    def filled(text: str) -> str:
        return re.sub(r"\{(home|here|workspace)\}", lambda found: names[found[1]], text)

    outer = {"HOME": str(home), "XDG_CONFIG_DIRS": "/nonexistent"} | {n: filled(v) for n, v in case.sets.items()}
    found = tool_environment(outer, workspace)
    for name, value in case.expected.items():
        if name == "authorities":
            for bundle in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                texts = set(re.findall("home|directory|system", Path(found[bundle]).read_text()))
                assert texts == {value, "system"}
        else:
            assert found.get(name) == (None if value is None else filled(value)), name


def test_each_row_of_the_page_has_a_test() -> None:
    section = PAGE.read_text().partition("## Settings of the runner")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", section, re.MULTILINE)
    assert rows[0] == "Setting"
    assert sorted(rows[1:]) == sorted([*ROWS, *ELSEWHERE])
    for file, name in ELSEWHERE.values():
        assert f"def {name}(" in (Path(__file__).parent / f"test_bootstrap_{file}.py").read_text()


def test_without_pypi_only_the_named_sources_are_left(tmp_path: Path) -> None:
    outer = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "UV_INDEX": f"{MIRROR} {OTHER}"}
    left = without_pypi(tool_environment(outer, tmp_path))
    assert (left["PIP_INDEX_URL"], left["PIP_EXTRA_INDEX_URL"]) == (MIRROR, OTHER)
    assert (left["UV_DEFAULT_INDEX"], left["UV_INDEX"]) == (MIRROR, OTHER)
    links = without_pypi(tool_environment({"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "/"}, tmp_path))
    assert (links["PIP_NO_INDEX"], links["UV_NO_INDEX"], links["UV_FIND_LINKS"]) == ("1", "1", "file:///")


def test_uv_is_asked_where_its_own_settings_name_a_source() -> None:
    assert is_set_up_for_uv({"UV_INDEX": MIRROR})
    assert not is_set_up_for_uv({"PIP_INDEX_URL": MIRROR, "UV_OFFLINE": "1"})
