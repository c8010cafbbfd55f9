"""Staff's accounts at Amazon Cognito, against moto; and an issuer that cannot be asked."""

from __future__ import annotations

import pytest
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.adapters.provider_accounts import (
    CognitoAccounts,
    ForeignAccounts,
    provider_from_environment,
)
from chalicelib.services.accounts import ProviderState
from chalicelib.services.ports import TryAgain


@pytest.fixture
def pool(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        aws.client.cache_clear()
        made = aws.client("cognito-idp").create_user_pool(PoolName="staff")
        yield made["UserPool"]["Id"]
    aws.client.cache_clear()


def test_an_account_is_invited_once_disabled_and_enabled(pool):
    accounts = CognitoAccounts(pool)
    assert accounts.state("sari.contoh") == ProviderState(managed=True)
    accounts.invite("sari.contoh", "sari@tangerang.example", "Sari Contoh")
    accounts.invite("sari.contoh", "sari@tangerang.example", "Sari Contoh")
    state = accounts.state("sari.contoh")
    assert (state.exists, state.enabled, state.status) == (True, True, "FORCE_CHANGE_PASSWORD")
    accounts.disable("sari.contoh")
    assert accounts.state("sari.contoh").enabled is False
    accounts.enable("sari.contoh")
    accounts.reset_mfa("sari.contoh")
    assert accounts.state("sari.contoh").enabled is True
    user = aws.client("cognito-idp").admin_get_user(UserPoolId=pool, Username="sari.contoh")
    kept = {one["Name"]: one["Value"] for one in user["UserAttributes"]}
    assert (kept["email"], kept["email_verified"]) == ("sari@tangerang.example", "true")


def test_what_cognito_does_not_know_is_signed_out_already(pool):
    for change in ("disable", "enable", "sign_out", "reset_mfa"):
        getattr(CognitoAccounts(pool), change)("nobody")


def test_any_other_fault_is_tried_again(pool):
    with pytest.raises(TryAgain):
        CognitoAccounts("ap-southeast-3_absent").disable("nobody")


def test_the_stage_says_who_is_asked(monkeypatch):
    monkeypatch.delenv("STAFF_POOL_ID", raising=False)
    assert isinstance(provider_from_environment(), ForeignAccounts)
    assert ForeignAccounts().state("sekda") == ProviderState(managed=False)
    monkeypatch.setenv("STAFF_POOL_ID", "ap-southeast-3_x")
    assert isinstance(provider_from_environment(), CognitoAccounts)
