"""The key that a message provider and the city share: `python -m infra.gateway_key NAME`.

It follows from the stage's link key (variable ``LINK_SECRET_ID``, or ``TOKEN_SECRET`` on the local
stage), so that it is kept nowhere; whoever runs this needs the right to read that secret.
"""

from __future__ import annotations

import sys

from chalicelib import config
from chalicelib.domain.signing import gateway_keys


def main(arguments: list[str]) -> int:
    """Print the key of the provider named."""
    if len(arguments) != 1:
        print("usage: python -m infra.gateway_key NAME", file=sys.stderr)
        return 2
    print(gateway_keys(config.link_keys(), arguments[0])[0].decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
