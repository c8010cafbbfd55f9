"""SOPs from the command line: ``python -m chalicelib.sop``.

Without a server, on files (JSON, or YAML):

    lint [FILE …] [--on DAY] [--data DIR]   hold files, or the whole catalogue, against the city
    diff OLD NEW                            what changed from one file to another, step by step

With one (``--api``), as a member of staff (``--user`` on the local runner, else a token in
LIVE_ROOM_TOKEN):

    list                                    drafts, and the SOPs in force
    versions SOP                            all versions with their hashes and days
    export DIR                              the whole catalogue as files for git
    import PATH … --reason WHY [--write]    take files in; without --write only shown
    draft FILE --reason WHY                 begin a draft with this content, or edit the open one
    submit | review | return | approve | withdraw SOP [--text …]
    activate SOP --from DAY [--to DAY --season NAME] [--text …]

Ends with 1 if something was refused or has errors.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from chalicelib.adapters.documents import DATA, FileDocuments
from chalicelib.doctor import linter, shown
from chalicelib.domain.differences import difference
from chalicelib.domain.findings import ERROR
from chalicelib.domain.lifecycle import MOVES
from chalicelib.domain.sop import Sop, SopInvalid

TOKEN = "LIVE_ROOM_TOKEN"  # noqa: S105 - the name of a variable, not a token
#: A request may hold 256 KB; files are taken in by portions below it.
_PORTION = 200_000
_SECONDS = 60


class Refused(Exception):
    """The server refused; carries its problem document."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("code")))
        self.problem = problem


class Server:
    """The API of one stage, as one member of staff."""

    def __init__(self, address: str, user: str = "", token: str = "") -> None:
        if not address.startswith(("http://", "https://")):
            raise SystemExit("--api must be an http(s) address")
        self._address = address.rstrip("/")
        self._token = token
        if user:
            self._token = self.call("POST", "/_local/login", {"user": user})["access_token"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a route and return its JSON; raise Refused."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        sent = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._address}{path}", sent, headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            raise Refused(json.load(error)) from None

    def rows(self, path: str) -> Iterator[Any]:
        """Yield the rows of a list, page after page."""
        cursor = ""
        while cursor is not None:
            page = self.call("GET", f"{path}?{urlencode({'cursor': cursor})}")
            yield from page["items"]
            cursor = page["cursor"]


def read(path: Path) -> Any:
    """Return what a JSON or YAML file holds."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in (".yaml", ".yml"):
        import yaml  # only whoever writes YAML needs it

        return yaml.safe_load(text)
    return json.loads(text)


# -- on files --------------------------------------------------------------------------------


def _lint(options: argparse.Namespace) -> int:
    folder: Path = options.data
    lint = linter(FileDocuments(folder))
    around = lint.surroundings(options.on)
    files = options.files or sorted((folder / "sops").glob("*.json"))
    grave, warnings = 0, Counter[str]()
    for file in files:
        try:
            found = lint(Sop.from_dict({"version": 1, **read(file)}), around.day)
        except SopInvalid as error:
            _say(f"{file}", f"GALAT sop_invalid ({error.path})", f"  {error.reason}")
            grave += 1
            continue
        grave += sum(one.severity == ERROR for one in found)
        warnings.update(one.code for one in found if one.severity != ERROR)
        told = found if options.files else [one for one in found if one.severity == ERROR]
        if told:
            _say(f"{file}", *shown(told))
    _say(*(f"PERINGATAN {code}: {count}" for code, count in sorted(warnings.items())))
    total = warnings.total()
    _say(f"{len(files)} SOP, {grave} galat / errors, {total} peringatan / warnings")
    return 1 if grave else 0


def _diff(options: argparse.Namespace) -> int:
    old, new = (Sop.from_dict({"version": 1, **read(one)}) for one in (options.old, options.new))
    told = difference(old, new)
    _say(f"{told['from']['hash'][:12]} → {told['to']['hash'][:12]}")
    _say(*(one["sentence"]["id"] for one in told["differences"]))
    return 0


# -- with a server ---------------------------------------------------------------------------


def _list(server: Server, options: argparse.Namespace) -> int:
    for one in server.rows("/v1/drafts"):
        _say(f"{one['sop']} v{one['number']}  {one['status']}  {one['hash'][:12]}")
    for one in server.rows("/v1/sops"):
        _say(f"{one['category']}  {one['id']} v{one['version']}  {one['tier']}")
    return 0


def _versions(server: Server, options: argparse.Namespace) -> int:
    for one in server.rows(f"/v1/sops/{options.sop}/versions"):
        _say(f"v{one['version']}  {one['status']}  {one['hash']}")
        for row in one["serves"]:
            season = f"  ({row['season']})" if row.get("season") else ""
            _say(f"    {row['category']}  {row['from']} – {row['to'] or '…'}{season}")
    return 0


def _export(server: Server, options: argparse.Namespace) -> int:
    found = server.call("GET", "/v1/admin/export")
    for path, body in sorted(found["files"].items()):
        file = options.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _say(f"{len(found['files'])} berkas / files, SHA-256 {found['digest']}")
    return 0


def _import(server: Server, options: argparse.Namespace) -> int:
    files = dict(_named(options.paths))
    for dry_run in (True, False) if options.write else (True,):
        for portion in _portions(files):
            body = {"files": portion, "reason": options.reason, "dry_run": dry_run}
            told = server.call("POST", "/v1/admin/import", body)
            if told["done"] or not options.write:
                _say(*(f"{one['outcome']}  {one['path']}" for one in told["items"]))
    return 0


def _named(paths: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """Files by the path that they have in the catalogue, below a folder or by their own name."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix in (".json", ".yaml", ".yml"):
                    yield str(file.relative_to(path).with_suffix(".json")), read(file)
            continue
        body = read(path)
        folder = "sops/" if isinstance(body, Mapping) and "steps" in body else ""
        folder = "calendars/" if isinstance(body, Mapping) and "weekly" in body else folder
        yield f"{folder}{path.stem}.json", body


def _portions(files: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    portion: dict[str, Any] = {}
    size = 0
    for path, body in files.items():
        length = len(json.dumps(body))
        if portion and size + length > _PORTION:
            yield portion
            portion, size = {}, 0
        portion[path] = body
        size += length
    if portion:
        yield portion


def _draft(server: Server, options: argparse.Namespace) -> int:
    content = read(options.file)
    sop = content["id"]
    try:
        standing = server.call("GET", f"/v1/drafts/{sop}")
    except Refused as refused:
        if refused.problem["code"] != "not_found":
            raise
        standing = {"status": ""}
    if standing["status"] in ("", "active", "withdrawn"):
        body = {"sop": sop, "content": content, "reason": options.reason}
        draft = server.call("POST", "/v1/drafts", body)
    else:
        body = {"content": content, "revision": standing["revision"], "reason": options.reason}
        draft = server.call("PUT", f"/v1/drafts/{sop}", body)
    _told(draft)
    return 0


def _move(server: Server, options: argparse.Namespace) -> int:
    body: dict[str, Any] = {"text": options.text} if options.text else {}
    if options.command == "activate":
        body |= {"from": options.first.isoformat()}
        if options.season:
            body |= {"season": options.season, "to": options.last.isoformat()}
    _told(server.call("POST", f"/v1/drafts/{options.sop}/{options.command}", body))
    return 0


def _told(draft: Mapping[str, Any]) -> None:
    active = f"  berlaku / in force {draft['active_from']}" if draft["active_from"] else ""
    _say(f"{draft['sop']} v{draft['number']}  {draft['status']}  {draft['hash']}{active}")


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


_ON_FILES = {"lint": _lint, "diff": _diff}
_ON_SERVER = {
    "list": _list,
    "versions": _versions,
    "export": _export,
    "import": _import,
    "draft": _draft,
    **{move: _move for move in MOVES if move != "comment"},
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chalicelib.sop", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--api", default="http://127.0.0.1:8000", help="the stage's address")
    parser.add_argument("--user", default="", help="demo user of the local runner")
    commands = parser.add_subparsers(dest="command", required=True)
    lint = commands.add_parser("lint")
    lint.add_argument("files", nargs="*", type=Path)
    lint.add_argument("--on", type=date.fromisoformat)
    lint.add_argument("--data", type=Path, default=DATA)
    diff = commands.add_parser("diff")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    commands.add_parser("list")
    commands.add_parser("versions").add_argument("sop")
    commands.add_parser("export").add_argument("folder", type=Path)
    take_in = commands.add_parser("import")
    take_in.add_argument("paths", nargs="+", type=Path)
    take_in.add_argument("--reason", required=True)
    take_in.add_argument("--write", action="store_true")
    draft = commands.add_parser("draft")
    draft.add_argument("file", type=Path)
    draft.add_argument("--reason", default="")
    for move in MOVES:
        if move != "comment":
            _add_move(commands.add_parser(move), move)
    return parser


def _add_move(parser: argparse.ArgumentParser, move: str) -> None:
    parser.add_argument("sop")
    parser.add_argument("--text", default="", required=MOVES[move].text_needed)
    if move == "activate":
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        parser.add_argument("--to", dest="last", type=date.fromisoformat)
        parser.add_argument("--season", default="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command; see the module."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if bool(getattr(options, "last", None)) is not bool(getattr(options, "season", "")):
        parser.error("--season and --to belong together")
    try:
        if options.command in _ON_FILES:
            return _ON_FILES[options.command](options)
        server = Server(options.api, options.user, os.environ.get(TOKEN, ""))
        return _ON_SERVER[options.command](server, options)
    except Refused as refused:
        _say(json.dumps(refused.problem, ensure_ascii=False, indent=2))
        return 1
    except SopInvalid as error:
        _say(f"GALAT sop_invalid ({error.path}): {error.reason}")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
