"""Small readers of the environment: each refuses an unclear value and says what it accepts."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

_env = Env()


class UnclearSetting(ImproperlyConfigured):
    """A setting whose value cannot be understood, told in one line."""


def refuse(name: str, remedy: str, *, show_value: bool = True) -> UnclearSetting:
    """The refusal for the setting ``name``; a value that may hold a password is not shown."""
    value = os.environ.get(name)
    if value is None:
        return UnclearSetting(f"{name} is not set. {remedy}")
    shown = f"{name}={value!r}" if show_value else name
    return UnclearSetting(f"{shown} is not clear. {remedy}")


def text(name: str, default: str = "") -> str:
    """The value as it stands."""
    return _read(name, _env.str, default, "Write a text.")


def switch(name: str, *, default: bool) -> bool:
    """Yes or no."""
    return _read(name, _env.bool, default, "Write true or false.")


def whole(name: str, default: int, *, at_least: int = 0, at_most: int = 2**31) -> int:
    """A whole number from ``at_least`` to ``at_most``, both included."""
    remedy = f"Write a whole number from {at_least} to {at_most}."
    number: int = _read(name, _env.int, default, remedy)
    if not at_least <= number <= at_most:
        raise refuse(name, remedy)
    return number


def names(name: str) -> list[str]:
    """A list, separated by commas."""
    remedy = "Write names separated by commas."
    found = [part.strip() for part in _read(name, _env.list, [], remedy)]
    if "" in found:
        raise refuse(name, remedy)
    return found


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in options:
        raise refuse(name, f"Write one of: {', '.join(options)}.")
    return value


def origin(name: str, default: str) -> str:
    """The address of a site: scheme and host, with a port if need be, and nothing after it."""
    value = text(name, default).rstrip("/")
    parts = _split(name, value, "Write a full port number in the address.")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise refuse(name, "Write an address such as https://tracker.example.org.")
    return value


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """A connection URL with one of ``schemes``; it may hold a password and is never shown."""
    value = text(name, default)
    remedy = f"Write a URL that begins with {' or '.join(f'{scheme}:' for scheme in schemes)}."
    if value and _split(name, value, remedy, show_value=False).scheme not in schemes:
        raise refuse(name, remedy, show_value=False)
    return value


def directory(name: str, default: Path) -> Path:
    """A directory that is made when it is first needed."""
    path = Path(text(name, str(default))).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise refuse(name, "It is a file. Write the path of a directory.")
    return path


def make_private(path: Path) -> None:
    """Makes a directory, where there is none, that only its owner can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def kept_secret(path: Path) -> str:
    """The secret kept in ``path``, made on first use and readable by its owner only."""
    if not path.exists():
        make_private(path.parent)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
        with open(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # A link never replaces: of two processes starting at once, one wins and both read it.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def _read(name: str, reader: Callable[..., Any], default: Any, remedy: str) -> Any:
    if os.environ.get(name) == "":
        return default
    try:
        return reader(name, default)
    except EnvError as error:
        raise refuse(name, remedy) from error


def _split(name: str, value: str, remedy: str, *, show_value: bool = True) -> Any:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise refuse(name, remedy, show_value=show_value) from error
    return parts
