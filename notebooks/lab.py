"""Open a notebook in JupyterLab, run all cells, see its pictures and no error: `python notebooks/lab.py [NAME [PAGE.png]]`.

A person's road, walked by headless Chromium: the server listens on 127.0.0.1 only and takes its token from the environment;
the notebook, its outputs removed, lies alone in a folder of its own, as it does for one who has installed the package. What
a kernel writes about itself while it starts cold may spoil a run, so that there is a second try. The server always stops.

Needs jupyterlab (`cxstats[notebooks]`), the package playwright, and a `chromium` on the PATH (Debian's package).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Error, Page, sync_playwright

FOLDER = Path(__file__).parent
TRIES, START, RUN = 2, 120, 300  # seconds for the server to answer, for all cells to run
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
SETTINGS = {  # every cell is in the page, wherever it is scrolled to; nothing asks or fetches anything
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SEEN = """() => {
    const cells = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]
    const of = (query) => [...document.querySelectorAll('.jp-Notebook .jp-OutputArea-output' + query)]
    const shown = (e) => { const box = e.getBoundingClientRect(); return [Math.round(box.width), Math.round(box.height)] }
    return {
        prompts: cells.map(cell => cell.querySelector('.jp-InputPrompt').textContent.trim()),
        errors: of('[data-mime-type$=".error"], .jp-OutputArea-output[data-mime-type$=".stderr"]').map(e => e.textContent),
        pictures: of(' img').concat(of(' svg')).map(shown),
    }
}"""


class Unseen(Exception):
    """What a person would have seen is not there."""


@contextmanager
def served(folder: Path, token: str) -> Iterator[str]:
    """Run JupyterLab on a folder, and yield its address; whatever happens, stop it."""
    settings = folder / ".settings"
    for name, values in SETTINGS.items():
        path = settings / "lab" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"JUPYTER_TOKEN": token, "JUPYTERLAB_SETTINGS_DIR": str(settings / "lab"), "JUPYTER_NO_CONFIG": "1"}
    own |= {f"JUPYTER_{kind}_DIR": str(settings / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own["IPYTHONDIR"] = str(settings / "ipython")
    options = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
               f"--ServerApp.root_dir={folder}", *(["--allow-root"] if os.geteuid() == 0 else [])]  # fmt: skip
    log = (folder / ".log").open("w+", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | own,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(START * 4):
            if server.poll() is not None or answers(address):
                break
            time.sleep(0.25)
        if server.poll() is not None or not answers(address):
            log.seek(0)
            raise Unseen(f"JupyterLab does not answer. It said:\n{log.read()[-2000:]}")
        yield address
    finally:
        stop(server)
        log.close()


def answers(address: str) -> bool:
    """Whether a server is there; and that it lets nobody in who has no token."""
    try:
        urllib.request.urlopen(f"{address}/api/contents", timeout=5)
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False
    raise Unseen("JupyterLab lets in who has no token.")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, with its kernels; after a while, make it."""
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def run_all(page: Page, address: str, name: str) -> dict[str, list[str]]:
    """Open the notebook, click Run, Run All Cells; return what is seen when the last cell is done."""
    page.goto(f"{address}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=START * 1000)
    page.get_by_text("| Idle").wait_for(timeout=START * 1000)  # in the status bar: a click before asks for a kernel
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    deadline = time.monotonic() + RUN
    while True:
        seen: dict[str, list[str]] = page.evaluate(SEEN)
        if seen["errors"] or all(prompt[1:2].isdigit() for prompt in seen["prompts"]):
            return seen
        if time.monotonic() > deadline:
            raise Unseen(f"after {RUN} s the cells are at {seen['prompts']}")
        page.wait_for_timeout(250)


def check(address: str, token: str, path: Path, picture: Path | None) -> str:
    """Run the notebook in Chromium and return what was seen, or raise `Unseen`."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    drawn = sum("plot_" in cell.source for cell in cells)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_extra_http_headers({"Authorization": f"token {token}"})
            seen = run_all(page, address, path.name)
            page.wait_for_timeout(500)
            if picture:
                page.screenshot(path=picture)
        except Error as error:
            raise Unseen(str(error)) from error
        finally:
            browser.close()
    if seen["errors"]:
        raise Unseen("a cell shows an error:\n" + "\n".join(seen["errors"])[-2000:])
    if len(seen["prompts"]) != len(cells):
        raise Unseen(f"of {len(cells)} cells of code {len(seen['prompts'])} are in the page")
    large = [size for size in seen["pictures"] if min(size) >= 100]
    if len(large) < max(drawn, 1):
        raise Unseen(f"{drawn} cells draw, and the pictures in the page are {seen['pictures'] or 'none'}")
    sizes = ", ".join(f"{width} x {height}" for width, height in large)
    return f"{path.name} in JupyterLab: {len(cells)} cells ran, no error, {len(large)} pictures ({sizes})"


def alone(path: Path, folder: Path) -> None:
    """Put a notebook into a folder, without its outputs."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, folder / path.name)


def main(name: str = "01", picture: str = "") -> int:
    """Check the first notebook whose name begins so, and store a picture of the page if asked; 0 if all is well."""
    if shutil.which("chromium") is None:
        print("notebooks/lab.py: no 'chromium' is on the PATH: apt-get install chromium", file=sys.stderr)
        return 1
    (path, *_) = sorted(FOLDER.glob(f"{name}*.ipynb"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a check that is stopped stops its server, too
    for left in reversed(range(TRIES)):
        token = secrets.token_hex(24)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            alone(path, Path(folder))
            try:
                with served(Path(folder), token) as address:
                    print(check(address, token, path, Path(picture) if picture else None))
                    return 0
            except Unseen as error:
                print(f"notebooks/lab.py: {error}", "\nOnce more." if left else "", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
