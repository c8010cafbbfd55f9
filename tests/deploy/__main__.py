"""`python -m tests.deploy`: an emulated AWS to try docs/deploy.md against; Ctrl-C ends it.

It prints the variables that lead `make doctor`, `make deploy` and the others to it.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path

from tests.deploy.cloud import MACHINE, emulated, impatient


def main() -> None:
    """Serve until Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with emulated(home, home / "transcript.txt", iam=False) as cloud:
            print("In another shell:\n")
            print(f"export AWS_ENDPOINT_URL={cloud.endpoint} AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled")
            print("export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test NO_PROXY=127.0.0.1")
            print(f"export AWS_DATA_PATH={impatient(home / 'waiters')}\n")
            print(f'and in stages/dev.toml: account = "000000000000", architecture = "{MACHINE}"')
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    time.sleep(1)


if __name__ == "__main__":
    main()
