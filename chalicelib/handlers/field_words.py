"""What the fields of bodies and answers mean, for the API's description.

A word stands for a field of that name wherever it is; one that means something else in one
definition is named ``Definition.field``. What validates is in the definitions, so this says only
what a reader of the description cannot see there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, str] = {
    # ---- filing a report, and what citizens do with it
    "about_unit": "Code of the city's unit that the report complains about. It is then neither "
    "shown nor sent to that unit; the inspectorate handles it.",
    "address": "Street and landmark, as people say it.",
    "NewReport.category": "Code from `GET /v1/categories`; all that an emergency needs.",
    "Situation.state": "How things stand there. `needs_help` is told at once to those above.",
    "NewDrill.category": "Code of the category whose SOP in force is rehearsed.",
    "NewDrill.description": "The scenario, as a caller would tell it.",
    "NewDrill.location": "Where it is staged; needed but for emergencies.",
    "NewDrill.reporter": "Who plays the citizen and is told what a citizen is told; nobody is "
    "if it is left out.",
    "NewDrill.hours": "After how many hours it ends by itself, whatever still runs in it.",
    "NewReport.description": "What is wrong, in the reporter's words. Never public by itself.",
    "NewReport.location": "Where it is: a point, a kelurahan, or both. Needed but for emergencies.",
    "Location.kelurahan": "Code or name of the kelurahan, if there is no point.",
    "lat": "Degrees, WGS 84; together with `lon`.",
    "lon": "Degrees, WGS 84; together with `lat`.",
    "Reporter.name": "The reporter's name; who may read it is bounded by a purpose on record.",
    "Reporter.email": "Where the reporter is told by mail what happens.",
    "Reporter.phone": "Where the reporter is told by text message; 08… or +62….",
    "NewReport.reporter": "How to reach the reporter. Without it nobody is told, "
    "but the token still opens the report.",
    "Support.reporter": "A mail address or telephone number, where the link to confirm is sent.",
    "Support.kelurahan": "Code of the kelurahan in which the supporter lives.",
    "on_behalf": "Whether somebody files this for somebody else, as at a counter or by telephone.",
    "NewReport.visibility": "`public`: shown without name and words. `anonymous`: the same, and "
    "the name is not kept at all. `confidential`: shown to nobody but those who handle it.",
    "language": "Language of the messages that follow.",
    "NewReport.source": "Your app's name, for the figures of where reports come from.",
    "NewReport.observed_at": "When it was seen, by the sender's clock. Kept as evidence; every "
    "limit runs from when the report arrives.",
    "NewSignal.observed_at": "When it was measured, by the device's clock; kept as evidence.",
    **{
        f"{form}.score": "What was answered in time of all that was due, in percent."
        for form in ("Drill", "DrillLine", "TrainedOffice")
    },
    "score": "1: very dissatisfied, 5: very satisfied.",
    "Rate.text": "Why, if the reporter wants to say.",
    "Comment.text": "What is said, or the answer to the question that was asked.",
    "NewPhoto.type": "Media type of the file that will be uploaded.",
    "NewPhoto.purpose": "`problem`: what is wrong. `result`: proof of what was done (staff). "
    "`dispute`: proof that it was not.",
    "on": "Whether to be told.",
    "Preferences.channels": "Of the channels left at filing, those to use; none: be told nothing.",
    "MaybeReasoned.reason": "Why, if the reporter wants to say.",
    # ---- telling telephones and browsers
    "platform": "The service that delivers the push: Firebase or Apple.",
    "RegisterDevice.token": "The app's registration token from Firebase or Apple.",
    "SubscriptionToken.token": "From the link in the mail.",
    "endpoint": "Address of the browser's push service (`PushSubscription.endpoint`).",
    "keys": "The subscription's keys (`PushSubscription.toJSON().keys`).",
    "auth": "The subscription's secret, base64url.",
    "p256dh": "The subscription's public key, base64url.",
    "SubscribeBrowser.key": "The city's public key that the subscription was made with.",
    "PushTarget.key": "The city's public key that the subscription was made with.",
    "Subscribe.push": "A browser to tell instead of a mail address.",
    "Subscribe.email": "Where the link to confirm is sent; nothing is sent before it is used.",
    "Subscribe.report": "Number of the report to follow.",
    "Subscribe.category": "Code of the category to follow.",
    "Subscribe.area": "Code of the kelurahan or kecamatan to follow.",
    "AskOwnReports.email": "Where the link to one's own reports is sent, if any are there.",
    "AskOwnReports.phone": "The same by text message.",
    # ---- what staff do
    "note": "Kept with the act.",
    "done_at": "When it was done by the device's clock, of an act sent later for want of a network."
    " Kept as evidence: what counts is when it came.",
    "other": "Number of the report that this one is no duplicate of; neither is proposed to the "
    "other again.",
    "Instruct.until": "By when it must be answered; a day from now if it is left out. Whoever gave "
    "it, and the head of the agency, are told of silence then.",
    "TakeOver.reason": "Needed where nobody offered the shift to the one who takes it over.",
    "HandOver.to": "Account of the successor; empty for whoever comes.",
    "HandOver.note": "What the next one must know. It is no place for anybody's identity.",
    "reason": "Why; kept on the record with who decided.",
    "Reject.reason": "Code of a reason from the list; the reporter reads its words.",
    "Block.days": "For how many days, at most 90.",
    "CallBack.outcome": "`real` clears the report; `denied`: denied it, or owned up to a hoax.",
    "DecideAppeal.outcome": "`lift` ends the block at once, `uphold` lets it stand.",
    "Assign.agency": "Code of the agency that gets the task.",
    "Decline.agency": "Code of the agency whose task it is instead.",
    "Verify.agency": "Another agency than the owner of the category.",
    "Verify.category": "The right category, if another was chosen.",
    "question": "What the reporter is asked; the clocks stand still until the answer.",
    "until": "A date within the coming year, with zone.",
    "Refer.body": "Name of the body outside the city government, such as PLN.",
    "Refer.reference": "The number under which that body keeps it.",
    "meaning": "`said`: something was said. `settled`: done there. `refused`: not theirs.",
    "AnswerReferral.text": "What the other body wrote.",
    "into": "Number of the report that this one is a duplicate of.",
    "Submit.outcome": "What came of it; `done` needs the photos that the SOP asks for.",
    "Submit.photos": "Ids of photos uploaded with the purpose `result`.",
    "Instruct.text": "The instruction; everybody on the case reads it.",
    "Migrate.sop": "Another SOP than the report's own.",
    "Migrate.version": "Which version; without it, the one in force now.",
    "finding": "What the place looked like: as the result said, partly, or not done.",
    "Review.approved": "Whether the covered copy may become public.",
    "boxes": "What to cover: faces, plates, names.",
    "x": "Left edge, 0 to 1 of the width.",
    "y": "Upper edge, 0 to 1 of the height.",
    "width": "0 to 1 of the picture's width.",
    "height": "0 to 1 of the picture's height.",
    "Moderate.photo": "Id of the photo that is meant, if it is a photo.",
    "Moderate.event": "Number of the event whose text is meant, if it is a text.",
    "Moderate.field": "Which of the event's texts.",
    "withhold": "Whether it is withheld from now on, or shown again.",
    "Release.text": "Stands for the description in public; nothing that names a person.",
    "ReadContact.purpose": "For what the contact is needed; it decides which fields are shown.",
    "CallOutcome.outcome": "`accepted`: whoever was called takes the task on.",
    # ---- leaks of personal data
    "known_at": "Since when it is known; the law's 72 hours run from here.",
    "what": "What happened.",
    "fields": "Which data leaked.",
    "people": "How many people are concerned, as far as is known.",
    "NewBreach.report": "Number of the report concerned, if it is about one.",
    "whom": "Who was told: the people concerned, or the authority.",
    "Notice.reference": "Number of the letter.",
    # ---- messages from providers and devices
    "InboundMessage.id": "The provider's own; the same when it comes again.",
    "InboundMessage.from": "Telephone number of the sender.",
    "InboundMessage.text": "What was written.",
    "InboundMessage.at": "When, as the provider has it.",
    "signal": "Whether the device raises its signal or clears it.",
    "reading": "What was measured, for people.",
    # ---- SOPs
    "Simulation.category": "Whose owner and limits to assume.",
    "filed_at": "When a report is filed, with zone.",
    "Simulation.kelurahan": "Where, for who is told.",
    "DraftSimulation.kelurahan": "Where, for who is told.",
    "DraftSimulation.category": "Whose owner and limits to assume.",
    "DraftSimulation.sop": "The SOP in the data form, as `GET /v1/sops/{sop}` answers it.",
    "verified_at": "When it was verified.",
    "resolved_at": "When a result was submitted.",
    "validated_at": "When the result was accepted.",
    "referred_at": "When it was referred to a body outside.",
    "paused_at": "When the clocks were made to stand still.",
    "NewDraft.sop": "Id of the SOP: an existing one for its next version, or a new one.",
    "content": "The SOP in the data form; without it, a copy of the version in force.",
    "revision": "Which writing of the draft was edited; 409 if there is a newer one.",
    "hash": "SHA-256 of the content that was looked at; 409 if it is another one by now.",
    "DraftComment.step": "Which step of the SOP it is about; none: all of it.",
    "text": "What is said.",
    "Activate.from": "From which day it serves.",
    "Activate.to": "The last day, for a season; without it, until another version follows.",
    "Assignment.from": "From which day it serves.",
    "Assignment.to": "The last day, for a season; without it, until another version follows.",
    "season": "Name of the season.",
    "Activate.categories": "Which categories it serves; without it, those of the SOP.",
    "Assignment.categories": "Which categories it serves; without it, those of the SOP.",
    "based_on": "The version that was read; 409 if there is a newer one.",
    "ProposeTemplate.channels": "Channel → language → words.",
    # ---- administration
    "body": "The whole document.",
    "NewClient.body": "Code of the outside body for which this system answers referrals.",
    "dry_run": "Only say what would be done.",
    "files": "Path → content, as `GET /v1/admin/export` answers them.",
    "day": "On which day.",
    "moves": "What moves.",
    "MoveOwnership.from": "From which day.",
    "NewOwner.agency": "Code of the agency that owns the category from then on.",
    "NewOwner.area": "Code of the kelurahan or kecamatan; empty: the whole city.",
    "NewOwner.category": "Code of the category.",
    "OneMove.person": "Account of the official.",
    "OneMove.to": "Code of the office; empty: out of all of them.",
    "OneMove.kind": "`definitive`: holds the office; `plt`, `plh`: acts in it.",
    "OneMove.until": "Last day of an acting holder.",
    "OneMove.keeps": "Offices that the person keeps beside.",
    "positions": "Codes of offices.",
    "roles": "What the account may do beside what follows from its offices.",
    "NewAccount.id": "Name of the account, for ever.",
    "NewAccount.name": "The person's name.",
    "NewAccount.email": "Where the invitation goes.",
    "NewAccount.phone": "For text messages; 08… or +62….",
    "NewClient.id": "Short name of the system, for ever.",
    "NewClient.name": "The system, for people.",
    "NewDevice.id": "Short name of the device, for ever.",
    "NewDevice.name": "The device, for people.",
    "NewDevice.category": "Code of the category under which its signals are filed.",
    "NewWebhook.id": "Short name of the receiver, for ever.",
    "url": "https address.",
    "types": "Which kinds of events; none: all.",
    "per_minute": "Calls a minute at the most.",
    "per_day": "Calls a day at the most.",
    "Switch.mode": "`on` and `off`: until switched again; `auto`: when too much comes in.",
    "Switch.minutes": "With `auto`: on at once, for so long.",
    # ---- answers
    "Filed.number": "The report's number; can be read over the telephone.",
    "Filed.token": "Opens this report to its reporter (`Authorization: Bearer …`). It comes in "
    "this answer only: keep it safe, and send it to nobody.",
    "Filed.promises": "By when what is to have happened, as the SOP in force has it.",
    "Filed.url": "The report's page.",
    "Report.actions": "What this caller may do now: last parts of `POST /v1/reports/{number}/…`.",
    "Report.next": "The next step if nothing happens: when, and who is told.",
    "Report.history": "What happened, in words that anybody may read.",
    "Report.ending": "How it ended, each way under a name of its own; null while it runs.",
    "Report.tier": "P0 (life in danger) to P4; decides how fast the ladder climbs.",
    "epoch": "Goes up when the timeline is planned anew.",
    "Entry.to": "Roles that are told.",
    "Entry.state": "`unknown`: beyond the last day that the calendar knows.",
    "Entry.explanation": "Why it is due when it is, in the language asked for.",
    "Entry.basis": "The law, if a law sets the limit.",
    "Entry.provisional": "Whether a feast whose date is not decreed yet may still move it.",
    "due_at": "By when; null where no calendar knows.",
    "cursor": "Where the next page begins; null on the last one.",
    "PhotoRoom.id": "Name it in `photos` of a result.",
    "Upload.fields": "Form fields to send before `file`.",
    "Problem.code": "Build on this; the words may be improved.",
    "pointer": "JSON pointer into the body, or `?name` for a query parameter.",
    "metres": "How far away; null where the place is not told exactly.",
    "CategoryItem.questions": "What else to ask, with its choices.",
    "CategoryItem.synonyms": "Words by which people find it.",
}


def with_words(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return *schemas* with a description at each field that has words here."""
    return {name: _one(name, schema) for name, schema in schemas.items()}


def _one(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        field: _described(one, WORDS.get(f"{name}.{field}") or WORDS.get(field, ""))
        for field, one in schema.get("properties", {}).items()
    }
    return {**schema, "properties": fields} if fields else dict(schema)


def _described(schema: Mapping[str, Any], words: str) -> dict[str, Any]:
    return {"description": words, **schema} if words else dict(schema)
