"""The errors people read: one sentence that names the file, row or setting and the way out."""


class ZixinError(Exception):
    """What the user can put right. Never retried; shown as one sentence, without a traceback."""


class BrokenCheck(ZixinError):
    """A check that could not run. That is not the same as a check that failed: nothing is known."""


class BadInput(ZixinError):
    """A file that cannot be read, or does not fit its mapping: the feed is held, the night goes on."""
