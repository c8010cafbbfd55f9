"""Who may call which route: one table for all of them, and whatever is not in it is denied.

What a caller may do with one particular report (its agency, its status) is decided behind it, by
the table of transitions. ``python -m chalicelib.handlers.audience`` prints both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.domain import drills
from chalicelib.domain.actions import BODY_ROLE, REPORTER_ROLE, STAFF_ACTIONS, TRANSITIONS, Caller
from chalicelib.domain.identity import READERS
from chalicelib.domain.lifecycle import APPROVER, AUTHOR, MOVES
from chalicelib.domain.publishing import COVERERS, MODERATORS, ROOM
from chalicelib.handlers.problems import Problem
from chalicelib.services.identifying import RESIDENT

#: Anybody, known or not.
PUBLIC = "public"
#: The holder of the report's own token.
REPORTER = REPORTER_ROLE
#: Every role that a staff account may have.
STAFF_ROLES = (
    "operator",
    "verifier",
    "officer",
    "agency_head",
    "territorial",
    "secretary",
    "mayor",
    "inspector",
    "auditor",
    "sop_author",
    "sop_reviewer",
    "sop_approver",
    "admin",
)
#: The last part of the path of the one route that serves every action.
ACTION = "{action}"
Audience = frozenset[str]
EVERYBODY: Audience = frozenset({PUBLIC})
_REPORTER_ONLY: Audience = frozenset({REPORTER})
_QUEUE: Audience = frozenset(
    {
        "operator",
        "verifier",
        "officer",
        "agency_head",
        "secretary",
        "mayor",
        "inspector",
        "auditor",
    }
)

#: Who watches the whole city's emergencies.
_WATCHING: Audience = frozenset(
    {"operator", "verifier", "secretary", "mayor", "inspector", "auditor"}
)
_ADMIN: Audience = frozenset({"admin"})
#: Who answers to the Ombudsman (UU 37/2008 art. 28: documents are given), and who audits.
_EXAMINERS: Audience = frozenset({"auditor", "inspector", "secretary"})
_AUDIT: Audience = frozenset({"admin", "auditor", "inspector"})

#: The last part of ``POST /v1/reports/{number}/{action}`` → the row of the transitions.
ACTION_NAMES: Mapping[str, str] = {
    **{action: action for action in STAFF_ACTIONS},
    **{
        action: action
        for action in ("confirm", "dispute", "reopen", "withdraw", "rate", "affirm", "appeal")
    },
    "comments": "comment",
    "photos": "add_photo",
}
#: The same → who may ask for it. Following and preferences move nothing, so have no transition.
ACTIONS: Mapping[str, Audience] = {
    **{
        # Other bodies speak through Open311, not through these routes.
        name: frozenset(TRANSITIONS[row].roles) - {BODY_ROLE}
        for name, row in ACTION_NAMES.items()
    },
    "follow": _REPORTER_ONLY,
    "preferences": _REPORTER_ONLY,
}
_ANY_ACTION: Audience = frozenset().union(*ACTIONS.values())

#: The last part of ``POST /v1/drafts/{sop}/…`` → the move of the life cycle.
DRAFT_MOVES: Mapping[str, str] = {
    **{move: move for move in MOVES if move != "comment"},
    "comments": "comment",
}
#: Who writes, checks, answers for or audits SOPs.
_SOP_DESK: Audience = frozenset(
    {
        "sop_author",
        "sop_reviewer",
        "sop_approver",
        "admin",
        "auditor",
        "agency_head",
        "secretary",
        "mayor",
        "inspector",
    }
)

_MERGERS: Audience = frozenset(TRANSITIONS["merge"].roles)
#: Other systems, and who lets them in. Writing by Open311 needs a client's key, which the handlers
#: check in the format of the answer.
_EXCHANGE: Mapping[tuple[str, str], Audience] = {
    ("GET", "/v1/reports/similar"): EVERYBODY,
    ("GET", "/v1/reports/{number}/similar"): _MERGERS,
    ("GET", "/v1/reports/{number}/crowd"): EVERYBODY,
    ("POST", "/v1/reports/{number}/support"): EVERYBODY,
    ("GET", "/v1/admin/clients"): _ADMIN,
    ("POST", "/v1/admin/clients"): _ADMIN,
    ("POST", "/v1/admin/clients/{client}/renew"): _ADMIN,
    ("POST", "/v1/admin/clients/{client}/revoke"): _ADMIN,
    **{
        (method, f"/v1/admin/{path}"): _ADMIN
        for method, path in (
            ("GET", "webhooks"),
            ("POST", "webhooks"),
            ("POST", "webhooks/{webhook}/renew"),
            ("POST", "webhooks/{webhook}/stop"),
            ("GET", "webhooks/{webhook}/deliveries"),
            ("POST", "webhooks/{webhook}/deliveries/{delivery}"),
            ("GET", "devices"),
            ("POST", "devices"),
            ("POST", "devices/{device}/revoke"),
        )
    },
    # A device's key is checked in the handler: it is nobody's account.
    ("POST", "/v1/signals"): EVERYBODY,
    ("GET", "/open311/v2/{resource}"): EVERYBODY,
    ("POST", "/open311/v2/{resource}"): EVERYBODY,
    ("GET", "/open311/v2/{resource}/{id}"): EVERYBODY,
}

ROUTES: Mapping[tuple[str, str], Audience] = {
    **_EXCHANGE,
    ("GET", "/health"): EVERYBODY,
    ("GET", "/v1/openapi.json"): EVERYBODY,
    ("GET", "/v1/categories"): EVERYBODY,
    ("GET", "/v1/areas"): EVERYBODY,
    ("GET", "/v1/sops"): EVERYBODY,
    ("GET", "/v1/sops/{sop}"): EVERYBODY,
    ("GET", "/v1/sops/{sop}/versions/{version}"): EVERYBODY,
    ("GET", "/v1/sops/{sop}/versions/{version}/document"): EVERYBODY,
    ("POST", "/v1/sops/{sop}/versions/{version}/simulate"): _SOP_DESK,
    ("POST", "/v1/simulations"): _SOP_DESK,
    ("GET", "/v1/statistics"): EVERYBODY,
    ("GET", "/v1/statistics/arrivals"): EVERYBODY,
    ("GET", "/v1/reports"): EVERYBODY,
    ("POST", "/v1/reports"): EVERYBODY,
    ("GET", "/v1/reports/{number}"): EVERYBODY,
    ("GET", "/v1/reports/{number}/timeline"): EVERYBODY,
    ("GET", "/v1/reports/{number}/evidence"): EVERYBODY,
    ("GET", "/v1/reports/{number}/proof"): EVERYBODY,
    ("GET", "/v1/reports/{number}/record"): _EXAMINERS,
    ("GET", "/v1/ledger"): EVERYBODY,
    ("GET", "/v1/ledger/key"): EVERYBODY,
    ("GET", "/v1/ledger/{day}"): EVERYBODY,
    ("GET", "/v1/reports/{number}/photos/{photo}/{size}"): EVERYBODY,
    ("POST", "/v1/reports/{number}/photos/{photo}/cover"): COVERERS,
    ("POST", "/v1/reports/{number}/photos/{photo}/review"): ROOM,
    ("GET", "/v1/reports/{number}/publication"): COVERERS,
    ("POST", "/v1/reports/{number}/publication"): COVERERS,
    ("POST", "/v1/reports/{number}/moderation"): MODERATORS,
    ("GET", "/v1/breaches"): frozenset({"inspector", "auditor"}),
    ("POST", "/v1/breaches"): frozenset({"inspector"}),
    ("POST", "/v1/breaches/{number}/notices"): frozenset({"inspector"}),
    ("GET", "/v1/privacy"): EVERYBODY,
    ("POST", "/v1/reports/{number}/forget"): _REPORTER_ONLY,
    ("GET", "/v1/reports/{number}/contact"): _REPORTER_ONLY,
    ("POST", "/v1/reports/{number}/contact"): READERS,
    ("PUT", "/v1/reports/{number}/contact"): _REPORTER_ONLY,
    ("DELETE", "/v1/reports/{number}/contact"): _REPORTER_ONLY,
    ("POST", "/v1/reports/{number}/photos"): ACTIONS["photos"],
    ("POST", "/v1/reports/{number}/{action}"): _ANY_ACTION,
    ("GET", "/v1/challenge"): EVERYBODY,
    ("GET", "/v1/protection"): frozenset({"operator", "verifier", "admin", "auditor"}),
    ("POST", "/v1/protection"): frozenset({"operator", "admin"}),
    ("PUT", "/v1/admin/limits"): _ADMIN,
    ("POST", "/v1/drills"): drills.LEADERS,
    ("GET", "/v1/drills"): drills.READERS,
    ("GET", "/v1/drills/{number}"): drills.READERS,
    ("POST", "/v1/drills/{number}/stop"): drills.STOPPERS,
    ("GET", "/v1/training/{category}"): drills.READERS,
    ("GET", "/v1/me/reports"): frozenset({RESIDENT}),
    ("GET", "/v1/queue"): _QUEUE,
    # Signed by the provider; nobody else's call gets further than its signature.
    ("POST", "/v1/inbound/{provider}"): EVERYBODY,
    ("POST", "/v1/inbound/{provider}/calls/{call}"): EVERYBODY,
    ("GET", "/v1/calls"): frozenset({"operator"}),
    ("POST", "/v1/calls/{call}/outcome"): frozenset({"operator"}),
    ("GET", "/v1/shift"): _WATCHING,
    ("GET", "/v1/shift/history"): _WATCHING,
    ("POST", "/v1/shift/hand-over"): ROOM,
    ("POST", "/v1/shift/take-over"): ROOM,
    ("POST", "/v1/shift/notes"): ROOM,
    ("POST", "/v1/shift/notes/{note}/done"): ROOM,
    ("GET", "/v1/admin/audit"): _AUDIT,
    ("GET", "/v1/admin/contacts"): _ADMIN | {"auditor"},
    ("POST", "/v1/admin/contacts/check"): _ADMIN,
    ("GET", "/v1/admin/accounts"): _ADMIN,
    ("POST", "/v1/admin/accounts"): _ADMIN,
    ("GET", "/v1/admin/accounts/{account}"): _ADMIN,
    ("POST", "/v1/admin/accounts/{account}/revoke"): _ADMIN,
    ("POST", "/v1/admin/accounts/{account}/restore"): _ADMIN,
    ("POST", "/v1/admin/accounts/{account}/sign-out"): _ADMIN,
    ("POST", "/v1/admin/accounts/{account}/reset-mfa"): _ADMIN,
    ("POST", "/v1/admin/accounts/{account}/roles"): _ADMIN,
    ("POST", "/v1/admin/moves"): _ADMIN,
    ("GET", "/v1/admin/directory/{document}"): _ADMIN,
    ("PUT", "/v1/admin/directory/{document}"): _ADMIN,
    ("GET", "/v1/admin/catalogue/{part}"): _SOP_DESK,
    ("PUT", "/v1/admin/catalogue/{part}"): _ADMIN,
    ("POST", "/v1/admin/ownership"): _ADMIN,
    ("GET", "/v1/admin/calendars/{calendar}"): _SOP_DESK,
    ("PUT", "/v1/admin/calendars/{calendar}"): _ADMIN,
    ("GET", "/v1/admin/export"): _SOP_DESK,
    ("POST", "/v1/admin/import"): _ADMIN | {AUTHOR},
    ("GET", "/v1/admin/doctor"): _ADMIN | {"auditor"},
    # Following what is public; the tokens of the mails speak for the address they went to.
    ("GET", "/v1/push"): EVERYBODY,
    ("POST", "/v1/subscriptions"): EVERYBODY,
    ("POST", "/v1/subscriptions/confirm"): EVERYBODY,
    ("POST", "/v1/subscriptions/leave"): EVERYBODY,
    # One's own reports: the link speaks for the address that it was sent to.
    ("POST", "/v1/own-reports"): EVERYBODY,
    ("POST", "/v1/own-reports/open"): EVERYBODY,
    ("POST", "/v1/reports/{number}/push"): _REPORTER_ONLY,
    ("POST", "/v1/me/push"): frozenset(STAFF_ROLES),
    ("POST", "/v1/reports/{number}/devices"): _REPORTER_ONLY,
    ("POST", "/v1/me/devices"): frozenset(STAFF_ROLES),
    ("GET", "/v1/templates"): _SOP_DESK,
    ("GET", "/v1/templates/{template}"): _SOP_DESK,
    ("GET", "/v1/templates/{template}/preview"): _SOP_DESK,
    ("POST", "/v1/templates/{template}/proposal"): frozenset({AUTHOR}),
    ("POST", "/v1/templates/{template}/proposal/approve"): frozenset({APPROVER}),
    ("POST", "/v1/templates/{template}/proposal/withdraw"): frozenset({AUTHOR, APPROVER}),
    ("GET", "/v1/drafts"): _SOP_DESK,
    ("POST", "/v1/drafts"): frozenset({AUTHOR}),
    ("GET", "/v1/drafts/{sop}"): _SOP_DESK,
    ("PUT", "/v1/drafts/{sop}"): frozenset({AUTHOR}),
    ("GET", "/v1/drafts/{sop}/diff"): _SOP_DESK,
    ("POST", "/v1/drafts/{sop}/replay"): _SOP_DESK,
    ("GET", "/v1/drafts/{sop}/replay"): _SOP_DESK,
    ("GET", "/v1/drafts/{sop}/lint"): _SOP_DESK,
    **{
        ("POST", f"/v1/drafts/{{sop}}/{path}"): frozenset(MOVES[move].roles)
        for path, move in DRAFT_MOVES.items()
    },
    ("GET", "/v1/sops/{sop}/versions"): EVERYBODY,
    ("GET", "/v1/sops/{sop}/diff"): EVERYBODY,
    ("POST", "/v1/sops/{sop}/versions/{version}/assign"): frozenset(MOVES["activate"].roles),
}

#: Who has cases before them: every role that may see or move one.
_AT_DESK: Audience = _QUEUE | {"territorial"}
#: Whose calls become reports; who leads.
_CALL_TAKERS: Audience = frozenset({"operator", "verifier"})
#: Who looks at results in the field, and who watches that it is done.
_AUDITORS: Audience = frozenset(TRANSITIONS["audit"].roles) | {"auditor"}
_LEAKS: Audience = frozenset({"inspector", "auditor"})
_LEADING: Audience = _WATCHING | {"agency_head", "territorial"}
#: Pages and the files they need, beside the API: method and path → who may see it.
PAGES: Mapping[tuple[str, str], Audience] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/darurat"): EVERYBODY,
    ("GET", "/janji/{category}"): EVERYBODY,
    ("POST", "/lapor"): EVERYBODY,
    ("POST", "/tempat"): EVERYBODY,
    ("GET", "/lacak"): EVERYBODY,
    ("GET", "/tugas"): _QUEUE,
    ("POST", "/tugas"): _QUEUE,
    ("GET", "/dinas"): _QUEUE,
    # Holds nothing but the queue's frame: what is unsent is on the device alone.
    ("GET", "/belum-terkirim"): EVERYBODY,
    ("GET", "/saya"): frozenset(STAFF_ROLES),
    ("POST", "/saya"): frozenset(STAFF_ROLES),
    ("POST", "/saya/kabar"): frozenset(STAFF_ROLES),
    ("GET", "/ruang"): _WATCHING,
    ("GET", "/ruang/cari"): _WATCHING,
    ("GET", "/ruang/ganda"): ROOM,
    ("POST", "/ruang/ganda"): ROOM,
    ("GET", "/ruang/serah-terima"): _WATCHING,
    ("POST", "/ruang/serah-terima"): ROOM,
    ("GET", "/panggilan-112"): _CALL_TAKERS,
    ("GET", "/penyalahgunaan"): _WATCHING,
    ("POST", "/penyalahgunaan"): frozenset({"operator"}),
    ("POST", "/panggilan-112"): _CALL_TAKERS,
    ("POST", "/panggilan-112/tempat"): _CALL_TAKERS,
    ("POST", "/panggilan-112/serupa"): _CALL_TAKERS,
    ("GET", "/pimpinan"): _LEADING,
    ("GET", "/latihan"): drills.READERS,
    ("POST", "/latihan"): drills.LEADERS,
    ("GET", "/latihan/{number}"): drills.READERS,
    ("POST", "/latihan/{number}/berhenti"): drills.STOPPERS,
    ("GET", "/pelatihan"): drills.READERS,
    ("GET", "/angka"): EVERYBODY,
    ("GET", "/data/laporan.csv"): EVERYBODY,
    ("GET", "/data/kamus.json"): EVERYBODY,
    ("GET", "/hak"): EVERYBODY,
    ("GET", "/buku"): EVERYBODY,
    ("GET", "/kasus/{number}"): _AT_DESK,
    ("GET", "/kasus/{number}/berkas"): _EXAMINERS,
    ("GET", "/kasus/{number}/kontak"): READERS,
    ("POST", "/kasus/{number}/kontak"): READERS,
    ("GET", "/kasus/{number}/umum"): MODERATORS,
    ("POST", "/kasus/{number}/umum"): MODERATORS,
    ("GET", "/kasus/{number}/foto/{photo}"): ROOM,
    ("POST", "/kasus/{number}/foto/{photo}"): ROOM,
    ("GET", "/moderasi"): MODERATORS,
    ("GET", "/pemeriksaan"): _AUDITORS,
    ("GET", "/pemeriksaan/{number}"): _AUDITORS,
    ("POST", "/pemeriksaan/{number}"): frozenset(TRANSITIONS["audit"].roles),
    ("GET", "/kebocoran"): _LEAKS,
    ("POST", "/kebocoran"): frozenset({"inspector"}),
    ("GET", "/kebocoran/{number}"): _LEAKS,
    ("POST", "/kebocoran/{number}"): frozenset({"inspector"}),
    ("POST", "/kasus/{number}/foto"): _AT_DESK,
    ("POST", "/kasus/{number}/{action}"): _AT_DESK,
    ("GET", "/laporan"): EVERYBODY,
    ("GET", "/laporan/{number}"): EVERYBODY,
    ("POST", "/laporan/{number}/dukung"): EVERYBODY,
    ("POST", "/laporan/{number}/foto"): EVERYBODY,
    # The report's cookie says who: the reporter covers their own photos and releases their text.
    ("GET", "/laporan/{number}/foto/{photo}"): EVERYBODY,
    ("POST", "/laporan/{number}/foto/{photo}"): EVERYBODY,
    ("GET", "/laporan/{number}/umum"): EVERYBODY,
    ("POST", "/laporan/{number}/umum"): EVERYBODY,
    ("POST", "/laporan/{number}/kabar"): EVERYBODY,
    ("POST", "/laporan/{number}/{action}"): EVERYBODY,
    ("GET", "/poster"): EVERYBODY,
    ("GET", "/poster/{kelurahan}"): EVERYBODY,
    ("GET", "/poster/{kelurahan}/pdf"): EVERYBODY,
    # Plates are put up by the city; each list of assets is a document that is kept.
    ("POST", "/poster/{kelurahan}/pdf"): frozenset(STAFF_ROLES),
    ("GET", "/poster/{kelurahan}/pdf/{mark}"): EVERYBODY,
    # The link itself says which office's contact it confirms.
    ("GET", "/kontak/{token}"): EVERYBODY,
    ("POST", "/kontak/{token}"): EVERYBODY,
    ("GET", "/sop"): EVERYBODY,
    ("GET", "/sop/{sop}"): EVERYBODY,
    ("GET", "/sop/{sop}/versi/{version}"): EVERYBODY,
    ("GET", "/sop/{sop}/versi/{version}/pdf"): EVERYBODY,
    ("GET", "/meja-sop"): _SOP_DESK,
    ("POST", "/meja-sop"): frozenset({AUTHOR}),
    ("GET", "/meja-sop/{sop}"): _SOP_DESK,
    ("POST", "/meja-sop/{sop}"): frozenset({AUTHOR}),
    # Which of them may take which step is in the table of the life cycle.
    ("POST", "/meja-sop/{sop}/{move}"): frozenset().union(*(one.roles for one in MOVES.values())),
    ("GET", "/meja-pesan"): _SOP_DESK,
    ("GET", "/meja-pesan/{template}"): _SOP_DESK,
    ("POST", "/meja-pesan/{template}"): frozenset({AUTHOR, APPROVER}),
    ("GET", "/static/{name}"): EVERYBODY,
    ("GET", "/sw.js"): EVERYBODY,
    ("GET", "/docs"): EVERYBODY,
    ("GET", "/v1/docs"): EVERYBODY,
    ("GET", "/masuk"): EVERYBODY,
    ("GET", "/masuk/kembali"): EVERYBODY,
    ("POST", "/keluar"): EVERYBODY,
    # Anybody follows what is public; the links of the mails speak for the address they went to.
    ("GET", "/ikuti"): EVERYBODY,
    ("POST", "/ikuti"): EVERYBODY,
    ("GET", "/ikuti/{token}"): EVERYBODY,
    ("POST", "/ikuti/{token}"): EVERYBODY,
    ("GET", "/berhenti/{token}"): EVERYBODY,
    ("POST", "/berhenti/{token}"): EVERYBODY,
    ("GET", "/umpan/{feed}"): EVERYBODY,
    ("GET", "/laporan-saya"): EVERYBODY,
    ("POST", "/laporan-saya"): EVERYBODY,
    ("GET", "/laporan-saya/{token}"): EVERYBODY,
    ("POST", "/laporan-saya/{token}"): EVERYBODY,
    # The link itself says for whom it speaks; it opens nothing but its own report.
    ("GET", "/t/{token}"): EVERYBODY,
    ("POST", "/t/{token}"): EVERYBODY,
}


def is_an_action(method: str, path: str) -> bool:
    """Whether a route is one action by its own path; the actions' one route speaks for it too."""
    before, _, word = path.rpartition("/")
    return word in ACTIONS and (method, f"{before}/{ACTION}") in ROUTES


def allowed(method: str, path: str, params: Mapping[str, str]) -> Audience:
    """Return who may call a route, or the one action of it that *params* name.

    Raises KeyError for a route that the table lacks, Problem ``not_found`` for such an action.
    """
    who = ROUTES[method, path]
    if not path.endswith(ACTION):
        return who
    if params["action"] not in ACTIONS:
        raise Problem("not_found")
    return ACTIONS[params["action"]]


def admit(caller: Caller, audience: Audience) -> None:
    """Let *caller* pass if *audience* says so; raise Problem otherwise."""
    if PUBLIC in audience or caller.roles & audience:
        return
    raise Problem("role_may_not" if caller.roles else "sign_in_needed")


def table() -> Iterator[tuple[str, str, str]]:
    """Yield method, path and who may, with each action on a line of its own."""
    for (method, path), who in ROUTES.items():
        if is_an_action(method, path):
            continue
        if not path.endswith(ACTION):
            yield method, path, ", ".join(sorted(who))
            continue
        for action, may in ACTIONS.items():
            yield method, path.replace(ACTION, action), ", ".join(sorted(may))
    for (method, path), who in PAGES.items():
        yield method, path, ", ".join(sorted(who))


if __name__ == "__main__":
    for line in table():
        print("{:5} {:40} {}".format(*line))
