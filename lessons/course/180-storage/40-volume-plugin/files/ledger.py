"""A volume plugin: answers Docker's questions about volumes on a UNIX socket.

Each volume is a folder below ROOT. Where a volume is mounted from is this
program's decision alone: if the file WHERE exists, it answers with what is
written in there instead.
"""
import http.server
import json
import os
import socketserver

SOCKET = "/run/docker/plugins/ledger.sock"
ROOT = "/srv/ledger"
WHERE = "/srv/ledger.where"


def mountpoint(name):
    if os.path.exists(WHERE):
        return open(WHERE).read().strip()
    return os.path.join(ROOT, name)


def answer(call, name):
    folder = os.path.join(ROOT, name)
    if call == "Plugin.Activate":
        return {"Implements": ["VolumeDriver"]}
    if call == "VolumeDriver.Create":
        os.makedirs(folder, exist_ok=True)
    if call == "VolumeDriver.Remove":
        os.rename(folder, "%s.removed.%d" % (folder, os.getpid()))
    if call in ("VolumeDriver.Mount", "VolumeDriver.Path"):
        return {"Mountpoint": mountpoint(name)}
    if call == "VolumeDriver.Get":
        return {"Volume": {"Name": name}} if os.path.isdir(folder) else {"Err": "no volume " + name}
    if call == "VolumeDriver.List":
        return {"Volumes": [{"Name": n} for n in os.listdir(ROOT) if ".removed." not in n]}
    if call == "VolumeDriver.Capabilities":
        return {"Capabilities": {"Scope": "local"}}
    return {}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        call, name = self.path.strip("/"), asked.get("Name", "")
        print(call, name, flush=True)
        reply = json.dumps(answer(call, name)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    for folder in (ROOT, os.path.dirname(SOCKET)):
        os.makedirs(folder, exist_ok=True)
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    socketserver.ThreadingUnixStreamServer(SOCKET, Handler).serve_forever()
