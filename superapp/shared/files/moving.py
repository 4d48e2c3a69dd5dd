"""Files from the folder into the bucket: when an installation moves there, and after a restore."""

from __future__ import annotations

import click

from superapp.kernel.secrets import settings
from superapp.shared.files.s3 import StoreAway
from superapp.shared.files.store import LocalStore, store


def copy_to_bucket() -> int:
    """Copy what lies in DATA_DIR/files and not yet in the bucket of SUPERAPP_FILES_URL; return how many files.

    Nothing is deleted. Raises StoreAway; a second call goes on where the first one ended.
    """
    folder, bucket, copied = LocalStore(settings().files_dir), store(), 0
    for key in folder.keys(older_than=0):
        with folder.open(key) as content:
            try:
                bucket.put(key, content)
            except FileExistsError:
                continue
        copied += 1
    return copied


@click.group("files")
def files_() -> None:
    """Berkas tersimpan."""


@files_.command("copy")
def copy() -> None:
    """Salin berkas dari folder data ke ember SUPERAPP_FILES_URL; bisa diulang, tidak ada yang dihapus."""
    if not settings().files_url:
        raise click.ClickException("SUPERAPP_FILES_URL kosong: berkas sudah tersimpan di folder data.")
    try:
        click.echo(f"{copy_to_bucket()} berkas disalin")
    except StoreAway as error:
        raise click.ClickException(error.message) from error
