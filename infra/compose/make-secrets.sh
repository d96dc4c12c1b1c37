#!/bin/sh
# Gives .env at the root a random value for every secret that docker-compose.yml needs and .env lacks.
set -eu
[ $# = 0 ] || { echo "usage: sh infra/compose/make-secrets.sh   (what .env has already stays)"; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
file=$here/../../.env

umask 077
touch "$file"
chmod 600 "$file"
# A last line without its end would swallow the first key
[ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
made=0
for key in $(sed -n 's/^\([A-Z_]*\)=$/\1/p' "$here/secrets.env.example"); do
  if ! grep -q "^$key=." "$file"; then
    echo "$key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >>"$file"
    made=$((made + 1))
  fi
done
echo "$made secrets made, in .env. Next: docker compose up --wait"
