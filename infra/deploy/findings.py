"""What the doctor finds: each with what it means and how to mend it, Indonesian first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["stop", "warn", "ok"]

#: code → (level, Indonesian, English). ``stop`` keeps a deployment from starting.
TEXTS: dict[str, tuple[Level, str, str]] = {
    "stage_name": (
        "stop",
        "Nama tahap {stage!r} tidak dapat dipakai: huruf kecil dan angka saja, paling panjang 12.",
        "The stage's name {stage!r} will not do: small letters and digits only, 12 at most.",
    ),
    "settings_missing": (
        "stop",
        "Belum ada stages/{stage}.toml. Salin stages/example.toml ke nama itu, lalu isi.",
        "There is no stages/{stage}.toml. Copy stages/example.toml to that name and fill it in.",
    ),
    "settings_unreadable": (
        "stop",
        "{path} tidak terbaca sebagai TOML: {why}",
        "{path} cannot be read as TOML: {why}",
    ),
    "setting_unknown": (
        "stop",
        "Pengaturan {name} tidak dikenal. Lihat stages/example.toml.",
        "The setting {name} is not known. See stages/example.toml.",
    ),
    "setting_kind": (
        "stop",
        "Pengaturan {name} harus berjenis {kind}.",
        "The setting {name} must be of the kind {kind}.",
    ),
    "mail_from": (
        "stop",
        "mail_from {given!r} bukan alamat surel. Contoh: lapor@contoh.go.id, tanpa nama.",
        "mail_from {given!r} is not a mail address. Example: lapor@example.go.id, without a name.",
    ),
    "domain_and_certificate": (
        "stop",
        "domain dan certificate perlu diisi keduanya atau tidak sama sekali.",
        "domain and certificate are both needed, or neither.",
    ),
    "domain_form": (
        "stop",
        "domain {given!r} bukan nama domain.",
        "domain {given!r} is not a domain name.",
    ),
    "certificate_region": (
        "stop",
        "Sertifikat harus dibuat di region {region}.",
        "The certificate must have been made in region {region}.",
    ),
    "public_url": (
        "stop",
        "public_url {given!r} harus berupa https://… tanpa garis miring di akhir.",
        "public_url {given!r} must be https://… with no slash at the end.",
    ),
    "cors_origin": (
        "stop",
        'cors_origin {given!r} harus satu asal (https://nama) atau "*".',
        'cors_origin {given!r} must be one origin (https://name) or "*".',
    ),
    "account_form": (
        "stop",
        "account {given!r} bukan nomor akun AWS (12 angka).",
        "account {given!r} is not the number of an AWS account (12 digits).",
    ),
    "architecture": (
        "stop",
        "architecture {given!r} tidak dikenal: arm64 atau x86_64.",
        "architecture {given!r} is not known: arm64 or x86_64.",
    ),
    "audience_missing": (
        "stop",
        "[staff] dengan issuer sendiri memerlukan audience.",
        "[staff] with an issuer of its own needs an audience.",
    ),
    "firewall_rate": (
        "stop",
        "firewall_rate = {given} terlalu rendah: satu alamat operator seluler dipakai ribuan "
        "telepon. Paling sedikit 1000, atau 0 untuk tanpa WAF.",
        "firewall_rate = {given} is too low: thousands of telephones share one carrier's address. "
        "At least 1000, or 0 for no WAF.",
    ),
    "demo_and_protect": (
        "stop",
        "demo = true tidak boleh bersama protect = true: pejabat contoh bukan untuk laporan nyata.",
        "demo = true does not go with protect = true: demo officials are not for real reports.",
    ),
    "no_credentials": (
        "stop",
        "AWS tidak menerima kredensial: {why}. Jalankan `aws configure sso` atau atur AWS_PROFILE.",
        "AWS does not take the credentials: {why}. Run `aws configure sso` or set AWS_PROFILE.",
    ),
    "account": (
        "ok",
        "Akun {account} sebagai {caller}, region {region}.",
        "Account {account} as {caller}, region {region}.",
    ),
    "other_account": (
        "stop",
        "Kredensial ini milik akun {account}, padahal tahap ini untuk akun {wanted}.",
        "These credentials are of account {account}, but this stage is for account {wanted}.",
    ),
    "other_region": (
        "warn",
        "Region {region} di luar Indonesia. PP 71/2019 ps. 20 meminta data di dalam negeri.",
        "Region {region} is outside Indonesia; PP 71/2019 art. 20 asks for data in the country.",
    ),
    "python_unknown": (
        "stop",
        "Lambda tidak menjalankan Python {found}. Pakai Python {known}: make deploy PYTHON=…",
        "Lambda does not run Python {found}. Use Python {known}: make deploy PYTHON=…",
    ),
    "python_changes": (
        "warn",
        "Runtime fungsi akan berganti dari {before} ke {after} (mengikuti Python di .venv).",
        "The functions' runtime will change from {before} to {after} (that of .venv's Python).",
    ),
    "service_absent": (
        "stop",
        "Layanan {service} tidak ada di region {region}: {why}",
        "The service {service} is not there in region {region}: {why}",
    ),
    "service_denied": (
        "stop",
        "Kredensial ini tidak boleh memakai {service}. Lihat docs/deploy.md, «Hak pemasang».",
        "These credentials may not use {service}. See docs/deploy.md, “Rights of the deployer”.",
    ),
    "services": (
        "ok",
        "{count} layanan AWS menjawab.",
        "{count} AWS services answer.",
    ),
    "stack_stuck": (
        "stop",
        "Stack {name} berstatus {status}. Buka CloudFormation, pilih «Continue update rollback».",
        "Stack {name} is {status}. Open CloudFormation and choose “Continue update rollback”.",
    ),
    "stack_busy": (
        "stop",
        "Stack {name} sedang {status}. Tunggu sampai selesai, lalu ulangi.",
        "Stack {name} is {status}. Wait until it is done, then run this again.",
    ),
    "concurrency": (
        "stop",
        "Akun ini menjalankan paling banyak {limit} fungsi sekaligus; perlu {needed}. Minta "
        "kenaikan kuota Lambda «Concurrent executions» (L-B99A9384) ke 1000, atau isi "
        "reserve_concurrency = false.",
        "This account runs {limit} functions at once at most; {needed} are needed. Ask for the "
        "Lambda quota “Concurrent executions” (L-B99A9384) to be raised to 1000, or set "
        "reserve_concurrency = false.",
    ),
    "mail_sandbox": (
        "warn",
        "Amazon SES masih sandbox: hanya {per_day:.0f} surel/hari, ke alamat terverifikasi saja. "
        "Minta akses produksi di konsol SES (biasanya satu hari).",
        "Amazon SES is in its sandbox: {per_day:.0f} mails a day, to verified addresses only. Ask "
        "for production access in the SES console (usually a day).",
    ),
    "mail_unverified": (
        "warn",
        "Domain surel {domain} belum terverifikasi. Pasang catatan DNS yang dicetak di akhir.",
        "The mail domain {domain} is not verified yet. Set the DNS records printed at the end.",
    ),
    "mail_ready": (
        "ok",
        "Surel: {domain} terverifikasi, {per_day:.0f} surel/hari.",
        "Mail: {domain} is verified, {per_day:.0f} mails a day.",
    ),
    "text_sandbox": (
        "warn",
        "SMS masih sandbox (hanya nomor terverifikasi). Keluar dari sandbox di konsol SNS.",
        "SMS is in its sandbox (verified numbers only). Leave the sandbox in the SNS console.",
    ),
    "text_limit": (
        "warn",
        "Batas belanja SMS {limit} USD/bulan. Minta kenaikan sebelum layanan dibuka.",
        "The spending limit for SMS is {limit} USD a month. Have it raised before opening.",
    ),
    "inbound_elsewhere": (
        "warn",
        "Rule set SES yang aktif ialah {active}; aturan surel masuk ditambahkan ke dalamnya.",
        "The active SES rule set is {active}; the rule for inbound mail is added to it.",
    ),
    "calendar_ends": (
        "warn",
        "Kalender {name} hanya sampai {until}. Tambahkan hari libur berikutnya (SKB 3 Menteri).",
        "The calendar {name} ends on {until}. Add the next holidays (joint decree).",
    ),
    "dirty": (
        "warn",
        "Ada perubahan yang belum di-commit; rilis ini tidak dapat diulang dari git.",
        "There are uncommitted changes; this release cannot be repeated from git.",
    ),
    "demo": (
        "warn",
        "demo = true: pejabat contoh ikut dimuat.",
        "demo = true: demo officials are loaded too.",
    ),
    "orphan_api": (
        "warn",
        "API Gateway {id} bernama {name} tidak dipakai fungsi mana pun; sisa pemasangan gagal? "
        "Hapus: aws apigateway delete-rest-api --rest-api-id {id}",
        "API Gateway {id} named {name} belongs to no function; left by a failed deployment? "
        "Delete: aws apigateway delete-rest-api --rest-api-id {id}",
    ),
    "layer": (
        "ok",
        "Lapisan {name}: {zipped:.1f} MB (terurai {unpacked:.0f} MB) untuk {architecture}.",
        "Layer {name}: {zipped:.1f} MB ({unpacked:.0f} MB unpacked) for {architecture}.",
    ),
    "layer_failed": (
        "stop",
        "Lapisan {name} tidak dapat dibangun: {why}",
        "Layer {name} cannot be built: {why}",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing found."""

    code: str
    level: Level
    indonesian: str
    english: str

    @classmethod
    def of(cls, code: str, **facts: Any) -> Finding:
        """Return the finding *code*, with *facts* in its texts."""
        level, indonesian, english = TEXTS[code]
        return cls(code, level, indonesian.format(**facts), english.format(**facts))


_MARKS = {"stop": "✗", "warn": "!", "ok": "✓"}


def printed(findings: list[Finding]) -> str:
    """The findings as people read them."""
    return "\n".join(
        f"  {_MARKS[one.level]} {one.indonesian}\n    {one.english}" for one in findings
    )
