"""LIVE Room: the Chalice app. It registers the blueprints and does nothing else."""

from chalice import Chalice

from chalicelib.handlers import actions, events, public

app = Chalice(app_name="live-room")
for module in (public, actions, events):
    app.register_blueprint(module.blueprint)
