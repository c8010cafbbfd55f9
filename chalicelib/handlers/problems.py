"""Problem documents (RFC 9457): every refusal has a stable code and says so in two languages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalice import Response

#: code → (status, Indonesian, English). What a caller may build on is the code.
PROBLEMS: Mapping[str, tuple[int, str, str]] = {
    "bad_request": (
        400,
        "Permintaan HTTP ini tidak sah.",
        "This is not a valid HTTP request.",
    ),
    "method_not_allowed": (
        405,
        "Alamat ini ada, tetapi tidak menerima metode HTTP tersebut.",
        "This address exists but does not take that HTTP method.",
    ),
    "malformed_json": (
        400,
        "Isi permintaan bukan JSON yang benar.",
        "The request body is not valid JSON.",
    ),
    "invalid_text": (
        400,
        "Isi permintaan bukan teks UTF-8 yang benar, atau memuat karakter NUL.",
        "The request body is not valid UTF-8 text, or holds a NUL character.",
    ),
    "invalid_field": (
        400,
        "Ada isian yang tidak sesuai; lihat errors.",
        "A field is not of the required form; see errors.",
    ),
    "body_too_large": (
        413,
        "Isi permintaan terlalu besar (paling besar 256 KB). Kirim foto lewat alamat unggah.",
        "The request body is too large (256 KB at most). Send photos to the upload address.",
    ),
    "unknown_category": (
        422,
        "Kategori ini tidak ada. Daftarnya di /v1/categories.",
        "There is no such category. They are listed at /v1/categories.",
    ),
    "unknown_kelurahan": (
        422,
        "Kelurahan ini tidak ada di Kota Tangerang, atau namanya perlu kodenya. Lihat /v1/areas.",
        "There is no such kelurahan in the city, or its name needs its code. See /v1/areas.",
    ),
    "outside_city": (
        422,
        "Tempat ini di luar Kota Tangerang. Bila darurat, telepon 112.",
        "This place is outside Tangerang City. In an emergency call 112.",
    ),
    "location_missing": (
        422,
        "Tempat kejadian perlu diisi: titik peta atau kelurahan.",
        "The place is needed: a point or a kelurahan.",
    ),
    "invalid_phone": (
        422,
        "Nomor telepon tidak benar. Contoh: 0812-3456-7890.",
        "The telephone number is not valid. Example: 0812-3456-7890.",
    ),
    "invalid_email": (
        422,
        "Alamat surel tidak benar. Contoh: nama@contoh.id.",
        "The mail address is not valid. Example: name@example.org.",
    ),
    "masked_value": (
        422,
        "Nilai yang disamarkan tidak dapat disimpan. Isi nilai yang sebenarnya.",
        "A masked value cannot be stored. Send the real one.",
    ),
    "personal_data_in_text": (
        422,
        "Teks masih memuat yang mirip data pribadi: nomor, alamat surel, atau pelat.",
        "The text still holds what looks like personal data: a number, an address or a plate.",
    ),
    "date_not_in_the_past_year": (
        422,
        "Waktunya harus sebelum sekarang dan paling lama satu tahun lalu.",
        "The time must be in the past and within a year.",
    ),
    "nothing_there": (
        422,
        "Foto atau teks itu tidak ada pada laporan ini.",
        "There is no such photo or text in this report.",
    ),
    "unknown_purpose": (
        422,
        "Keperluan ini tidak ada dalam daftar.",
        "This purpose is not on the list.",
    ),
    "weak_idempotency_key": (
        400,
        "Idempotency-Key perlu 22 sampai 200 huruf atau angka acak.",
        "Idempotency-Key needs 22 to 200 random letters or digits.",
    ),
    "key_reused": (
        422,
        "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
        "This Idempotency-Key was used for another request.",
    ),
    "sign_in_needed": (
        401,
        "Perlu masuk dahulu.",
        "Sign-in is needed.",
    ),
    "invalid_token": (
        401,
        "Tanda masuk tidak berlaku atau sudah lewat waktunya.",
        "The token is not valid or has expired.",
    ),
    "link_over": (
        410,
        "Tautan ini sudah lewat waktunya. Silakan minta yang baru.",
        "This link is past its time. Please ask for a new one.",
    ),
    "invalid_signature": (
        401,
        "Tanda tangan panggilan ini tidak cocok atau sudah lewat waktunya.",
        "The signature of this call does not fit or is too old.",
    ),
    "sign_in_failed": (
        401,
        "Masuk tidak berhasil atau terlalu lama. Silakan mulai lagi dari halaman masuk.",
        "Signing in did not work or took too long. Please start again from the sign-in page.",
    ),
    "no_such_account": (
        404,
        "Akun ini tidak ada.",
        "There is no such account.",
    ),
    "account_exists": (
        409,
        "Nama akun ini sudah dipakai.",
        "This account name is in use.",
    ),
    "address_in_use": (
        409,
        "Alamat surel ini sudah dipakai akun lain.",
        "This mail address belongs to another account.",
    ),
    "own_account": (
        409,
        "Administrator tidak dapat mengubah akunnya sendiri; minta administrator lain.",
        "Administrators cannot change their own account; ask another administrator.",
    ),
    "unknown_position": (
        422,
        "Jabatan ini tidak ada dalam daftar.",
        "There is no such position.",
    ),
    "unknown_person": (
        422,
        "Orang ini tidak ada dalam daftar atau akunnya sudah dicabut.",
        "There is no such person, or the account is revoked.",
    ),
    "position_taken": (
        409,
        "Jabatan ini masih dipegang orang lain pada hari itu; pindahkan dahulu pemegangnya.",
        "Somebody else still holds this position on that day; move the holder, too.",
    ),
    "moved_twice": (
        422,
        "Satu orang hanya dapat dipindahkan sekali dalam satu rencana; pakai keeps untuk rangkap.",
        "A person can be moved once in a plan; use keeps for an office held beside another.",
    ),
    "ends_before_it_begins": (
        422,
        "Tanggal akhir mendahului tanggal mulai.",
        "The last day is before the first.",
    ),
    "day_is_past": (
        422,
        "Tanggal sudah lewat; perpindahan berlaku hari ini atau sesudahnya.",
        "The day is past; moves take effect today or later.",
    ),
    "directory_not_of_the_form": (
        422,
        "Isi dokumen tidak sesuai bentuknya.",
        "The document is not of the required form.",
    ),
    "revoke_by_itself": (
        422,
        "Pencabutan akun dilakukan lewat tindakan revoke, bukan lewat dokumen.",
        "Accounts are revoked by their own action, not in the document.",
    ),
    "no_account": (
        403,
        "Akun ini belum atau tidak lagi terdaftar. Hubungi administrator LIVE Room.",
        "This account is not registered, or no longer. Ask the LIVE Room administrator.",
    ),
    "form_not_ours": (
        403,
        "Formulir ini tidak berasal dari halaman kami atau sudah lama. Muat ulang lalu kirim lagi.",
        "This form does not come from our page, or is too old. Reload the page and send it again.",
    ),
    "source_needs_staff": (
        403,
        "Sumber laporan ini hanya dapat dicatat oleh petugas yang masuk dengan akunnya.",
        "Only staff who are signed in may file a report from this source.",
    ),
    "role_may_not": (
        403,
        "Peran Anda tidak berwenang untuk tindakan ini.",
        "Your role may not do this.",
    ),
    "not_your_agency": (
        403,
        "Laporan ini bukan tugas perangkat daerah Anda.",
        "This report is not your agency's.",
    ),
    "executor_may_not_validate": (
        403,
        "Yang mengerjakan tidak boleh memeriksa hasilnya sendiri.",
        "Whoever did the work may not check its result.",
    ),
    "not_your_photo": (
        403,
        "Foto ini bukan kiriman Anda.",
        "This photo is not yours.",
    ),
    "another_must_review": (
        403,
        "Penutupan foto harus diperiksa oleh orang lain.",
        "Somebody else has to look at what you covered.",
    ),
    "purpose_not_yours": (
        403,
        "Peran Anda tidak dapat membaca kontak pelapor untuk keperluan ini.",
        "Your role may not read the reporter's contact for this purpose.",
    ),
    "reporter_stays_unknown": (
        403,
        "Pelapor meminta agar tidak diketahui; kontaknya tidak diperlihatkan.",
        "The reporter asked to stay unknown; the contact is not shown.",
    ),
    "not_found": (
        404,
        "Tidak ditemukan.",
        "Not found.",
    ),
    "not_in_this_status": (
        409,
        "Tindakan ini tidak dapat dilakukan pada status laporan sekarang.",
        "This cannot be done in the report's present status.",
    ),
    "no_audit_ordered": (
        409,
        "Untuk laporan ini tidak ada pemeriksaan lapangan yang menunggu.",
        "No field audit of this report is waiting.",
    ),
    "nothing_to_review": (
        409,
        "Belum ada penutupan yang perlu diperiksa.",
        "There is nothing covered to be looked at.",
    ),
    "not_needed_now": (
        409,
        "Pada status laporan sekarang kontak pelapor tidak diperlukan untuk keperluan ini.",
        "In the report's present status this purpose does not need the reporter's contact.",
    ),
    "bounce_limit": (
        409,
        "Laporan sudah dua kali dikembalikan; sekarang Sekretaris Daerah yang memutuskan.",
        "The report was handed back twice; now the City Secretary decides.",
    ),
    "deferral_limit": (
        409,
        "Laporan sudah dua kali ditangguhkan.",
        "The report was deferred twice already.",
    ),
    "emergency_never_pauses": (
        409,
        "Waktu laporan darurat tidak dapat dihentikan.",
        "The clock of an emergency cannot be paused.",
    ),
    "reopen_period_over": (
        409,
        "Masa membuka kembali (30 hari) sudah lewat. Silakan buat laporan baru.",
        "The time for reopening (30 days) is over. Please file a new report.",
    ),
    "nothing_to_rate_yet": (
        409,
        "Belum ada hasil yang dapat dinilai.",
        "There is no result to rate yet.",
    ),
    "sop_invalid": (
        422,
        "Isi SOP tidak benar; lihat path dan reason.",
        "The SOP is not valid; see path and reason.",
    ),
    "calendar_missing": (
        422,
        "SOP ini memakai kalender yang tidak ada.",
        "The SOP names a calendar that does not exist.",
    ),
    "field_missing": (
        422,
        "Ada isian wajib yang belum diisi.",
        "A required field is missing.",
    ),
    "unknown_agency": (
        422,
        "Perangkat daerah ini tidak ada, atau sudah memegang laporan ini.",
        "There is no such agency, or it holds the report already.",
    ),
    "unknown_reason": (
        422,
        "Alasan ini tidak ada dalam daftar.",
        "This reason is not on the list.",
    ),
    "date_not_in_the_coming_year": (
        422,
        "Tanggal harus sesudah sekarang dan paling lama satu tahun lagi.",
        "The date must be in the future and within a year.",
    ),
    "merge_target_unknown": (
        422,
        "Laporan tujuan penggabungan tidak ada.",
        "The report to merge into does not exist.",
    ),
    "merge_across_secrecy": (
        409,
        "Laporan terbuka dan laporan rahasia tidak dapat digabung: nomor yang rahasia akan tampil.",
        "A public and a confidential report cannot be merged: the confidential number would show.",
    ),
    "photo_unknown": (
        422,
        "Ada foto yang belum diunggah untuk laporan ini.",
        "A photo has not been uploaded for this report.",
    ),
    "photo_refused": (
        422,
        "Ada berkas yang bukan foto yang dapat dipakai; lihat photos.",
        "A file is not a usable photo; see photos.",
    ),
    "evidence_refused": (
        422,
        "Foto ini tidak dapat menjadi bukti menurut SOP; lihat checks.",
        "Under the SOP this photo cannot be proof; see checks.",
    ),
    "evidence_needs_reason": (
        422,
        "Pemeriksaan foto menemukan kejanggalan; sebutkan alasannya di reason. Alasan dicatat.",
        "The photo's checks found something amiss; give the reason in reason. It is recorded.",
    ),
    "arrival_needs_reason": (
        422,
        "Posisi Anda lebih jauh dari lokasi laporan daripada batas SOP; sebutkan alasannya "
        "di reason. Alasan dicatat.",
        "Your position is farther from the place than the SOP allows; give the reason in reason. "
        "It is recorded.",
    ),
    "drill_is_running": (
        409,
        "Latihan SOP ini sedang berjalan di wilayah itu. Hentikan dahulu, atau tunggu selesai.",
        "A drill of this SOP is running in that area. Stop it first, or wait for its end.",
    ),
    "drill_is_over": (
        409,
        "Latihan ini sudah selesai; tidak ada lagi yang dapat dilakukan di dalamnya.",
        "This drill is over; nothing more can be done in it.",
    ),
    "not_in_a_drill": (
        409,
        "Tindakan ini tidak ada dalam latihan: latihan tidak bercampur dengan laporan nyata dan "
        "tidak keluar dari pemerintah kota.",
        "There is no such act in a drill: it stays apart from real reports and within the city "
        "government.",
    ),
    "drill_not_yours": (
        403,
        "Kepala perangkat daerah hanya melatih SOP perangkat daerahnya sendiri.",
        "The head of an agency drills that agency's own SOPs alone.",
    ),
    "drill_not_of_this_kind": (
        422,
        "Pengaduan tentang aparat tidak dapat dijadikan latihan.",
        "Complaints about officials cannot be rehearsed.",
    ),
    "evidence_missing": (
        422,
        "SOP meminta foto bukti; unggah dahulu, lalu sebutkan di photos.",
        "The SOP asks for photos as proof; upload them first and name them in photos.",
    ),
    "channel_not_given": (
        422,
        "Laporan ini tidak mempunyai kontak untuk saluran tersebut.",
        "This report has no contact for that channel.",
    ),
    "device_unknown": (
        401,
        "Kunci perangkat (X-Device-Key) tidak dikenal atau dicabut.",
        "The device's key (X-Device-Key) is unknown or revoked.",
    ),
    "too_many_signals": (
        429,
        "Terlalu banyak sinyal dari perangkat ini; coba lagi semenit kemudian.",
        "Too many signals from this device; try again in a minute.",
    ),
    "support_closed": (
        409,
        "Laporan ini tidak atau tidak lagi menerima dukungan.",
        "This report takes no supports, or none any more.",
    ),
    "no_instruction_open": (
        409,
        "Tidak ada instruksi yang menunggu jawaban.",
        "No instruction waits for an answer.",
    ),
    "too_many_filters": (
        409,
        "Saringan tersimpan sudah penuh; hapus dulu yang tidak dipakai.",
        "There are as many saved filters as there may be; remove one first.",
    ),
    "not_on_duty": (
        409,
        "Hanya yang sedang bertugas yang dapat menyerahkan tugas.",
        "Only whoever is on duty can hand over.",
    ),
    "already_on_duty": (
        409,
        "Anda sudah bertugas.",
        "You are on duty already.",
    ),
    "successor_unknown": (
        422,
        "Penerus harus akun operator atau verifikator LIVE Room yang lain.",
        "The successor must be another operator or verifier of the LIVE Room.",
    ),
    "too_many_notes": (
        409,
        "Catatan sudah penuh; coret dulu yang sudah selesai.",
        "There are as many notes as there may be; strike off what is done first.",
    ),
    "too_many_photos": (
        409,
        "Jumlah foto laporan ini sudah penuh.",
        "This report has as many photos as it may.",
    ),
    "invalid_cursor": (
        400,
        "Penanda halaman tidak berlaku.",
        "The cursor is not valid.",
    ),
    "version_moved": (
        409,
        "Dokumen ini sudah diubah orang lain. Baca versi terbaru, lalu ulangi.",
        "Somebody else has changed this document. Read the current version, then repeat.",
    ),
    "already_under_this_version": (
        409,
        "Laporan ini sudah berjalan menurut versi SOP tersebut.",
        "The report runs under this SOP version already.",
    ),
    "sop_version_never_served": (
        422,
        "Versi SOP ini belum pernah berlaku untuk kategori laporan tersebut.",
        "This SOP version has never been in force for the report's category.",
    ),
    "sop_not_ready": (
        422,
        "SOP ini belum dapat diberlakukan; lihat findings beserta cara memperbaikinya.",
        "This SOP cannot go into force yet; see findings and how each is mended.",
    ),
    "document_invalid": (
        422,
        "Dokumen ini tidak sesuai dengan yang lain; lihat path dan reason.",
        "This document does not fit the others; see path and reason.",
    ),
    "import_refused": (
        422,
        "Ada berkas yang tidak dapat dimuat; tidak satu pun ditulis. Lihat items.",
        "A file cannot be taken in; none was written. See items.",
    ),
    "version_taken": (
        409,
        "Nomor versi ini sudah dipakai. Tarik rancangan ini, lalu mulai lagi dari versi terbaru.",
        "This version number is taken. Withdraw the draft and begin again from the newest.",
    ),
    "category_not_served": (
        409,
        "Kategori ini belum mempunyai SOP yang berlaku.",
        "No SOP is in force for this category yet.",
    ),
    "draft_is_open": (
        409,
        "SOP ini masih punya rancangan yang berjalan. Selesaikan atau tarik dahulu.",
        "A draft of this SOP is still on its way. Finish or withdraw it first.",
    ),
    "draft_not_in_this_status": (
        409,
        "Langkah ini tidak berlaku pada status rancangan sekarang.",
        "This step cannot be taken in the draft's present status.",
    ),
    "draft_content_moved": (
        409,
        "Isi rancangan sudah berubah sejak Anda membacanya. Baca lagi sebelum memutuskan.",
        "The draft has changed since you read it. Read it again before deciding.",
    ),
    "push_subscription_invalid": (
        422,
        "Langganan notifikasi ini tidak dapat dipakai; lihat field. Berlanggananlah lagi.",
        "This push subscription cannot be used; see field. Subscribe again.",
    ),
    "nothing_to_follow": (
        422,
        "Tidak ada laporan terbuka, kategori, atau wilayah dengan nama itu.",
        "There is no open report, category or area of this name.",
    ),
    "own_proposal": (
        403,
        "Usulan ini dari Anda sendiri. Orang lain yang harus menyetujuinya.",
        "You proposed this yourself. Somebody else has to approve it.",
    ),
    "template_invalid": (
        422,
        "Naskah pesan ini tidak dapat dipakai; lihat findings.",
        "This message text cannot be used; see findings.",
    ),
    "same_person_twice": (
        403,
        "Penyusun, peninjau, dan penyetuju harus tiga orang yang berbeda.",
        "Author, reviewer and approver must be three different people.",
    ),
    "unknown_step": (
        422,
        "Rancangan ini tidak mempunyai langkah itu.",
        "The draft has no such step.",
    ),
    "date_in_the_past": (
        422,
        "Tanggal mulai tidak boleh sebelum hari ini.",
        "The first day may not lie before today.",
    ),
    "season_needs_its_end": (
        422,
        "Musim perlu nama dan hari terakhir yang tidak mendahului hari pertama.",
        "A season needs its name and a last day not before its first.",
    ),
    "season_overlaps": (
        409,
        "Kategori ini sudah mempunyai musim pada tanggal tersebut.",
        "This category has a season on these days already.",
    ),
    "sop_not_of_category": (
        422,
        "SOP ini tidak menyebut kategori tersebut.",
        "This SOP does not name that category.",
    ),
    "document_too_large": (
        422,
        "Dokumen ini melampaui ukuran satu baris data. Pecah atau ringkas dahulu.",
        "This document has outgrown one row of data. Split or prune it first.",
    ),
    # What the gateway answers before any of our code runs.
    "request_refused": (
        400,
        "Permintaan ini tidak dapat diterima.",
        "This request cannot be accepted.",
    ),
    "too_many_requests": (
        429,
        "Terlalu banyak permintaan. Tunggu sebentar.",
        "Too many requests. Wait a moment.",
    ),
    "too_often": (
        429,
        "Terlalu banyak kiriman dari sini dalam waktu singkat. Tidak ada isian yang hilang: "
        "coba lagi sesudah menunggu. Laporan darurat tidak dibatasi.",
        "Too much was sent from here in a short time. Nothing of what you wrote is lost: wait, "
        "then try again. Emergencies are not limited.",
    ),
    "contact_blocked": (
        403,
        "Kontak ini untuk sementara tidak dapat mengirim laporan biasa; alasan dan cara keberatan "
        "sudah dikirim kepadanya. Laporan darurat tetap diterima.",
        "This contact cannot send ordinary reports for now; it was sent the reason and how to "
        "appeal. Emergencies are still taken.",
    ),
    "hoax_not_suspected": (
        409,
        "Belum ada yang menduga laporan ini palsu. Catat dugaan lebih dahulu (suspect).",
        "Nobody has taken this report for a hoax yet. Record the suspicion first (suspect).",
    ),
    "hoax_needs_two": (
        409,
        "Yang menduga tidak boleh menyatakannya sendiri; perlu orang kedua.",
        "Whoever suspected it may not confirm it; a second person must.",
    ),
    "call_back_first": (
        409,
        "Telepon balik pelapor lebih dahulu dan catat hasilnya (call_back).",
        "Call the reporter back first and record the outcome (call_back).",
    ),
    "not_misused": (
        409,
        "Hanya laporan yang dinyatakan palsu oleh dua orang dapat diikuti pembatasan.",
        "Only after a hoax that two people confirmed may a contact be kept from filing.",
    ),
    "already_blocked": (
        409,
        "Kontak pelapor ini sudah dibatasi.",
        "This reporter's contact is kept from filing already.",
    ),
    "nobody_to_block": (
        409,
        "Pelapor tidak meninggalkan kontak; tidak ada yang dapat dibatasi.",
        "The reporter left no contact; there is nobody to keep from filing.",
    ),
    "nothing_to_appeal": (
        409,
        "Tidak ada pembatasan atau keberatan yang berlaku pada laporan ini.",
        "No block or appeal stands on this report.",
    ),
    "already_appealed": (
        409,
        "Keberatan sudah diajukan untuk pembatasan ini.",
        "This block was appealed against already.",
    ),
    "appeal_needs_another": (
        409,
        "Keberatan harus diputus orang yang tidak ikut menduga, menyatakan, atau membatasi.",
        "An appeal is decided by somebody who neither suspected, confirmed nor blocked.",
    ),
    "limits_invalid": (
        422,
        "Batas ini tidak sesuai bentuknya; lihat reason.",
        "These limits are not of the required form; see reason.",
    ),
    "proof_needed": (
        429,
        "Sedang masuk sangat banyak laporan, jadi pengirim perlu bukti kerja (lihat challenge) "
        "atau menunggu sebentar. Laporan darurat tidak memerlukannya.",
        "Very many reports are coming in, so a sender must solve the challenge or wait a moment. "
        "Emergencies need neither.",
    ),
    "no_answer_in_time": (
        504,
        "Jawaban terlalu lama. Ulangi dengan Idempotency-Key yang sama.",
        "The answer took too long. Repeat with the same Idempotency-Key.",
    ),
    "try_again": (
        503,
        "Sedang sangat ramai. Coba lagi sebentar lagi; tidak ada yang hilang.",
        "The system is very busy. Try again in a moment; nothing was lost.",
    ),
    "internal_error": (
        500,
        "Terjadi kesalahan pada sistem. Sudah dicatat.",
        "Something went wrong in the system. It has been noted.",
    ),
}


#: status → title, Indonesian and English.
TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Permintaan tidak dapat dibaca", "The request cannot be read"),
    401: ("Perlu tanda masuk", "Sign-in needed"),
    403: ("Tidak berwenang", "Not permitted"),
    404: ("Tidak ditemukan", "Not found"),
    405: ("Metode tidak diizinkan", "Method not allowed"),
    409: ("Tidak dapat dilakukan sekarang", "Not possible now"),
    410: ("Sudah lewat waktunya", "Past its time"),
    413: ("Terlalu besar", "Too large"),
    422: ("Isi permintaan perlu diperbaiki", "The request needs correction"),
    429: ("Terlalu sering", "Too often"),
    500: ("Terjadi kesalahan", "Something went wrong"),
    503: ("Coba lagi sebentar lagi", "Try again in a moment"),
    504: ("Tidak ada jawaban", "No answer"),
}
#: Sent with every answer: no browser may take JSON for anything else.
SAFE_HEADERS: Mapping[str, str] = {"X-Content-Type-Options": "nosniff"}
#: Sent with answers that are data and no page: whoever opens one in a browser sees text, no more.
DATA_HEADERS: Mapping[str, str] = {
    **SAFE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class Problem(Exception):
    """A refusal on its way to the caller."""

    def __init__(
        self, code: str, *, errors: Sequence[Mapping[str, Any]] = (), **facts: Any
    ) -> None:
        super().__init__(code)
        self.code, self.errors, self.facts = code, errors, facts


def document(code: str, errors: Sequence[Mapping[str, Any]] = (), **facts: Any) -> dict[str, Any]:
    """Return the problem document of *code*; a code that is not in the table is a fault of ours."""
    status, indonesian, english = PROBLEMS[code]
    body: dict[str, Any] = {
        "type": f"urn:live-room:problem:{code}",
        "title": TITLES[status][0],
        "title_en": TITLES[status][1],
        "status": status,
        "detail": indonesian,
        "detail_en": english,
        "code": code,
    }
    if errors:
        body["errors"] = list(errors)
    return {**facts, **body}


def response(code: str, errors: Sequence[Mapping[str, Any]] = (), **facts: Any) -> Response:
    """Return the answer for *code*."""
    body = document(code, errors, **facts)
    headers = {
        **DATA_HEADERS,
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
    }
    if body["status"] == 503:
        headers["Retry-After"] = "2"
    if "retry_after" in body:
        headers["Retry-After"] = str(body["retry_after"])
    if body["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    text = json.dumps(body, ensure_ascii=False, default=str)
    return Response(text, headers=headers, status_code=body["status"])
