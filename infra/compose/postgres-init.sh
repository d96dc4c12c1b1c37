#!/bin/sh
# Run once by the postgres image, on an empty volume: the database and its roles, as the local stack makes
# them. None is a superuser; what each may do is up to the migrations.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv owner_password SLUICE_OWNER_PASSWORD
\getenv writer_password SLUICE_WRITER_PASSWORD
\getenv finance_password SLUICE_FINANCE_PASSWORD
create role sluice_owner login password :'owner_password';
create role sluice_writer login password :'writer_password';
create role sluice_finance login password :'finance_password';
create database sluice owner sluice_owner;
SQL
