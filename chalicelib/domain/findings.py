"""What a check of the catalogue finds: a stable code, where, what is wrong, and how it is mended.

One table holds every text, Indonesian first. An error keeps an SOP out of force, or a city from
going live; a warning stays visible and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. where: ``steps.L1``, ``category INF-01`` …; facts fill the texts."""

    code: str
    where: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return TEXTS[self.code][0]

    def text(self, language: str) -> str:
        """Return what is wrong."""
        return self._filled(1 if language == "id" else 2)

    def mend(self, language: str) -> str:
        """Return what to do about it."""
        return self._filled(3 if language == "id" else 4)

    def to_dict(self) -> dict[str, Any]:
        """Return the data form."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "text": {"id": self.text("id"), "en": self.text("en")},
            "mend": {"id": self.mend("id"), "en": self.mend("en")},
        }

    def _filled(self, column: int) -> str:
        shown = {name: _plain(value) for name, value in self.facts.items()}
        place = self.where.rpartition(".")[2] if self.where[:1].islower() else self.where
        return TEXTS[self.code][column].format_map({"where": place, **shown})


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that keep something from going ahead."""
    return tuple(one for one in findings if one.severity == ERROR)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(str(one) for one in value)
    return str(value)


#: code → severity, what is wrong (id, en), the mend (id, en). Names in braces are facts.
TEXTS: Mapping[str, tuple[str, str, str, str, str]] = {
    # -- the ladder
    "no_first_notice": (
        ERROR,
        "Tidak ada langkah PT0M pada jam {clock}: tidak seorang pun tahu bahwa tugas dimulai.",
        "No step PT0M on the clock {clock}: nobody learns that the work has begun.",
        "Tambahkan langkah PT0M yang memberi tahu pelaksana.",
        "Add a step at PT0M that tells those who do the work.",
    ),
    "phase_without_steps": (
        ERROR,
        "Tahap {clock} tidak mempunyai langkah; laporan dapat berhenti di sana tanpa diketahui.",
        "The phase {clock} has no step; a report could stay in it unnoticed.",
        "Tambahkan langkah pada jam {clock}.",
        "Add steps on the clock {clock}.",
    ),
    "ladder_hole": (
        ERROR,
        "Tangga {clock} melompat dari {below} ke {above}; tingkat di antaranya terlewati.",
        "The ladder {clock} leaps from {below} to {above}; the levels between are left out.",
        "Tambahkan anak tangga untuk tingkat di antaranya.",
        "Add a rung for a level between them.",
    ),
    "ladder_ends_low": (
        ERROR,
        "Tangga berhenti di dalam OPD ({above}); di atas itu tidak ada yang diberi tahu.",
        "The ladder ends within the agency ({above}); nobody above it is ever told.",
        "Tambahkan langkah kepada pusat kendali, Asisten, Sekda, atau Wali Kota.",
        "Add a step that tells the control room, the Assistant, the Secretary or the Mayor.",
    ),
    "ladder_descends": (
        ERROR,
        "Langkah {where} hanya memberi tahu {low}, padahal {high} sudah diberi tahu lebih dahulu.",
        "Step {where} tells only {low}, although {high} was told before.",
        "Urutkan penerima dari bawah ke atas, atau hapus langkah ini.",
        "Let the recipients climb, or leave this step out.",
    ),
    "recipients_too_high": (
        ERROR,
        "Langkah {where} langsung memberi tahu {high} pada saat tugas baru dimulai.",
        "Step {where} tells {high} at the very moment the work begins.",
        "Beri tahu pelaksana dahulu; atasan menyusul pada anak tangga berikutnya.",
        "Tell those who do the work first; superiors follow on later rungs.",
    ),
    "steps_out_of_order": (
        ERROR,
        "Langkah {where} ditulis sesudah {before}, tetapi jatuh tempo lebih dahulu.",
        "Step {where} is written after {before} but falls due earlier.",
        "Susun langkah menurut waktunya, atau perbaiki waktunya.",
        "Put the steps in the order of their times, or mend the time.",
    ),
    "steps_at_one_moment": (
        WARNING,
        "Langkah {where} dan {before} jatuh tempo pada saat yang sama.",
        "Steps {where} and {before} fall due at the same moment.",
        "Gabungkan penerimanya dalam satu langkah.",
        "Put their recipients into one step.",
    ),
    "until_never_comes": (
        ERROR,
        "Langkah {where} menunggu {until}, yang tidak pernah terjadi selama jam {clock} berjalan.",
        "Step {where} waits for {until}, which never happens while the clock {clock} runs.",
        "Pilih salah satu dari: {choices}.",
        "Choose one of: {choices}.",
    ),
    "step_never_stops": (
        ERROR,
        "Langkah {where} tidak menyebut kapan ia gugur (until).",
        "Step {where} does not say what makes it moot (until).",
        "Isi until: {choices}.",
        "Set until to one of: {choices}.",
    ),
    "clock_never_starts": (
        ERROR,
        "Langkah {where} memakai jam verifikasi, tetapi SOP ini langsung didisposisikan.",
        "Step {where} is on the verification clock, but this SOP is dispatched at once.",
        "Hapus langkah ini, atau ubah dispatch menjadi verified.",
        "Remove the step, or change dispatch to verified.",
    ),
    "act_on_wrong_clock": (
        ERROR,
        "Tindakan {act} pada langkah {where} tidak bermakna pada jam {clock}.",
        "The act {act} of step {where} means nothing on the clock {clock}.",
        "Pindahkan tindakan ini ke jam {choices}.",
        "Move this act to the clock {choices}.",
    ),
    "too_many_firings": (
        ERROR,
        "SOP ini mengirim sampai {count} pemberitahuan per laporan; batasnya {limit}.",
        "This SOP fires up to {count} times for a report; the limit is {limit}.",
        "Kurangi pengulangan langkah.",
        "Repeat steps less often.",
    ),
    "nobody_told": (
        ERROR,
        "Langkah {where} tidak memberi tahu siapa pun.",
        "Step {where} tells nobody.",
        "Isi notify dengan peran yang diberi tahu.",
        "Name the roles to tell in notify.",
    ),
    # -- promises and the law
    "promise_missing": (
        ERROR,
        "Tidak ada janji waktu selesai kepada pelapor.",
        "The reporter is promised no time by which it is resolved.",
        "Tandai langkah sampai resolved dengan limit: service.",
        "Mark a step until resolved with limit: service.",
    ),
    "service_target_missing": (
        WARNING,
        "Hanya ada batas hukum; kota sendiri tidak menjanjikan waktu selesai.",
        "There is the law's limit only; the city itself promises no time.",
        "Tambahkan langkah sampai resolved dengan limit: service.",
        "Add a step until resolved with limit: service.",
    ),
    "reporter_not_told": (
        ERROR,
        "Pelapor tidak diberi tahu bila janji atau batas hukum terlewati.",
        "The reporter is not told when a promise or a legal limit has passed.",
        "Tambahkan pelapor pada langkah yang menandai batas.",
        "Add pelapor to a step that marks a limit.",
    ),
    "legal_limit_missing": (
        ERROR,
        "Batas hukum untuk {phase} tidak ada, padahal {basis} menetapkan {days} hari.",
        "There is no legal limit for {phase}, although {basis} sets {days} days.",
        "Tambahkan langkah dengan limit: legal paling lambat P{days}D.",
        "Add a step with limit: legal at P{days}D or earlier.",
    ),
    "legal_limit_later_than_law": (
        ERROR,
        "Batas hukum {where} ({at}) lebih lambat daripada {days} hari menurut {basis}.",
        "The legal limit {where} ({at}) is later than the {days} days of {basis}.",
        "Ubah menjadi paling lambat P{days}D.",
        "Change it to P{days}D or earlier.",
    ),
    "legal_limit_without_basis": (
        ERROR,
        "Batas hukum {where} tidak menyebut dasarnya.",
        "The legal limit {where} does not name its basis.",
        "Isi basis dengan peraturannya, atau jadikan limit: service.",
        "Name the regulation in basis, or make it limit: service.",
    ),
    "service_after_legal": (
        ERROR,
        "Janji layanan {where} ({at}) lebih lambat daripada batas hukum {legal}.",
        "The service promise {where} ({at}) is later than the legal limit {legal}.",
        "Percepat janji layanan.",
        "Make the service promise earlier.",
    ),
    "no_legal_basis": (
        WARNING,
        "SOP ini belum mempunyai dasar hukum.",
        "This SOP has no legal basis.",
        "Minta Bagian Hukum menetapkan dasarnya; sampai itu peringatan ini tetap tampak.",
        "Have Bagian Hukum lay one down; until then this warning stays visible.",
    ),
    "basis_unverified": (
        WARNING,
        "{count} dasar hukum belum diverifikasi Bagian Hukum: {bases}.",
        "{count} legal bases are not yet verified by Bagian Hukum: {bases}.",
        "Isi verified_by sesudah Bagian Hukum membaca peraturannya.",
        "Set verified_by once Bagian Hukum has read the regulation.",
    ),
    "basis_not_laid_down": (
        WARNING,
        "Peraturan ini belum ditetapkan: {basis}.",
        "This regulation has not been laid down: {basis}.",
        "Usulkan Peraturan Wali Kota; jangan menulis nomor yang belum ada.",
        "Propose the Mayor's regulation; never write a number that does not exist.",
    ),
    # -- who is told
    "unknown_role": (
        ERROR,
        "Langkah {where} memberi tahu {role}, peran yang tidak dikenal.",
        "Step {where} tells {role}, a role that the city does not have.",
        "Pilih salah satu peran: {choices}.",
        "Choose one of the roles: {choices}.",
    ),
    "role_vacant": (
        ERROR,
        "Peran {role} tidak dipegang siapa pun di {places}; atasannya yang akan menerima.",
        "Nobody holds the role {role} in {places}; a superior would be told instead.",
        "Isi jabatan {role} di {places}, atau tunjuk Plt./Plh.",
        "Fill the position {role} in {places}, or name somebody to act.",
    ),
    "role_by_mailbox": (
        WARNING,
        "Jabatan tanpa pejabat bernama, dijawab kotak surat piketnya: {roles}.",
        "Positions without a named holder, answered by their duty mailbox: {roles}.",
        "Catat pejabatnya pada daftar pejabat.",
        "Record who holds them.",
    ),
    "unreachable_contact": (
        ERROR,
        "{positions} tidak dapat dihubungi lewat {channels}.",
        "{positions} cannot be reached by {channels}.",
        "Isi alamat surel atau nomor telepon dinasnya, lalu kirim pesan uji.",
        "Give an official mail address or telephone number, then send a test message.",
    ),
    "no_phone_in_emergency": (
        WARNING,
        "{positions} tidak mempunyai nomor telepon; keadaan darurat hanya sampai lewat surel.",
        "{positions} have no telephone number; an emergency reaches them by mail only.",
        "Isi nomor telepon piketnya.",
        "Give the number of the duty telephone.",
    ),
    "accused_unit_told": (
        ERROR,
        "Pengaduan berkadar pengawasan memberi tahu {roles}; unit terlapor dapat membacanya.",
        "An oversight complaint tells {roles}; the unit complained about could read it.",
        "Beri tahu hanya Inspektorat, Sekda, Wali Kota, dan pelapor.",
        "Tell only the Inspectorate, the Secretary, the Mayor and the reporter.",
    ),
    "secret_copied": (
        ERROR,
        "Kasus rahasia ditembuskan kepada {roles}.",
        "A secret case is copied to {roles}.",
        "Hapus camat dan lurah dari penerima.",
        "Remove camat and lurah from the recipients.",
    ),
    "executor_validates": (
        ERROR,
        "Hasil divalidasi oleh {roles}, yang mengerjakannya.",
        "The result is validated by {roles}, who did the work.",
        "Serahkan validasi kepada verifikator atau atasan di luar pelaksana.",
        "Give validation to the verifier or somebody who did not do the work.",
    ),
    "template_missing": (
        ERROR,
        "Pesan {template} untuk langkah {where} tidak ada.",
        "The message {template} of step {where} does not exist.",
        "Buat templat pesannya, atau kosongkan message.",
        "Write the message template, or leave message out.",
    ),
    # -- calendar, tier, category
    "calendar_missing": (
        ERROR,
        "Kalender {calendar} tidak ada.",
        "There is no calendar {calendar}.",
        "Pilih kalender yang ada: {choices}.",
        "Choose a calendar that exists: {choices}.",
    ),
    "calendar_ends_too_soon": (
        ERROR,
        "Kalender {calendar} berakhir {until}, sebelum janji terpanjang ({step}) jatuh tempo.",
        "The calendar {calendar} ends on {until}, before the longest promise ({step}) is due.",
        "Masukkan hari libur tahun berikutnya dari SKB ke versi kalender baru.",
        "Enter the next year's holidays from the decree in a new calendar version.",
    ),
    "calendar_ends_soon": (
        WARNING,
        "Kalender {calendar} berakhir {until}; laporan tiga bulan lagi tidak tercakup.",
        "The calendar {calendar} ends on {until}; a report in three months is not covered.",
        "Siapkan versi kalender tahun berikutnya begitu SKB terbit.",
        "Prepare the next year's calendar version as soon as the decree is out.",
    ),
    "emergency_on_office_hours": (
        ERROR,
        "Langkah {where} pada keadaan darurat berhenti di luar jam kantor.",
        "Step {where} of an emergency stands still outside office hours.",
        "Pakai kalender 24x7.",
        "Use the calendar 24x7.",
    ),
    "emergency_waits": (
        ERROR,
        "Keadaan darurat menunggu verifikasi sebelum didisposisikan.",
        "An emergency waits for verification before it is dispatched.",
        "Ubah dispatch menjadi immediate.",
        "Change dispatch to immediate.",
    ),
    "emergency_pauses": (
        ERROR,
        "Keadaan darurat mempunyai langkah jeda ({where}); darurat tidak pernah dijeda.",
        "An emergency has a step on the pause clock ({where}); emergencies never pause.",
        "Hapus langkah pada jam pause.",
        "Remove the steps on the pause clock.",
    ),
    "closes_by_itself": (
        ERROR,
        "Langkah {where} menutup laporan {tier} tanpa jawaban pelapor.",
        "Step {where} closes a {tier} report without an answer from the reporter.",
        "Ganti dengan langkah yang memberi tahu supervisor.",
        "Replace it with a step that tells the supervisor.",
    ),
    "closes_too_soon": (
        ERROR,
        "Langkah {where} menutup laporan sesudah {at}; pelapor berhak atas 10 hari.",
        "Step {where} closes a report after {at}; the reporter has 10 days.",
        "Ubah menjadi P10D pada kalender 24x7 atau lebih lama.",
        "Change it to P10D on the calendar 24x7, or later.",
    ),
    "category_missing": (
        ERROR,
        "SOP ini tidak menyebut kategori.",
        "This SOP names no category.",
        "Isi categories.",
        "Fill in categories.",
    ),
    "unknown_category": (
        ERROR,
        "Kategori {category} tidak ada.",
        "There is no category {category}.",
        "Pilih kategori yang ada; daftarnya di /v1/categories.",
        "Choose one that exists; they are listed at /v1/categories.",
    ),
    "tier_unlike_category": (
        WARNING,
        "SOP bertingkat {tier}, kategori {category} bertingkat {other}.",
        "The SOP is of tier {tier}, the category {category} of tier {other}.",
        "Samakan, atau jelaskan sebagai SOP musiman.",
        "Make them equal, or explain it as a season's SOP.",
    ),
    "owner_unknown": (
        ERROR,
        "Pemilik {owner} bukan OPD yang terdaftar.",
        "The owner {owner} is not a known agency.",
        "Pilih kode OPD yang terdaftar, atau category.",
        "Choose the code of a known agency, or category.",
    ),
    "owner_missing": (
        ERROR,
        "Kategori {category} tidak mempunyai pemilik di {places} pada {day}.",
        "Nobody owns the category {category} in {places} on {day}.",
        "Tambahkan baris kepemilikan yang berlaku pada hari itu.",
        "Add an ownership row that holds on that day.",
    ),
    # -- evidence and document
    "evidence_missing": (
        ERROR,
        "SOP ini tidak meminta bukti apa pun sebelum laporan ditutup.",
        "This SOP asks for no proof before a report is closed.",
        "Isi evidence: jumlah foto atau daftar dokumen.",
        "Fill in evidence: a number of photos or a list of documents.",
    ),
    "evidence_inconsistent": (
        ERROR,
        "Syarat bukti bertentangan: {what}.",
        "The proof asked for contradicts itself: {what_en}.",
        "Perbaiki evidence.",
        "Mend evidence.",
    ),
    "evidence_shows_victims": (
        ERROR,
        "Kasus rahasia meminta foto; korban atau pelapor dapat terlihat.",
        "A secret case asks for photos; victims or reporters could be seen.",
        "Minta dokumen (nomor kasus, berita acara) sebagai ganti foto.",
        "Ask for documents (a case number, minutes) instead of photos.",
    ),
    "activity_actor_unknown": (
        ERROR,
        "Kegiatan {where} dilakukan oleh {actor}, peran yang tidak dikenal.",
        "Activity {where} is done by {actor}, a role that the city does not have.",
        "Pilih salah satu peran, atau sistem.",
        "Choose one of the roles, or sistem.",
    ),
    "document_incomplete": (
        WARNING,
        "Bagian dokumen SOP yang masih kosong: {parts}.",
        "Parts of the SOP document that are still empty: {parts}.",
        "Lengkapi menurut PermenPANRB 35/2012.",
        "Fill them in as PermenPANRB 35/2012 asks.",
    ),
    "name_missing": (
        WARNING,
        "Nama belum ada dalam dua bahasa: {parts}.",
        "Names are not given in both languages: {parts}.",
        "Isi name.id dan name.en.",
        "Fill in name.id and name.en.",
    ),
    # -- what keeps a city from going live
    "category_without_sop": (
        ERROR,
        "Kategori {category} tidak dilayani SOP pada {day}.",
        "No SOP serves the category {category} on {day}.",
        "Berlakukan SOP untuk kategori ini, atau perpanjang penugasannya.",
        "Put an SOP into force for it, or assign one for those days.",
    ),
    "category_unowned": (
        ERROR,
        "Kategori {category} tidak mempunyai pemilik di {places} pada {day}.",
        "Nobody owns the category {category} in {places} on {day}.",
        "Tambahkan baris kepemilikan untuk hari itu.",
        "Add an ownership row for that day.",
    ),
    "sop_has_errors": (
        ERROR,
        "{text} SOP yang karena itu tidak lolos pemeriksaan: {sops}.",
        "{text_en} SOPs that do not pass their check for it: {sops}.",
        "{mend}",
        "{mend_en}",
    ),
    "sop_warnings": (
        WARNING,
        "{count} SOP, misalnya: {text}",
        "{count} SOPs, for example: {text_en}",
        "{mend}",
        "{mend_en}",
    ),
    "calendar_provisional": (
        WARNING,
        "Tanggal sementara pada kalender {calendar}: {days}.",
        "Provisional dates in the calendar {calendar}: {days}.",
        "Pastikan dengan SKB, lalu terbitkan versi kalender baru.",
        "Confirm them with the decree, then put a new calendar version into force.",
    ),
    "contact_missing": (
        ERROR,
        "Jabatan tanpa alamat maupun nomor: {positions}.",
        "Positions with neither an address nor a number: {positions}.",
        "Isi kontak dinasnya pada daftar jabatan.",
        "Give their official contacts in the list of positions.",
    ),
    "contact_unverified": (
        ERROR,
        "{count} kontak belum diuji dengan pesan: {positions}.",
        "{count} contacts have not been tested with a message: {positions}.",
        "Kirim pesan uji dan catat tanggalnya (contacts.verified_at).",
        "Send a test message and note the date (contacts.verified_at).",
    ),
    "contact_placeholder": (
        ERROR,
        "{count} kontak masih contoh (.example): {positions}.",
        "{count} contacts are still examples (.example): {positions}.",
        "Ganti dengan kontak dinas yang sebenarnya.",
        "Replace them with the real official contacts.",
    ),
    "demo_account": (
        ERROR,
        "Akun contoh masih ada: {people}.",
        "Demo accounts are still there: {people}.",
        "Cabut akun contoh dan undang pejabat yang sebenarnya.",
        "Revoke the demo accounts and invite the real officials.",
    ),
    "role_without_account": (
        ERROR,
        "Tidak ada akun dengan peran {roles}.",
        "No account has the role {roles}.",
        "Undang paling sedikit satu pejabat untuk tiap peran.",
        "Invite at least one official for each role.",
    ),
    "sop_desk_incomplete": (
        ERROR,
        "Penyusun, peninjau, dan penyetuju SOP belum tiga orang yang berbeda.",
        "Author, reviewer and approver of SOPs are not three different people yet.",
        "Berikan peran itu kepada tiga orang.",
        "Give the roles to three people.",
    ),
}
