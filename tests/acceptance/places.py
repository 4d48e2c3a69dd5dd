"""Where every form of the app stands, and what must be there before it shows; a new address needs a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from superapp.kernel import clock
from tests.acceptance import meetings, states, work
from tests.acceptance.ground import Ground
from tests.support.builders import PASSWORD

OWN = "perahu senja dan meja kayu"
TODAY, SOON = f"{clock.today():%Y-%m-%d}", f"{clock.today() + timedelta(days=40):%Y-%m-%d}"


@dataclass(frozen=True)
class Place:
    """One form: the page that shows it (or what makes its state and returns the page), and how it is filled in well.

    `who` sends it ("" is nobody). `body` is what a script sends in its stead, made by a function; `upload` is a file's field and its
    text; `rounds` is how many hostile values the form gets; a `beacon` is sent by no form; `into` fills the address of a
    script's request.
    """

    page: str | Callable[[Ground], str]
    who: str = "admin"
    filled: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    body: Callable[[Ground], dict[str, Any]] | None = field(default=None, kw_only=True)
    upload: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    beacon: bool = field(default=False, kw_only=True)
    rounds: int = field(default=40, kw_only=True)
    into: Mapping[str, str] = field(default_factory=dict, kw_only=True)


PERSON, POST, UNIT = "/admin/people/{staf}", "/admin/positions/{post_staf}", "/admin/units/{seksi}"
NAMED = {"name": "Pegawai {n}", "employment": "pns", "nip": "19850317201001{n}"}
APPOINTED = {"position": "{vacancy}", "position_id": "{vacant}", "starts_on": TODAY}
GRANTED = {"what": "catalogue.view", "person": "Yosef Dagang", "person_id": "{kasi}", "unit": "SEKSI",
           "unit_id": "{seksi}"}  # fmt: skip
LEAVE = {
    "kind": "CS",
    "first_day": TODAY,
    "last_day": TODAY,
    "reason": "Sakit",
    "address": "Nunukan",
    "phone": "0812000111",
}
HOLIDAY = {"day": "2031-01-{day}", "kind": "libur", "name": "Libur {n}"}
RANK = {"row_code": "R{n}", "employment": "PNS", "name": "Pangkat", "place": "90"}
CHOSEN = {"password": OWN, "again": OWN}

PLACES: dict[str, Place] = {
    "admin.add_person": Place("/admin/people/new", filled=NAMED),
    "admin.add_post": Place(states.empty_unit_form, filled={"title": "Analis {n}", "kind": "pelaksana"}),
    "admin.add_reference": Place("/admin/reference/holidays/new", filled=HOLIDAY),
    "admin.add_reference (rank)": Place("/admin/reference/ranks/new", filled=RANK),
    "admin.add_role": Place("/admin/roles/new", filled={"key": "peran-{n}", "title": "Peran {n}"}),
    "admin.add_unit": Place("/admin/units/{kominfo}/new", filled={"unit_code": "U-{n}", "name": "Bidang {n}", "kind": "bidang"}),
    "admin.apply_import": Place(states.staged_import),
    "admin.appoint": Place(states.vacancy("appoint"), filled=APPOINTED),
    "admin.cancel_appointment": Place(states.coming_appointment),
    "admin.close_account": Place(states.open_account),
    "admin.close_post": Place(states.vacant_post, filled={"on": TODAY}),
    "admin.close_unit": Place(states.empty_unit, filled={"on": TODAY}),
    "admin.disable_module": Place(states.module_on),
    "admin.disable_module_for": Place(states.module_on, filled={"opd": "{dinkes}"}),
    "admin.discard_import": Place(states.staged_import),
    "admin.discard_job": Place(states.dead_job),
    "admin.enable_module": Place(states.module_off),
    "admin.enable_module_for": Place(states.module_off_for_one),
    "admin.end_appointment": Place(states.appointment, filled={"ends_on": TODAY}),
    "admin.end_service": Place(f"{PERSON}/leave", filled={"ends_on": SOON}),
    "admin.export_audit": Place("/admin/audit"),
    "admin.give_grant": Place("/admin/grants/new", filled=GRANTED),
    "admin.move_unit": Place(f"{UNIT}/move", filled={"parent": "KOMINFO", "parent_id": "{kominfo}"}),
    "admin.open_account": Place(states.closed_account),
    "admin.remove_reference": Place(states.holiday),
    "admin.remove_role": Place(states.role),
    "admin.reopen_unit": Place(states.closed_unit),
    "admin.resume_module": Place(states.paused_module),
    "admin.retry_job": Place(states.dead_job),
    "admin.return_person": Place(states.gone_person),
    "admin.save_appointment": Place(states.appointment),
    "admin.save_person": Place(f"{PERSON}/edit"),
    "admin.save_post": Place(f"{POST}/edit"),
    "admin.save_reference": Place(states.holiday),
    "admin.save_role": Place(states.role_form),
    "admin.save_settings": Place("/admin/settings/navigation", filled={"security_contact": "https://contoh.go.id/lapor"}),
    "admin.save_unit": Place(f"{UNIT}/edit"),
    "admin.sign_out_account": Place(states.somebody_in),
    "admin.stage_import": Place("/admin/imports/new", filled={"kind": "classification"}, upload={"file": states.CLASSES}),
    "admin.take_grant": Place(states.granted),
    "admin.transfer": Place(states.vacancy("transfer"), filled=APPOINTED),
    "admin.undo_import": Place(states.applied_import),
    "admin.verify_audit": Place("/admin/perbaikan"),
    "catalogue.alter_view": Place(states.saved_view_form, filled={"name": "Tampilan {n}"}),
    "catalogue.archive": Place(states.application),
    "catalogue.export": Place("/app/catalogue/?level=pusat"),
    "catalogue.open_with_view": Place(states.saved_view),
    "catalogue.record": Place("/app/catalogue/new", filled={"name": "Sistem {n}"}, rounds=90),
    "catalogue.remove_view": Place(states.saved_view),
    "catalogue.replace_view": Place(states.view_to_replace),
    "catalogue.restore": Place(states.archived_application),
    "catalogue.save_view": Place("/app/catalogue/views/new?level=pusat", filled={"name": "Tampilan {n}"}),
    "catalogue.update": Place(states.application_form, rounds=90),
    "leave.ask": Place(states.leave_form, filled=LEAVE),
    "leave.cancel": Place(states.approved_leave),
    "leave.change_terms": Place("/app/leave/kinds/CB", filled={"year": "2027"}),
    "leave.come_back": Place(states.running_leave, filled={"last_day": TODAY}),
    "leave.export": Place("/app/leave/report"),
    "leave.print_out": Place("/app/leave/report"),
    "leave.take_back": Place(states.leave),
    "login.activate": Place(states.slip, "", filled={"nip": "{number}", "code": "{code}", **CHOSEN}, rounds=20),
    "documents.compare": Place(work.to_compare, "", upload={"file": "%PDF-1.7 bukan naskah"}),
    "documents.insert": Place(work.to_insert, filled={"draft": "{draft}", "reason": "Terlewat dinomori"}),
    "documents.remove_pattern": Place(work.pattern),
    "documents.save_letterhead": Place("/documents/letterhead/{kominfo}", filled={"city": "Nunukan"}),
    "documents.save_pattern": Place("/documents/patterns/{kominfo}/all", filled={"pattern": "B/{{urut}}/{{tahun}}"}),
    "documents.sign": Place(work.to_sign),
    "documents.void": Place(work.to_void, filled={"reason": "Salah alamat"}),
    "login.add_passkey": Place("/profile/factors", "staf", body=states.new_passkey),
    "login.begin_totp": Place("/profile/factors", "staf"),
    "login.change_hat": Place(states.two_hats, "staf"),
    "login.change_look": Place("/profile", "staf", filled={"theme": "dark", "text_size": "large"}),
    "login.choose_password": Place("/password/new", "staf", filled=CHOSEN, rounds=20),
    "login.codes_kept": Place(states.codes_shown, "staf"),
    "login.confirm": Place("/confirm?next=/profile", "staf", filled={"confirm_password": PASSWORD}, rounds=20),
    "login.confirm_passkey": Place("/confirm", "staf", body=states.confirming),
    "login.confirm_passkey_options": Place("/confirm", "staf", body=lambda ground: {"next": "/"}),
    "login.confirm_totp": Place(states.app_begun, "staf", filled={"code": "{code}"}),
    "login.draw_slips": Place("/accounts?show=all", filled={"person": "{dokter}"}),
    "login.end_other_sessions": Place(states.another_session, "staf"),
    "login.end_session": Place(states.another_session, "staf"),
    "login.forgotten": Place("/password/forgotten", "", filled={"nip": "198503172010011001"}),
    "login.guest_enter": Place(states.invitation, ""),
    "login.passkey_options": Place("/profile/factors", "staf", body=lambda ground: {"next": "/"}),
    "login.remove_passkey": Place(states.passkey, "staf"),
    "login.remove_totp": Place(states.app_installed, "staf"),
    "login.renew_codes": Place(states.app_installed, "staf"),
    "login.reset_password": Place(states.reset_link, "", filled=CHOSEN, rounds=20),
    "login.second_factor": Place(states.waiting, "", filled={"code": "{code}"}),
    "login.second_options": Place(states.waiting, "", body=lambda ground: {"next": "/"}),
    "login.second_with_passkey": Place(states.waiting, "", body=states.second_signing),
    "login.sign_in": Place("/login", "", filled={"nip": "{number}", "password": PASSWORD}, rounds=20),
    "login.sign_in_options": Place("/login", "", body=lambda ground: {"next": "/"}),
    "login.sign_in_with_passkey": Place("/login", "", body=states.signing),
    "login.sign_out": Place("/profile", "staf"),
    "navigation.access_ask": Place(states.ASKING, "staf", filled={"reason": "Menangani laporan {n}"}),
    "navigation.access_decide": Place(states.asked, filled={"to": "refuse", "answer": "Belum bisa."}),
    "navigation.agenda_add": Place("/agenda/new", "staf", filled=meetings.MEETING),
    "navigation.agenda_feed_set": Place("/agenda/feed", "staf"),
    "navigation.agenda_remove": Place(meetings.entry),
    "navigation.agenda_save": Place(meetings.entry, filled=meetings.MEETING),
    "navigation.announcement_archive": Place(states.announcement),
    "navigation.announcement_publish": Place("/announcements/new", filled={"title": "Rapat {n}", "body": "Di aula."}),
    "navigation.announcement_save": Place(states.announcement_form),
    "navigation.decide": Place(work.decision, filled={"decision": "reject", "note": "Belum lengkap {n}"}),
    "navigation.decide_many": Place(work.several, filled={"decision": "return", "note": "Belum lengkap {n}"}),
    "navigation.delegate": Place("/tasks/deputies", "kasi", filled=work.DELEGATED),
    "navigation.end_delegation": Place(work.delegated),
    "navigation.pass_on": Place(work.passing_on, filled=work.PASSED),
    "navigation.hand_over": Place(work.leaving, filled={"note": "Mutasi {n}"}),
    "navigation.reopen": Place(work.reopening, filled={"note": "Keliru membaca {n}"}),
    "navigation.undo": Place(work.decided),
    "navigation.add_device": Place("/notices/settings", "staf", filled=states.SUBSCRIBING),
    "navigation.mute_kind": Place(states.notice, filled={"kind": "core"}),
    "navigation.remove_device": Place(states.subscribed),
    "navigation.save_notice_settings": Place("/notices/settings", "staf", filled={"quiet_from": "21:00", "quiet_to": "06:00"}),
    "navigation.open_notice": Place(states.notice),
    "navigation.pin": Place("/menu", filled={"put": "catalogue.index"}),
    "navigation.read_all": Place(states.notice),
    "navigation.report_answer": Place(states.report, filled={"answer": "Sudah diperbaiki."}),
    "navigation.report_submit": Place("/help/report", filled={"words": "Tombol kirim diam"}),
    "navigation.visit": Place("/menu", "staf", filled={"key": "catalogue.index", "url": "/tasks", "title": "Tugas"}, beacon=True),
    "shared.upload_begin": Place("/help/report", "staf", filled={"name": "foto.jpg", "size": "1000"}, beacon=True),
    "shared.upload_part": Place(work.upload, "staf", body=lambda ground: work.PART, into={"upload_id": "{upload}", "index": "0"}),
}  # fmt: skip
