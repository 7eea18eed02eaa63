"""Real servers for the tests of drop points, on 127.0.0.1 only, and a line to them that can be cut at a byte."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
USER, PASSWORD = "carrier", "correct horse"


class Line:
    """Hands a connection on to a server. ``cut_after(n)`` breaks everything once ``n`` bytes went out to it."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._left: int | None = None
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self.bytes_out = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, number: int | None) -> None:
        """Cut the line behind that many bytes from now; None mends it."""
        self._left = number

    def _accept(self) -> None:
        while True:
            try:
                here, _address = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            if self._left is not None and self._left <= 0:
                here.close()
                continue
            threading.Thread(target=self._carry, args=(here,), daemon=True).start()

    def _carry(self, here: socket.socket) -> None:
        try:
            there = socket.create_connection((HOST, self._to))
        except OSError:
            here.close()
            return
        for one in (here, there):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with here, there, selectors.DefaultSelector() as waiting, suppress(OSError):
            self._open |= {here, there}
            waiting.register(here, selectors.EVENT_READ, there)
            waiting.register(there, selectors.EVENT_READ, here)
            while True:
                for key, _events in waiting.select():
                    data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                    if not data:
                        return
                    if key.fileobj is here:
                        self.bytes_out += len(data)
                        if self._left is not None:
                            self._left -= len(data)
                            if self._left <= 0:
                                return
                    key.data.sendall(data)

    def close(self) -> None:
        """Let nobody in any more."""
        self._listening.close()
        for one in list(self._open):
            with suppress(OSError):
                one.close()


@contextmanager
def sftp(root: Path, *, key: Any = None, factory: Callable[..., Any] | None = None) -> Iterator[int]:
    """An SFTP server on ``root``; the value is its port. ``factory`` serves other files than a folder's."""
    import asyncssh

    host_key = key or asyncssh.generate_private_key("ssh-ed25519")

    class Server(asyncssh.SSHServer):
        def begin_auth(self, _username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

    def serve(channel: Any) -> Any:
        return asyncssh.SFTPServer(channel, chroot=str(root))

    loop = asyncio.new_event_loop()
    started: list[Any] = []

    async def start() -> None:
        made = await asyncssh.listen(
            HOST, 0, server_factory=Server, server_host_keys=[host_key], sftp_factory=factory or serve
        )
        started.append(made)

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield started[0].sockets[0].getsockname()[1]
    finally:

        async def stop() -> None:
            started[0].close()
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def webdav(root: Path) -> Iterator[int]:
    """A WebDAV server on ``root``; the value is its port."""
    import logging

    from cheroot import wsgi
    from wsgidav.wsgidav_app import WsgiDAVApp

    config = {
        "provider_mapping": {"/": str(root)},
        "http_authenticator": {"domain_controller": None},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
        "verbose": 0,
        "logging": {"enable": False},
    }
    app = WsgiDAVApp(config)
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    server = wsgi.Server((HOST, 0), app, numthreads=4, shutdown_timeout=1)
    server.error_log = lambda *_args, **_kw: None
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join(10)


@contextmanager
def s3(bucket: str) -> Iterator[int]:
    """An S3 server with one empty bucket; the value is its port."""
    import logging

    import httpx
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(HOST, 0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    try:
        httpx.post(f"http://{HOST}:{port}/moto-api/reset").raise_for_status()
        httpx.put(f"http://{HOST}:{port}/{bucket}").raise_for_status()
        yield port
    finally:
        server.stop()


@contextmanager
def unproved_tls(folder: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS server whose certificate nobody signed; the values are its port and what was said to it."""
    import ssl
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    heard: list[bytes] = []
    listening = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                raw, _address = listening.accept()
            except OSError:
                return
            with raw, suppress(OSError), context.wrap_socket(raw, server_side=True) as line:
                heard.append(line.recv(1000))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.close()
