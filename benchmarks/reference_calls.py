"""Run by Supysonic's own interpreter: its application called in this process, without a server around it."""

import json
import statistics
import sys
import time
from urllib.parse import urlencode

from flask.testing import FlaskClient
from supysonic.config import IniConfig
from supysonic.web import create_application

WARM_UPS = 2


def main() -> None:
    asked = json.load(sys.stdin)
    client = create_application(IniConfig(["supysonic.conf"])).test_client()
    who = urlencode({"u": asked["user"], "p": asked["password"], "c": "benchmark", "v": "1.10.2", "f": "json"})
    answers = {name: _cpu_ms(client, f"/rest/{call}&{who}", asked["runs"]) for name, call in asked["calls"].items()}
    json.dump(answers, sys.stdout)


def _cpu_ms(client: FlaskClient, call: str, runs: int) -> float:
    for _ in range(WARM_UPS):
        answer = json.loads(client.get(call).data)["subsonic-response"]
        assert answer["status"] == "ok", answer
    return statistics.median(_one(client, call) for _ in range(runs))


def _one(client: FlaskClient, call: str) -> float:
    began = time.process_time()
    client.get(call)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
