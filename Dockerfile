# Two stages: the first installs and collects, the second only runs.
FROM python:3.11-slim-bookworm AS build

WORKDIR /app
COPY requirements/uv.txt requirements/run.txt requirements/
# The lists carry the hash of every file they may install.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/uv.txt \
    && /venv/bin/uv pip install --no-cache --require-hashes --only-binary :all: \
        --python /venv/bin/python -r requirements/run.txt \
    && /venv/bin/uv pip uninstall --python /venv/bin/python uv

COPY . .
# The build needs settings to collect static files; nothing of them is kept.
RUN SITE_URL=https://build.invalid SECRET_KEY=only-to-collect-static-files-and-kept-nowhere-after-that \
    DATA_DIR=/tmp/data STATIC_ROOT=/app/static-collected \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0


FROM python:3.11-slim-bookworm

# Pango lays out the PDF of a report; DejaVu has its Latin and its Arabic letters.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tracker \
    && install --directory --mode 0700 --owner tracker --group tracker /data

COPY --from=build /venv /venv
COPY --from=build /app /app

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    DATA_DIR=/data
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000

# For the web container; the others bring their own check in docker-compose.yml. The first pulse
# may take some minutes. The Host header is the site's own, as any other is refused.
HEALTHCHECK --interval=30s --timeout=5s --start-period=6m --retries=3 \
    CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': p.urlsplit(os.environ['SITE_URL']).netloc}), timeout=4)"]

CMD ["gunicorn", "tracker.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "gthread", "--threads", "8", "--timeout", "60", "--no-control-socket"]
