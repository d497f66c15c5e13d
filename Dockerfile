# The same set-up as on a laptop: the lock, and nothing that is not in it.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 50000 zixin \
    && install --directory --owner zixin /opt/zixin /var/lib/zixin /ledger
USER zixin
WORKDIR /opt/zixin
ENV PATH=/opt/zixin/.venv/bin:$PATH PYTHONUNBUFFERED=1

# First what changes seldom, so that a change of code does not install everything again.
COPY --chown=zixin pyproject.toml requirements.lock LICENSE ./
COPY --chown=zixin scripts scripts
COPY --chown=zixin etl/__init__.py etl/
RUN scripts/setup && rm -rf ~/.cache

COPY --chown=zixin . .
