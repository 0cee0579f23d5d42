"""The version in what a program prints: the generic rule, and the programs that answer in another way."""

from __future__ import annotations

import re

import pytest
from packaging.version import Version
from pydantic import ValidationError

from action_patterns.checks.tools import RULES, Tool

GENERIC = {
    "git version 2.39.5 (Apple Git-154)": "2.39.5",
    "Docker version 28.2.2, build e6534b4": "28.2.2",
    "Python 3.11.7": "3.11.7",
    "v20.20.2": "20.20.2",
    "10.8.2": "10.8.2",
    "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19": "7.88.1",
    "GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu": "4.3",
    "cmake version 3.25.1\n\nCMake suite maintained by Kitware": "3.25.1",
    "gpg (GnuPG) 2.2.40": "2.2.40",
    "tar (GNU tar) 1.34": "1.34",
    "aws-cli/2.15.0 Python/3.11.6 Linux/6.1": "2.15.0",
    "gh version 2.45.0 (2024-03-04)\nhttps://github.com/cli/cli/releases/tag/v2.45.0": "2.45.0",
    "rustc 1.76.0 (07dca489a 2024-02-04)": "1.76.0",
    "pip 23.2.1 from /usr/lib/python3.11/site-packages/pip (python 3.11)": "23.2.1",
    "tool 2.0.0-rc.1": "2.0.0rc1",
    "psql (PostgreSQL) 15.3": "15.3",
}


@pytest.mark.parametrize(("output", "version"), GENERIC.items())
def test_the_generic_rule_finds_the_first_number_with_a_dot(output: str, version: str) -> None:
    assert Tool(tool="x").read(output) == Version(version)


@pytest.mark.parametrize("output", ["", "version 5", "no version here", "release x.y"])
def test_a_number_without_a_dot_is_no_version(output: str) -> None:
    assert Tool(tool="x").read(output) is None


EXPECTED = {
    "bash": "5.2.15",
    "dotnet": "9.0.100",
    "gcc": "12.2.0",
    "go": "1.22.1",
    "helm": "3.14.0",
    "java": "17.0.15",
    "javac": "17.0.15",
    "jq": "1.6",
    "kubectl": "1.29.1",
    "openssl": "3.0.19",
    "perl": "5.36.0",
    "ssh": "9.2",
    "terraform": "1.7.2",
    "unzip": "6.00",
}


@pytest.mark.parametrize("tool", RULES)
def test_a_rule_of_its_own_reads_its_example(tool: str) -> None:
    rule = RULES[tool]
    assert Tool(tool=tool).read(f"{rule.example}\nmore 99.99.99\n") == Version(EXPECTED[tool])
    assert Tool(tool=tool).program().argv == (tool, *rule.arguments)


@pytest.mark.parametrize(
    ("tool", "output", "version"),
    [
        ("java", 'java version "1.8.0_292"', "8.0"),
        ("java", 'openjdk version "21" 2023-09-19', "21"),
        ("terraform", "Terraform v1.9.0-beta1\non linux_amd64\n\nYour version is out of date! 1.9.1.", "1.9.0b1"),
        ("gcc", "gcc (crosstool-NG 1.24.0) 8.4.0", "8.4.0"),
        ("go", "go version go1.23rc1 linux/amd64", "1.23rc1"),
        ("kubectl", "Client Version: v1.29.1\nKustomize Version: v5.0.4-0.20230601165947", "1.29.1"),
    ],
)
def test_odd_outputs_are_read_too(tool: str, output: str, version: str) -> None:
    assert Tool(tool=tool).read(output) == Version(version)


def test_the_caller_may_name_arguments_and_the_part_that_is_the_version() -> None:
    tool = Tool(tool="app", version=">=3", arguments=("info", "--short"), version_pattern=r"build (\d+)")
    assert tool.program().argv == ("app", "info", "--short")
    assert tool.read("app build 7") == Version("7")
    assert tool.read("app build x") is None


@pytest.mark.parametrize(
    ("version", "meant"),
    [
        ("20", "==20.*"),
        ("v20", "==20.*"),
        ("20.x", "==20.*"),
        ("= 2.39", "==2.39.*"),
        ("^20", ">=20,<21"),
        ("^1.4.2", ">=1.4.2,<2"),
        ("^0.4.2", ">=0.4.2,<0.5"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~1.4.2", "~=1.4.2"),
        ("~1.4", "==1.4.*"),
        ("18+", ">=18"),
        ("latest", ">=2.40,<3"),
        (">=18 <20", ">=2.40,<3"),
    ],
)
def test_the_spelling_of_another_tool_is_refused_with_the_range_that_it_means(version: str, meant: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(f"Write `{meant}`")):
        Tool(tool="node", version=version)
    assert Tool(tool="node", version=meant).version == meant


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("git", "git", ""),
        ("git >=2.40,<3", "git", ">=2.40,<3"),
        (" node  ==20.* ", "node", "==20.*"),
        ("git>=2.40, <3", "git", ">=2.40, <3"),
        ("g++", "g++", ""),
        ("clang-tidy ~=15.0", "clang-tidy", "~=15.0"),
    ],
)
def test_a_range_may_follow_the_name(text: str, name: str, version: str) -> None:
    found = Tool.model_validate({"tool": text})
    assert (found.tool, found.version) == (name, version)
