"""LIVE Room: the Chalice app. It registers the blueprints and does nothing else."""

from chalicelib.adapters.logs import configure
from chalicelib.handlers.loading import LazyChalice

#: The modules of routes and functions, below `chalicelib.handlers`.
MODULES = (
    "meta",
    "public",
    "contact",
    "contact_checks",
    "photos",
    "staff",
    "simulation",
    "actions",
    "administration",
    "breaches",
    "catalogue_admin",
    "accounts",
    "drafts",
    "templates",
    "subscriptions",
    "own_reports",
    "open311",
    "exchange",
    "crowds",
    "events",
    "jobs",
    "inbound",
    "webhooks",
    "retention",
    "calls",
    "reveal",
    "media",
    "pages.agency",
    "pages.assets",
    "pages.cases",
    "pages.docs",
    "pages.figures",
    "pages.following",
    "pages.listing",
    "pages.own_reports",
    "pages.posters",
    "pages.reporting",
    "pages.room",
    "pages.signing",
    "pages.sop_desk",
    "pages.sops",
    "pages.tasks",
    "pages.tracking",
    "pages.work",
)

configure()
app = LazyChalice("live-room", MODULES)
