"""What the README promises, measured: `make bench`, or one of them: `python -m bench payment_family`."""
