"""LIVE Room: the Chalice app. It registers the blueprints and does nothing else."""

from chalice import Chalice

from chalicelib.adapters.logs import configure
from chalicelib.handlers import (
    accounts,
    actions,
    administration,
    breaches,
    calls,
    catalogue_admin,
    contact,
    contact_checks,
    crowds,
    drafts,
    events,
    exchange,
    inbound,
    jobs,
    media,
    meta,
    open311,
    photos,
    public,
    retention,
    reveal,
    simulation,
    staff,
    webhooks,
)
from chalicelib.handlers.http import cors
from chalicelib.handlers.pages import (
    assets,
    cases,
    docs,
    figures,
    following,
    posters,
    reporting,
    room,
    signing,
    sops,
    tasks,
    tracking,
)

configure()
app = Chalice(app_name="live-room")
app.api.cors = cors() or False
for module in (
    meta,
    public,
    contact,
    contact_checks,
    photos,
    staff,
    simulation,
    actions,
    administration,
    breaches,
    catalogue_admin,
    accounts,
    drafts,
    open311,
    exchange,
    crowds,
    events,
    jobs,
    inbound,
    webhooks,
    retention,
    calls,
    reveal,
    media,
    assets,
    cases,
    docs,
    figures,
    following,
    posters,
    reporting,
    room,
    signing,
    sops,
    tasks,
    tracking,
):
    app.register_blueprint(module.blueprint)
