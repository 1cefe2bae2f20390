"""An authorization plugin for Docker: the protocol alone.

Usage: plugin.py POLICY SOCKET
POLICY is a Python file with a function refuse(method, path, body), which
returns why a request is refused, or nothing. It is read anew at each request.
"""

import base64
import http.server
import json
import os
import socketserver
import sys

POLICY, SOCKET = sys.argv[1:]


def judge(asked):
    """Ask the policy about one request of the daemon's."""
    raw = base64.b64decode(asked.get("RequestBody") or "")
    method, uri = asked["RequestMethod"], asked["RequestUri"]
    try:
        policy = {}
        with open(POLICY) as file:
            exec(file.read(), policy)
        why = policy["refuse"](method, uri.split("?")[0], json.loads(raw or b"{}"))
    except Exception as error:  # whatever can't be judged is refused
        why = f"{POLICY}: {error}"
    user = asked.get("User", "")
    print(f"{method} {uri} user={user!r} body={len(raw)}: {why or 'yes'}", flush=True)
    return {"Allow": not why, "Msg": why or ""}


class Plugin(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/Plugin.Activate":
            answer = {"Implements": ["authz"]}
        elif self.path == "/AuthZPlugin.AuthZReq":
            answer = judge(asked)
        else:  # AuthZRes: may the answer be shown to the client?
            answer = {"Allow": True}
        said = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


if os.path.exists(SOCKET):
    os.unlink(SOCKET)
Server(SOCKET, Plugin).serve_forever()
