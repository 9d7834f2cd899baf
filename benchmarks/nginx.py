"""nginx in the foreground on loopback, with one shipped configuration and all of its files in one folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from api.errors import CannotStart

PROGRAMS = "/usr/sbin:/usr/bin:/usr/local/sbin"
FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def program(name: str) -> str:
    """Return the path of an installed proxy.

    Raises:
        CannotStart: It is not installed.
    """
    found = shutil.which(name, path=PROGRAMS)
    if found is None:
        raise CannotStart(f"{name} is not installed; run make browsers, or install it from your system's packages")
    return found


def command(folder: Path, configuration: str) -> list[str]:
    """Write the `configuration` of a site to `folder`, and return the command that serves it."""
    (folder / "site.conf").write_text(configuration)
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder))
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
