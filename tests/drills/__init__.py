"""What is rehearsed rather than tested: `python -m tests.drills`, with what came out in docs/operations.md."""
