"""Which certificate authorities a server's certificate may be signed by.

Those of certifi, as requests has them, those of the runner's system, and those of the files that the runner names for
any of its tools.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from action_patterns.github_api.transport.no_connection import causes_of

_NAMED: list[str] = []
"""Files and directories that the runner names; of the process, as its connections are."""


def trust(places: Iterable[str]) -> None:
    """Trust the authorities of these files and directories too, in sessions from now on."""
    _NAMED[:] = places


class Adapter(HTTPAdapter):
    """The connections of a session, with the runner's authorities, through a proxy too."""

    def __init__(self) -> None:
        self._context = create_urllib3_context()
        self._has_all = False
        super().__init__()

    def send(self, *arguments: Any, verify: bool | str = True, **options: Any) -> requests.Response:
        """Send a request. The runner's authorities are loaded when certifi's do not suffice: they are 150 or more, and
        the handshake that failed has sent nothing of the request.

        `verify`: the file that REQUESTS_CA_BUNDLE names. It is loaded with the others: requests ends with a bare
        OSError where it is absent.
        """
        del verify
        try:
            return super().send(*arguments, **options)
        except requests.exceptions.SSLError as error:
            untrusted = any(isinstance(each, ssl.SSLCertVerificationError) for each in causes_of(error))
            if self._has_all or not untrusted:
                raise
            self._has_all = True
            self._load()
            return super().send(*arguments, **options)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Give the context to what opens connections."""
        super().init_poolmanager(*arguments, **options, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Give the context to what opens connections behind a proxy."""
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)

    def _load(self) -> None:
        self._context.load_default_certs()
        for place in _NAMED:
            # A file that is absent adds nothing: the certificate's error then names the variables.
            with suppress(OSError):
                self._context.load_verify_locations(
                    **({"capath": place} if Path(place).is_dir() else {"cafile": place})
                )
