# The base is Debian's stable release, because that is where Debian keeps its two Chromiums, with
# windows and without, up to date and of one version, and its slim variant, because nothing is compiled: every locked package is a wheel,
# but for pyvips, which is pure Python. Change the release and the Python together, in this line.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements-build.txt requirements.txt ./
RUN python -m venv /opt/mergeshot \
    && /opt/mergeshot/bin/pip install -q --require-hashes -r requirements-build.txt \
    && /opt/mergeshot/bin/pip install -q --require-hashes --no-build-isolation -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY service service
RUN /opt/mergeshot/bin/pip install -q --no-deps --no-build-isolation . \
    && /opt/mergeshot/bin/pip uninstall -q -y setuptools pip

FROM ${BASE}
LABEL org.opencontainers.image.title="Mergeshot" \
      org.opencontainers.image.description="Merge tags for images: personalised pictures behind a URL" \
      org.opencontainers.image.licenses="Apache-2.0"
# The fonts are part of what a picture looks like, so they are part of the image. The font cache is
# made here because the root file system may be read-only later.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates chromium chromium-headless-shell fontconfig fonts-inter fonts-noto-cjk \
        fonts-noto-color-emoji fonts-noto-core tini util-linux x11-xkb-utils xkb-data xvfb \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache -f \
    && groupadd --gid 10001 mergeshot \
    && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home mergeshot \
    && install -d -o mergeshot -g mergeshot -m 0750 /data \
    && install -d -m 1777 /tmp/.X11-unix
COPY --from=build /opt/mergeshot /opt/mergeshot
WORKDIR /app
COPY html_templates html_templates
ENV PATH=/opt/mergeshot/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    MERGESHOT_HOST=0.0.0.0 \
    MERGESHOT_PORT=8080 \
    MERGESHOT_DATA_DIR=/data \
    MERGESHOT_TEMPLATES_DIR=/app/html_templates
USER 10001:10001
VOLUME /data
EXPOSE 8080
# What has to be writable besides /data when the root file system is read-only (see compose.yaml):
#   /tmp            browser profiles and start scripts; a tmpfs, mode 1777, with `exec`
#   /tmp/.X11-unix  the sockets of Xvfb, which cannot make this folder itself; a tmpfs, mode 1777
#   /dev/shm        Chromium's shared memory and Xvfb's screens, 16 MB a window; 1 GB instead of the
#                   container default of 64 MB
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['MERGESHOT_PORT']}/livez\", timeout=4)"]
# tini reaps the processes that a crashed browser leaves, and passes SIGTERM on to the server,
# which then finishes what it is drawing.
ENTRYPOINT ["/usr/bin/tini", "--", "mergeshot"]
CMD ["serve"]
