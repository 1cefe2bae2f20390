import re

# What an ordinary `docker run` sends, besides empty values. All else is refused.
HARMLESS = {
    "NetworkMode": ["default"],
    "RestartPolicy": [{"Name": "no", "MaximumRetryCount": 0}, {"Name": "no"}],
    "LogConfig": [{"Type": "", "Config": {}}],
    "AutoRemove": [True],
    "MemorySwappiness": [-1],
}


def odd(host):
    for name, value in host.items():
        if value and name != "ConsoleSize" and value not in HARMLESS.get(name, []):
            yield name


def refuse(method, path, body):
    path = re.sub("^/v[0-9.]+", "", path)
    if method in ("GET", "HEAD"):
        return
    if method == "POST" and re.fullmatch("/containers/[^/]+/(start|attach|wait|kill|stop)", path):
        return
    if method == "DELETE" and re.fullmatch("/containers/[^/]+", path):
        return
    if method == "POST" and path == "/containers/create":
        if not body:
            return "no body, no container"
        if "HostConfig" not in body:
            return "no HostConfig that I could read"
        wrong = list(odd(body["HostConfig"])) + [n for n in body if n.lower() == "hostconfig" and n != "HostConfig"]
        return f"not on the list: {', '.join(wrong)}" if wrong else None
    return f"{method} {path} is not on the list"
