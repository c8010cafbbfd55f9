"""The first administrator of a stage, who invites everybody else.

    python -m infra.deploy.people --id ID --name NAME --mail ADDRESS

puts the account into the stage that the environment names, and has the identity provider invite
it. Repeated, it goes on where it stopped. Written into the record as the deployment's own act.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

DEPLOYMENT = "deployment"


def main(arguments: Sequence[str] | None = None) -> int:
    """Invite the first administrator; 1 when the account is refused."""
    from chalicelib import bootstrap
    from chalicelib.domain.accounts import AccountRefused
    from chalicelib.domain.actions import Caller
    from chalicelib.services.accounts import Invitation

    parser = argparse.ArgumentParser(prog="infra.deploy.people", description=__doc__)
    for name in ("--id", "--name", "--mail"):
        parser.add_argument(name, required=True)
    given = parser.parse_args(arguments)
    caller = Caller(frozenset({"admin"}), person=DEPLOYMENT)
    invitation = Invitation(given.id, given.name, given.mail, roles=("admin",))
    try:
        shown = bootstrap.manage_accounts().invite(caller, invitation, "first administrator")
    except AccountRefused as refused:
        sys.stderr.write(f"refused: {refused.code}\n")
        return 1
    word = shown["provider"]["status"] or "invited by the issuer's own administration"
    sys.stdout.write(f"{given.id} is an administrator; sign-in account: {word}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
