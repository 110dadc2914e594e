"""nginx in front of the product as docs/deployment.md has it, and the same media folder beside it without us."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import skip, wait_for

X_ACCEL_PREFIX = "/protected"
PLAIN_PREFIX = "/plain"
CONFIG = """
{user}
daemon off;
worker_processes 1;
error_log {folder}/nginx-error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    log_format sent '$status $bytes_sent $request_uri';
    access_log {folder}/nginx-access.log sent;
    types {{ text/html html; text/javascript js; audio/wav wav; }}
    sendfile on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream application {{
        server 127.0.0.1:{application};
        keepalive 32;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
        location /protected/ {{ internal; alias {folder}/media/; tcp_nopush off; }}
        location /plain/ {{ alias {folder}/media/; tcp_nopush off; }}
    }}
}}
"""


@dataclass(frozen=True)
class Sent:
    status: int
    size_bytes: int
    address: str


@contextmanager
def nginx(folder: Path, port: int, application: int) -> Iterator[None]:
    """Listening on `port` until the block ends, with the product at the port `application`."""
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(user=user, folder=folder, port=port, application=application))
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(config)])
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz/", process)
        yield
    finally:
        process.terminate()
        process.wait()


def sent(folder: Path) -> list[Sent]:
    """What nginx has answered so far, heads included in the size."""
    lines = (folder / "nginx-access.log").read_text().splitlines()
    fields = [line.split(" ", 2) for line in lines]
    return [Sent(int(status), int(size), address) for status, size, address in fields]


def require_nginx() -> None:
    if not shutil.which("nginx"):
        skip("nginx is not installed (apt-get install nginx-light).")
