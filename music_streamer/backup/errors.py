"""Why there is no backup, or why one is not restored: named by what to do next."""


class Refused(Exception):
    """Nothing was changed; the message says what to do first."""


class Damaged(Exception):
    """These files are not what the backup was made of: take another one."""
