"""What API Gateway itself answers, before any code of ours runs: problem documents too.

`chalice deploy` imports the API anew and thereby forgets these, so they are put after each one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.problems import SAFE_HEADERS, document

#: Type of a gateway's response → our problem. The types are API Gateway's; what is not named here
#: falls to one of the two defaults.
RESPONSES: Mapping[str, str] = {
    "DEFAULT_4XX": "request_refused",
    "DEFAULT_5XX": "internal_error",
    # What the gateway calls a missing token is a path or a method that there is not.
    "MISSING_AUTHENTICATION_TOKEN": "not_found",
    "RESOURCE_NOT_FOUND": "not_found",
    "REQUEST_TOO_LARGE": "body_too_large",
    "UNSUPPORTED_MEDIA_TYPE": "request_refused",
    "THROTTLED": "too_many_requests",
    "QUOTA_EXCEEDED": "too_many_requests",
    "INTEGRATION_FAILURE": "try_again",
    "INTEGRATION_TIMEOUT": "no_answer_in_time",
}
_RETRY_SECONDS = {429: 5, 503: 2}


def response(code: str, cors_origin: str = "") -> dict[str, Any]:
    """Return what API Gateway is told to answer for the problem *code*."""
    body = document(code)
    headers = {**SAFE_HEADERS, "Content-Type": "application/problem+json"}
    headers["Cache-Control"] = "no-store"
    if body["status"] in _RETRY_SECONDS:
        headers["Retry-After"] = str(_RETRY_SECONDS[body["status"]])
    if cors_origin:
        headers["Access-Control-Allow-Origin"] = cors_origin
    return {
        "statusCode": str(body["status"]),
        "responseParameters": {
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()
        },
        # Whatever the caller accepts: the template's own type decides nothing but which is taken.
        "responseTemplates": {"application/json": _template(body)},
    }


#: Public methods that cost more than others or make us write to somebody: the share of the stage's
#: requests a second that each gets. Filing and whatever an emergency needs is never among them.
SHARES: Mapping[tuple[str, str], float] = {
    ("POST", "/v1/subscriptions"): 0.05,
    ("POST", "/ikuti"): 0.05,
    ("POST", "/v1/reports/{number}/support"): 0.1,
    ("POST", "/laporan/{number}/dukung"): 0.1,
    ("GET", "/data/laporan.csv"): 0.05,
    ("GET", "/v1/sops/{sop}/versions/{version}/document"): 0.05,
    ("GET", "/sop/{sop}/versi/{version}/pdf"): 0.05,
    ("GET", "/poster/{kelurahan}"): 0.1,
    ("GET", "/masuk"): 0.1,
}


def throttles(rate: int, burst: int) -> Mapping[str, str]:
    """Return the settings of the stage's limits: every method's, and those of `SHARES`.

    Each method has the stage's limit for itself, so a flood on one does not shut the others.
    """
    found = {"*/*": (rate, burst)}
    for (method, path), share in SHARES.items():
        place = f"{path.replace('/', '~1')}/{method}"
        found[place] = (max(1, round(rate * share)), max(2, round(burst * share)))
    return {
        f"/{place}/throttling/{name}": str(value)
        for place, limits in found.items()
        for name, value in zip(("rateLimit", "burstLimit"), limits, strict=True)
    }


def shape(client: Any, api: str, stage: str, cors_origin: str, rate: int, burst: int) -> None:
    """Put the responses, deploy the API with them, and set its limits."""
    for kind, code in RESPONSES.items():
        client.put_gateway_response(restApiId=api, responseType=kind, **response(code, cors_origin))
    client.create_deployment(restApiId=api, stageName=stage)
    operations = [
        {"op": "replace", "path": path, "value": value}
        for path, value in throttles(rate, burst).items()
    ]
    client.update_stage(restApiId=api, stageName=stage, patchOperations=operations)


def rename(client: Any, api: str, name: str) -> None:
    """Call the API by its stage's name; `chalice deploy` gives it its own one back each time."""
    operation = {"op": "replace", "path": "/name", "value": name}
    client.update_rest_api(restApiId=api, patchOperations=[operation])


def shield(client: Any, firewall: str, region: str, api: str, stage: str) -> None:
    """Put the web ACL *firewall* before the API's *stage*."""
    address = f"arn:aws:apigateway:{region}::/restapis/{api}/stages/{stage}"
    client.associate_web_acl(WebACLArn=firewall, ResourceArn=address)


def serve_domain(client: Any, api: str, stage: str, domain: str, certificate: str) -> str:
    """Put *domain* in front of the API; return the name that its DNS record points at."""
    try:
        made = client.get_domain_name(domainName=domain)
    except client.exceptions.NotFoundException:
        made = client.create_domain_name(
            domainName=domain,
            regionalCertificateArn=certificate,
            endpointConfiguration={"types": ["REGIONAL"]},
            securityPolicy="TLS_1_2",
        )
    mapped = client.get_base_path_mappings(domainName=domain).get("items", [])
    if not any(one["restApiId"] == api for one in mapped):
        for one in mapped:
            client.delete_base_path_mapping(domainName=domain, basePath=one["basePath"])
        client.create_base_path_mapping(domainName=domain, restApiId=api, stage=stage)
    return str(made.get("regionalDomainName", ""))


def drop_domain(client: Any, domain: str) -> None:
    """Take *domain* away from the API; its certificate stays."""
    try:
        client.delete_domain_name(domainName=domain)
    except client.exceptions.NotFoundException:
        return


def _template(body: Mapping[str, Any]) -> str:
    """*body* as JSON in which the gateway's template language finds nothing to fill in."""
    text = json.dumps(body, ensure_ascii=False)
    if "$" in text or "#" in text:
        raise ValueError("a gateway's template would read $ and # as its own")
    return text
