"""MiniStack with the REST API import that `chalice deploy` needs; for tests only.

Run with the interpreter of MiniStack's own environment, in the place of ``-m ministack``. MiniStack
1.5.33 takes ``POST /restapis?mode=import`` for the creation of an empty API, knows no
``PUT /restapis/{id}``, does not tell the DNS records of a mail domain, asks IAM about batches of
messages by a name that IAM does not have and about mail without naming the sender, and speaks
plain HTTP, which the policy of the photo bucket refuses. These are patched in here, on its private
names; nothing else is changed.
"""

from __future__ import annotations

import json

from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

_plain = gateway.handle_request
_plain_import_operation = gateway._import_operation


async def handle_request(method, path, headers, body, query_params):
    parts = [part for part in path.strip("/").split("/") if part]
    spec = _spec(body)
    if parts == ["restapis"] and method == "POST" and spec:
        api = gateway._import_rest_api(spec, {"binaryMediaTypes": _binary(spec)})
        return gateway._v1_response(gateway._rest_api_view(gateway._rest_apis[api]), 201)
    if len(parts) == 2 and parts[0] == "restapis" and method == "PUT" and spec:
        return _replace(parts[1], spec)
    return await _plain(method, path, headers, body, query_params)


def _replace(api, spec):
    """Overwrite: the resources, and with them what was put on the API by hand, go."""
    if api not in gateway._rest_apis:
        return gateway._v1_error("NotFoundException", "Invalid API identifier specified", 404)
    root = next(one for one in gateway._resources[api].values() if one["path"] == "/")
    gateway._resources[api] = {root["id"]: {**root, "resourceMethods": {}}}
    gateway._gateway_responses[api] = {}
    gateway._rest_apis[api]["binaryMediaTypes"] = _binary(spec)
    for path, item in spec.get("paths", {}).items():
        gateway._import_path_item(api, path, item)
    return gateway._v1_response(gateway._rest_api_view(gateway._rest_apis[api]))


def _import_operation(api, resource, method, operation, scheme_map=None, security=None):
    """The integration's templates and answers too, which make up the preflight's mock."""
    _plain_import_operation(api, resource, method, operation, scheme_map, security)
    given = (operation or {}).get("x-amazon-apigateway-integration") or {}
    kept = gateway._resources[api][resource]["resourceMethods"][method].get("methodIntegration")
    if kept is None:
        return
    if "requestTemplates" in given:
        kept["requestTemplates"] = given["requestTemplates"]
    for name, answer in given.get("responses", {}).items():
        pattern = "" if name == "default" else name
        kept.setdefault("integrationResponses", {})[answer["statusCode"]] = {
            **answer,
            "selectionPattern": pattern,
        }


def _spec(body):
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return None
    return found if isinstance(found, dict) and "paths" in found else None


def _binary(spec):
    return spec.get("x-amazon-apigateway-binary-media-types", [])


_MAIL = provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]
_plain_create, _plain_update = _MAIL["create"], _MAIL["update"]


def _with_records(made):
    identity, attributes = made
    names = {
        f"DkimDNSToken{part}{number}": f"token{number}{end}"
        for number in (1, 2, 3)
        for part, end in (
            ("Name", f"._domainkey.{identity}"),
            ("Value", ".dkim.amazonses.com"),
        )
    }
    return identity, {**attributes, **names}


_plain_action = iam_actions.extract_iam_action


def extract_iam_action(*given, **more):
    """Sending a batch is `sqs:SendMessage` to IAM, and so with the other batches of SQS."""
    action = _plain_action(*given, **more)
    return action.removesuffix("Batch") if action and action.startswith("sqs:") else action


iam_actions.extract_iam_action = extract_iam_action
_plain_mail_resource = iam_actions._ses_v2_resource_arn


def _mail_resource(method, path, body, region, account):
    """A mail is sent as its sender's identity."""
    if path.endswith("/outbound-emails"):
        sender = json.loads(body)["FromEmailAddress"]
        return f"arn:aws:ses:{region}:{account}:identity/{sender.rpartition('@')[2]}"
    return _plain_mail_resource(method, path, body, region, account)


iam_actions._ses_v2_resource_arn = _mail_resource
_plain_origin = iam_evaluator.pin_request_origin
# The loopback counts as TLS.
iam_evaluator.pin_request_origin = lambda address, _secure: _plain_origin(address, True)
_MAIL["create"] = lambda *given, **more: _with_records(_plain_create(*given, **more))
_MAIL["update"] = lambda *given, **more: _with_records(_plain_update(*given, **more))
gateway.handle_request = handle_request
gateway._import_operation = _import_operation

if __name__ == "__main__":
    from ministack.app import main

    main()
