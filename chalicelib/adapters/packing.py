"""Planned messages in few bytes: DynamoDB bills every write by the kilobyte of the whole item.

A message row is written when it is planned (in a transaction, at double price), when it is claimed,
when it is settled and for each receipt. What it says is deflated JSON against a dictionary of what
most of them say, without what is the rule and what the row's key says; so it stays below one
kilobyte, of what would be two or three.
"""

from __future__ import annotations

import zlib
from dataclasses import MISSING, fields
from typing import Any

import msgspec

from chalicelib.domain.deliveries import Delivery

#: In the row's key, or in attributes of their own that change while the body stays.
_APART = frozenset({"number", "id", "status", "attempts", "due_at", "revision"})
_RULE = {
    one.name: one.default if one.default is not MISSING else {}
    for one in fields(Delivery)
    if one.default is not MISSING or one.default_factory is not MISSING
}
#: What every packed message was packed with. For ever: another one needs a letter of its own.
_COMMON_1 = (
    b'","secret":false,"promises":[],"next_told":{"id":"Kepala Dinas ","en":"Head of the '
    b'"told_before":[{"title":{"id":"Kepala Bidang ","en":"Head of division, "},"at":"2027-0'
    b'{"name":{"id":"diperiksa","en":"checked"},"due_at":"2027-0'
    b'{"name":{"id":"petugas tiba","en":"officers arrive"},"due_at":"'
    b'{"name":{"id":"selesai dikerjakan","en":"work done"},"due_at":"2027-0'
    b'"kecamatan":"","agency":"","agency_name":{"id":"Dinas Pekerjaan Umum dan Penataan Ruang"'
    b',"en":"Agency for Public Works and Spatial Planning"},"sop_id":"","sop_version":1,"sop_name"'
    b':{"id":"Penanganan ","en":" repair"},"received_at":"2027-04-05T0","secret":false,"promises":'
    b'"due_at":"2027-04-0T09:00:00Z","next_told":{"id":"Operator LIVE Room","en":"LIVE Room '
    b'operator"},"resolve_by":"2027-0","step":"","cycle":1,"awaits":"acknowledged","basis":"",'
    b'"fired_due_at":"2027-04-0","instruction":"Menerima tugas dan menunjuk pelaksana"}}'
    b'{"recipient":"reporter","channel":"mail","template":"reporter_","language":"id",'
    b'"created_at":"2027-04-05T0:00:00Z"},"title":"Petugas ","person":"petugas.","address":"'
    b'@example.org","role":"petugas","template":"step_","urgent":true,"context":{"category":{"id":'
    b'"Jalan berlubang","en":"","category_code":"INF-01","tier":"P2","kelurahan":"'
)
_MARK_1 = b"1"


def packed(delivery: Delivery) -> bytes:
    """Return what *delivery* says, in few bytes."""
    said = {
        one.name: getattr(delivery, one.name)
        for one in fields(Delivery)
        if one.name not in _APART and not _is_the_rule(one.name, getattr(delivery, one.name))
    }
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_COMMON_1)
    return _MARK_1 + deflate.compress(msgspec.json.encode(said)) + deflate.flush()


def unpacked(data: bytes, number: str, id: str) -> Delivery:
    """Return the message of *number* under *id* that `packed` made; raises ValueError."""
    if data[:1] != _MARK_1:
        raise ValueError("packed by a later version")
    inflate = zlib.decompressobj(-15, zdict=_COMMON_1)
    said = msgspec.json.decode(inflate.decompress(data[1:]) + inflate.flush())
    return msgspec.convert({**said, "number": number, "id": id}, Delivery)


def _is_the_rule(name: str, value: Any) -> bool:
    return name in _RULE and bool(value == _RULE[name])
