# The server with all that it needs at run time: packages, the mediasoup worker, models, the built widget.
#   docker build -t segue .
FROM node:24-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV SEGUE_CACHE_DIR=/app/.cache
COPY . .
# Downloads mediasoup's own worker, or builds one (then it installs a compiler in this stage only).
RUN node scripts/run.js prepare && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
# What a worker that was built in the first stage is linked with, and the certificates of those whom we ask.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libssl3 libuv1 libsrtp2-1 libatomic1 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production SEGUE_CACHE_DIR=/app/.cache SEGUE_DATA_DIR=/data HOST=0.0.0.0 \
  NODE_COMPILE_CACHE=/app/.cache/compiled MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 3000
# Node itself is told to stop, so that running calls may end (SEGUE_DRAIN_MS).
CMD ["node", "--max-semi-space-size=4", "server/main.ts"]
