#!/usr/bin/env bash
# A real cron daemon runs the line that `tracker schedule` prints, once: tests/cron.sh PYTHON
# It has a spool and a /run of its own, so that the crontabs of this machine are not touched.
set -euo pipefail

python=${1:-python3}
for need in cron unshare; do
    if ! command -v "$need" >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "cron: not tried; it takes root, cron and unshare"
        exit 0
    fi
done
if [ -z "${TRACKER_ALONE:-}" ]; then
    TRACKER_ALONE=1 exec unshare --mount "$0" "$python"
fi

mount -t tmpfs none /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
mount -t tmpfs none /run
work=$(mktemp -d)
trap 'kill "$daemon" 2>/dev/null || true; rm -rf "$work"' EXIT
daemon=

export TRACKER_DB="$work/台账 100%" TRACKER_CONFIG="$work/tracker.toml" TRACKER_LANG=en
tracker() { "$python" -P -m tracker "$@"; }

cat >"$work/tracker.toml" <<TOML
days_on = [$(date +%F)]
[addresses."区住建局"]
to = ["exec:$work/notify"]
TOML
printf '#!/bin/sh\ntr -d "\\n" >>"%s/got"; echo >>"%s/got"\n' "$work" "$work" >"$work/notify"
chmod 700 "$work/notify"

tracker init --empty 2>/dev/null
tracker add 老旧小区 --id homes --lead 区住建局 >/dev/null
tracker add 开工 --to homes --id started --deadline "$(date -d tomorrow +%F)" >/dev/null

seconds=$(date +%-S)
at=$(date -d "+$((seconds > 50 ? 2 : 1)) minutes" +%H:%M)
tracker schedule --at "$at" -o json |
    "$python" -c 'import json, sys; print(json.load(sys.stdin)["items"][0]["crontab"], end="")' \
        >/var/spool/cron/crontabs/root
chmod 600 /var/spool/cron/crontabs/root

cron -f &
daemon=$!
for _ in $(seq 150); do
    [ -s "$work/got" ] && break
    sleep 1
done
sleep 2
test "$(wc -l <"$work/got")" = 1
grep -q '"id":"homes.started"' "$work/got"
tracker receipts -o json | grep -q '"indicator": "homes.started"'
tracker remind
test "$(wc -l <"$work/got")" = 1
echo "cron: ran the line once, at $at"
