#!/usr/bin/env bash
# Link under test: the one inside the target broker, told by the topology file that sut/tombolo.sh wrote. Verbs as in mm2.sh.
# In: LINK_TARGET (bootstrap of the target; its admin endpoint is on the next port)
set -eu
admin="http://127.0.0.1:$((${LINK_TARGET##*:} + 1))"
post() { python3 -c 'import sys, urllib.request; urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="POST"), timeout=10).read()' "$admin/api/v1/links/eu-to-us/$1"; }
case "$1" in
name) echo "$2" ;;
hold) post pause ;;
start) post resume ;;
*) echo "unknown verb $1" >&2; exit 2 ;;
esac
