#!/usr/bin/env python3
"""The one command of the tracker. It needs python3 (3.11 or newer) and nothing else.

python3 dev.py run           serve the tracker at http://127.0.0.1:8000 (PORT= changes it)
python3 dev.py test [...]    run every test; what follows goes to pytest
python3 dev.py test faults   only the tests that kill, cut and crowd real processes
python3 dev.py check         the gate: format, lint, layers, types, migrations, containers
python3 dev.py bench [...]   measure the hot paths
python3 dev.py screenshots   photograph the pages into screenshots/
python3 dev.py lock [...]    write requirements/*.txt anew from pyproject.toml
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

OLDEST = (3, 11)
HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = HERE / "requirements"
# Each set contains the one before it and adds one extra of pyproject.toml.
SETS = ["run", "test", "check"]
EXTRAS = ["pdf", "test", "check"]
# What a killed server leaves behind notices it within this time and ends.
SECONDS_FOR_PORT = 10


def main():
    tasks = {
        "run": run,
        "test": test,
        "check": check,
        "bench": bench,
        "screenshots": screenshots,
        "lock": lock,
    }
    name, *rest = sys.argv[1:] or ["help"]
    if name not in tasks:
        sys.exit(__doc__.strip())
    require_python()
    os.chdir(str(HERE))
    try:
        sys.exit(tasks[name](rest))
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


# --- The tasks --------------------------------------------------------------------------------


def run(rest):
    """Serve the tracker on this machine; the first start also loads both programs and the demo."""
    port = require_free_port()
    install("run")
    env = dict(os.environ, PORT=str(port))
    # The database, its mail and its secret are for this account alone, however they came here.
    os.umask(0o077)
    own = HERE / "data"
    data = pathlib.Path(env.get("DATA_DIR") or own)
    if data == own and own.exists():
        own.chmod(0o700)
    loaded = data / "demo-loaded"
    database = hashlib.sha256(env.get("DATABASE_URL", "").encode()).hexdigest()
    kept = env.get("DATABASE_URL") or (data / "tracker.sqlite3").exists()
    first = not (kept and loaded.exists() and database in loaded.read_text())
    if first:
        print("First start: making the database and loading the programs, evidence and demo.")
    manage("migrate", "--verbosity", "0", env=env)
    if first:
        load_everything(env)
        data.mkdir(parents=True, exist_ok=True)
        loaded.write_text(database + "\n")
    # Become the server: signals reach it directly and nothing of this script stays behind.
    sys.stdout.flush()
    os.execve(str(PYTHON), [str(PYTHON), "manage.py", "serve", "--port", str(port), *rest], env)


def load_everything(env):
    """Each loader may run twice, so an interrupted first start is simply begun again."""
    for pack in sorted((HERE / "fixtures" / "programs").glob("*.yaml")):
        manage("load_program", str(pack), "--backdate", "--verbosity", "0", env=env)
    evidence = HERE / "fixtures" / "evidence" / "syria.jsonl"
    manage("load_evidence", str(evidence), "--backdate", env=env)
    manage("load_demo", env=env)


def test(rest):
    """Run the tests on every core; ``faults`` first selects only those."""
    install("test")
    if rest[:1] == ["faults"]:
        rest = ["-m", "faults", *rest[1:]]
    return subprocess.call([str(PYTHON), "-m", "pytest", "-n", "auto", *rest])


def bench(rest):
    """Measure the hot paths."""
    install("test")
    return subprocess.call([str(PYTHON), "-m", "bench", *rest])


def screenshots(rest):
    """Photograph the pages with a real browser."""
    install("test")
    return subprocess.call([str(PYTHON), "-m", "pytest", "-m", "screenshots", *rest])


def check(rest):
    """The gate. Every step runs, so that one pass shows everything that is wrong."""
    install("check")
    with tempfile.TemporaryDirectory() as scratch:
        failed = [step for step, command, env in gate(scratch) if not passes(step, command, env)]
    if failed:
        print("\nThe gate is closed. Failed: " + ", ".join(failed))
        return 1
    print("\nThe gate is open.")
    return 0


def gate(scratch):
    """The steps of the gate: a name, a command, and what it adds to the environment."""
    server = {
        "SITE_URL": "https://tracker.example.org",
        "SECRET_KEY": hashlib.sha512(os.urandom(64)).hexdigest(),
        "EMAIL_URL": "submission://user:password@mail.example.org:587",
        "REDIS_URL": "redis://127.0.0.1:6379/1",
        "DATA_DIR": scratch,
        "STATIC_ROOT": scratch + "/static",
    }
    manage_py = [str(PYTHON), "-W", "error", "manage.py"]
    compose = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    return [
        ("format", tool("ruff", "format", "--check", "."), {}),
        ("lint", tool("ruff", "check", "."), {}),
        ("layers", tool("lint-imports", "--no-cache"), {}),
        ("types", tool("mypy"), {}),
        (
            "django idioms",
            tool("django-upgrade", "--check", "--target-version", "5.2", *sources()),
            {},
        ),
        ("system check", [*manage_py, "check", "--fail-level", "WARNING"], {}),
        ("system check, server", [*manage_py, *deploy], server),
        ("migrations", [*manage_py, "makemigrations", "--check", "--dry-run"], {}),
        ("static files", [*manage_py, "collectstatic", "--noinput", "-v", "0"], server),
        ("compose file", tool(*compose), {}),
        ("Dockerfile", tool("hadolint", "--ignore", "DL3008", "Dockerfile"), {}),
        ("ci script", ["bash", "-n", ".ci/run"], {}),
    ]


def lock(rest):
    """Write the hash-locked requirement files; ``--upgrade`` takes newer versions."""
    install("run")
    for name in SETS:
        extras = [f"--extra={extra}" for extra in EXTRAS[: SETS.index(name) + 1]]
        output = ["--output-file", f"requirements/{name}.txt"]
        subprocess.check_call([*compiler(), "pyproject.toml", *extras, *output, *rest])
    return 0


# --- The environment --------------------------------------------------------------------------


def require_python():
    if sys.version_info < OLDEST:
        sys.exit(
            f"The tracker needs Python 3.11 or newer; this is {sys.version.split()[0]}."
            " Three ways to get one:\n"
            "  sudo apt install python3.11 python3.11-venv   (Debian, Ubuntu; then python3.11)\n"
            "  brew install python@3.12                      (macOS; then python3.12)\n"
            "  https://www.python.org/downloads/             (an installer for every system)"
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        own = os.path.realpath(sys.executable) != os.path.realpath("/usr/bin/python3")
        version = f"3.{sys.version_info[1]}" if own else "3"
        sys.exit(
            "Python's venv module is missing. Install it, then try again:\n"
            f"  sudo apt install python{version}-venv"
        )


def require_free_port():
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        sys.exit(f"PORT={value!r} is not a port. Write a number from 1 to 65535.")
    port = int(value)
    if is_free(port):
        return port
    print(
        f"PORT={port} is taken. Waiting {SECONDS_FOR_PORT} seconds for it to be free.", flush=True
    )
    until = time.monotonic() + SECONDS_FOR_PORT
    while time.monotonic() < until:
        time.sleep(0.2)
        if is_free(port):
            return port
    sys.exit(
        f"PORT={port} is taken by another program. Stop it, or choose another port:\n"
        f"  PORT={port + 1} python3 dev.py run"
    )


def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"PORT={port} needs special rights. Choose one above 1023.")
        except OSError:
            return False
    return True


def install(wanted):
    """Bring .venv up to the locked set ``wanted``; does nothing when it is already there."""
    stamp = VENV / "installed.json"
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(REQUIREMENTS.glob("*.txt")):
        digest.update(path.read_bytes())
    if PYTHON.exists() and stamp.exists():
        has = json.loads(stamp.read_text())
        enough = SETS.index(has["set"]) >= SETS.index(wanted)
        if enough and has["digest"] == digest.hexdigest():
            return
    print(f"Installing what the tracker needs into .venv ({wanted}).", flush=True)
    if not PYTHON.exists():
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if not (VENV / "bin" / "uv").exists():
        uv_list = str(REQUIREMENTS / "uv.txt")
        subprocess.check_call([*pip, "install", "--require-hashes", "-r", uv_list])
    # Wheels only: nothing is built here, so no compiler is needed.
    uv = [*tool("uv", "pip", "install", "--quiet"), "--require-hashes", "--only-binary", ":all:"]
    locked = str(REQUIREMENTS / f"{wanted}.txt")
    subprocess.check_call([*uv, "--python", str(PYTHON), "-r", locked])
    stamp.write_text(json.dumps({"set": wanted, "digest": digest.hexdigest()}))


def compiler():
    """uv's resolver, told to write plain files: hashes, every platform, no addresses."""
    plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    return [
        *tool("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *plain,
        *["--python-version", "3.11"],
    ]


def tool(name, *arguments):
    return [str(VENV / "bin" / name), *arguments]


def manage(*arguments, env):
    subprocess.check_call([str(PYTHON), "manage.py", *arguments], env=env)


def sources():
    """Our own Python files, without what tools and machines write."""
    roots = [HERE / name for name in ("conditions", "tracker", "tests", "bench")]
    return sorted(str(path) for root in roots for path in root.rglob("*.py"))


def passes(step, command, env):
    print("== " + step, flush=True)
    if not shutil.which(command[0]):
        print(f"{command[0]} is missing")
        return False
    return subprocess.call(command, env=dict(os.environ, **env)) == 0


if __name__ == "__main__":
    main()
