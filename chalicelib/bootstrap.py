"""Wiring: which adapter fulfils which port in this process. Everything is made on first use."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib import config
from chalicelib.domain.deliveries import FOLLOWER

if TYPE_CHECKING:
    from chalicelib.adapters.text_logs import CollectTextReceipts
    from chalicelib.domain.actions import Caller
    from chalicelib.services.accepting import WriteAccepted
    from chalicelib.services.accounts import ManageAccounts, Provider
    from chalicelib.services.acting import ActOnReport
    from chalicelib.services.administering import Administer, Register
    from chalicelib.services.answering import Answering, Links
    from chalicelib.services.arming import ArmTimeline
    from chalicelib.services.blocking import Blocking
    from chalicelib.services.breaching import KeepBreaches
    from chalicelib.services.bundling import Bundler
    from chalicelib.services.calling import Calls
    from chalicelib.services.cards import CardStore, Relay
    from chalicelib.services.casefile import CaseFiles
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.catalogue_files import CatalogueFiles
    from chalicelib.services.cataloguing import KeepCatalogue
    from chalicelib.services.clients import Clients
    from chalicelib.services.composing import Planner
    from chalicelib.services.contact_checking import CheckContacts
    from chalicelib.services.contacting import ReplaceContact
    from chalicelib.services.crowds import Crowds
    from chalicelib.services.digesting import SendDigests
    from chalicelib.services.dispatching import Dispatcher
    from chalicelib.services.doctoring import Doctor
    from chalicelib.services.drafting import DraftSops
    from chalicelib.services.drilling import Drills
    from chalicelib.services.duplicates import Duplicates
    from chalicelib.services.errands import Errands, ErrandStore
    from chalicelib.services.examining import ExaminePhotos, PhotoIndex
    from chalicelib.services.filing import FileReport
    from chalicelib.services.filters import KeepFilters
    from chalicelib.services.finding_work import FindWork
    from chalicelib.services.firing import FireDueSteps
    from chalicelib.services.following import Announce, Following, FollowStore, Leave, Leaving
    from chalicelib.services.forgetting import Forget
    from chalicelib.services.guarding import Guard
    from chalicelib.services.identifying import IdentifyResident, IdentifyStaff, TokenVerifier
    from chalicelib.services.linting import LintSops
    from chalicelib.services.mail_replies import MailReplies
    from chalicelib.services.measuring import Measures
    from chalicelib.services.mending import MendPhotos
    from chalicelib.services.open311 import Open311
    from chalicelib.services.own_reports import OwnReports
    from chalicelib.services.photos import Darkroom, Media
    from chalicelib.services.ports import (
        Alarms,
        Blobs,
        Clock,
        IdentityStore,
        Jobs,
        Prints,
        Queues,
        ReportStore,
        Talks,
        TimelineClock,
    )
    from chalicelib.services.posters import Posters
    from chalicelib.services.preferring import SetChannels
    from chalicelib.services.printing import PrintSops
    from chalicelib.services.progress import ShowProgress
    from chalicelib.services.projecting import Projector
    from chalicelib.services.protecting import Protect
    from chalicelib.services.pushing import Pushing
    from chalicelib.services.reading import NoteReading
    from chalicelib.services.rebuilding import Rebuild
    from chalicelib.services.receipts import TakeReceipt
    from chalicelib.services.recording import Recorder
    from chalicelib.services.referring import Refer
    from chalicelib.services.replanning import ReplanCalendar
    from chalicelib.services.replaying import ReplayReports
    from chalicelib.services.replying import Replying
    from chalicelib.services.rerouting import Reroute
    from chalicelib.services.revealing import AskContact, RevealContact
    from chalicelib.services.sealing import Books, ProveReports, SealDays
    from chalicelib.services.searching import Search, SearchStore
    from chalicelib.services.sending import Sender
    from chalicelib.services.sensing import Sensing
    from chalicelib.services.sessions import AccountStore, Sessions
    from chalicelib.services.shifts import Shifts
    from chalicelib.services.signing_in import Issuer, SignIn
    from chalicelib.services.simulating import Simulator
    from chalicelib.services.sop_forms import SopForms
    from chalicelib.services.sweeping import Sweeper
    from chalicelib.services.taking_calls import TakeCalls
    from chalicelib.services.template_desk import TemplateDesk
    from chalicelib.services.text_replies import TextReplies
    from chalicelib.services.viewing import Views
    from chalicelib.services.views import ViewStore
    from chalicelib.services.webhooks import Outgoing, Webhooks
    from chalicelib.services.wishing import KeepWishes

_T = TypeVar("_T")
_made: dict[str, Any] = {}
_listeners: list[Callable[[str, str, str, str, str], None]] = []


def _shared(make: Callable[[], _T]) -> Callable[[], _T]:
    """Let *make* run once in this process; everybody shares what it made."""

    @wraps(make)
    def get() -> _T:
        if make.__name__ not in _made:
            _made[make.__name__] = make()
        made: _T = _made[make.__name__]
        return made

    return get


@contextmanager
def override(**parts: Any) -> Iterator[None]:
    """Put *parts* in the place of what the functions of these names make, until the end.

    Everything else is made anew from them: ``with override(store=MemoryReportStore()):``. For
    tests and tools; a running function never uses it.
    """
    kept = dict(_made)
    _made.clear()
    _made.update(parts)
    try:
        yield
    finally:
        _made.clear()
        _made.update(kept)


def salt() -> str:
    """Return a fresh 128-bit salt."""
    return secrets.token_hex(16)


def random_bytes() -> bytes:
    """Return 16 random bytes."""
    return secrets.token_bytes(16)


def real_seconds() -> float:
    """Return real time: other people's clocks know no other (signatures, their expiry)."""
    return time.time()


@_shared
def clock() -> Clock:
    """The system's clock (faster than real time only in the local runner)."""
    from chalicelib.adapters.clock import clock_from_environment

    return clock_from_environment()


@_shared
def store() -> ReportStore:
    """The reports table."""
    from chalicelib.adapters.report_store import DynamoReportStore

    return DynamoReportStore()


@_shared
def catalogue() -> Catalogue:
    """The catalogue in force, from the reference table."""
    from chalicelib.adapters.documents import TableDocuments
    from chalicelib.services.catalogue import Catalogue

    return Catalogue(TableDocuments(), time.monotonic)


@_shared
def register() -> Register:
    """The reference table, for those who administer it."""
    from chalicelib.adapters.registers import DynamoRegister

    return DynamoRegister(clock().now)


@_shared
def administer() -> Administer:
    """The one way in which administrative documents are written."""
    from chalicelib.services.administering import Administer

    return Administer(register(), clock(), salt, catalogue().forget)


@_shared
def lint_sops() -> LintSops:
    """Holding SOPs against the city."""
    from chalicelib.adapters.documents import message_templates
    from chalicelib.services.linting import LintSops

    return LintSops(catalogue(), clock(), message_templates)


@_shared
def keep_catalogue() -> KeepCatalogue:
    """Agencies, categories, ownership by date and calendars."""
    from chalicelib.services.cataloguing import KeepCatalogue

    return KeepCatalogue(administer(), catalogue(), clock(), replan_calendar().announce)


@_shared
def template_desk() -> TemplateDesk:
    """What messages say: proposed by one, approved by another."""
    from chalicelib.services.template_desk import TemplateDesk

    return TemplateDesk(administer(), catalogue())


@_shared
def catalogue_files() -> CatalogueFiles:
    """The whole catalogue as files."""
    from chalicelib.services.catalogue_files import CatalogueFiles

    return CatalogueFiles(keep_catalogue(), draft_sops())


@_shared
def doctor() -> Doctor:
    """Whether the catalogue and its people are ready."""
    from chalicelib.services.doctoring import Doctor

    return Doctor(catalogue(), lint_sops())


@_shared
def draft_sops() -> DraftSops:
    """The SOP desk: drafts, their review and approval, and their way into force."""
    from chalicelib.services.drafting import DraftSops

    return DraftSops(administer(), catalogue(), clock(), lint_sops())


@_shared
def planner() -> Planner:
    """The timeline planner."""
    from chalicelib.services.composing import Planner

    return Planner(catalogue())


@_shared
def simulator() -> Simulator:
    """Draws the ladders of SOPs before they run."""
    from chalicelib.services.simulating import Simulator

    return Simulator(catalogue(), clock())


@_shared
def queues() -> Queues:
    """The queues between the parts."""
    from chalicelib.adapters.queues import SqsQueues

    return SqsQueues()


@_shared
def jobs() -> Jobs:
    """The queues of work that nobody waits for."""
    from chalicelib.adapters.queues import SqsJobs

    return SqsJobs()


@_shared
def replay_reports() -> ReplayReports:
    """Compares a draft SOP with what the reports of the last months went through."""
    from chalicelib.services.replaying import ReplayReports

    return ReplayReports(
        administer(),
        draft_sops(),
        catalogue(),
        planner(),
        simulator(),
        view_store(),
        store(),
        clock(),
        jobs(),
    )


@_shared
def check_contacts() -> CheckContacts:
    """Sends offices a test message, and records who confirmed it."""
    from chalicelib.services.contact_checking import CheckContacts

    return CheckContacts(
        administer(), catalogue(), store(), clock(), config.link_keys, config.public_url
    )


@_shared
def prints() -> Prints:
    """Where printed documents are kept."""
    from chalicelib.adapters.prints import S3Prints

    return S3Prints()


@_shared
def sop_forms() -> SopForms:
    """SOP versions as the government's form."""
    from chalicelib.services.sop_forms import SopForms

    return SopForms(catalogue(), register(), clock())


@_shared
def print_sops() -> PrintSops:
    """Asks for printed SOPs, and makes them (the renderer is imported when it makes one)."""
    from chalicelib.services.printing import PrintSops

    def render(form: Mapping[str, Any]) -> bytes:
        from chalicelib.adapters import sop_pdf

        return sop_pdf.render(form)

    return PrintSops(catalogue(), sop_forms(), prints(), jobs(), render)


@_shared
def posters() -> Posters:
    """Posters, cards and plates (the renderer is imported when it makes one)."""
    from chalicelib.services.posters import Posters

    def render(facts: Mapping[str, Any]) -> bytes:
        from chalicelib.adapters import poster_pdf

        return poster_pdf.render(facts)

    return Posters(catalogue(), prints(), jobs(), config.public_url, render)


@_shared
def replan_calendar() -> ReplanCalendar:
    """Brings a new calendar version to the open reports."""
    from chalicelib.services.replanning import ReplanCalendar

    return ReplanCalendar(store(), catalogue(), planner(), clock(), jobs(), salt)


@_shared
def blobs() -> Blobs:
    """The photo bucket."""
    from chalicelib.adapters.blobs import S3Blobs

    return S3Blobs()


@_shared
def measures() -> Measures:
    """Where measures of promises go."""
    from chalicelib.adapters.metrics import EmbeddedMeasures

    return EmbeddedMeasures()


@_shared
def alarms() -> Alarms:
    """Where final faults are reported."""
    from chalicelib.adapters.alarms import SnsAlarms

    return SnsAlarms()


@_shared
def executions() -> TimelineClock:
    """Step Functions, as the clock of running timelines."""
    from chalicelib.adapters.executions import StepFunctionsClock

    return StepFunctionsClock(clock())


@_shared
def file_report() -> FileReport:
    """The filing use case."""
    from chalicelib.services.accepting import Later
    from chalicelib.services.filing import FileReport

    return FileReport(
        store(),
        catalogue(),
        planner(),
        clock(),
        config.token_secret,
        random_bytes,
        Later(jobs()),
    )


@_shared
def write_accepted() -> WriteAccepted:
    """Writes filings that the table did not take at once."""
    from chalicelib.services.accepting import WriteAccepted

    return WriteAccepted(store(), alarms())


@_shared
def act_on_report() -> ActOnReport:
    """The use case behind every action."""
    from chalicelib.services.acting import ActOnReport

    return ActOnReport(
        store(), catalogue(), planner(), clock(), blobs(), salt, ask_media(), measures()
    )


@_shared
def links() -> Links:
    """Signs the links and reply addresses in messages."""
    from chalicelib.services.answering import Links

    return Links(config.link_keys, clock(), config.public_url, config.reply_domain)


@_shared
def answering() -> Answering:
    """Answers by the links in messages."""
    from chalicelib.services.answering import Answering

    return Answering(store(), catalogue(), act_on_report(), blobs(), clock(), config.link_keys)


@_shared
def talks() -> Talks:
    """Which reports an address was written to about."""
    from chalicelib.adapters.talk_store import DynamoTalks

    return DynamoTalks()


@_shared
def replying() -> Replying:
    """What a reply to a message does."""
    from chalicelib.services.replying import Replying

    return Replying(store(), answering(), planner(), clock(), salt)


@_shared
def mail_replies() -> MailReplies:
    """Replies by mail."""
    from chalicelib.services.mail_replies import MailReplies

    return MailReplies(replying(), talks(), config.link_keys)


@_shared
def text_replies() -> TextReplies:
    """Replies by text message."""
    from chalicelib.services.text_replies import TextReplies

    return TextReplies(replying(), talks(), config.link_keys)


@_shared
def calls() -> Calls:
    """Calls by telephone."""
    from chalicelib.services.calling import Calls

    return Calls(store(), answering(), act_on_report(), take_receipt(), clock())


@_shared
def views() -> Views:
    """What callers may see of reports."""
    from chalicelib.services.viewing import Views

    return Views(catalogue(), planner())


@_shared
def show_progress() -> ShowProgress:
    """Where a report stands, for its pages."""
    from chalicelib.services.progress import ShowProgress

    return ShowProgress(catalogue(), planner())


@_shared
def verifier() -> TokenVerifier:
    """Checks staff's access tokens."""
    from chalicelib.adapters.oidc import verifier_from_environment

    return verifier_from_environment()


@_shared
def identify_staff() -> IdentifyStaff:
    """From an access token to the member of staff it speaks for."""
    from chalicelib.services.identifying import IdentifyStaff

    return IdentifyStaff(verifier(), catalogue(), accounts(), clock())


@_shared
def identify_resident() -> IdentifyResident | None:
    """From a token of the city's app to a resident's pseudonym; None where no app is set up."""
    if not config.setting("CITIZEN_OIDC_ISSUER", ""):
        return None
    from chalicelib.adapters.oidc import citizen_verifier_from_environment
    from chalicelib.services.identifying import IdentifyResident

    verifier = citizen_verifier_from_environment()
    issuer = config.setting("CITIZEN_OIDC_ISSUER")
    return IdentifyResident(verifier, issuer, config.token_secret) if verifier else None


@_shared
def accounts() -> AccountStore:
    """The accounts table: sessions, and which accounts still stand."""
    from chalicelib.adapters.account_store import DynamoAccountStore

    return DynamoAccountStore()


@_shared
def manage_accounts() -> ManageAccounts:
    """The administration of staff accounts."""
    from chalicelib.services.accounts import ManageAccounts

    return ManageAccounts(administer(), accounts(), provider(), clock(), time.time)


@_shared
def provider() -> Provider:
    """The identity provider's accounts."""
    from chalicelib.adapters.provider_accounts import provider_from_environment

    return provider_from_environment()


@_shared
def sessions() -> Sessions:
    """The sessions of the web pages; they keep real time."""
    from chalicelib.services.sessions import Sessions

    return Sessions(accounts(), config.token_secret, secrets.token_bytes, time.time)


@_shared
def issuer() -> Issuer:
    """The OpenID Connect provider where staff sign in to the pages."""
    from chalicelib.adapters.oidc import issuer_from_environment

    return issuer_from_environment()


def of_session(token: str) -> Caller:
    """Return the member of staff whose browser holds *token*; raise TokenInvalid."""
    from chalicelib.services.identifying import TokenInvalid

    session = sessions().find(token)
    if session is None:
        raise TokenInvalid("no such session")
    return identify_staff().of_session(session)


@_shared
def sign_in() -> SignIn:
    """The sign-in to the pages."""
    from chalicelib.services.signing_in import SignIn

    return SignIn(issuer(), config.link_keys, secrets.token_bytes, time.time, _back)


def _back() -> str:
    return f"{config.public_url()}/masuk/kembali"


@_shared
def set_channels() -> SetChannels:
    """The reporter's wish how to be told."""
    from chalicelib.services.preferring import SetChannels

    return SetChannels(store(), planner(), clock(), salt)


@_shared
def recorder() -> Recorder:
    """Adds to reports' records."""
    from chalicelib.services.recording import Recorder

    return Recorder(store(), planner(), clock(), salt)


@_shared
def note_reading() -> NoteReading:
    """Puts the reading of a sealed case on its record."""
    from chalicelib.services.reading import NoteReading

    return NoteReading(recorder())


@_shared
def identity_store() -> IdentityStore:
    """The identity table: for the sender and the reveal function, nobody else may read it."""
    from chalicelib.adapters.report_store import DynamoIdentityStore

    return DynamoIdentityStore()


@_shared
def reveal_contact() -> RevealContact:
    """The use case of the reveal function."""
    from chalicelib.services.revealing import RevealContact

    return RevealContact(
        recorder(), identity_store(), identify_staff(), of_session, config.token_secret
    )


@_shared
def ask_contact() -> AskContact:
    """How the API asks for a contact that it may not read itself."""
    if config.in_process():
        return reveal_contact()
    from chalicelib.adapters.functions import RevealFunction

    return RevealFunction()


@_shared
def blocking() -> Blocking:
    """Contacts that are kept from filing after a hoax, and appeals."""
    from chalicelib.services.blocking import Blocking

    return Blocking(
        store(), act_on_report(), ask_contact(), administer(), config.token_secret, clock()
    )


@_shared
def examine_photos() -> ExaminePhotos:
    """The use case of the function for photos."""
    from chalicelib.services.examining import ExaminePhotos

    return ExaminePhotos(recorder(), blobs(), photo_index(), darkroom())


@_shared
def photo_index() -> PhotoIndex:
    """All pictures by their fingerprints."""
    from chalicelib.adapters.photo_index import DynamoPhotoIndex

    return DynamoPhotoIndex()


@_shared
def darkroom() -> Darkroom:
    """The image library: only in the function for photos."""
    from chalicelib.adapters.darkroom import PillowDarkroom

    return PillowDarkroom()


@_shared
def ask_media() -> Media:
    """How the API has a photo examined or published at once."""
    if config.in_process():
        return examine_photos()
    from chalicelib.adapters.functions import MediaFunction

    return MediaFunction()


@_shared
def forget() -> Forget:
    """Erases what is over its time, or what a reporter asks to have erased."""
    from chalicelib.services.forgetting import Forget

    return Forget(recorder(), blobs())


@_shared
def mend_photos() -> MendPhotos:
    """Asks again for photos that got stuck."""
    from chalicelib.services.mending import MendPhotos

    return MendPhotos(view_store(), jobs(), clock(), measures(), alarms())


@_shared
def keep_breaches() -> KeepBreaches:
    """The register of leaks of personal data."""
    from chalicelib.services.breaching import KeepBreaches

    return KeepBreaches(administer(), file_report(), clock())


@_shared
def keep_filters() -> KeepFilters:
    """Filters of work lists, kept per person."""
    from chalicelib.services.filters import KeepFilters

    return KeepFilters(administer())


@_shared
def duplicates() -> Duplicates:
    """Probable duplicates, for those who may merge."""
    from chalicelib.services.duplicates import Duplicates

    return Duplicates(store(), view_store(), crowds(), catalogue())


@_shared
def find_work() -> FindWork:
    """Finding reports of a work list by words."""
    from chalicelib.services.finding_work import FindWork

    return FindWork(store(), views(), search())


@_shared
def take_calls() -> TakeCalls:
    """The call-taker's form of the emergency line."""
    from chalicelib.services.taking_calls import TakeCalls

    return TakeCalls(store(), view_store(), search(), crowds(), catalogue(), file_report(), clock())


@_shared
def shifts() -> Shifts:
    """The hand-over of the room's shifts."""
    from chalicelib.services.shifts import Shifts

    return Shifts(administer(), catalogue(), store(), view_store(), views(), calls(), clock())


@_shared
def replace_contact() -> ReplaceContact:
    """The reporter's correction or withdrawal of their contact."""
    from chalicelib.services.contacting import ReplaceContact

    return ReplaceContact(recorder())


@_shared
def view_store() -> ViewStore:
    """The public views and counters."""
    from chalicelib.adapters.view_store import DynamoViewStore

    return DynamoViewStore(clock().now)


@_shared
def projector() -> Projector:
    """From written reports to public views and counters."""
    from chalicelib.services.projecting import Projector

    return Projector(view_store(), store().load)


@_shared
def card_store() -> CardStore:
    """What other systems may see: cards, updates, and who is near whom."""
    from chalicelib.adapters.card_store import DynamoCardStore

    return DynamoCardStore()


@_shared
def relay() -> Relay:
    """From the stream to cards, updates and postings."""
    from chalicelib.services.cards import Relay
    from chalicelib.services.searching import SearchIndex

    return Relay(
        store(),
        card_store(),
        catalogue(),
        planner(),
        (crowds().hear, refer().hear, webhooks().hear, SearchIndex(search_store()).hear),
    )


@_shared
def search_store() -> SearchStore:
    """By which words public reports are found."""
    from chalicelib.adapters.search_store import DynamoSearchStore

    return DynamoSearchStore()


@_shared
def search() -> Search:
    """Finding public reports by words."""
    from chalicelib.services.searching import Search

    return Search(search_store(), catalogue(), view_store().shown)


@_shared
def errand_store() -> ErrandStore:
    """What is to be said to other systems."""
    from chalicelib.adapters.errand_store import DynamoErrandStore

    return DynamoErrandStore()


@_shared
def outgoing() -> Outgoing:
    """Calls to other systems in the public network."""
    from chalicelib.adapters.outgoing import PublicOutgoing

    return PublicOutgoing()


@_shared
def webhooks() -> Webhooks:
    """Subscriptions to what happens to reports."""
    from chalicelib.services.webhooks import Webhooks

    def listed() -> Any:
        return catalogue().document("webhooks")

    return Webhooks(
        listed,
        administer(),
        errand_store(),
        jobs(),
        outgoing(),
        catalogue(),
        clock(),
        config.token_secret,
    )


@_shared
def refer() -> Refer:
    """Passing reports on to the bodies whose they are."""
    from chalicelib.adapters.body_mail import ReferralMail
    from chalicelib.adapters.providers import SesMailer
    from chalicelib.services.referring import Refer

    return Refer(
        store(),
        errand_store(),
        jobs(),
        recorder(),
        outgoing(),
        ReferralMail(SesMailer(), planner()),
        catalogue(),
        clock(),
        lambda name: config.setting(name, "") if name else "",
    )


@_shared
def sensing() -> Sensing:
    """Devices and their signals."""
    from chalicelib.adapters.device_states import DynamoDeviceStates
    from chalicelib.adapters.usage import DynamoUsage
    from chalicelib.services.sensing import Sensing

    def listed() -> Any:
        return catalogue().document("devices")

    return Sensing(
        listed,
        administer(),
        DynamoDeviceStates(),
        DynamoUsage(),
        store(),
        file_report(),
        recorder(),
        clock(),
        secrets.token_urlsafe,
    )


@_shared
def drills() -> Drills:
    """Drills and what they showed."""
    from chalicelib.services.drilling import Drills

    return Drills(file_report(), store(), recorder(), catalogue(), planner(), clock())


@_shared
def errands() -> Errands:
    """Runs what is to be said to other systems."""
    from chalicelib.domain.errands import HOOK, REFER
    from chalicelib.services.errands import Errands

    say = {HOOK: webhooks().say, REFER: refer().say}
    return Errands(errand_store(), jobs(), clock(), alarms(), say, {REFER: refer().gave_up})


@_shared
def crowds() -> Crowds:
    """Duplicates, crowds and supports."""
    from chalicelib.adapters.crowd_store import DynamoCrowdStore
    from chalicelib.services.crowds import Crowds

    return Crowds(
        store(), card_store(), DynamoCrowdStore(), catalogue(), recorder(), jobs(), clock()
    )


@_shared
def clients() -> Clients:
    """Other systems that call us: their keys and limits."""
    from chalicelib.adapters.usage import DynamoUsage
    from chalicelib.services.clients import Clients

    def listed() -> Any:
        return catalogue().document("clients")

    return Clients(listed, administer(), DynamoUsage(), clock(), secrets.token_urlsafe)


@_shared
def guard() -> Guard:
    """Limits for senders, and the proof of work under attack."""
    from chalicelib.adapters.usage import DynamoUsage
    from chalicelib.services.guarding import Guard
    from chalicelib.services.protecting import limits_of

    return Guard(
        lambda: limits_of(catalogue()),
        DynamoUsage(),
        real_seconds,
        config.token_secret,
        lambda until: protect().switched_on(until),
        measures(),
    )


@_shared
def protect() -> Protect:
    """The policy of limits, and the switch for proofs of work."""
    from chalicelib.services.protecting import Protect

    return Protect(administer(), real_seconds)


@_shared
def open311() -> Open311:
    """The Open311 use cases."""
    from chalicelib.services.open311 import Open311

    return Open311(
        file_report(), act_on_report(), store(), card_store(), catalogue(), planner(), clock()
    )


@_shared
def rebuild() -> Rebuild:
    """Views and counters held against the record (a tool; no function does this)."""
    from chalicelib.services.rebuilding import Rebuild

    return Rebuild(store(), view_store(), projector())


@_shared
def books() -> Books:
    """The closed days and their keys."""
    from chalicelib.adapters.books import DynamoBooks

    return DynamoBooks()


@_shared
def seal_days() -> SealDays:
    """Closes the books of the days that are over."""
    from chalicelib.adapters.books import KmsSigner, LockedBucket
    from chalicelib.services.sealing import SealDays

    book = config.resource("").rstrip("-")
    return SealDays(store(), books(), KmsSigner(), LockedBucket(), clock(), book)


@_shared
def prove_reports() -> ProveReports:
    """Finds reports in the books."""
    from chalicelib.services.sealing import ProveReports

    return ProveReports(store(), books())


@_shared
def case_files() -> CaseFiles:
    """Makes the whole record of a case for those who examine it."""
    from chalicelib.services.casefile import CaseFiles

    return CaseFiles(store(), views(), catalogue(), planner(), prove_reports(), clock())


@_shared
def fire_due_steps() -> FireDueSteps:
    """The firing use case."""
    from chalicelib.services.firing import FireDueSteps

    return FireDueSteps(store(), planner(), clock(), alarms(), salt, measures())


@_shared
def bundler() -> Bundler:
    """What gathers a flood of messages into one."""
    from chalicelib.services.bundling import Bundler

    return Bundler(store(), catalogue().kindness)


@_shared
def reroute() -> Reroute:
    """The use case behind messages that failed for good."""
    from chalicelib.services.rerouting import Reroute

    return Reroute(store(), planner(), clock(), alarms(), salt, bundler())


@_shared
def take_receipt() -> TakeReceipt:
    """The use case behind every delivery event."""
    from chalicelib.services.receipts import TakeReceipt

    return TakeReceipt(store(), clock(), alarms())


@_shared
def collect_text_receipts() -> CollectTextReceipts:
    """What brings the outcomes of text messages from SNS's logs to the queue."""
    from chalicelib.adapters.text_logs import CollectTextReceipts

    return CollectTextReceipts(queues(), clock())


@_shared
def arm_timeline() -> ArmTimeline:
    """The arming use case."""
    from chalicelib.services.arming import ArmTimeline

    return ArmTimeline(store(), planner(), clock(), executions(), alarms(), salt)


@_shared
def follow_store() -> FollowStore:
    """Who follows what."""
    from chalicelib.adapters.follow_store import DynamoFollowStore

    return DynamoFollowStore()


@_shared
def following() -> Following:
    """The use cases of those who follow."""
    from chalicelib.services.following import Following

    return Following(store(), follow_store(), catalogue(), clock(), config.link_keys)


@_shared
def own_reports() -> OwnReports:
    """One's own reports by a link."""
    from chalicelib.services.own_reports import OwnReports

    return OwnReports(store(), follow_store(), clock(), config.link_keys, config.token_secret)


@_shared
def pushing() -> Pushing:
    """Browsers that want to be told by push."""
    from chalicelib.adapters.web_push import public_key
    from chalicelib.services.pushing import Pushing

    def services() -> tuple[str, ...]:
        return (*catalogue().channels().push_services, *config.push_services())

    return Pushing(
        following(),
        follow_store(),
        clock(),
        lambda: public_key(config.link_keys()),
        services,
        config.push_platforms,
    )


def hear_pushes(listener: Callable[[str, str, str, str, str], None]) -> None:
    """Let *listener* hear of every push: channel, recipient, subject, text, id. For tools."""
    _listeners.append(listener)


def _pushed(to: str, subject: str, text: str, id: str) -> None:
    for listener in _listeners:
        listener("push", to, subject, text, id)


@_shared
def leaving() -> Leaving:
    """Links out of what may be left."""
    from chalicelib.services.following import Leaving

    return Leaving(config.link_keys, clock(), config.public_url)


@_shared
def leave() -> Leave:
    """What the POST behind a link out does."""
    from chalicelib.services.following import Leave

    return Leave(store(), follow_store(), clock(), set_channels())


@_shared
def keep_wishes() -> KeepWishes:
    """How members of staff would like to be told."""
    from chalicelib.services.wishing import KeepWishes

    return KeepWishes(administer(), catalogue(), store(), leave())


@_shared
def announce() -> Announce:
    """Tells followers what happened."""
    from chalicelib.services.following import Announce

    return Announce(store(), follow_store(), catalogue(), clock())


@_shared
def send_digests() -> SendDigests:
    """Plans the digests of the slot that has begun."""
    from chalicelib.services.digesting import SendDigests

    return SendDigests(store(), catalogue(), clock())


@_shared
def dispatcher() -> Dispatcher:
    """From the stream to the queues."""
    from chalicelib.services.dispatching import Dispatcher

    return Dispatcher(queues(), clock(), jobs())


@_shared
def sweeper() -> Sweeper:
    """The minute's look at what is overdue."""
    from chalicelib.services.sweeping import Sweeper

    return Sweeper(store(), queues(), clock())


@_shared
def sender() -> Sender:
    """The sender: the one service that may read who reported, to reach them."""
    from chalicelib.adapters.channels import MailChannel, SmsChannel, citizen_texts
    from chalicelib.adapters.gateways import GatewayTexter, VoiceChannel, gateway_for
    from chalicelib.adapters.mobile_push import MobilePush
    from chalicelib.adapters.providers import SesMailer, SnsTexter
    from chalicelib.adapters.push_channel import PushChannel
    from chalicelib.adapters.spent_store import DynamoCounters
    from chalicelib.adapters.web_push import WebPush
    from chalicelib.services.own_reports import TEMPLATE, LinkToOwn
    from chalicelib.services.replying import noting
    from chalicelib.services.sending import Sender
    from chalicelib.services.spending import Spending

    noted = noting(talks(), config.link_keys, clock())
    spent = Spending(
        DynamoCounters(), catalogue().channels, alarms(), lambda: config.link_keys().current
    )
    gateway = gateway_for("sms")
    texter = GatewayTexter(gateway) if gateway else SnsTexter()
    return Sender(
        store(),
        identity_store(),
        {
            "mail": MailChannel(
                SesMailer(),
                citizen_texts(store()),
                links(),
                noted,
                leaving(),
                catalogue().templates,
            ),
            "sms": SmsChannel(texter, links(), noted, spent, catalogue().templates),
            "voice": VoiceChannel(),
            "push": PushChannel(
                WebPush(outgoing(), config.link_keys, config.push_subject),
                MobilePush(config.push_platforms),
                follow_store(),
                links(),
                catalogue().templates,
                _pushed,
            ),
        },
        clock(),
        alarms(),
        bundler(),
        lambda delivery: follow_store().address(
            str(delivery.context.get("topic", "")), delivery.recipient.removeprefix(FOLLOWER)
        ),
        {
            TEMPLATE: LinkToOwn(
                store(), identity_store(), clock(), config.link_keys, config.public_url
            )
        },
    )


def seed_reference() -> int:
    """Write what the reference table lacks of the shipped catalogue; return how much that was.

    Nothing that a city has changed since is touched.
    """
    from chalicelib.adapters.documents import FileDocuments, put_absent

    return put_absent(FileDocuments().all())[0]


def rearm_all() -> int:
    """Begin a new epoch for every running timeline, after all executions were lost (restart)."""
    from datetime import timedelta

    arm, count = arm_timeline(), 0
    for row in store().due(clock().now() + timedelta(days=3650)):
        if row.kind == "report":
            count += arm.renew(row.number, row.epoch) == "replaced"
    return count
