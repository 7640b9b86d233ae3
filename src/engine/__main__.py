"""``python -m engine`` is ``learner-engine``."""

from engine.cli import main

if __name__ == "__main__":
    main()
