"""AWS clients from one shared botocore session, made on first use and kept for the container.

boto3 is never imported in a function: botocore is there anyway (PynamoDB), and importing boto3
costs more than the rest of a cold start together.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import ConnectionError, HTTPClientError
from botocore.session import Session, get_session

from chalicelib import config

#: Bounded waiting: a call that takes longer is tried again by whoever asked.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    s3={"addressing_style": "virtual"},
    signature_version=None,
)


#: A function that is asked is waited for, nearly as long as the gateway waits, and asked once.
_WAITING = Config(read_timeout=25, retries={"mode": "standard", "total_max_attempts": 1})


@lru_cache(maxsize=1)
def _session() -> Session:
    return get_session()


@cache
def client(name: str) -> Any:
    """Return this container's client for one AWS service, in the stage's region."""
    settings = _CONFIG.merge(_WAITING) if name == "lambda" else _CONFIG
    return _session().create_client(name, region_name=config.region(), config=settings)


def secret(secret_id: str) -> bytes:
    """Return the value of a Secrets Manager secret."""
    manager = client("secretsmanager")
    answer = manager.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
    return str(answer["SecretString"]).encode()


def secret_versions(secret_id: str) -> tuple[bytes, ...]:
    """Return the current value of a secret, then the one before it and the one to come, if any."""
    others = (_version(secret_id, stage) for stage in ("AWSPREVIOUS", "AWSPENDING"))
    return tuple(dict.fromkeys((secret(secret_id), *(one for one in others if one is not None))))


def _version(secret_id: str, stage: str) -> bytes | None:
    from botocore.exceptions import ClientError

    try:
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id, VersionStage=stage)
    except ClientError as error:
        # A secret that was never changed has no value before, and mostly none to come.
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return str(answer["SecretString"]).encode()


#: Refusals that pass: the same call may succeed in a moment.
PASSING = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def refusal_code(error: BaseException | None) -> str:
    """Return AWS's code of a refusal, also of one that PynamoDB wraps; empty if no answer came.

    PynamoDB's own `cause_response_code` breaks over a time-out, which carries no answer.
    """
    while error is not None:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code", ""))
        error = getattr(error, "cause", None)
    return ""


def passes(error: BaseException | None) -> bool:
    """Whether *error* is AWS's and the same call may succeed later: busy, a 5xx, or no answer."""
    code = refusal_code(error)
    if code:
        return code in PASSING
    while error is not None:
        if isinstance(error, ConnectionError | HTTPClientError):
            return True
        error = getattr(error, "cause", None)
    return False
