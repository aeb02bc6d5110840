#!/bin/sh
# Prints the name of a Python that is new enough to run callcenter.
# PYTHON=... chooses one.

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if [ -n "$PYTHON" ]; then
    if is_new_enough "$PYTHON"; then
        echo "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
    exit 1
fi

for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done

echo "callcenter needs Python 3.11 or newer; found: $(python3 --version 2>&1)." >&2
echo "Install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
