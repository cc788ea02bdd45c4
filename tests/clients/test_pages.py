"""The samples of docs/integrating, as they stand there: requests by curl, and the verification of events."""

import hashlib
import hmac
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from billing.contracts.bimetri.errors import names_of_status
from billing.hub.signing import SIGNATURE_HEADER, sign
from config import sandbox as product
from config.api_documents import PARTS
from payments.gateways.dummypay.codes import CARDS
from tests.support.sandbox import running_sandbox

FOLDER = settings.BASE_DIR / "docs" / "integrating"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md"))
CALLING = [name for name in PAGES if "```sh" in (FOLDER / f"{name}.md").read_text()]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "…"
END = "\x1e"


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()


def samples(name: str) -> list[tuple[str, str | None]]:
    """The commands of a page in order, each with the answer that is printed after it."""
    found: list[tuple[str, str | None]] = []
    for language, content in FENCE.findall(text_of(name)):
        if language == "sh":
            found.append((content, None))
        elif language == "json" and found and found[-1][1] is None:
            found[-1] = (found[-1][0], content)
    return found


def fits(expected, actual) -> bool:
    """The printed parts of an answer; `…` stands for anything."""
    if expected == ANY:
        return actual is not None
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(fits(part, actual.get(key)) for key, part in expected.items())
    if isinstance(expected, list):
        pairs = zip(expected, actual, strict=False)
        return len(expected) <= len(actual) and all(fits(part, other) for part, other in pairs)
    return expected == actual


@pytest.fixture(scope="module")
def variables():
    """What `eval "$(manage.py sandbox --shell)"` sets, of the running program."""
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    with running_sandbox() as (url, keys):
        lines = product.as_shell(keys).splitlines()
        found = dict(shlex.split(line)[1].split("=", 1) for line in lines)
        yield {**found, "URL": url}


@pytest.mark.parametrize("name", CALLING)
def test_the_requests_of_a_page_are_answered_as_it_says(name, variables):
    steps = samples(name)
    script = "".join(f"{command}\nprintf '{END}'\n" for command, _answer in steps)
    environment = {"PATH": "/usr/bin:/bin", **variables}
    command = ["bash", "-euc", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split(END)
    assert len(outputs) == len(steps) + 1
    for (command, expected), output in zip(steps, outputs, strict=False):
        if expected is not None:
            assert fits(json.loads(expected), json.loads(output)), f"{command}\n{output}"


def test_every_contract_has_a_page_with_its_first_request_errors_and_repeats():
    assert set(CALLING) == set(PARTS)
    for name in PARTS:
        page = text_of(name)
        for heading in ("## First request", "## Errors", "## Sent twice"):
            assert heading in page, (name, heading)
        assert f"/api/schema/{name}/" in page
        assert f"({name}.md)" in text_of("README")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", text_of(name)):
        assert (FOLDER / target).exists(), target


def test_the_tables_of_errors_are_whole():
    bimetri = text_of("bimetri")
    for status in (400, 401, 404, 405, 413, 415, 429, 500):
        for error in names_of_status(status):
            assert error in bimetri, error
    for code in ("BILLING_01", "Payments_05", *(f"Billing_0{number}" for number in range(1, 7))):
        assert code in text_of("naviga"), code
    for code in (2, 4, 22, 23, 68, 104, 106, 107, 108, 401, 409, 429, 500):
        assert re.search(rf"^\|[^|]*\b{code}\b", text_of("paywall"), re.MULTILINE), code
    for code in ("22", "24", "28", "40", "41", "50", "53", "60", "61", "66", "68"):
        assert re.search(rf"^\|[^|]*\|[^|]*\b{code}\b", text_of("tmf676"), re.MULTILINE), code


def test_the_test_cards_are_those_of_dummypay():
    page = text_of("README")
    printed = {
        number.replace(" ", "") for number in re.findall(r"^\| ((?:\d{4} ){3}\d{4}) \|", page, re.MULTILINE)
    }
    assert printed == {"4111111111111111", *CARDS}
    for number in CARDS:
        assert f"9990.{number[-2:]}" in page


def test_the_documents_that_the_pages_name_are_there(db):
    named = {path for name in PAGES for path in re.findall(r"/api/(?:schema|docs)/\w*/?", text_of(name))}
    assert len(named) > 10
    for path in named:
        assert Client().get(path).status_code == 200, path


# --- verification of events -----------------------------------------------------------------------------------------

BODY = json.dumps({"eventId": "1", "description": "Çay ☕"}, ensure_ascii=False).encode()
SECRET = "a secret of the hub"
GOOD = sign(BODY, SECRET)
CASES = [(BODY, GOOD, True), (BODY + b" ", GOOD, False), (BODY, GOOD[:-1] + "x", False), (BODY, "", False)]


def code_of(language: str) -> str:
    [found] = [content for name, content in FENCE.findall(text_of("webhooks")) if name == language]
    return found


def test_our_signature_is_what_the_page_describes():
    assert SIGNATURE_HEADER in text_of("webhooks")
    assert "sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest() == GOOD


def program(language: str, folder: Path) -> list[str]:
    """Writes the page's code with a main that takes body (hex), header and secret, and prints true or false.

    C# is compiled by Mono, which Debian has.
    """
    code = code_of(language)
    if language == "python":
        main = (
            "import sys\nprint(str(verify(bytes.fromhex(sys.argv[1]), sys.argv[2], sys.argv[3])).lower())\n"
        )
        (folder / "verify.py").write_text(f"{code}\n{main}")
        return [sys.executable, "verify.py"]
    if language == "javascript":
        main = "const [body, header, secret] = process.argv.slice(2);\n"
        main += 'console.log(verify(Buffer.from(body, "hex"), header, secret));\n'
        (folder / "verify.mjs").write_text(f"{code}\n{main}")
        return ["node", "verify.mjs"]
    if language == "php":
        main = 'echo verify(hex2bin($argv[1]), $argv[2], $argv[3]) ? "true" : "false";\n'
        (folder / "verify.php").write_text(f"<?php\n{code}\n{main}")
        return ["php", "verify.php"]
    main = (
        "public static class Program { public static void Main(string[] a) { byte[] body = Array.ConvertAll("
        "a[0].Split('-'), pair => Convert.ToByte(pair, 16)); "
        'Console.WriteLine(Webhook.Verify(body, a[1], a[2]) ? "true" : "false"); } }\n'
    )
    (folder / "Verify.cs").write_text(f"{code}\n{main}")
    subprocess.run(["mcs", "Verify.cs"], cwd=folder, check=True, timeout=60)
    return ["mono", "Verify.exe"]


INTERPRETERS = {"python": sys.executable, "javascript": "node", "php": "php", "csharp": "mcs"}


@pytest.mark.parametrize("language", INTERPRETERS)
def test_the_pages_code_verifies_our_signature(language, tmp_path):
    if shutil.which(INTERPRETERS[language]) is None:
        pytest.skip(f"needs {INTERPRETERS[language]}")
    command = program(language, tmp_path)
    for body, header, is_good in CASES:
        done = subprocess.run(
            [*command, body.hex("-") if language == "csharp" else body.hex(), header, SECRET],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.stdout.strip() == str(is_good).lower(), done.stderr
