"""Every error recudf raises on purpose.

RecudfError
├── InputError (ValueError)          a value, column or file of the user's does not fit
│   ├── VectorError                  a vector is zero, not finite, ragged or of another dimension
│   └── ParameterError               an option has an unknown name or an impossible value
├── UnknownHandleError (LookupError) no index of that name in this process
├── EncoderError (RuntimeError)      a model cannot be found, verified or run
├── WarehouseError (RuntimeError)    a database file cannot be opened or written
└── Interrupted (RuntimeError)       the user stopped a long computation

Messages are lower case, name the bad value and say what to do.
"""


class RecudfError(Exception):
    """The base of all errors that recudf raises on purpose."""


class InputError(RecudfError, ValueError):
    """A value, column or file does not fit; the message names it and the remedy."""


class VectorError(InputError):
    """A vector is zero, not finite, ragged or of another dimension than its partner."""


class ParameterError(InputError):
    """An option has an unknown name or an impossible value."""


class UnknownHandleError(RecudfError, LookupError):
    """A handle names no index of this process."""


class EncoderError(RecudfError, RuntimeError):
    """A model cannot be found, verified or run."""


class WarehouseError(RecudfError, RuntimeError):
    """A database file cannot be opened, read or written."""


class Interrupted(RecudfError, RuntimeError):  # noqa: N818 (not a fault: the user wanted it)
    """The user stopped a long computation; nothing of it is kept."""
