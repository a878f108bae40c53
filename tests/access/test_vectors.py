"""The vectors of docs/signing.md: what we sign, and what its signers in five languages sign."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from service.access.address import Address, Reason, encoded
from service.access.keyring import SigningKey, open_keyring
from service.access.signing import _message, sign, verify
from service.render.signed import signed_address
from tests.access.addresses import NOW, read
from tests.pages import ROOT, first_cells, section
from tests.pages import read as page

VECTORS_FILE = ROOT / "docs/signing-vectors.json"
FILE: dict[str, Any] = json.loads(VECTORS_FILE.read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = FILE["vectors"]

each = pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["case"])


def address_of(vector: dict[str, Any]) -> Address:
    fixed = dict(vector["fixed"])
    expires = fixed.pop("_exp", None)
    return Address(
        vector["template"],
        vector["extension"],
        values={name: value for name, value in fixed.items() if name[0] != "_"},
        ours={name: value for name, value in fixed.items() if name[0] == "_"},
        open=tuple(vector["open"]),
        expires=None if expires is None else int(expires),
    )


@each
def test_what_we_sign_is_the_vector(vector: dict[str, Any]) -> None:
    address = address_of(vector)
    pairs = {name: encoded(text) for name, text in vector["fixed"].items()}
    pairs["_kid"] = vector["kid"].encode()
    key = SigningKey(vector["kid"], vector["secret"].encode())

    assert (
        _message(address.template, address.format, pairs, address.open).hex() == vector["message"]
    )
    assert sign(key, address) == vector["signature"]


@each
def test_what_we_print_is_the_vectors_address_and_it_is_believed(vector: dict[str, Any]) -> None:
    ring = open_keyring(f"{vector['kid']}:{vector['secret']}", b"another secret")
    filled = "&".join(f"{name}={text}" for name, text in sorted(vector["open"].items()))
    template, extension = vector["template"], vector["extension"]
    declared = {"first_name", "company", "seats", "items"}
    pairs = read(vector["url"].partition("?")[2])

    assert FILE["base"] + signed_address(ring, address_of(vector), filled) == vector["url"]
    assert verify(ring, template, extension, pairs, declared=declared, now=NOW).ok


def test_the_page_counts_the_vectors() -> None:
    words = {12: "twelve"}

    assert f"has {words[len(VECTORS)]} cases" in page("docs/signing.md")


def test_every_reason_of_a_refusal_is_documented() -> None:
    documented = first_cells(section(page("docs/signing.md"), "## What verifies"))

    assert documented == list(Reason)


# The signers


class Language(NamedTuple):
    """How to have a signer make all vectors: a program around it, and what runs it."""

    fence: str
    program: Callable[[str], str]
    command: tuple[str, ...]
    ending: str


PYTHON = """
import json, sys
file = json.load(open(sys.argv[1], encoding="utf-8"))
for v in file["vectors"]:
    print(signed_url(file["base"], v["kid"], v["secret"], v["template"], v["extension"],
                     v["fixed"], v["open"]))
"""
NODE = """
const file = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
for (const v of file.vectors)
  console.log(signedUrl(file.base, v.kid, v.secret, v.template, v.extension, v.fixed, v.open));
"""
PHP = """
$file = json_decode(file_get_contents($argv[1]), true);
foreach ($file['vectors'] as $v)
    echo signed_url($file['base'], $v['kid'], $v['secret'], $v['template'], $v['extension'],
                    $v['fixed'], $v['open']), "\\n";
"""
RUBY = """
require "json"
file = JSON.parse(File.read(ARGV[0], encoding: "UTF-8"))
file["vectors"].each do |v|
  puts signed_url(file["base"], v["kid"], v["secret"], v["template"], v["extension"],
                  v["fixed"], v["open"])
end
"""
GO = """
func main() {
	var file struct {
		Base    string
		Vectors []struct {
			Kid, Secret, Template, Extension string
			Fixed, Open                      map[string]string
		}
	}
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		panic(err)
	}
	for _, v := range file.Vectors {
		made := signedURL(file.Base, v.Kid, v.Secret, v.Template, v.Extension, v.Fixed, v.Open)
		fmt.Println(made)
	}
}
"""


def in_go(signer: str) -> str:
    return signer.replace("import (\n", 'import (\n"encoding/json"\n"fmt"\n"os"\n') + GO


LANGUAGES = {
    "Python": Language("python", lambda signer: signer + PYTHON, (sys.executable,), "py"),
    "Node": Language("js", lambda signer: signer + NODE, ("node",), "cjs"),
    "PHP": Language("php", lambda signer: f"<?php\n{signer}{PHP}", ("php",), "php"),
    "Ruby": Language("ruby", lambda signer: signer + RUBY, ("ruby",), "rb"),
    "Go": Language("go", in_go, ("go", "run"), "go"),
}


def signer(name: str) -> str:
    text = section(page("docs/signing.md"), f"### {name}")
    found = re.search(rf"```{LANGUAGES[name].fence}\n(.*?)```", text, re.S)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_signer_of_the_page_makes_every_vectors_address(name: str, tmp_path: Path) -> None:
    language = LANGUAGES[name]
    if shutil.which(language.command[0]) is None:
        pytest.skip(f"{language.command[0]} is not installed")
    program = tmp_path / f"signer.{language.ending}"
    program.write_text(language.program(signer(name)), encoding="utf-8")
    done = subprocess.run(
        [*language.command, str(program), str(VECTORS_FILE)],
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONUTF8": "1",
            "GO111MODULE": "off",
            "GOCACHE": str(tmp_path / "go"),
            "GOPROXY": "off",
        },
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [vector["url"] for vector in VECTORS]


def test_all_signers_of_the_page_are_tried() -> None:
    headings = re.findall(r"^### (.+)$", section(page("docs/signing.md"), "## Signers"), re.M)

    assert headings == list(LANGUAGES)
