"""What an installation may set: SUPERAPP_* variables, checked at start with a readable list of faults."""

from __future__ import annotations

import os
import secrets
import sys
from functools import cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """The settings cannot be used; the text lists every fault, one a line."""


@cache
def home() -> Path:
    """Return the folder that holds templates/, static/, migrations/ and plugins/ (the repository or the wheel's share)."""
    repository = Path(__file__).resolve().parent.parent
    return repository if (repository / "migrations").is_dir() else Path(sys.prefix) / "share" / "superapp"


class Settings(BaseSettings):
    """All settings of one installation; each field is the variable SUPERAPP_<FIELD>.

    Secrets may also lie in files named like the variable in the folder SUPERAPP_SECRETS_DIR.
    """

    model_config = SettingsConfigDict(env_prefix="SUPERAPP_", frozen=True, extra="ignore", validate_default=True)

    data_dir: Path = Path("instance")
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_key_fallbacks: list[SecretStr] = Field(default_factory=list)
    base_url: str = "http://127.0.0.1:8000"
    allowed_hosts: list[str] = Field(default_factory=list)
    proxy_hops: int = Field(default=0, ge=0, le=5)
    plugin_path: str = ""
    safe_mode: bool = False
    jobs: Literal["embedded"] = "embedded"
    smtp_url: str = ""
    mail_from: str = "satu@localhost"
    demo_password: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=8, ge=2, le=64)
    test_clock: Path | None = None
    log_json: bool = False
    backup_dir: Path | None = None
    anchors_dir: Path | None = None
    backup_keep: int = Field(default=7, ge=0, le=3650)
    backup_recipients: list[str] = Field(default_factory=list)
    region_code: str = "65.03"
    files_url: str = ""
    files_key: str = ""
    files_secret: SecretStr = SecretStr("")
    clamd_url: str = ""
    push_hosts: list[str] = Field(
        default_factory=lambda: [
            "fcm.googleapis.com",
            "*.push.services.mozilla.com",
            "*.push.apple.com",
            "*.notify.windows.com",
        ]
    )
    esign: Literal["off", "simulator", "bsre"] = "off"
    bsre_url: str = ""
    bsre_user: str = ""
    bsre_password: SecretStr = SecretStr("")

    @field_validator("base_url")
    @classmethod
    def _base_url_is_an_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("harus diawali http:// atau https://, contoh https://satu.nunukankab.go.id")
        return value.rstrip("/")

    @field_validator("backup_recipients")
    @classmethod
    def _recipients_are_public_keys(cls, value: list[str]) -> list[str]:
        if not value:
            return value
        import pyrage  # 2 MB, for those who encrypt

        for words in value:
            try:
                pyrage.x25519.Recipient.from_str(words)
            except pyrage.RecipientError as error:
                hint = "itu kunci rahasianya, simpan di luar server ini; " * words.startswith("AGE-SECRET-KEY-")
                raise ValueError(f'{hint}isi dengan kunci publik age sebagai JSON, contoh ["age1…"]') from error
        return value

    @field_validator("files_url")
    @classmethod
    def _files_lie_in_a_bucket(cls, value: str) -> str:
        if value and (not value.startswith("s3://") or not urlsplit(value).netloc):
            raise ValueError("harus s3://ember/awalan?endpoint=https://…&region=…")
        if unknown := parse_qs(urlsplit(value).query).keys() - {"endpoint", "region"}:
            raise ValueError(f"tidak mengenal {', '.join(sorted(unknown))}: hanya endpoint dan region")
        return value

    @field_validator("clamd_url")
    @classmethod
    def _scanner_has_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (
            (parts.scheme == "tcp" and parts.hostname and parts.port) or (parts.scheme == "unix" and parts.path)
        ):
            raise ValueError("harus tcp://mesin:3310 atau unix:///run/clamav/clamd.ctl")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("harus sqlite:///… atau postgresql://…")
        return value

    @model_validator(mode="after")
    def _bsre_can_be_reached(self) -> Self:
        if self.esign == "bsre" and not (self.bsre_url.startswith(("http://", "https://")) and self.bsre_user):
            raise ValueError(
                "SUPERAPP_ESIGN=bsre memerlukan SUPERAPP_BSRE_URL, SUPERAPP_BSRE_USER, SUPERAPP_BSRE_PASSWORD"
            )
        return self

    @model_validator(mode="after")
    def _fill_what_a_first_start_needs(self) -> Self:
        data_dir = self.data_dir.expanduser().resolve()
        set_field = object.__setattr__
        set_field(self, "data_dir", data_dir)
        if not self.database_url:
            set_field(self, "database_url", f"sqlite:///{data_dir / 'superapp.db'}")
        if not self.secret_key.get_secret_value():
            set_field(self, "secret_key", SecretStr(_kept_secret(data_dir / "secret-key")))
        if len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SUPERAPP_SECRET_KEY: paling sedikit 32 karakter")
        return self

    @property
    def secure(self) -> bool:
        """Tell whether people reach the app by https (then cookies are Secure)."""
        return self.base_url.startswith("https://")

    @property
    def sqlite(self) -> bool:
        """Tell whether the database is SQLite."""
        return self.database_url.startswith("sqlite")

    @property
    def files_dir(self) -> Path:
        """Return the folder of stored files."""
        return self.data_dir / "files"


def _kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made at the first start; several processes may start at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises SettingsError with one line a fault, each naming its variable.
    """
    try:
        return Settings(_secrets_dir=os.environ.get("SUPERAPP_SECRETS_DIR"))
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(fault) for fault in error.errors())) from error


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)
    name = "_".join(str(part) for part in fault["loc"]).upper()
    words = str(fault["msg"]).removeprefix("Value error, ")
    return f"SUPERAPP_{name}: {words}" if name else words
