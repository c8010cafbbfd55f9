"""Typed client of the LIVE Room API.

from live_room_client import ApiProblem, LiveRoom

api = LiveRoom("https://lapor.example")
filed = api.file_report({"category": "DRT-01"})
report = api.with_token(filed["token"]).get_report(filed["number"])
"""

from live_room_client.client import LiveRoom
from live_room_client.transport import ApiProblem

__all__ = ["ApiProblem", "LiveRoom"]
