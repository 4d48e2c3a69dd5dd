"""The short guide behind *Bantuan*: topics with a few sentences each, found by search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.navigation.launcher import matcher


@dataclass(frozen=True)
class Topic:
    """One topic of the guide: a question, the sentences that answer it, words people look for it by."""

    key: str
    title: str
    sentences: Sequence[str] = field(kw_only=True)
    words: str = field(default="", kw_only=True)
    icon: str = field(default="life-buoy", kw_only=True)


TOPICS = (
    Topic(
        "tasks",
        N_("Menyelesaikan tugas"),
        sentences=(
            N_("Beranda memuat lima tugas yang paling mendesak; semuanya ada di Tugas."),
            N_("Buka kartunya, baca isinya, lalu putuskan. Tugas yang selesai pindah ke tab Selesai."),
            N_("Tugas melekat pada jabatan: pejabat pengganti melihatnya sejak pukul 00.00 WITA."),
        ),
        words="tugas menunggu putuskan disposisi setujui",
        icon="list-checks",
    ),
    Topic(
        "find",
        N_("Menemukan orang, modul, atau data"),
        sentences=(
            N_("Tekan Cari, atau Ctrl K di komputer. Salah satu huruf tidak apa-apa."),
            N_("Hasil orang memuat tombol telepon dan WhatsApp."),
            N_("Awali dengan tanda > untuk perintah, misalnya > laporkan."),
        ),
        words="cari pencarian direktori pegawai telepon whatsapp ctrl k",
        icon="search",
    ),
    Topic(
        "pins",
        N_("Mengatur beranda"),
        sentences=(
            N_("Buka Menu, lalu tekan tanda pin untuk menaruh modul di beranda, paling banyak delapan."),
            N_("Aplikasi lain milik kabupaten dan pusat juga ada di Menu."),
        ),
        words="pin beranda modul menu aplikasi",
        icon="layout-grid",
    ),
    Topic(
        "hats",
        N_("Bertindak dengan jabatan lain (Plt., Plh.)"),
        sentences=(
            N_("Tekan nama jabatan di beranda, lalu pilih jabatan yang dipakai."),
            N_("Jabatan itu tertulis pada keputusan dan menentukan unit data baru. Yang boleh dibaca tidak berubah."),
        ),
        words="plt plh jabatan topi ganti pejabat",
        icon="user",
    ),
    Topic(
        "offline",
        N_("Bekerja tanpa sinyal"),
        sentences=(
            N_("Halaman yang pernah dibuka tetap terbaca, dengan keterangan waktunya."),
            N_("Isian yang belum terkirim tersimpan di perangkat ini; lanjutkan saat sinyal kembali."),
            N_("Pasang aplikasi ini dari menu peramban: Tambahkan ke layar utama."),
        ),
        words="luring offline sinyal pasang aplikasi hp",
        icon="wifi-off",
    ),
    Topic(
        "access",
        N_("Halaman belum dibuka untuk Anda"),
        sentences=(
            N_("Tekan Minta akses di halaman itu. Permintaan sampai kepada yang berwenang di unit Anda."),
            N_("Anda diberi tahu saat diputuskan."),
        ),
        words="akses izin hak ditolak 403 minta",
        icon="lock",
    ),
    Topic(
        "security",
        N_("Menjaga akun"),
        sentences=(
            N_("Pasang kunci sandi (sidik jari atau wajah) di Profil; masuk lebih cepat dan lebih aman."),
            N_("Keluarkan perangkat yang hilang dari daftar perangkat di Profil."),
            N_("Kata sandi tidak pernah diminta lewat telepon atau pesan."),
        ),
        words="sandi password masuk login kunci perangkat hilang aman",
        icon="shield-check",
    ),
    Topic(
        "privacy",
        N_("Siapa melihat data saya"),
        sentences=(
            N_("Setiap pembacaan data pribadi dicatat: siapa, sebagai apa, kapan."),
            N_("Daftarnya ada di kaki setiap halaman."),
        ),
        words="privasi data pribadi pdp siapa melihat",
        icon="eye",
    ),
)


def find(q: str) -> list[Topic]:
    """Return the topics that fit all words of a search, misspellings forgiven."""
    fits = matcher(q)
    return [topic for topic in TOPICS if q and fits(_(topic.title), _more(topic))]


def _more(topic: Topic) -> str:
    return " ".join((topic.words, *(_(sentence) for sentence in topic.sentences)))
