"""Classes of operations, by what sending one twice does (RFC 9110, 9.2)."""

from __future__ import annotations

from typing import Literal

OperationClass = Literal["safe", "idempotent", "unsafe"]
"""How a request may be repeated when its answer is lost.

`safe` changes nothing. `idempotent` changes state, and sending it twice gives the same state as sending it once (PATCH,
DELETE, content-addressed objects, sets). `unsafe` is looked up before it is sent again (a pull request, a ref update).
"""
