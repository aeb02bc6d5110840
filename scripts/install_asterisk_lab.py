"""Install a real Asterisk 22 for the tests into the cache; done in no time if it is there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.asterisk_chroot import ChrootError, default_chroot, install


def main() -> int:
    """Install it; return 0, or 1 after saying what is wrong."""
    try:
        install(default_chroot(), lambda line: print(line, flush=True))
    except ChrootError as error:
        print(f"install_asterisk_lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
