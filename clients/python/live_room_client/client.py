"""Every operation of the API. Written by `python -m clients.generate`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, cast
from urllib.parse import quote

from live_room_client.models import (
    ADevice,
    AccountChange,
    AccountPage,
    Activate,
    AnswerInstruction,
    AnswerReferral,
    ApiClient,
    ApiClients,
    ApproveTemplate,
    AreaList,
    Arrivals,
    Arrive,
    Ask,
    AskOwnReports,
    AskedContacts,
    Assign,
    Assignment,
    AssignmentList,
    Audit,
    AuditPage,
    Block,
    Breach,
    Breaches,
    CallBack,
    CallList,
    CallOutcome,
    CaseRecord,
    CatalogueDocument,
    CatalogueFileSet,
    Categories,
    Challenge,
    Comment,
    Contact,
    ContactCheck,
    Cover,
    Crowd,
    DecideAppeal,
    Decline,
    Defer,
    DeskNote,
    Devices,
    DifferenceOf,
    DirectoryDocument,
    Draft,
    DraftComment,
    DraftList,
    DraftSimulation,
    Drill,
    DrillBegun,
    DrillList,
    EditDraft,
    Filed,
    FindingList,
    Follow,
    Grant,
    HandOver,
    Health,
    ImportFiles,
    ImportResult,
    InboundMessage,
    Instruct,
    KeepApart,
    LedgerDay,
    LedgerDays,
    LedgerKeys,
    ListedPage,
    MaybeReasoned,
    Merge,
    Migrate,
    Moderate,
    MoveOwnership,
    MovePlan,
    Moves,
    NewAccount,
    NewBreach,
    NewClient,
    NewDevice,
    NewDraft,
    NewDrill,
    NewPhoto,
    NewReport,
    NewSignal,
    NewWebhook,
    Notice,
    OfficeContactList,
    OwnReportList,
    PhotoRoom,
    Photos,
    Plain,
    Preferences,
    ProposeTemplate,
    Protection,
    Publication,
    PushKey,
    PutCalendar,
    PutCatalogueDocument,
    PutDocument,
    PutLimits,
    QueuePage,
    Rate,
    ReadContact,
    Reasoned,
    ReasonedStep,
    Refer,
    RegisterDevice,
    Reject,
    Release,
    Replay,
    Replayed,
    Report,
    ReportProof,
    Reporter,
    RequestTime,
    Review,
    Shift,
    ShiftHistory,
    SignalTaken,
    SimilarList,
    Simulated,
    Simulation,
    Situation,
    SopDocument,
    Sops,
    Statistics,
    Step,
    StopDrill,
    Submit,
    Subscribe,
    SubscribeBrowser,
    SubscriptionState,
    SubscriptionToken,
    Support,
    SupportTaken,
    Switch,
    TakeOver,
    Taken,
    TemplateList,
    TemplatePreview,
    TemplateShown,
    Timeline,
    TrainingRecord,
    Verify,
    VersionList,
    Webhook,
    WebhookDeliveries,
    Webhooks,
    WholeAccount,
    WithdrawTemplate,
)
from live_room_client.transport import Transport


class LiveRoom(Transport):
    """The API. Refusals are raised as `ApiProblem`."""

    def get_reports_similar(
        self,
        *,
        category: str | None = None,
        lat: float | None = None,
        lon: float | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> SimilarList:
        """Open reports near a place about the same kind of thing, before filing one more."""
        path = "/v1/reports/similar"
        answer = self._call("GET", path, query={"category": category, "lat": lat, "lon": lon, "limit": limit, "cursor": cursor})
        return cast("SimilarList", answer)

    def get_reports_by_number_similar(
        self,
        number: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> SimilarList:
        """What a report may be a duplicate of."""
        path = f"/v1/reports/{quote(number, safe='')}/similar"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("SimilarList", answer)

    def get_reports_by_number_crowd(
        self,
        number: str,
    ) -> Crowd:
        """How many reports were joined to this one, and how many residents support it."""
        path = f"/v1/reports/{quote(number, safe='')}/crowd"
        answer = self._call("GET", path)
        return cast("Crowd", answer)

    def post_reports_by_number_support(
        self,
        number: str,
        body: Support,
    ) -> SupportTaken:
        """Support a report; counted once a resident, by the link in the message."""
        path = f"/v1/reports/{quote(number, safe='')}/support"
        answer = self._call("POST", path, body=body)
        return cast("SupportTaken", answer)

    def get_admin_clients(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ApiClients:
        """The systems that have a key, and how often they may call."""
        path = "/v1/admin/clients"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("ApiClients", answer)

    def post_admin_clients(
        self,
        body: NewClient,
    ) -> ApiClient:
        """Register a system; its key is shown this once."""
        path = "/v1/admin/clients"
        answer = self._call("POST", path, body=body)
        return cast("ApiClient", answer)

    def post_admin_clients_by_client_renew(
        self,
        client: str,
        body: Plain | None = None,
    ) -> ApiClient:
        """Give a system a new key; the old one dies."""
        path = f"/v1/admin/clients/{quote(client, safe='')}/renew"
        answer = self._call("POST", path, body=body)
        return cast("ApiClient", answer)

    def post_admin_clients_by_client_revoke(
        self,
        client: str,
        body: Plain | None = None,
    ) -> ApiClient:
        """Shut a system out."""
        path = f"/v1/admin/clients/{quote(client, safe='')}/revoke"
        answer = self._call("POST", path, body=body)
        return cast("ApiClient", answer)

    def get_admin_webhooks(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Webhooks:
        """The receivers of webhooks."""
        path = "/v1/admin/webhooks"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("Webhooks", answer)

    def post_admin_webhooks(
        self,
        body: NewWebhook,
    ) -> Webhook:
        """Subscribe a receiver; its secret is shown this once."""
        path = "/v1/admin/webhooks"
        answer = self._call("POST", path, body=body)
        return cast("Webhook", answer)

    def post_admin_webhooks_by_webhook_renew(
        self,
        webhook: str,
        body: Plain | None = None,
    ) -> Webhook:
        """Give a receiver a new secret."""
        path = f"/v1/admin/webhooks/{quote(webhook, safe='')}/renew"
        answer = self._call("POST", path, body=body)
        return cast("Webhook", answer)

    def post_admin_webhooks_by_webhook_stop(
        self,
        webhook: str,
        body: Plain | None = None,
    ) -> Webhook:
        """Send a receiver nothing more."""
        path = f"/v1/admin/webhooks/{quote(webhook, safe='')}/stop"
        answer = self._call("POST", path, body=body)
        return cast("Webhook", answer)

    def get_admin_webhooks_by_webhook_deliveries(
        self,
        webhook: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> WebhookDeliveries:
        """What was said to a receiver, with every attempt."""
        path = f"/v1/admin/webhooks/{quote(webhook, safe='')}/deliveries"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("WebhookDeliveries", answer)

    def post_admin_webhooks_by_webhook_deliveries_by_delivery(
        self,
        webhook: str,
        delivery: str,
        body: Plain | None = None,
    ) -> Replayed:
        """Say it to the receiver once more."""
        path = f"/v1/admin/webhooks/{quote(webhook, safe='')}/deliveries/{quote(delivery, safe='')}"
        answer = self._call("POST", path, body=body)
        return cast("Replayed", answer)

    def get_admin_devices(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Devices:
        """The sensors."""
        path = "/v1/admin/devices"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("Devices", answer)

    def post_admin_devices(
        self,
        body: NewDevice,
    ) -> ADevice:
        """Register a sensor; its key is shown this once."""
        path = "/v1/admin/devices"
        answer = self._call("POST", path, body=body)
        return cast("ADevice", answer)

    def post_admin_devices_by_device_revoke(
        self,
        device: str,
        body: Plain | None = None,
    ) -> ADevice:
        """Take no more signals from a sensor."""
        path = f"/v1/admin/devices/{quote(device, safe='')}/revoke"
        answer = self._call("POST", path, body=body)
        return cast("ADevice", answer)

    def post_signals(
        self,
        body: NewSignal,
    ) -> SignalTaken:
        """A sensor raises or clears its signal (key in `X-Device-Key`); repeated, it is one report."""
        path = "/v1/signals"
        answer = self._call("POST", path, body=body)
        return cast("SignalTaken", answer)

    def get_health(
        self,
    ) -> Health:
        """Whether the API answers."""
        path = "/health"
        answer = self._call("GET", path)
        return cast("Health", answer)

    def get_openapi_json(
        self,
    ) -> dict[str, Any]:
        """This document."""
        path = "/v1/openapi.json"
        answer = self._call("GET", path)
        return cast("dict[str, Any]", answer)

    def get_categories(
        self,
        *,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Categories:
        """All categories, or those that fit some words."""
        path = "/v1/categories"
        answer = self._call("GET", path, query={"q": q, "limit": limit, "cursor": cursor})
        return cast("Categories", answer)

    def get_areas(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AreaList:
        """All kecamatan and kelurahan."""
        path = "/v1/areas"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("AreaList", answer)

    def get_sops(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Sops:
        """The SOPs in force."""
        path = "/v1/sops"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("Sops", answer)

    def get_sops_by_sop(
        self,
        sop: str,
    ) -> dict[str, Any]:
        """One SOP as in force."""
        path = f"/v1/sops/{quote(sop, safe='')}"
        answer = self._call("GET", path)
        return cast("dict[str, Any]", answer)

    def get_sops_by_sop_versions_by_version(
        self,
        sop: str,
        version: str,
    ) -> dict[str, Any]:
        """One version of an SOP, for ever the same."""
        path = f"/v1/sops/{quote(sop, safe='')}/versions/{quote(version, safe='')}"
        answer = self._call("GET", path)
        return cast("dict[str, Any]", answer)

    def get_sops_by_sop_versions_by_version_document(
        self,
        sop: str,
        version: str,
    ) -> SopDocument:
        """The version as the government's SOP form in PDF; made when first asked for."""
        path = f"/v1/sops/{quote(sop, safe='')}/versions/{quote(version, safe='')}/document"
        answer = self._call("GET", path)
        return cast("SopDocument", answer)

    def post_sops_by_sop_versions_by_version_simulate(
        self,
        sop: str,
        version: str,
        body: Simulation | None = None,
    ) -> Simulated:
        """The whole ladder of an SOP version for a moment of filing."""
        path = f"/v1/sops/{quote(sop, safe='')}/versions/{quote(version, safe='')}/simulate"
        answer = self._call("POST", path, body=body)
        return cast("Simulated", answer)

    def post_simulations(
        self,
        body: DraftSimulation,
    ) -> Simulated:
        """The whole ladder of the SOP in the body."""
        path = "/v1/simulations"
        answer = self._call("POST", path, body=body)
        return cast("Simulated", answer)

    def get_statistics(
        self,
        *,
        by: Literal["category", "status", "kecamatan", "kelurahan", "agency", "month", "ending", "proof", "audit", "source"] | None = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> Statistics:
        """Exact figures of what came in and what became of it."""
        path = "/v1/statistics"
        answer = self._call("GET", path, query={"by": by, "from": from_, "to": to})
        return cast("Statistics", answer)

    def get_statistics_arrivals(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
    ) -> Arrivals:
        """How fast help was at the scene of emergencies, per area and hour of the day."""
        path = "/v1/statistics/arrivals"
        answer = self._call("GET", path, query={"from": from_, "to": to})
        return cast("Arrivals", answer)

    def list_reports(
        self,
        *,
        category: str | None = None,
        status: Literal["received", "needs_information", "verified", "assigned", "acknowledged", "in_progress", "deferred", "awaiting_validation", "returned", "awaiting_confirmation", "closed_confirmed", "closed_automatic", "reopened", "referred", "rejected", "merged", "withdrawn"] | None = None,
        area: str | None = None,
        near: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ListedPage:
        """The public reports, newest first."""
        path = "/v1/reports"
        answer = self._call("GET", path, query={"category": category, "status": status, "area": area, "near": near, "from": from_, "to": to, "q": q, "limit": limit, "cursor": cursor})
        return cast("ListedPage", answer)

    def file_report(
        self,
        body: NewReport,
        *,
        idempotency_key: str | None = None,
    ) -> Filed:
        """File a report; for an emergency the category alone will do."""
        path = "/v1/reports"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Filed", answer)

    def get_report(
        self,
        number: str,
    ) -> Report:
        """One report as its caller may see it."""
        path = f"/v1/reports/{quote(number, safe='')}"
        answer = self._call("GET", path)
        return cast("Report", answer)

    def get_timeline(
        self,
        number: str,
        *,
        lang: Literal["id", "en"] | None = None,
    ) -> Timeline:
        """All steps, past and future, with why each is due when it is."""
        path = f"/v1/reports/{quote(number, safe='')}/timeline"
        answer = self._call("GET", path, query={"lang": lang})
        return cast("Timeline", answer)

    def get_reports_by_number_evidence(
        self,
        number: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Photos:
        """The report's photos as the caller may see them."""
        path = f"/v1/reports/{quote(number, safe='')}/evidence"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("Photos", answer)

    def get_reports_by_number_proof(
        self,
        number: str,
    ) -> ReportProof:
        """That a report's record is in a closed day of the books."""
        path = f"/v1/reports/{quote(number, safe='')}/proof"
        answer = self._call("GET", path)
        return cast("ReportProof", answer)

    def get_reports_by_number_record(
        self,
        number: str,
    ) -> CaseRecord:
        """One whole case for the Ombudsman: who, when, which rule, which delay; verifiable."""
        path = f"/v1/reports/{quote(number, safe='')}/record"
        answer = self._call("GET", path)
        return cast("CaseRecord", answer)

    def get_ledger(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> LedgerDays:
        """The closed days of the books, signed and each built on the one before, newest first."""
        path = "/v1/ledger"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("LedgerDays", answer)

    def get_ledger_key(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> LedgerKeys:
        """The public keys that days were ever signed with."""
        path = "/v1/ledger/key"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("LedgerKeys", answer)

    def get_ledger_by_day(
        self,
        day: str,
    ) -> LedgerDay:
        """One closed day, for ever the same."""
        path = f"/v1/ledger/{quote(day, safe='')}"
        answer = self._call("GET", path)
        return cast("LedgerDay", answer)

    def post_reports_by_number_photos_by_photo_cover(
        self,
        number: str,
        photo: str,
        body: Cover,
    ) -> Report:
        """Mark faces and plates to be covered before a photo may become public."""
        path = f"/v1/reports/{quote(number, safe='')}/photos/{quote(photo, safe='')}/cover"
        answer = self._call("POST", path, body=body)
        return cast("Report", answer)

    def post_reports_by_number_photos_by_photo_review(
        self,
        number: str,
        photo: str,
        body: Review,
    ) -> Report:
        """Look at what somebody else covered; what is approved is published."""
        path = f"/v1/reports/{quote(number, safe='')}/photos/{quote(photo, safe='')}/review"
        answer = self._call("POST", path, body=body)
        return cast("Report", answer)

    def get_reports_by_number_publication(
        self,
        number: str,
    ) -> Publication:
        """What the public sees, and what to look at before more becomes public."""
        path = f"/v1/reports/{quote(number, safe='')}/publication"
        answer = self._call("GET", path)
        return cast("Publication", answer)

    def post_reports_by_number_publication(
        self,
        number: str,
        body: Release | None = None,
    ) -> Publication:
        """Release a text that stands for the description in public."""
        path = f"/v1/reports/{quote(number, safe='')}/publication"
        answer = self._call("POST", path, body=body)
        return cast("Publication", answer)

    def post_reports_by_number_moderation(
        self,
        number: str,
        body: Moderate,
    ) -> Report:
        """Withhold a photo or a text from the public, or show it again."""
        path = f"/v1/reports/{quote(number, safe='')}/moderation"
        answer = self._call("POST", path, body=body)
        return cast("Report", answer)

    def get_breaches(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Breaches:
        """The register of leaks of personal data, the most urgent first."""
        path = "/v1/breaches"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("Breaches", answer)

    def post_breaches(
        self,
        body: NewBreach,
        *,
        idempotency_key: str | None = None,
    ) -> Breach:
        """Register a leak; its case runs under the SOP with the law's 3 × 24 hours."""
        path = "/v1/breaches"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Breach", answer)

    def post_breaches_by_number_notices(
        self,
        number: str,
        body: Notice,
    ) -> Breach:
        """Put on the register that the people concerned, or the authority, were told."""
        path = f"/v1/breaches/{quote(number, safe='')}/notices"
        answer = self._call("POST", path, body=body)
        return cast("Breach", answer)

    def get_privacy(
        self,
    ) -> dict[str, Any]:
        """Which personal data are kept, for what, on which basis, how long, and one's rights."""
        path = "/v1/privacy"
        answer = self._call("GET", path)
        return cast("dict[str, Any]", answer)

    def post_reports_by_number_forget(
        self,
        number: str,
    ) -> Report:
        """Have everything personal in a closed report erased now."""
        path = f"/v1/reports/{quote(number, safe='')}/forget"
        answer = self._call("POST", path)
        return cast("Report", answer)

    def get_contact(
        self,
        number: str,
    ) -> Contact:
        """What is kept of the reporter, for the reporter."""
        path = f"/v1/reports/{quote(number, safe='')}/contact"
        answer = self._call("GET", path)
        return cast("Contact", answer)

    def reveal_contact(
        self,
        number: str,
        body: ReadContact,
    ) -> Contact:
        """Read the reporter's contact for a stated purpose; the reading goes on record."""
        path = f"/v1/reports/{quote(number, safe='')}/contact"
        answer = self._call("POST", path, body=body)
        return cast("Contact", answer)

    def put_contact(
        self,
        number: str,
        body: Reporter | None = None,
    ) -> Report:
        """Correct the contact: the whole of it is replaced."""
        path = f"/v1/reports/{quote(number, safe='')}/contact"
        answer = self._call("PUT", path, body=body)
        return cast("Report", answer)

    def delete_contact(
        self,
        number: str,
    ) -> Report:
        """Take the contact back; nothing is sent any more."""
        path = f"/v1/reports/{quote(number, safe='')}/contact"
        answer = self._call("DELETE", path)
        return cast("Report", answer)

    def verify_report(
        self,
        number: str,
        body: Verify | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Verify a report; category and agency may be corrected."""
        path = f"/v1/reports/{quote(number, safe='')}/verify"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def assign_report(
        self,
        number: str,
        body: Assign,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Assign a report to an agency."""
        path = f"/v1/reports/{quote(number, safe='')}/assign"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def acknowledge_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Take a task on."""
        path = f"/v1/reports/{quote(number, safe='')}/acknowledge"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def decline_report(
        self,
        number: str,
        body: Decline,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Hand a report back and name whose it is."""
        path = f"/v1/reports/{quote(number, safe='')}/decline"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def start_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Begin the work."""
        path = f"/v1/reports/{quote(number, safe='')}/start"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def arrive_report(
        self,
        number: str,
        body: Arrive | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Check in at the place."""
        path = f"/v1/reports/{quote(number, safe='')}/arrive"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def situation_report(
        self,
        number: str,
        body: Situation,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Report from the field how things stand; shown on the control room's wall."""
        path = f"/v1/reports/{quote(number, safe='')}/situation"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def ask_report(
        self,
        number: str,
        body: Ask,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Ask the reporter; the clock stands still."""
        path = f"/v1/reports/{quote(number, safe='')}/ask"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def defer_report(
        self,
        number: str,
        body: Defer,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Put the work off to an approved date."""
        path = f"/v1/reports/{quote(number, safe='')}/defer"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def request_time(
        self,
        number: str,
        body: RequestTime,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Ask the head of the agency for more time."""
        path = f"/v1/reports/{quote(number, safe='')}/request_time"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def refer_report(
        self,
        number: str,
        body: Refer,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Refer to a body outside the city government."""
        path = f"/v1/reports/{quote(number, safe='')}/refer"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def reject_report(
        self,
        number: str,
        body: Reject,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Refuse a report for a reason from the list."""
        path = f"/v1/reports/{quote(number, safe='')}/reject"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def suspect_report(
        self,
        number: str,
        body: Reasoned,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Take a report for a hoax; the reporter is to be called back."""
        path = f"/v1/reports/{quote(number, safe='')}/suspect"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def call_back_report(
        self,
        number: str,
        body: CallBack,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Record what came of calling the reporter back."""
        path = f"/v1/reports/{quote(number, safe='')}/call_back"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def confirm_hoax_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Confirm somebody else's suspicion, after the call; the report is rejected."""
        path = f"/v1/reports/{quote(number, safe='')}/confirm_hoax"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def block_report(
        self,
        number: str,
        body: Block,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Keep the contact of a confirmed hoax from filing for some days; emergencies excepted."""
        path = f"/v1/reports/{quote(number, safe='')}/block"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def decide_appeal_report(
        self,
        number: str,
        body: DecideAppeal,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Decide an appeal; nobody decides on what they had a part in."""
        path = f"/v1/reports/{quote(number, safe='')}/decide_appeal"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def merge_report(
        self,
        number: str,
        body: Merge,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Merge a duplicate into another report."""
        path = f"/v1/reports/{quote(number, safe='')}/merge"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def unmerge_report(
        self,
        number: str,
        body: Reasoned,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Undo a merge: the report goes its own way, with the times first promised."""
        path = f"/v1/reports/{quote(number, safe='')}/unmerge"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def keep_apart_report(
        self,
        number: str,
        body: KeepApart,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Say that a report is no duplicate of another, so that it is not proposed again."""
        path = f"/v1/reports/{quote(number, safe='')}/keep_apart"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def answer_referral_report(
        self,
        number: str,
        body: AnswerReferral,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Record what another body answered to a referral."""
        path = f"/v1/reports/{quote(number, safe='')}/answer_referral"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def submit_report(
        self,
        number: str,
        body: Submit,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Submit the result, with the proof that the SOP asks for."""
        path = f"/v1/reports/{quote(number, safe='')}/submit"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def validate_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Accept a result."""
        path = f"/v1/reports/{quote(number, safe='')}/validate"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def return_report(
        self,
        number: str,
        body: Reasoned,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Send a result back."""
        path = f"/v1/reports/{quote(number, safe='')}/return"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def escalate_report(
        self,
        number: str,
        body: Reasoned,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Escalate by hand."""
        path = f"/v1/reports/{quote(number, safe='')}/escalate"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def instruct_report(
        self,
        number: str,
        body: Instruct,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Give an instruction with its own deadline, which is followed up."""
        path = f"/v1/reports/{quote(number, safe='')}/instruct"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def answer_instruction_report(
        self,
        number: str,
        body: AnswerInstruction,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Say what came of an instruction."""
        path = f"/v1/reports/{quote(number, safe='')}/answer_instruction"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def migrate_report(
        self,
        number: str,
        body: Migrate,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Let a report run under another SOP version from now on."""
        path = f"/v1/reports/{quote(number, safe='')}/migrate"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def audit_report(
        self,
        number: str,
        body: Audit,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Say what a field audit found."""
        path = f"/v1/reports/{quote(number, safe='')}/audit"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def confirm_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Confirm the result."""
        path = f"/v1/reports/{quote(number, safe='')}/confirm"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def dispute_report(
        self,
        number: str,
        body: Reasoned,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Dispute the result."""
        path = f"/v1/reports/{quote(number, safe='')}/dispute"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def reopen_report(
        self,
        number: str,
        body: MaybeReasoned | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Open a closed report again."""
        path = f"/v1/reports/{quote(number, safe='')}/reopen"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def withdraw_report(
        self,
        number: str,
        body: MaybeReasoned | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Withdraw one's own report."""
        path = f"/v1/reports/{quote(number, safe='')}/withdraw"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def rate_report(
        self,
        number: str,
        body: Rate,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Rate the service from 1 to 5."""
        path = f"/v1/reports/{quote(number, safe='')}/rate"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def affirm_report(
        self,
        number: str,
        body: Plain | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Confirm one's support of a report, from the link in the message."""
        path = f"/v1/reports/{quote(number, safe='')}/affirm"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def appeal_report(
        self,
        number: str,
        body: Comment,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Appeal against a block."""
        path = f"/v1/reports/{quote(number, safe='')}/appeal"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def comment_on_report(
        self,
        number: str,
        body: Comment,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Add a comment, or answer a question."""
        path = f"/v1/reports/{quote(number, safe='')}/comments"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def add_photo(
        self,
        number: str,
        body: NewPhoto | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> PhotoRoom:
        """Get a form to upload a photo straight to storage."""
        path = f"/v1/reports/{quote(number, safe='')}/photos"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("PhotoRoom", answer)

    def follow_report(
        self,
        number: str,
        body: Follow | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Be told of what happens, or no longer."""
        path = f"/v1/reports/{quote(number, safe='')}/follow"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def set_preferences(
        self,
        number: str,
        body: Preferences,
        *,
        idempotency_key: str | None = None,
    ) -> Report:
        """Choose the channels over which to be told."""
        path = f"/v1/reports/{quote(number, safe='')}/preferences"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("Report", answer)

    def get_challenge(
        self,
    ) -> Challenge:
        """A proof-of-work challenge, and whether anonymous reports need one now."""
        path = "/v1/challenge"
        answer = self._call("GET", path)
        return cast("Challenge", answer)

    def get_protection(
        self,
    ) -> Protection:
        """Limits for senders, and whether proofs of work are asked for."""
        path = "/v1/protection"
        answer = self._call("GET", path)
        return cast("Protection", answer)

    def post_protection(
        self,
        body: Switch,
    ) -> Protection:
        """Ask anonymous reports for a proof of work, or no longer."""
        path = "/v1/protection"
        answer = self._call("POST", path, body=body)
        return cast("Protection", answer)

    def put_admin_limits(
        self,
        body: PutLimits,
    ) -> Protection:
        """Set how often anybody may write."""
        path = "/v1/admin/limits"
        answer = self._call("PUT", path, body=body)
        return cast("Protection", answer)

    def post_drills(
        self,
        body: NewDrill,
        *,
        idempotency_key: str | None = None,
    ) -> DrillBegun:
        """Begin a drill of the SOP in force: the real people and times, all of it marked LATIHAN."""
        path = "/v1/drills"
        answer = self._call("POST", path, body=body, idempotency_key=idempotency_key)
        return cast("DrillBegun", answer)

    def get_drills(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> DrillList:
        """Drills, newest first."""
        path = "/v1/drills"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("DrillList", answer)

    def get_drills_by_number(
        self,
        number: str,
    ) -> Drill:
        """A drill with its score sheet, so far or for good."""
        path = f"/v1/drills/{quote(number, safe='')}"
        answer = self._call("GET", path)
        return cast("Drill", answer)

    def post_drills_by_number_stop(
        self,
        number: str,
        body: StopDrill | None = None,
    ) -> Drill:
        """Stop a drill at once: its clocks, and whatever it had still to say."""
        path = f"/v1/drills/{quote(number, safe='')}/stop"
        answer = self._call("POST", path, body=body)
        return cast("Drill", answer)

    def get_training_by_category(
        self,
        category: str,
    ) -> TrainingRecord:
        """Who rehearsed the SOP in force of a category, and which positions never did."""
        path = f"/v1/training/{quote(category, safe='')}"
        answer = self._call("GET", path)
        return cast("TrainingRecord", answer)

    def get_me_reports(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ListedPage:
        """What a resident signed in with the city's app has filed, newest first."""
        path = "/v1/me/reports"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("ListedPage", answer)

    def get_queue(
        self,
        *,
        agency: str | None = None,
        category: str | None = None,
        status: Literal["received", "needs_information", "verified", "assigned", "acknowledged", "in_progress", "deferred", "awaiting_validation", "returned", "awaiting_confirmation", "closed_confirmed", "closed_automatic", "reopened", "referred", "rejected", "merged", "withdrawn"] | None = None,
        area: str | None = None,
        near: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> QueuePage:
        """The open reports whose move it is, nearest promise first."""
        path = "/v1/queue"
        answer = self._call("GET", path, query={"agency": agency, "category": category, "status": status, "area": area, "near": near, "limit": limit, "cursor": cursor})
        return cast("QueuePage", answer)

    def post_inbound_by_provider(
        self,
        provider: str,
        body: InboundMessage,
    ) -> Taken:
        """A message that somebody sent to the city, from a provider that signs it."""
        path = f"/v1/inbound/{quote(provider, safe='')}"
        answer = self._call("POST", path, body=body)
        return cast("Taken", answer)

    def post_inbound_by_provider_calls_by_call(
        self,
        call: str,
        provider: str,
        body: CallOutcome,
    ) -> Taken:
        """What came of a call that a voice gateway made."""
        path = f"/v1/inbound/{quote(provider, safe='')}/calls/{quote(call, safe='')}"
        answer = self._call("POST", path, body=body)
        return cast("Taken", answer)

    def get_calls(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> CallList:
        """The calls that an operator must make now, with number and script."""
        path = "/v1/calls"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("CallList", answer)

    def post_calls_by_call_outcome(
        self,
        call: str,
        body: CallOutcome,
    ) -> Taken:
        """What came of a call that an operator made."""
        path = f"/v1/calls/{quote(call, safe='')}/outcome"
        answer = self._call("POST", path, body=body)
        return cast("Taken", answer)

    def get_shift(
        self,
    ) -> Shift:
        """Who is on duty in the LIVE Room, what waits to be taken over, and what is open."""
        path = "/v1/shift"
        answer = self._call("GET", path)
        return cast("Shift", answer)

    def get_shift_history(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ShiftHistory:
        """Who relieved whom, when, with which words, and what was open then."""
        path = "/v1/shift/history"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("ShiftHistory", answer)

    def post_shift_hand_over(
        self,
        body: HandOver | None = None,
    ) -> Shift:
        """Prepare the hand-over: a note, and a named successor or whoever comes."""
        path = "/v1/shift/hand-over"
        answer = self._call("POST", path, body=body)
        return cast("Shift", answer)

    def post_shift_take_over(
        self,
        body: TakeOver | None = None,
    ) -> Shift:
        """Be on duty from now on; what is open now stays on record."""
        path = "/v1/shift/take-over"
        answer = self._call("POST", path, body=body)
        return cast("Shift", answer)

    def post_shift_notes(
        self,
        body: DeskNote,
    ) -> Shift:
        """Put a note on the desk that stands over shifts."""
        path = "/v1/shift/notes"
        answer = self._call("POST", path, body=body)
        return cast("Shift", answer)

    def post_shift_notes_by_note_done(
        self,
        note: str,
    ) -> Shift:
        """Strike a note off the desk."""
        path = f"/v1/shift/notes/{quote(note, safe='')}/done"
        answer = self._call("POST", path)
        return cast("Shift", answer)

    def get_admin_audit(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AuditPage:
        """What was administered: who, when, what and why, newest first."""
        path = "/v1/admin/audit"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("AuditPage", answer)

    def get_admin_contacts(
        self,
        *,
        agency: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> OfficeContactList:
        """Every office, and whether its contacts were confirmed by a test message."""
        path = "/v1/admin/contacts"
        answer = self._call("GET", path, query={"agency": agency, "limit": limit, "cursor": cursor})
        return cast("OfficeContactList", answer)

    def post_admin_contacts_check(
        self,
        body: ContactCheck,
    ) -> AskedContacts:
        """Send offices a test message with a link that confirms it."""
        path = "/v1/admin/contacts/check"
        answer = self._call("POST", path, body=body)
        return cast("AskedContacts", answer)

    def get_admin_accounts(
        self,
        *,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AccountPage:
        """Staff accounts, and what each may do today."""
        path = "/v1/admin/accounts"
        answer = self._call("GET", path, query={"q": q, "limit": limit, "cursor": cursor})
        return cast("AccountPage", answer)

    def post_admin_accounts(
        self,
        body: NewAccount,
    ) -> WholeAccount:
        """Invite a member of staff."""
        path = "/v1/admin/accounts"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def get_admin_accounts_by_account(
        self,
        account: str,
    ) -> WholeAccount:
        """One account, with the state of its second factor."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}"
        answer = self._call("GET", path)
        return cast("WholeAccount", answer)

    def post_admin_accounts_by_account_revoke(
        self,
        account: str,
        body: AccountChange,
    ) -> WholeAccount:
        """Take an account out of service at once."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}/revoke"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def post_admin_accounts_by_account_restore(
        self,
        account: str,
        body: AccountChange,
    ) -> WholeAccount:
        """Put a revoked account back into service."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}/restore"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def post_admin_accounts_by_account_sign_out(
        self,
        account: str,
        body: AccountChange,
    ) -> WholeAccount:
        """End every session and token of an account."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}/sign-out"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def post_admin_accounts_by_account_reset_mfa(
        self,
        account: str,
        body: AccountChange,
    ) -> WholeAccount:
        """Have the second factor set up anew."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}/reset-mfa"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def post_admin_accounts_by_account_roles(
        self,
        account: str,
        body: Grant,
    ) -> WholeAccount:
        """Set the roles that belong to no office."""
        path = f"/v1/admin/accounts/{quote(account, safe='')}/roles"
        answer = self._call("POST", path, body=body)
        return cast("WholeAccount", answer)

    def post_admin_moves(
        self,
        body: Moves,
    ) -> MovePlan:
        """Move many officials on one day; shown first, then done."""
        path = "/v1/admin/moves"
        answer = self._call("POST", path, body=body)
        return cast("MovePlan", answer)

    def get_admin_directory_by_document(
        self,
        document: str,
    ) -> DirectoryDocument:
        """A document of the directory."""
        path = f"/v1/admin/directory/{quote(document, safe='')}"
        answer = self._call("GET", path)
        return cast("DirectoryDocument", answer)

    def put_admin_directory_by_document(
        self,
        document: str,
        body: PutDocument,
    ) -> DirectoryDocument:
        """Write a document of the directory anew."""
        path = f"/v1/admin/directory/{quote(document, safe='')}"
        answer = self._call("PUT", path, body=body)
        return cast("DirectoryDocument", answer)

    def get_admin_catalogue_by_part(
        self,
        part: str,
    ) -> CatalogueDocument:
        """A document of the catalogue: agencies, categories, ownership, assignments, calendars."""
        path = f"/v1/admin/catalogue/{quote(part, safe='')}"
        answer = self._call("GET", path)
        return cast("CatalogueDocument", answer)

    def put_admin_catalogue_by_part(
        self,
        part: str,
        body: PutCatalogueDocument,
    ) -> CatalogueDocument:
        """Write agencies, categories or ownership anew, if they fit the other documents."""
        path = f"/v1/admin/catalogue/{quote(part, safe='')}"
        answer = self._call("PUT", path, body=body)
        return cast("CatalogueDocument", answer)

    def post_admin_ownership(
        self,
        body: MoveOwnership,
    ) -> CatalogueDocument:
        """Let other agencies own categories from a day on."""
        path = "/v1/admin/ownership"
        answer = self._call("POST", path, body=body)
        return cast("CatalogueDocument", answer)

    def get_admin_calendars_by_calendar(
        self,
        calendar: str,
    ) -> CatalogueDocument:
        """A calendar as it is in force."""
        path = f"/v1/admin/calendars/{quote(calendar, safe='')}"
        answer = self._call("GET", path)
        return cast("CatalogueDocument", answer)

    def put_admin_calendars_by_calendar(
        self,
        calendar: str,
        body: PutCalendar,
    ) -> CatalogueDocument:
        """Put a new version of a calendar into force; open reports are planned anew under it."""
        path = f"/v1/admin/calendars/{quote(calendar, safe='')}"
        answer = self._call("PUT", path, body=body)
        return cast("CatalogueDocument", answer)

    def get_admin_export(
        self,
    ) -> CatalogueFileSet:
        """The whole catalogue as files, without who holds which office."""
        path = "/v1/admin/export"
        answer = self._call("GET", path)
        return cast("CatalogueFileSet", answer)

    def post_admin_import(
        self,
        body: ImportFiles,
    ) -> ImportResult:
        """Take files in: what differs becomes a new version, an SOP a draft."""
        path = "/v1/admin/import"
        answer = self._call("POST", path, body=body)
        return cast("ImportResult", answer)

    def get_admin_doctor(
        self,
        *,
        live: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> FindingList:
        """Whether the catalogue and its people are ready, every hole with its mend."""
        path = "/v1/admin/doctor"
        answer = self._call("GET", path, query={"live": live, "limit": limit, "cursor": cursor})
        return cast("FindingList", answer)

    def get_push(
        self,
    ) -> PushKey:
        """The key that browsers subscribe to push under."""
        path = "/v1/push"
        answer = self._call("GET", path)
        return cast("PushKey", answer)

    def post_subscriptions(
        self,
        body: Subscribe | None = None,
    ) -> SubscriptionState:
        """Follow a report, a category or an area: by mail (202, to be confirmed) or in this browser."""
        path = "/v1/subscriptions"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_subscriptions_confirm(
        self,
        body: SubscriptionToken,
    ) -> SubscriptionState:
        """Confirm by the token of the mail."""
        path = "/v1/subscriptions/confirm"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_subscriptions_leave(
        self,
        body: SubscriptionToken,
    ) -> SubscriptionState:
        """Be told no more, by the token of any mail."""
        path = "/v1/subscriptions/leave"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_own_reports(
        self,
        body: AskOwnReports | None = None,
    ) -> SubscriptionState:
        """Have a link to one's own reports sent to the address left with them; never says whether the address is known, and sends five a day at most."""
        path = "/v1/own-reports"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_own_reports_open(
        self,
        body: SubscriptionToken,
    ) -> OwnReportList:
        """One's own reports, by the last part of the link (it lasts three hours)."""
        path = "/v1/own-reports/open"
        answer = self._call("POST", path, body=body)
        return cast("OwnReportList", answer)

    def post_reports_by_number_push(
        self,
        number: str,
        body: SubscribeBrowser,
    ) -> SubscriptionState:
        """Be told in this browser what happens to one's own report."""
        path = f"/v1/reports/{quote(number, safe='')}/push"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_me_push(
        self,
        body: SubscribeBrowser,
    ) -> SubscriptionState:
        """Be told in this browser what is one's own to do."""
        path = "/v1/me/push"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_reports_by_number_devices(
        self,
        number: str,
        body: RegisterDevice,
    ) -> SubscriptionState:
        """Be told by an app on this telephone what happens to one's own report."""
        path = f"/v1/reports/{quote(number, safe='')}/devices"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def post_me_devices(
        self,
        body: RegisterDevice,
    ) -> SubscriptionState:
        """Be told by an app on this telephone what is one's own to do."""
        path = "/v1/me/devices"
        answer = self._call("POST", path, body=body)
        return cast("SubscriptionState", answer)

    def get_templates(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> TemplateList:
        """Every message template, and whether new words are proposed for it."""
        path = "/v1/templates"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("TemplateList", answer)

    def get_templates_by_template(
        self,
        template: str,
    ) -> TemplateShown:
        """A template: the words in use, its versions, and the newest proposal."""
        path = f"/v1/templates/{quote(template, safe='')}"
        answer = self._call("GET", path)
        return cast("TemplateShown", answer)

    def get_templates_by_template_preview(
        self,
        template: str,
        *,
        version: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> TemplatePreview:
        """The messages of a version or of the proposal, filled with made-up facts."""
        path = f"/v1/templates/{quote(template, safe='')}/preview"
        answer = self._call("GET", path, query={"version": version, "limit": limit, "cursor": cursor})
        return cast("TemplatePreview", answer)

    def post_templates_by_template_proposal(
        self,
        template: str,
        body: ProposeTemplate,
    ) -> TemplateShown:
        """Propose new words; names, length, links and hostile texts are checked at once."""
        path = f"/v1/templates/{quote(template, safe='')}/proposal"
        answer = self._call("POST", path, body=body)
        return cast("TemplateShown", answer)

    def post_templates_by_template_proposal_approve(
        self,
        template: str,
        body: ApproveTemplate,
    ) -> TemplateShown:
        """Put somebody else's proposal into use, from now on."""
        path = f"/v1/templates/{quote(template, safe='')}/proposal/approve"
        answer = self._call("POST", path, body=body)
        return cast("TemplateShown", answer)

    def post_templates_by_template_proposal_withdraw(
        self,
        template: str,
        body: WithdrawTemplate,
    ) -> TemplateShown:
        """Take a proposal back, with the reason."""
        path = f"/v1/templates/{quote(template, safe='')}/proposal/withdraw"
        answer = self._call("POST", path, body=body)
        return cast("TemplateShown", answer)

    def get_drafts(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> DraftList:
        """The newest draft of every SOP."""
        path = "/v1/drafts"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("DraftList", answer)

    def post_drafts(
        self,
        body: NewDraft,
    ) -> Draft:
        """Begin a draft: a new SOP, or the next version of one."""
        path = "/v1/drafts"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def get_drafts_by_sop(
        self,
        sop: str,
    ) -> Draft:
        """A draft with its content and what was said of it."""
        path = f"/v1/drafts/{quote(sop, safe='')}"
        answer = self._call("GET", path)
        return cast("Draft", answer)

    def put_drafts_by_sop(
        self,
        sop: str,
        body: EditDraft,
    ) -> Draft:
        """Write a draft's content anew."""
        path = f"/v1/drafts/{quote(sop, safe='')}"
        answer = self._call("PUT", path, body=body)
        return cast("Draft", answer)

    def get_drafts_by_sop_diff(
        self,
        sop: str,
        *,
        against: int | None = None,
    ) -> DifferenceOf:
        """What a draft changes, step by step."""
        path = f"/v1/drafts/{quote(sop, safe='')}/diff"
        answer = self._call("GET", path, query={"against": against})
        return cast("DifferenceOf", answer)

    def post_drafts_by_sop_replay(
        self,
        sop: str,
    ) -> Replay:
        """Ask what a draft would have done with the reports of the last 90 days."""
        path = f"/v1/drafts/{quote(sop, safe='')}/replay"
        answer = self._call("POST", path)
        return cast("Replay", answer)

    def get_drafts_by_sop_replay(
        self,
        sop: str,
    ) -> Replay:
        """The newest comparison of a draft with past reports."""
        path = f"/v1/drafts/{quote(sop, safe='')}/replay"
        answer = self._call("GET", path)
        return cast("Replay", answer)

    def get_drafts_by_sop_lint(
        self,
        sop: str,
        *,
        on: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> FindingList:
        """What is wrong with a draft, and how it is mended."""
        path = f"/v1/drafts/{quote(sop, safe='')}/lint"
        answer = self._call("GET", path, query={"on": on, "limit": limit, "cursor": cursor})
        return cast("FindingList", answer)

    def post_drafts_by_sop_submit(
        self,
        sop: str,
        body: Step | None = None,
    ) -> Draft:
        """Hand a draft in for review."""
        path = f"/v1/drafts/{quote(sop, safe='')}/submit"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_review(
        self,
        sop: str,
        body: Step | None = None,
    ) -> Draft:
        """Pass a draft that somebody else wrote."""
        path = f"/v1/drafts/{quote(sop, safe='')}/review"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_return(
        self,
        sop: str,
        body: ReasonedStep,
    ) -> Draft:
        """Hand a draft back to its author, with the reason."""
        path = f"/v1/drafts/{quote(sop, safe='')}/return"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_approve(
        self,
        sop: str,
        body: Step | None = None,
    ) -> Draft:
        """Approve a draft that others wrote and reviewed."""
        path = f"/v1/drafts/{quote(sop, safe='')}/approve"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_activate(
        self,
        sop: str,
        body: Activate,
    ) -> Draft:
        """Put an approved version into force from a day on; it never changes again."""
        path = f"/v1/drafts/{quote(sop, safe='')}/activate"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_withdraw(
        self,
        sop: str,
        body: ReasonedStep,
    ) -> Draft:
        """Take a draft back for good, with the reason."""
        path = f"/v1/drafts/{quote(sop, safe='')}/withdraw"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def post_drafts_by_sop_comments(
        self,
        sop: str,
        body: DraftComment,
    ) -> Draft:
        """Say something about a draft or one of its steps."""
        path = f"/v1/drafts/{quote(sop, safe='')}/comments"
        answer = self._call("POST", path, body=body)
        return cast("Draft", answer)

    def get_sops_by_sop_versions(
        self,
        sop: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> VersionList:
        """All versions of an SOP that are or were in force, with hashes and days."""
        path = f"/v1/sops/{quote(sop, safe='')}/versions"
        answer = self._call("GET", path, query={"limit": limit, "cursor": cursor})
        return cast("VersionList", answer)

    def get_sops_by_sop_diff(
        self,
        sop: str,
        *,
        from_version: int | None = None,
        to_version: int | None = None,
    ) -> DifferenceOf:
        """What changed between two versions, step by step."""
        path = f"/v1/sops/{quote(sop, safe='')}/diff"
        answer = self._call("GET", path, query={"from_version": from_version, "to_version": to_version})
        return cast("DifferenceOf", answer)

    def post_sops_by_sop_versions_by_version_assign(
        self,
        sop: str,
        version: str,
        body: Assignment,
    ) -> AssignmentList:
        """Let a version serve from a day on: for a season, or to go back to an earlier one."""
        path = f"/v1/sops/{quote(sop, safe='')}/versions/{quote(version, safe='')}/assign"
        answer = self._call("POST", path, body=body)
        return cast("AssignmentList", answer)
