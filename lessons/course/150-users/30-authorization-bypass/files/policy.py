def refuse(method, path, body):
    if method == "POST" and path.endswith("/containers/create"):
        host = body.get("HostConfig") or {}
        if host.get("Privileged"):
            return "privileged containers are forbidden"
        for bind in host.get("Binds") or []:
            if bind.startswith("/"):
                return "folders of the host are forbidden"
