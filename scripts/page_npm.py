"""Runs one of the page's npm scripts, with the Node.js that builds it: ``page_npm check``."""

import os
import subprocess
import sys

from scripts import build_ui


def main(arguments: list[str] | None = None) -> int:
    """Run ``npm run`` with the arguments in agent_ui; return its exit status."""
    wanted = sys.argv[1:] if arguments is None else arguments
    try:
        node = build_ui.install()
    except (build_ui.NodeMissing, build_ui.BuildFailed) as fault:
        print(fault, file=sys.stderr)
        return 1
    environment = {**os.environ, "PATH": node.path}
    command = [*node.npm, "run", *wanted]
    folder = build_ui.ROOT / "agent_ui"
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
