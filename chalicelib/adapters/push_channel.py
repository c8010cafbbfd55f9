"""The channel "push": the words of the text message, its link apart, to each browser that asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib import config
from chalicelib.adapters.channels import rendered
from chalicelib.adapters.mobile_push import MobilePush
from chalicelib.adapters.web_push import BrowserGone, WebPush
from chalicelib.domain.deliveries import FOLLOWER, Delivery
from chalicelib.domain.drills import MARK
from chalicelib.domain.numbers import normalise
from chalicelib.services.answering import Links
from chalicelib.services.following import STAFF, Follower, FollowStore
from chalicelib.services.messages import Templates, default_templates
from chalicelib.services.ports import NeverAgain, TryAgain
from chalicelib.services.pushing import PUSH, Browser, Device, unpacked
from chalicelib.services.sending import Unwanted

#: Hears of each push that a service took: (to, subject, text, id).
Heard = Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class PushChannel:
    """Nothing personal is in a push: no citizen's word is ever in the text message it repeats."""

    web: WebPush
    mobile: MobilePush
    followers: FollowStore
    links: Links | None = None
    templates: Callable[[], Templates] = default_templates
    heard: Heard | None = None

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`. Told once one browser has it; raises Unwanted if there is none."""
        browsers = list(self._browsers(delivery, address))
        content = rendered(delivery, "sms", dict, templates=self.templates(), linked=False)
        title = normalise(delivery.number) or "LIVE Room"
        title = f"{MARK} {title}" if delivery.drill else title
        tag = hashlib.sha256(delivery.number.encode()).hexdigest()[:32]
        said = {"title": title, "body": content.text, "url": self._page(delivery), "tag": tag}
        self._push(browsers, said, urgent=delivery.urgent)
        mark = hashlib.sha256(f"{delivery.number}|{delivery.id}".encode()).hexdigest()[:32]
        if self.heard:
            self.heard(delivery.recipient, title, content.text, mark)
        return f"push-{mark}", content.version

    def _one(self, to: Browser | Device, said: Mapping[str, str], *, urgent: bool) -> None:
        if isinstance(to, Device):
            self.mobile.send(to, said, urgent=urgent)
            return
        payload = json.dumps(said, ensure_ascii=False).encode()
        self.web.send(to, payload, said["tag"], urgent=urgent)

    def _push(self, browsers: list[Follower], said: Mapping[str, str], *, urgent: bool) -> None:
        """Push to every browser and forget those that are gone; raise if none has it."""
        reached, fault = False, None
        for one in browsers:
            try:
                self._one(unpacked(one.address), said, urgent=urgent)
                reached = True
            except BrowserGone:
                self.followers.leave(one.topic, one.id)
            except (TryAgain, NeverAgain) as error:
                fault = error
        if not reached:
            raise fault or Unwanted("no browser is subscribed")

    def _browsers(self, delivery: Delivery, address: str) -> list[Follower]:
        if delivery.to_follower:
            topic, id = str(delivery.context["topic"]), delivery.recipient.removeprefix(FOLLOWER)
            return [Follower(topic, id, PUSH, address, delivery.language)]
        found = self.followers.followers(f"{STAFF}:{delivery.who}")
        return [one for one in found if one.channel == PUSH]

    def _page(self, delivery: Delivery) -> str:
        if delivery.to_staff:
            offers = self.links.of(delivery) if self.links else {}
            return offers.get("view", f"{config.public_url()}/tugas")
        return f"{config.public_url()}/laporan/{delivery.number}"
