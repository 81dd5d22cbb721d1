"""wget, curl, gdown and git clone, where notebooks are graded: the assignment's file for an address, or a clear line.

What else they can do is left to the machine's own commands, and so is fetching, where there is a network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

from grader.inside import brought, network

COMMANDS = os.path.join(os.path.dirname(__file__), "commands")
"""The folder of the commands; it stands first on the notebook's PATH."""

NOT_FOUND = 127


def main() -> NoReturn:
    """Run the command by whose name this was called."""
    name = os.path.basename(sys.argv[0])
    command: Callable[[list[str]], int | None] = {"wget": wget, "curl": curl, "gdown": gdown, "git": git}[name]
    status = command(sys.argv[1:])
    sys.exit(_run_the_machines_own(name, sys.argv[1:]) if status is None else status)


def _run_the_machines_own(name: str, arguments: list[str]) -> int:
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = shutil.which(name, path=os.pathsep.join(folder for folder in folders if not _is_ours(folder)))
    if path is not None:
        sys.stdout.flush()
        os.execv(path, [name, *arguments])
    print(f"{name}: command not found", file=sys.stderr)
    return NOT_FOUND


def _is_ours(folder: str) -> bool:
    return os.path.realpath(folder) == os.path.realpath(COMMANDS)


def find_all(addresses: list[str], *, folder: bool = False) -> list[str] | None:
    """The files for these addresses; None where the network is to be asked; what is missing is told and left out."""
    found = [(address, brought.find(address, folder=folder)) for address in addresses]
    missing = [address for address, path in found if path is None]
    if missing and network.is_there():
        return None
    for address in missing:
        print(brought.say_missing(address), file=sys.stderr)
    return [path for _, path in found if path is not None]


def save(path: str, target: str, *, quiet: bool) -> None:
    """Copy a file to where it is wanted; `-` is standard output."""
    if target == "-":
        with open(path, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        return
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    shutil.copyfile(path, target)
    if not quiet:
        print(f"{target}: {os.path.getsize(target)} bytes, from the files that the assignment brings.", file=sys.stderr)


class _Options(argparse.ArgumentParser):
    """The options of a command; of those that do not matter here it is only said which have a value."""

    def __init__(self, name: str, *, valued: str, flags: str = "") -> None:
        super().__init__(prog=name, add_help=False, allow_abbrev=False)
        self.add_argument(*valued.split(), dest="ignored")
        if flags:
            self.add_argument(*flags.split(), dest="ignored_too", action="store_true")

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def wget(arguments: list[str]) -> int | None:
    """`wget [-q] [-O FILE] [-P FOLDER] [-nc] URL…`; None where this is not for us."""
    options = _Options(
        "wget",
        valued="-t --tries -T --timeout -U --user-agent --header --load-cookies --save-cookies --post-data --referer "
        "-o -w --wait -l --level -A -R -e --progress --user --password",
    )
    options.add_argument("-O", "--output-document")
    options.add_argument("-P", "--directory-prefix", default="")
    options.add_argument("-nc", "--no-clobber", "-c", "--continue", dest="keep", action="store_true")
    options.add_argument("-q", "--quiet", "-nv", dest="quiet", action="store_true")
    options.add_argument("addresses", nargs="*")
    asked = _parse(options, arguments)
    if asked is None:
        return None
    found = find_all(asked.addresses)
    if found is None:
        return None
    for address, path in zip(asked.addresses, map(brought.find, asked.addresses), strict=True):
        if path is None:
            continue
        parts = urlsplit(address)
        name = (os.path.basename(parts.path) or "index.html") + (f"?{parts.query}" if parts.query else "")
        target = asked.output_document or os.path.join(asked.directory_prefix, name)
        if asked.keep and os.path.exists(target):
            print(f"{target} is there already, and stays.", file=sys.stderr)
            continue
        save(path, target if asked.output_document else _unused(target), quiet=asked.quiet)
    return 0 if len(found) == len(asked.addresses) else 4


def _unused(target: str) -> str:
    """The name, or name.1 where it is taken, and so on: as wget does."""
    number, name = 0, target
    while os.path.exists(name):
        number += 1
        name = f"{target}.{number}"
    return name


def curl(arguments: list[str]) -> int | None:
    """`curl [-s] [-L] [-o FILE | -O] URL…`; None where this is not for us."""
    options = _Options(
        "curl",
        valued="-H --header -A --user-agent -u --user -X --request -e --referer -b --cookie -c -C -m -w --retry "
        "--max-time --connect-timeout -d --data",
        flags="-L --location -s --silent -S --show-error -f --fail -k --insecure -# -J -g",
    )
    options.add_argument("-o", "--output", action="append", default=[])
    options.add_argument("-O", "--remote-name", "--remote-name-all", action="store_true")
    options.add_argument("--output-dir", default="")
    options.add_argument("addresses", nargs="*")
    asked = _parse(options, arguments)
    if asked is None:
        return None
    found = find_all(asked.addresses)
    if found is None:
        return None
    for number, address in enumerate(asked.addresses):
        path = brought.find(address)
        name = os.path.basename(urlsplit(address).path) if asked.remote_name else "-"
        name = asked.output[number] if number < len(asked.output) else name
        if path is not None:
            save(path, name if name == "-" else os.path.join(asked.output_dir, name), quiet=True)
    return 0 if len(found) == len(asked.addresses) else 6


def gdown(arguments: list[str]) -> int | None:
    """`gdown [-q] [--id ID] [-O FILE] [--fuzzy] [--folder] URL_OR_ID`; None where this is not for us."""
    options = _Options("gdown", valued="--proxy --speed --format --user-agent")
    options.add_argument("-O", "--output")
    options.add_argument("-q", "--quiet", action="store_true")
    options.add_argument("--id", action="store_true")
    options.add_argument("--folder", action="store_true")
    options.add_argument("addresses", nargs="*")
    asked = _parse(options, arguments)
    if asked is None:
        return None
    found = find_all(asked.addresses, folder=asked.folder)
    if found is None:
        return None
    for path in found:
        place_download(path, asked.output, quiet=asked.quiet)
    return 0 if len(found) == len(asked.addresses) else 1


def place_download(path: str, output: str | None, *, quiet: bool) -> str:
    """Put a file of Drive where gdown would: under its own name, in the folder or under the name that is asked for."""
    name = os.path.basename(path)
    target = name if output is None else os.path.join(output, name) if output.endswith(os.sep) else output
    if os.path.isdir(path):
        shutil.copytree(path, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
    else:
        save(path, target, quiet=quiet)
    return target


def git(arguments: list[str]) -> int | None:
    """`git clone [OPTIONS] URL [FOLDER]`; None where this is not for us."""
    if "clone" not in arguments:
        return None
    options = _Options("git", valued="-b --branch --depth -c --config --filter -j --jobs -o --origin -C --reference")
    options.add_argument("-q", "--quiet", action="store_true")
    options.add_argument("clone")
    options.add_argument("addresses", nargs=1)
    options.add_argument("folder", nargs="?")
    asked = _parse(options, arguments)
    if asked is None:
        return None
    found = find_all(asked.addresses, folder=True)
    if found is None:
        return None
    if not found:
        return 128
    name = asked.folder or os.path.basename(asked.addresses[0].rstrip("/")).removesuffix(".git")
    if os.path.exists(name) and os.listdir(name):
        print(f"fatal: destination path '{name}' already exists and is not an empty directory.", file=sys.stderr)
        return 128
    if not asked.quiet:
        print(f"Cloning into '{name}'... from the files that the assignment brings.", file=sys.stderr)
    unpack(found[0], name)
    return 0


def unpack(path: str, target: str) -> None:
    """Copy a folder, or unzip one; what a zip holds in a single folder at its top, as GitHub's do, comes without it."""
    if os.path.isdir(path):
        shutil.copytree(path, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        return
    import tempfile
    import zipfile

    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(dir=".") as whole:
        archive.extractall(whole)
        tops = os.listdir(whole)
        only = os.path.join(whole, tops[0]) if len(tops) == 1 else whole
        shutil.copytree(only if os.path.isdir(only) else whole, target, dirs_exist_ok=True)


def _parse(options: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace | None:
    """What is asked for; None where it is not fetching."""
    try:
        asked, _ = options.parse_known_args(arguments)
    except ValueError:
        return None
    asked.addresses = [
        address for address in asked.addresses if "." in address or "--id" in arguments or len(address) > 24
    ]
    return asked if asked.addresses else None
