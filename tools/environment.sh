#!/usr/bin/env bash
# Prepares what the other commands stand on:
#   environment.sh app      .venv with the locked libraries and this checkout (nothing to do: some milliseconds)
#   environment.sh dev      the same, plus the tools of tests and checks
#   environment.sh system   Debian's chromium and postgresql, when missing (the tests need them), pango (PDFs need it)
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# --- Debian packages ------------------------------------------------------------------------------------------------
install_packages() {
    local as_root=()
    command -v apt-get >/dev/null || die "Please install $* with your system's package manager, then run this again."
    if [ "$(id -u)" -ne 0 ]; then
        # A person may type the password; without a terminal sudo must not ask for one.
        command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; } ||
            die "$* missing, and neither root nor sudo is at hand. Ask an administrator to run: apt-get install $*"
        as_root=(sudo)
    fi
    say "Installing $* (Debian packages) …"
    "${as_root[@]}" apt-get update -qq ||
        say "apt-get update failed; trying with the package list that is there."
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null ||
        die "apt-get could not install $*. See its words above."
}

has_postgresql() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

PANGO=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0) # what makes PDFs of documents
has_pango() { compgen -G "/usr/lib/*/libpangoft2-1.0.so.0" >/dev/null || compgen -G "/usr/lib*/libpangoft2-1.0.so.0" >/dev/null; }

prepare_system() {
    local missing=()
    has_pango || missing+=("${PANGO[@]}")
    has_chromium || missing+=(chromium)
    has_postgresql || missing+=(postgresql)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# --- The virtual environment ----------------------------------------------------------------------------------------
fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        fits "$candidate" && { echo "$candidate"; return; }
    done
    install_packages python3 python3-venv
    fits /usr/bin/python3 || die "Python 3.11 or newer is needed; set PYTHON=/path/to/python3 if it has another name."
    echo /usr/bin/python3
}

pip() {
    # An unwritable HOME has no cache; a wheel that is not there means a platform we do not serve, not a build.
    local cache=()
    [ -w "${XDG_CACHE_HOME:-${HOME:-/nonexistent}}" ] || cache=(--no-cache-dir)
    # Twice quiet: errors only. What pip warns of here (its cache, the way of an editable install) helps nobody.
    .venv/bin/python -m pip "$@" --quiet --quiet --disable-pip-version-check "${cache[@]}"
}

# Run a step again only when the files it depends on have changed in content (a checkout changes their times).
unless_done() {
    local step=$1 stamp=".venv/done-$1" state
    shift
    state=$(cksum "$@")
    if [ "$(cat "$stamp" 2>/dev/null)" != "$state" ]; then
        rm -f "$stamp"
        "install_$step"
        printf '%s' "$state" >"$stamp"
    fi
}

install_libraries() {
    say "Installing the libraries of requirements.lock …"
    pip install --require-hashes --only-binary :all: --compile -r requirements.lock
}

install_checkout() {
    # compat: a plain path entry; setuptools' import finder would cost every start some milliseconds.
    pip install --no-index --no-deps --no-build-isolation --editable . --config-settings editable_mode=compat
}

install_tools() {
    say "Installing the tools of requirements-dev.lock …"
    pip install --require-hashes --only-binary :all: --compile -r requirements-dev.lock
}

prepare_app() {
    if ! .venv/bin/python -c '' 2>/dev/null; then
        local python
        python=$(find_python)
        "$python" -m venv --clear .venv
    fi
    has_pango || (install_packages "${PANGO[@]}") || say "Going on without ${PANGO[*]}: documents will not become PDFs."
    unless_done libraries requirements.lock
    unless_done checkout setup.cfg pyproject.toml
    .venv/bin/python -m compileall -q superapp plugins || true # a broken plugin is listed as broken, later
}

case "${1:-}" in
app) prepare_app ;;
dev) prepare_app && unless_done tools requirements-dev.lock ;;
system) prepare_system ;;
*) die "usage: $0 app|dev|system" ;;
esac
