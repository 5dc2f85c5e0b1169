# syntax=docker/dockerfile:1
# Built in stages; the final image holds one static binary and runs as nobody.
FROM node:20-bookworm-slim AS assets
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN node build.mjs

FROM golang:1.26-bookworm AS build
ARG VERSION=dev
ENV CGO_ENABLED=0
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/web/dist web/dist
RUN go tool templ generate \
 && go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /console ./cmd/console \
 && mkdir -m 0700 /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /console /console
COPY --from=build --chown=65534:65534 /data /data
USER 65534:65534
VOLUME /data
EXPOSE 8080
ENV SWITCHBOARD_LISTEN=0.0.0.0:8080 SWITCHBOARD_DATA=/data
ENTRYPOINT ["/console"]
CMD ["serve"]
