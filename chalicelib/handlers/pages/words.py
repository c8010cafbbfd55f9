"""What pages say of a status: a sentence about the thing reported, never a code or a badge.

Each pair is Indonesian, English. ``{thing}`` is the category's name.
"""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

#: status → the page's title and the sentence below it.
STATUS: Mapping[str, tuple[Pair, Pair]] = {
    "received": (
        ("{thing}: laporan diterima", "{thing}: report received"),
        (
            "LIVE Room sedang memeriksanya sebelum meneruskan kepada dinas yang berwenang.",
            "LIVE Room is checking it before passing it on to the agency in charge.",
        ),
    ),
    "needs_information": (
        ("{thing}: kami perlu keterangan Anda", "{thing}: we need to know more"),
        (
            "Waktu penanganan berhenti sampai pertanyaan di bawah dijawab.",
            "The clock stands still until the question below is answered.",
        ),
    ),
    "verified": (
        ("{thing}: sudah diperiksa", "{thing}: checked"),
        ("Laporan segera diteruskan.", "The report is about to be passed on."),
    ),
    "assigned": (
        ("{thing}: sudah diteruskan", "{thing}: passed on"),
        ("{agency} sudah diberi tahu dan harus menerima tugas.",
         "{agency} has been told and must take the task on."),
    ),
    "acknowledged": (
        ("{thing}: tugas sudah diterima", "{thing}: taken on"),
        ("{agency} menerima tugas ini.", "{agency} has taken this on."),
    ),
    "in_progress": (
        ("{thing}: sedang dikerjakan", "{thing}: in work"),
        ("{agency} sedang bekerja.", "{agency} is at work."),
    ),
    "deferred": (
        ("{thing}: ditangguhkan", "{thing}: deferred"),
        ("{agency} meminta waktu sampai {until}. Alasannya ada di riwayat.",
         "{agency} asked for time until {until}. The reason is in the history."),
    ),
    "awaiting_validation": (
        ("{thing}: hasil sedang diperiksa", "{thing}: the result is being checked"),
        ("{agency} menyatakan selesai. LIVE Room memeriksa buktinya.",
         "{agency} says it is done. LIVE Room is checking the proof."),
    ),
    "returned": (
        ("{thing}: hasil dikembalikan", "{thing}: the result was sent back"),
        ("Buktinya belum cukup. {agency} harus memperbaiki.",
         "The proof was not enough. {agency} must do better."),
    ),
    "awaiting_confirmation": (
        ("{thing}: apakah sudah baik?", "{thing}: is it all right now?"),
        ("{agency} menyatakan selesai dan LIVE Room sudah memeriksa. Sekarang giliran pelapor.",
         "{agency} says it is done and LIVE Room has checked. Now it is the reporter’s turn."),
    ),
    "closed_confirmed": (
        ("{thing}: selesai", "{thing}: done"),
        ("Pelapor menyatakan sudah baik.", "The reporter says it is all right."),
    ),
    "closed_automatic": (
        ("{thing}: selesai tanpa tanggapan pelapor", "{thing}: closed without the reporter’s word"),
        ("Hasilnya diperiksa LIVE Room; pelapor tidak menjawab. Ini tidak dihitung sebagai "
         "konfirmasi.",
         "LIVE Room checked the result; the reporter did not answer. This does not count as "
         "a confirmation."),
    ),
    "reopened": (
        ("{thing}: dibuka kembali", "{thing}: reopened"),
        ("Batas waktu baru sedang berjalan.", "A new limit is running."),
    ),
    "referred": (
        ("{thing}: dilimpahkan", "{thing}: referred"),
        ("Ini wewenang instansi lain: {referred}. Kami memantau jawabannya.",
         "This is another body’s duty: {referred}. We watch for its answer."),
    ),
    "rejected": (
        ("{thing}: tidak dapat diproses", "{thing}: cannot be handled"),
        ("Alasannya ada di riwayat di bawah.", "The reason is in the history below."),
    ),
    "merged": (
        ("{thing}: digabung", "{thing}: merged"),
        ("Laporan ini mengikuti laporan {merged}.", "This report follows report {merged}."),
    ),
    "withdrawn": (
        ("{thing}: ditarik pelapor", "{thing}: withdrawn"),
        ("Pelapor menarik laporan ini.", "The reporter withdrew this report."),
    ),
}  # fmt: skip
#: The five phases, as the bar on top of the page names them.
PHASES: tuple[Pair, ...] = (
    ("Diterima", "Received"),
    ("Diteruskan", "Passed on"),
    ("Dikerjakan", "In work"),
    ("Diperiksa", "Checked"),
    ("Anda setujui", "You agree"),
)
#: What a countdown counts to, by the event that is awaited.
AWAITED: Mapping[str, Pair] = {
    "verified": ("Harus diperiksa paling lambat", "Must be checked by"),
    "acknowledged": ("Harus diterima petugas paling lambat", "Must be taken on by"),
    "on_scene": ("Petugas harus tiba paling lambat", "Officers must arrive by"),
    "resolved": ("Harus selesai paling lambat", "Must be done by"),
    "validated": ("Hasilnya harus diperiksa paling lambat", "The result must be checked by"),
    "confirmed": ("Anda dapat menjawab sampai", "You can answer until"),
}
CLOCK: Mapping[str, Pair] = {
    "safe": ("Masih dalam batas", "Within the limit"),
    "near": ("Hampir lewat", "Nearly due"),
    "late": ("Lewat batas", "Past the limit"),
    "paused": ("Berhenti", "Standing still"),
}
CHOOSE: Pair = ("Pilih salah satu jenis masalah.", "Choose one of the kinds of problem.")
#: The buttons that a reporter has, by action.
ACTION: Mapping[str, Pair] = {
    "confirm": ("Ya, sudah baik", "Yes, it is all right"),
    "dispute": ("Belum, ini alasannya", "No, this is why"),
    "reopen": ("Buka kembali", "Reopen"),
    "withdraw": ("Tarik laporan", "Withdraw the report"),
    "comments": ("Kirim keterangan", "Send"),
    "rate": ("Kirim nilai", "Send the rating"),
    "appeal": ("Ajukan keberatan", "Appeal"),
}


#: Why a report has to be sent again in a while; what was written stands in the form.
LATER: Mapping[str, Pair] = {
    "proof_needed": (
        "Sedang masuk sangat banyak laporan. Isian Anda tersimpan di bawah: tunggu {seconds} detik,"
        " lalu tekan Kirim sekali lagi. Keadaan darurat tidak perlu menunggu.",
        "Very many reports are coming in. What you wrote is kept below: wait {seconds} seconds, "
        "then press Send once more. An emergency need not wait.",
    ),
    "too_often": (
        "Terlalu banyak kiriman dari jaringan atau kontak ini. Isian Anda tersimpan di bawah: "
        "tunggu {seconds} detik, lalu tekan Kirim sekali lagi. "
        "Keadaan darurat tidak perlu menunggu.",
        "Too much was sent from this network or contact. What you wrote is kept below: wait "
        "{seconds} seconds, then press Send once more. An emergency need not wait.",
    ),
}


def say(pair: Pair, language: str, **facts: object) -> str:
    """Return the text of *pair* in *language* with *facts* filled in."""
    return pair[language == "en"].format(**facts)
