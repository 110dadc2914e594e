"""Both services on one small server that knows their rules and forgives nothing."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

LB_TOKEN = "0f3c2f0e-6c2c-4e11-9b3e-1d4c44d3a8aa"
LFM_KEY, LFM_SECRET = "k" * 32, "s" * 32
LFM_TOKEN, LFM_SESSION = "once-only-token", "d580d57f32848f5dcf574d1ce18d78b2"
EARLIEST = 1_033_430_400
LISTEN_BYTES, MOST_LISTENS, MOST_SCROBBLES = 10_240, 1000, 50


@dataclass
class Upstream:
    """What arrived, and what is to go wrong. `faults` are used up one for each request, the first first.

    A fault is a status, (status, headers), (status, headers, JSON), "hang", "cut" or "take and cut".
    """

    url: str = ""
    lb_tokens: dict[str, str] = field(default_factory=lambda: {LB_TOKEN: "bob_lb"})
    lfm_tokens: dict[str, str] = field(default_factory=lambda: {LFM_TOKEN: "bob_fm"})
    lfm_sessions: dict[str, str] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    unacceptable: set[str] = field(default_factory=set)
    ignored: dict[str, tuple[str, str]] = field(default_factory=dict)
    requests: list[tuple[str, int]] = field(default_factory=list)
    playing: list[str] = field(default_factory=list)
    received: list[tuple[str, int]] = field(default_factory=list)
    raw: list[dict[str, Any]] = field(default_factory=list)
    broken_rules: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def titles(self) -> list[str]:
        """As they arrived, repeats included."""
        return [title for title, _at in self.received]

    @property
    def kept(self) -> set[tuple[str, int]]:
        """What the service has afterwards: the same track at the same second is one listen."""
        return set(self.received)

    @property
    def batches(self) -> list[int]:
        """How many listens each request brought."""
        return [count for _kind, count in self.requests if count]


class BrokenRule(Exception):
    def __init__(self, message: str, status: int = 400, code: int = 6) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@contextmanager
def running() -> Iterator[Upstream]:
    upstream = Upstream()
    handler = type("OwnHandler", (Handler,), {"upstream": upstream})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    upstream.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    upstream: Upstream
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self.answer_to(b"")

    def do_POST(self) -> None:
        self.answer_to(self.rfile.read(int(self.headers["Content-Length"])))

    def answer_to(self, body: bytes) -> None:
        with self.upstream.lock:
            fault = self.upstream.faults.pop(0) if self.upstream.faults else None
        if fault is not None and fault != "take and cut":
            self.upstream.requests.append((f"fault {fault}", 0))
            return self.go_wrong(fault)
        is_lastfm = self.path == "/2.0/"
        try:
            with self.upstream.lock:
                said = self.lastfm(body) if is_lastfm else self.listenbrainz(body)
        except BrokenRule as rule:
            self.upstream.broken_rules.append(str(rule))
            error = {"error": rule.code, "message": str(rule)} if is_lastfm else {"code": 400, "error": str(rule)}
            return self.reply(rule.status, error)
        if fault == "take and cut":
            return self.go_wrong("cut")
        return self.reply(200, said, self.upstream.headers)

    def go_wrong(self, fault: Any) -> None:
        if fault == "hang":
            time.sleep(1.5)
        if fault in ("hang", "cut"):
            self.close_connection = True
            self.connection.close()
            return
        status, headers, said = (fault, {}, {}) if isinstance(fault, int) else (*fault, {})[:3]
        self.reply(status, said, headers)

    def reply(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # --- ListenBrainz --------------------------------------------------------
    def listenbrainz(self, body: bytes) -> dict[str, Any]:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        user = self.upstream.lb_tokens.get(token)
        if self.command == "GET" and self.path == "/1/validate-token":
            self.upstream.requests.append(("validate", 0))
            if user is None:
                return {"code": 200, "message": "Token invalid.", "valid": False}
            return {"code": 200, "message": "Token valid.", "valid": True, "user_name": user}
        if self.command != "POST" or self.path != "/1/submit-listens":
            raise BrokenRule(f"there is no {self.path}", 404)
        if scheme != "Token" or user is None:
            raise BrokenRule("Invalid authorization token.", 401)
        document = json.loads(body)
        kind, payload = document["listen_type"], document["payload"]
        self.upstream.requests.append((kind, 0 if kind == "playing_now" else len(payload)))
        need(kind in ("single", "import", "playing_now"), "unknown listen_type")
        need(kind == "import" or len(payload) == 1, f"{kind} is for one listen")
        need(0 < len(payload) <= MOST_LISTENS, "too many listens in one request")
        need(len(body) <= len(payload) * LISTEN_BYTES, "the payload is too large")
        for listen in payload:
            self.check_listen(listen, kind)
        for listen in payload:
            self.upstream.raw.append(listen)
            if kind == "playing_now":
                self.upstream.playing.append(listen["track_metadata"]["track_name"])
            else:
                self.upstream.received.append((listen["track_metadata"]["track_name"], listen["listened_at"]))
        return {"status": "ok"}

    def check_listen(self, listen: dict[str, Any], kind: str) -> None:
        track, now = listen["track_metadata"], time.time()
        need(len(json.dumps(listen, ensure_ascii=False).encode()) <= LISTEN_BYTES, "a listen is too large")
        need(
            set(listen) == ({"track_metadata"} if kind == "playing_now" else {"listened_at", "track_metadata"}), "keys"
        )
        if kind != "playing_now":
            need(type(listen["listened_at"]) is int, "listened_at must be an integer")
            need(EARLIEST < listen["listened_at"] <= now + 3600, "listened_at is out of range")
        for name in ("track_name", "artist_name"):
            need(isinstance(track.get(name), str) and track[name] != "", f"{name} is missing")
        need(track.get("release_name") != "", "release_name is empty")
        need("\\u0000" not in json.dumps(listen), "a null character")
        if "recording_mbid" in track.get("additional_info", {}):
            UUID(track["additional_info"]["recording_mbid"])
        need(track["track_name"] not in self.upstream.unacceptable, f"we do not take {track['track_name']}")

    # --- Last.fm -------------------------------------------------------------
    def lastfm(self, body: bytes) -> dict[str, Any]:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        signed = sorted((name, value) for name, value in fields.items() if name not in ("format", "api_sig"))
        expected = hashlib.md5("".join(name + value for name, value in signed).encode() + LFM_SECRET.encode())
        need(fields.get("format") == "json", "format must be json")
        need(fields.get("api_key") == LFM_KEY, "Invalid API key", 403, 10)
        need(fields.get("api_sig") == expected.hexdigest(), "Invalid method signature supplied", 403, 13)
        method = fields["method"]
        if method == "auth.getSession":
            self.upstream.requests.append((method, 0))
            name = self.upstream.lfm_tokens.pop(fields["token"], None)
            need(name is not None, "Unauthorized Token - This token has not been issued", 403, 14)
            self.upstream.lfm_sessions[LFM_SESSION] = name
            return {"session": {"name": name, "key": LFM_SESSION, "subscriber": 0}}
        need(fields.get("sk") in self.upstream.lfm_sessions, "Invalid session key", 403, 9)
        if method == "track.updateNowPlaying":
            self.upstream.requests.append((method, 0))
            need(bool(fields.get("artist") and fields.get("track")), "artist and track are required")
            need(fields.get("duration", "1").isdecimal(), "duration is in seconds")
            self.upstream.playing.append(fields["track"])
            return {"nowplaying": {"ignoredMessage": {"code": "0", "#text": ""}}}
        need(method == "track.scrobble", "Invalid method", 400, 3)
        return self.scrobbled(fields)

    def scrobbled(self, fields: dict[str, str]) -> dict[str, Any]:
        count = sum(name.startswith("timestamp[") for name in fields)
        self.upstream.requests.append(("track.scrobble", count))
        need(0 < count <= MOST_SCROBBLES, "more than 50 scrobbles in one request")
        told, taken = [], []
        for index in range(count):
            track, artist, timestamp = (fields.get(f"{name}[{index}]", "") for name in ("track", "artist", "timestamp"))
            need(bool(track and artist), "artist and track are required")
            need(timestamp.isdecimal(), "timestamp must be an integer")
            need(track not in self.upstream.unacceptable, f"Invalid parameters: {track}")
            code, text = self.upstream.ignored.get(track, ("0", ""))
            told.append({"track": {"#text": track}, "ignoredMessage": {"code": code, "#text": text}})
            if code == "0":
                taken.append((track, int(timestamp)))
        self.upstream.received += taken
        ignored = sum(one["ignoredMessage"]["code"] != "0" for one in told)
        counts = {"accepted": count - ignored, "ignored": ignored}
        return {"scrobbles": {"scrobble": told if count > 1 else told[0], "@attr": counts}}


def need(condition: bool, rule: str, status: int = 400, code: int = 6) -> None:
    if not condition:
        raise BrokenRule(rule, status, code)
