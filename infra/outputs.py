"""Which of the infra stack's outputs reach the functions, and under which variable.

Names that follow from the stage (tables, queue names) are not here: the code derives them.
"""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES = {
    "ReportsStreamArn": "REPORTS_STREAM_ARN",
    "TimelineMachineArn": "TIMELINE_MACHINE_ARN",
    "WakeQueueUrl": "WAKE_QUEUE_URL",
    "ArmQueueUrl": "ARM_QUEUE_URL",
    "SendQueueUrl": "SEND_QUEUE_URL",
    "ReplanQueueUrl": "REPLAN_QUEUE_URL",
    "CrowdQueueUrl": "CROWD_QUEUE_URL",
    "HookQueueUrl": "HOOK_QUEUE_URL",
    "ReferQueueUrl": "REFER_QUEUE_URL",
    "ReplayQueueUrl": "REPLAY_QUEUE_URL",
    "AcceptQueueUrl": "ACCEPT_QUEUE_URL",
    "DocumentQueueUrl": "DOCUMENT_QUEUE_URL",
    "MediaQueueUrl": "MEDIA_QUEUE_URL",
    "AnnounceQueueUrl": "ANNOUNCE_QUEUE_URL",
    "ReceiptsQueueUrl": "RECEIPTS_QUEUE_URL",
    "StreamDeadQueueUrl": "STREAM_DEAD_QUEUE_URL",
    "PhotoBucketName": "PHOTO_BUCKET",
    "TokenSecretArn": "TOKEN_SECRET_ID",
    "InboundTextQueueUrl": "INBOUND_TEXT_QUEUE_URL",
    "InboundBucketName": "INBOUND_BUCKET",
    "LinkSecretArn": "LINK_SECRET_ID",
    "IdentityKeyArn": "IDENTITY_KEY_ARN",
    "MailConfigurationName": "MAIL_CONFIGURATION_SET",
    "AlarmTopicArn": "ALARM_TOPIC_ARN",
    "BookKeyArn": "BOOK_KEY_ARN",
    "BookBucketName": "BOOK_BUCKET",
}
#: The staff's sign-in through Amazon Cognito. A stage with another issuer, as the local one, does
#: without these.
SIGN_IN = {
    "StaffPoolId": "STAFF_POOL_ID",
    "StaffClientId": "STAFF_CLIENT_ID",
    "StaffLoginDomain": "STAFF_LOGIN_DOMAIN",
    "StaffIssuer": "OIDC_ISSUER",
}


def environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The variables for the functions; an output that is missing raises KeyError."""
    return {variable: outputs[output] for output, variable in VARIABLES.items()}


def sign_in(outputs: Mapping[str, str]) -> dict[str, str]:
    """The variables of the staff's sign-in: the pages' client, and the officers' app beside it."""
    named = {variable: outputs[output] for output, variable in SIGN_IN.items()}
    audiences = {
        "OIDC_AUDIENCE": outputs["StaffClientId"],
        "OIDC_OTHER_AUDIENCES": outputs["StaffMobileClientId"],
    }
    return named | audiences
