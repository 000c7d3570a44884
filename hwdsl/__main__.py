"""`python -m hwdsl`: the command line, also from a checkout that is not installed."""

import sys

from hwdsl.cli import main

if __name__ == "__main__":
    sys.exit(main())
