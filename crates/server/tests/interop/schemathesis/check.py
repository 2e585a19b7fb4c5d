"""Schemathesis against a running store with the sample shop: check.py STORE

Signs in, looks at every operation of /openapi.json with every check, a fixed seed and a bounded number of examples.
The last line is `done`.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

STORE = sys.argv[1].rstrip("/")
HERE = Path(__file__).resolve().parent
EXAMPLES = "5"
SEED = "20261123"


def sign_in(name):
    """What a person does in the browser of a stock client; the tokens are in the address it is led back to."""
    page = f"{STORE}/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1"
    html = requests.get(page, timeout=30).text
    field = lambda name: re.search(f'name="{name}" value="([^"]*)"', html).group(1)
    form = {
        "_wpnonce": field("_wpnonce"),
        "auth_session": field("auth_session"),
        "wcpos-log": name,
        "wcpos-pwd": f"{name}-demo",
        "wcpos_website": "",
    }
    answer = requests.post(page, data=form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["access_token"][0]


token = sign_in("owner")
spare_token = sign_in("cashier")
scratch = tempfile.mkdtemp()
run = subprocess.run(
    [
        Path(sys.executable).with_name("schemathesis"),
        f"--config-file={HERE / 'schemathesis.toml'}",
        "--no-color",
        "run",
        f"{STORE}/openapi.json",
        f"--header=Authorization: Bearer {token}",
        "--phases=examples,coverage,fuzzing,stateful",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--continue-on-failure",
        "--request-timeout=30",
        "--warnings=off",
    ],
    cwd=scratch,
    env={
        **os.environ,
        "SPARE_TOKEN": spare_token,
        "HYPOTHESIS_STORAGE_DIRECTORY": scratch,
        "PYTHONUTF8": "1",
    },
    check=False,
)
sys.stdout.flush()
assert run.returncode == 0, "Schemathesis found something"

alive = requests.get(
    f"{STORE}/wp-json/wcpos/v2/auth/sessions", headers={"Authorization": f"Bearer {token}"}, timeout=30
)
assert alive.status_code == 200, "the session ended on the way"
print("done")
