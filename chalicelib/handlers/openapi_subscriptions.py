"""What the API's description says of following and of push."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers import subscription_definitions as forms
from chalicelib.handlers.operation import BODY_CODES, Operation

_TAG = "messages"
_PUSH = (*BODY_CODES, "push_subscription_invalid")

SUBSCRIPTION_OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/v1/push"): Operation(
        "The key that browsers subscribe to push under", forms.PushKey, _TAG, cached=True
    ),
    ("POST", "/v1/reports/{number}/push"): Operation(
        "Be told in this browser what happens to one's own report",
        forms.SubscriptionState,
        _TAG,
        body=forms.SubscribeBrowser,
        status=201,
        codes=(*_PUSH, "not_found", "role_may_not"),
    ),
    ("POST", "/v1/me/push"): Operation(
        "Be told in this browser what is one's own to do",
        forms.SubscriptionState,
        _TAG,
        body=forms.SubscribeBrowser,
        status=201,
        codes=(*_PUSH, "role_may_not"),
    ),
    ("POST", "/v1/reports/{number}/devices"): Operation(
        "Be told by an app on this telephone what happens to one's own report",
        forms.SubscriptionState,
        _TAG,
        body=forms.RegisterDevice,
        status=201,
        codes=(*_PUSH, "not_found", "role_may_not"),
    ),
    ("POST", "/v1/me/devices"): Operation(
        "Be told by an app on this telephone what is one's own to do",
        forms.SubscriptionState,
        _TAG,
        body=forms.RegisterDevice,
        status=201,
        codes=(*_PUSH, "role_may_not"),
    ),
    ("POST", "/v1/subscriptions"): Operation(
        "Follow a report, a category or an area: by mail (202, to be confirmed) or in this browser",
        forms.SubscriptionState,
        _TAG,
        body=forms.Subscribe,
        status=202,
        codes=(*_PUSH, "invalid_email", "nothing_to_follow"),
    ),
    ("POST", "/v1/subscriptions/confirm"): Operation(
        "Confirm by the token of the mail",
        forms.SubscriptionState,
        _TAG,
        body=forms.SubscriptionToken,
        codes=(*BODY_CODES, "not_found"),
    ),
    ("POST", "/v1/subscriptions/leave"): Operation(
        "Be told no more, by the token of any mail",
        forms.SubscriptionState,
        _TAG,
        body=forms.SubscriptionToken,
        codes=(*BODY_CODES, "not_found"),
    ),
    ("POST", "/v1/own-reports"): Operation(
        "Have a link to one's own reports sent to the address left with them; never says whether "
        "the address is known, and sends five a day at most",
        forms.SubscriptionState,
        _TAG,
        body=forms.AskOwnReports,
        status=202,
        codes=(*BODY_CODES, "invalid_email", "invalid_phone"),
    ),
    ("POST", "/v1/own-reports/open"): Operation(
        "One's own reports, by the last part of the link (it lasts three hours)",
        forms.OwnReportList,
        _TAG,
        body=forms.SubscriptionToken,
        codes=(*BODY_CODES, "not_found", "link_over"),
    ),
}
