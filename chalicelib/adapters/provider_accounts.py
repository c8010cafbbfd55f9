"""Accounts at the identity provider: Amazon Cognito's user pool, or another issuer's own affair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.accounts import Provider, ProviderState
from chalicelib.services.ports import TryAgain

_ABSENT = "UserNotFoundException"
_TAKEN = "UsernameExistsException"


class CognitoAccounts:
    """Staff's accounts in the stage's user pool; the user name is the account's id."""

    def __init__(self, pool: str) -> None:
        self._pool = pool

    def invite(self, id: str, mail: str, name: str) -> None:
        """See `Provider.invite`: Cognito mails a temporary password."""
        attributes = {"email": mail, "email_verified": "true", "name": name}
        listed = [{"Name": key, "Value": value} for key, value in attributes.items()]
        user = self._user(id)
        try:
            aws.client("cognito-idp").admin_create_user(
                **user, UserAttributes=listed, DesiredDeliveryMediums=["EMAIL"]
            )
        except (ClientError, BotoCoreError) as error:
            _pass(error, _TAKEN)

    def disable(self, id: str) -> None:
        """See `Provider.disable`; an account that Cognito does not know cannot sign in anyway."""
        try:
            aws.client("cognito-idp").admin_disable_user(**self._user(id))
        except (ClientError, BotoCoreError) as error:
            _pass(error, _ABSENT)
        self.sign_out(id)

    def enable(self, id: str) -> None:
        """See `Provider.enable`."""
        try:
            aws.client("cognito-idp").admin_enable_user(**self._user(id))
        except (ClientError, BotoCoreError) as error:
            _pass(error, _ABSENT)

    def sign_out(self, id: str) -> None:
        """See `Provider.sign_out`."""
        try:
            aws.client("cognito-idp").admin_user_global_sign_out(**self._user(id))
        except (ClientError, BotoCoreError) as error:
            _pass(error, _ABSENT)

    def reset_mfa(self, id: str) -> None:
        """See `Provider.reset_mfa`: with the pool's second factor required, it is set up anew."""
        off = {"Enabled": False, "PreferredMfa": False}
        try:
            aws.client("cognito-idp").admin_set_user_mfa_preference(
                **self._user(id), SoftwareTokenMfaSettings=off
            )
        except (ClientError, BotoCoreError) as error:
            _pass(error, _ABSENT)

    def state(self, id: str) -> ProviderState:
        """See `Provider.state`."""
        try:
            found: Mapping[str, Any] = aws.client("cognito-idp").admin_get_user(**self._user(id))
        except (ClientError, BotoCoreError) as error:
            _pass(error, _ABSENT)
            return ProviderState(managed=True)
        return ProviderState(
            managed=True,
            exists=True,
            enabled=bool(found.get("Enabled")),
            status=str(found.get("UserStatus", "")),
            mfa=tuple(found.get("UserMFASettingList", ())),
        )

    def _user(self, id: str) -> dict[str, str]:
        return {"UserPoolId": self._pool, "Username": id}


class ForeignAccounts:
    """Another issuer, as the local one, keeps its accounts by itself: there is nothing to ask."""

    def invite(self, id: str, mail: str, name: str) -> None:
        """See `Provider.invite`."""

    def disable(self, id: str) -> None:
        """See `Provider.disable`: the mark in our table is what counts."""

    def enable(self, id: str) -> None:
        """See `Provider.enable`."""

    def sign_out(self, id: str) -> None:
        """See `Provider.sign_out`."""

    def reset_mfa(self, id: str) -> None:
        """See `Provider.reset_mfa`."""

    def state(self, id: str) -> ProviderState:
        """See `Provider.state`."""
        return ProviderState(managed=False)


def provider_from_environment() -> Provider:
    """Return the administration of the stage's user pool, where STAFF_POOL_ID names one."""
    pool = config.setting("STAFF_POOL_ID", "")
    return CognitoAccounts(pool) if pool else ForeignAccounts()


def _pass(error: Exception, harmless: str) -> None:
    """Let a fault pass that says it is so already; raise TryAgain for any other."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code != harmless:
        raise TryAgain(f"cognito: {code or type(error).__name__}") from error
