#!/bin/sh
# Run once by the postgres image, on an empty volume: role and database of both services, as the local
# stack makes them. The role owns its database and is no superuser.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv password SPRING_DATASOURCE_PASSWORD
create role sluice login createrole password :'password';
create database sluice owner sluice;
SQL
