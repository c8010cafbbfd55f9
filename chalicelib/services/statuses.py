"""The statuses in plain words, for everybody who reads."""

from __future__ import annotations

from collections.abc import Mapping

#: The statuses in plain words (design §4); what people read never shows the codes.
STATUS_NAMES: Mapping[str, Mapping[str, str]] = {
    "received": {"id": "Diterima", "en": "Received"},
    "needs_information": {"id": "Perlu dilengkapi", "en": "Information needed"},
    "verified": {"id": "Terverifikasi", "en": "Verified"},
    "assigned": {"id": "Didisposisikan", "en": "Assigned"},
    "acknowledged": {"id": "Diterima OPD", "en": "Accepted by the agency"},
    "in_progress": {"id": "Dikerjakan", "en": "In progress"},
    "deferred": {"id": "Ditangguhkan", "en": "Deferred"},
    "awaiting_validation": {"id": "Hasil sedang diperiksa", "en": "Result being checked"},
    "returned": {"id": "Dikerjakan ulang", "en": "Being done again"},
    "awaiting_confirmation": {"id": "Menunggu konfirmasi Anda", "en": "Awaiting confirmation"},
    "closed_confirmed": {"id": "Selesai, dikonfirmasi pelapor", "en": "Closed, confirmed"},
    "closed_automatic": {"id": "Selesai tanpa tanggapan pelapor", "en": "Closed without answer"},
    "reopened": {"id": "Dibuka kembali", "en": "Reopened"},
    "referred": {"id": "Dilimpahkan", "en": "Referred"},
    "rejected": {"id": "Tidak dapat diproses", "en": "Cannot be handled"},
    "merged": {"id": "Digabung", "en": "Merged"},
    "withdrawn": {"id": "Ditarik pelapor", "en": "Withdrawn"},
}
